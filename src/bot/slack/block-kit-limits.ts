/**
 * Every limit of Slack in one table. Lengths are characters, counts pieces. Sources: the comments of `@slack/types`; the
 * ceiling of a whole message is documented nowhere and lies near 13,000 characters (bolt-js issue 2509).
 */
export const SLACK = {
  messageBlocks: 50,
  viewBlocks: 100,
  header: 150,
  sectionText: 3_000,
  fields: 10,
  fieldText: 2_000,
  contextText: 2_000,
  buttonText: 75,
  buttonValue: 2_000,
  url: 3_000,
  buttonsInABlock: 25,
  options: 100,
  optionText: 75,
  optionValue: 150,
  inputLabel: 2_000,
  inputHint: 2_000,
  placeholder: 150,
  inputText: 3_000,
  modalTitle: 24,
  privateMetadata: 3_000,
  /** Of all blocks of a message or view together. */
  allText: 12_000,
  /** Of the text beside the blocks, which notifications show and screen readers say. */
  fallback: 3_000,
} as const;

/** A longer answer gets a text box of several lines. */
export const SINGLE_LINE_LENGTH = 120;
/** Rows of a list that fills itself; more nobody reads while typing. */
export const MOST_FOUND = 15;

/** How much of a view is shown. */
export interface Limits {
  readonly title: number;
  readonly text: number;
  readonly heading: number;
  readonly label: number;
  readonly value: number;
  readonly item: number;
  readonly rows: number;
  readonly choices: number;
  /** Elements without inputs; inputs are always kept. */
  readonly elements: number;
}

const ROOMY: Limits = {
  title: 150,
  text: 2_000,
  heading: 120,
  label: 80,
  value: 500,
  item: 400,
  rows: 40,
  choices: SLACK.options,
  elements: 30,
};

/** From roomy to tight: the first that fits is taken. A button loses words, and is never lost itself. */
export const LIMIT_STEPS: readonly Limits[] = [
  ROOMY,
  { ...ROOMY, text: 800, value: 250, item: 200, rows: 20, choices: 60, elements: 20 },
  { ...ROOMY, text: 500, value: 160, item: 120, rows: 12, choices: 30, elements: 14 },
  { ...ROOMY, title: 120, text: 300, value: 120, item: 80, label: 50, rows: 8, choices: 20, elements: 10 },
  { ...ROOMY, title: 100, text: 160, value: 80, item: 60, label: 40, heading: 60, rows: 4, choices: 10, elements: 6 },
  { title: 80, text: 100, heading: 40, label: 30, value: 40, item: 40, rows: 2, choices: 5, elements: 4 },
];

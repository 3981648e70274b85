/**
 * Every limit of a card in one table. Teams refuses an activity above 100 KB counted as UTF-16 and older clients one
 * above 28 KB, so Latchkey stays under 25 KB; what surrounds the card in the activity gets 4 KB of that.
 */
export const MAX_ACTIVITY_BYTES = 25 * 1024;
const AROUND_THE_CARD_BYTES = 4 * 1024;

/** Teams shows this many buttons; the others go into the overflow menu. */
export const VISIBLE_BUTTONS = 6;
/** Up to so many choices are shown at once; more become a drop-down. */
export const EXPANDED_CHOICES = 5;
/** Teams shows no more rows in a list that fills itself (Microsoft's page on typeahead search). */
export const MOST_FOUND = 15;
/** Of such a row, in characters. */
export const CHOICE_TITLE = 150;
/** A longer answer gets a text box of several lines. */
export const SINGLE_LINE_LENGTH = 120;

/** Lengths in characters, counts in pieces. */
export interface Limits {
  readonly title: number;
  readonly text: number;
  readonly heading: number;
  readonly label: number;
  readonly value: number;
  readonly item: number;
  readonly button: number;
  readonly fallback: number;
  readonly rows: number;
  readonly choices: number;
  /** Elements without inputs; inputs are always kept. */
  readonly elements: number;
}

const ROOMY: Limits = {
  title: 160,
  text: 2_000,
  heading: 120,
  label: 80,
  value: 500,
  item: 400,
  button: 60,
  fallback: 300,
  rows: 40,
  choices: 60,
  elements: 40,
};

/** From roomy to tight: the first that fits is taken. Buttons lose words before they would ever be lost themselves. */
export const LIMIT_STEPS: readonly Limits[] = [
  ROOMY,
  { ...ROOMY, text: 800, value: 250, item: 200, rows: 20, choices: 40, elements: 25 },
  { ...ROOMY, text: 500, value: 160, item: 120, rows: 12, choices: 30, elements: 16 },
  { ...ROOMY, title: 120, text: 300, value: 120, item: 80, label: 50, rows: 8, choices: 25, elements: 10 },
  { ...ROOMY, title: 100, text: 160, value: 80, item: 60, label: 40, heading: 60, rows: 4, choices: 20, elements: 7 },
  {
    title: 80,
    text: 100,
    heading: 40,
    label: 30,
    value: 40,
    item: 40,
    button: 40,
    fallback: 150,
    rows: 2,
    choices: 10,
    elements: 4,
  },
];

/** Whether the card, with what Teams needs around it, stays under our ceiling. */
export function fitsTeams(card: object): boolean {
  return sizeInTeams(card) <= MAX_ACTIVITY_BYTES - AROUND_THE_CARD_BYTES;
}

/** Bytes as Teams counts them. */
export function sizeInTeams(activity: object): number {
  return Buffer.byteLength(JSON.stringify(activity), 'utf16le');
}

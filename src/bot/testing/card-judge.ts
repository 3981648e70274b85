import type { AdaptiveCard, CardPart } from '../teams/adaptive-card.js';

/** What the tests ask of an Adaptive Card: whether the official parser takes it, and whether anything in it is live. */

/** The official renderer's parser, as far as the tests use it. */
interface OfficialParser {
  SerializationContext: new (version: unknown) => {
    eventCount: number;
    getEventAt(index: number): { message: string };
  };
  CardElement: { readonly langProperty: { readonly regEx: RegExp } };
  AdaptiveCard: new () => {
    hostConfig: { actions: { maxActions: number } };
    parse(card: object, context: object): void;
    validateProperties(): { validationEvents: readonly { message: string }[] };
  };
  Versions: { v1_5: unknown };
}

// The package's own entry is written for bundlers; this build has neither types nor needs a browser.
const official = jest.requireActual<OfficialParser>('adaptivecards/dist/adaptivecards.min.js');

/** Teams takes a list that fills itself in cards of 1.5 too, and without rows (Microsoft's page on typeahead search). */
const TEAMS_KNOWS_MORE = [
  'Property "choices.data" is supported in version 1.6, but you are using version 1.5.',
  'An Input.ChoiceSet must have at least one choice defined.',
];

/** What the official parser says against the card, but for what Teams is documented to take. */
export function complaintsAbout(card: AdaptiveCard): string[] {
  const context = new official.SerializationContext(official.Versions.v1_5);
  // The parser's pattern for `lang` is global, so it remembers where the last card ended and refuses every second one.
  official.CardElement.langProperty.regEx.lastIndex = 0;
  const parsed = new official.AdaptiveCard();
  // Teams shows six and puts the rest into a menu; the parser's own default is five.
  parsed.hostConfig.actions.maxActions = 50;
  parsed.parse(card, context);
  const events = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message);
  const all = [...events, ...parsed.validateProperties().validationEvents.map((event) => event.message)];
  const fillsItself = partsOf(card).some((part) => part['choices.data'] !== undefined);
  return fillsItself ? all.filter((one) => !TEAMS_KNOWS_MORE.includes(one)) : all;
}

/** Every object of the card that has a type, at any depth. */
export function partsOf(value: unknown): CardPart[] {
  if (Array.isArray(value)) return value.flatMap(partsOf);
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && typeof value.type === 'string' ? [value as CardPart] : [];
  return [...own, ...Object.values(value).flatMap(partsOf)];
}

/** What of the card Teams would evaluate, lay out as Markdown, or turn around; empty: nothing is live. */
export function liveInCard(card: AdaptiveCard): string[] {
  const parts = partsOf(card);
  const texts = (type: string): string[] => parts.flatMap((part) => (part.type === type ? [String(part['text'])] : []));
  const evaluated = texts('TextRun').filter((text) => /\{\{|\$\{/.test(text));
  // Whatever Markdown lives on stands behind a backslash that is not itself escaped.
  const laidOut = texts('TextBlock').filter((text) => /[`*_[\](){}<>#|~]/.test(text.replace(/\\[\s\S]/g, '')));
  const shown = parts.flatMap((part) =>
    [part['text'], part['title'], part['label']].filter((text) => text !== undefined),
  );
  return [...evaluated, ...laidOut, ...shown.map(String).filter(isTurning)];
}

/** Control characters but for the end of a line, those that turn text around, and halves of characters. */
export function isTurning(text: string): boolean {
  return /[\u0000-\u0009\u000B-\u001F\u202A-\u202E\u2066-\u2069]|\p{Surrogate}/u.test(text);
}

import { parseTimeSpan } from '../../services/index.js';

/**
 * Times in a sentence: "two weeks", "8h", "half an hour", "1 week and 2 days", "friday 17:00". Pure. What is about time and
 * not plain stays whole in its words, so that it is asked about: no part of it is taken for a time, and none for a name.
 */

export type SaidTime = { readonly minutes: number } | { readonly until: string };

const COUNTS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const VAGUE_COUNTS = ['half', 'quarter', 'few', 'several', 'couple', 'another'];
const ARTICLES = ['a', 'an'];
const SHORT_UNITS: ReadonlyMap<string, string> = new Map([
  ...['m', 'min', 'mins'].map((short) => [short, 'minute'] as const),
  ...['h', 'hr', 'hrs'].map((short) => [short, 'hour'] as const),
  ['d', 'day'],
  ['w', 'week'],
]);
/** Nobody can say how long they are. */
const VAGUE_UNIT = /^(months?|years?|weekend|nights?|mornings?|afternoons?|evenings?|while|bit|moment)$/;
const DAYS = ['today', 'tomorrow', 'tonight'];
const WEEKDAY = /^(sun|mon|tues|wednes|thurs|fri|satur)day$/;
const MOMENT = /^(\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2})$/;
/** What may stand before a time and says nothing. */
const BEFORE_TIME = ['the', 'next', 'only', 'just'];
const JOINTS = ['and', 'or', 'to', 'of'];
const HEDGES = ['at', 'up', 'least', 'most', 'more', 'less', 'than', 'about', 'around'];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The time that stands at the end of words. @returns how many words stand before it, and what it says; `undefined`: there
 * is none.
 */
export function timeAtEnd(text: readonly string[]): { before: number; time: SaidTime } | undefined {
  const words = text.map((word) => word.toLowerCase());
  const before = words.findLastIndex((_word, at) => !isTimely(words, at)) + 1;
  const begins = words.findIndex((word, at) => at >= before && ![...BEFORE_TIME, ...JOINTS].includes(word));
  const isTelling = words.some((word, at) => at >= before && (isMoment(word) || isUnit(word) || isShort(word)));
  if (begins < 0 || !isTelling) return undefined;
  const minutes = minutesOf(words.slice(begins));
  return { before, time: minutes === undefined ? { until: text.slice(begins).join(' ') } : { minutes } };
}

/** Whether words begin as a time does, whatever comes then. */
export function beginsWithTime(text: readonly string[]): boolean {
  const words = text.map((word) => word.toLowerCase());
  const [first = '', second = ''] = words.filter((word) => ![...BEFORE_TIME, ...HEDGES, 'to'].includes(word));
  if (isMoment(first) || WEEKDAY.test(first) || isUnit(first) || first === 'half') return true;
  const mayBeName = COUNTS.includes(first) || VAGUE_COUNTS.includes(first) || ARTICLES.includes(first);
  if (!mayBeName) return isNumber(first);
  return isUnit(second) || isNumber(second) || [...JOINTS, ...ARTICLES].includes(second);
}

/** Whether *to* stands between two numbers, or after *up*. */
export function isRange(before: string, after: string): boolean {
  const [from, to] = [before.toLowerCase(), after.toLowerCase()];
  return (isNumber(from) || isUnit(from) || from === 'up') && (isNumber(to) || ARTICLES.includes(to));
}

/** A word may be somebody's name too: it is of a time only beside what makes it one. */
function isTimely(words: readonly string[], at: number): boolean {
  const [before = '', word = '', after = ''] = [words[at - 1], words[at], words[at + 1]];
  if (isMoment(word) || isShort(word)) return true;
  if (isUnit(word)) return isNumber(before) || [...ARTICLES, ...BEFORE_TIME, ...DAYS].includes(before);
  if (WEEKDAY.test(word)) return at === 0 || MOMENT.test(after);
  if (ARTICLES.includes(word)) return isUnit(after) || VAGUE_COUNTS.includes(after);
  if (isNumber(word)) return after !== '' && (!isNumber(after) || isShort(after));
  return after !== '' && [...BEFORE_TIME, ...JOINTS, ...HEDGES].includes(word);
}

/** Whole minutes. `undefined`: it is not plain how many. */
function minutesOf(words: readonly string[]): number | undefined {
  let [rest, sum] = [words, 0];
  while (rest.length > 0) {
    const length = rest[0] === 'half' && ARTICLES.includes(rest[1] ?? '') ? 3 : isShort(rest[0] ?? '') ? 1 : 2;
    const minutes = partOf(rest.slice(0, length));
    if (minutes === undefined) return undefined;
    sum += minutes;
    rest = rest.slice(rest[length] === 'and' && rest.length > length + 1 ? length + 1 : length);
  }
  return Number.isInteger(sum) && sum > 0 ? sum : undefined;
}

/** `2 weeks`, `an hour`, `half an hour`, `1.5 hours`, `8h`. */
function partOf(words: readonly string[]): number | undefined {
  const [first = '', ...others] = words;
  const [, number = first, short] = SHORT.exec(first) ?? [];
  const unit = short ?? others.at(-1) ?? '';
  const count = first === 'half' ? 0.5 : ARTICLES.includes(first) ? 1 : countOf(number);
  const one = parseTimeSpan(`1 ${SHORT_UNITS.get(unit) ?? unit}`)?.minutes;
  return count === undefined || one === undefined ? undefined : Math.round(count * one * 1_000) / 1_000;
}

function countOf(word: string): number | undefined {
  const at = COUNTS.indexOf(word);
  if (at >= 0) return at + 1;
  return /^\d{1,5}(\.\d{1,2})?$/.test(word) ? Number(word) : undefined;
}

const SHORT = /^(\d+(?:\.\d+)?)([a-z]+)$/;

function isShort(word: string): boolean {
  const [, , unit = ''] = SHORT.exec(word) ?? [];
  return SHORT_UNITS.has(unit) || (unit !== '' && isUnit(unit));
}

/** Also what only begins as one; an object id and an address do not count. */
function isNumber(word: string): boolean {
  const isName = word.includes('@') || GUID.test(word);
  return COUNTS.includes(word) || VAGUE_COUNTS.includes(word) || (/^\d/.test(word) && !isName);
}

function isUnit(word: string): boolean {
  return SHORT_UNITS.has(word) || VAGUE_UNIT.test(word) || parseTimeSpan(`1 ${word}`) !== undefined;
}

function isMoment(word: string): boolean {
  return MOMENT.test(word) || DAYS.includes(word);
}

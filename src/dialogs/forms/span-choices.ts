import { timeSpanText } from '../../services/index.js';
import type { Choice } from '../views/view.js';

const HOUR = 60;
const DAY = 1_440;
const LADDER = [
  30,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  DAY,
  2 * DAY,
  3 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
  180 * DAY,
];

/** Lengths of time to choose from, up to the longest one, which is among them. The values are minutes. */
export function spanChoices(mostMinutes: number, also: readonly number[] = []): Choice[] {
  const all = [...new Set([...LADDER, ...also, mostMinutes])].filter(
    (minutes) => minutes > 0 && minutes <= mostMinutes,
  );
  return choicesOf(all.sort((one, other) => one - other));
}

/** Lengths of time that are shorter than that one; where the usual ones are not, its half. */
export function shorterChoices(minutes: number): Choice[] {
  const shorter = LADDER.filter((step) => step < minutes);
  return choicesOf(shorter.length > 0 ? shorter : [Math.max(1, Math.floor(minutes / 2))]);
}

function choicesOf(spans: readonly number[]): Choice[] {
  return spans.map((minutes) => ({ title: timeSpanText({ minutes }), value: String(minutes) }));
}

/** A choice of `spanChoices` read back. `undefined`: it is none. */
export function chosenMinutes(value: string | undefined): number | undefined {
  return /^[1-9]\d{0,6}$/.test(value ?? '') ? Number(value) : undefined;
}

import { createHash } from 'node:crypto';
import type { Json } from '../platform/json.js';
import { cardOutdated, cardTooOld } from './operation-refusals.js';

/** How long what a card showed holds for the click on it. */
export const CARD_MINUTES = 15;

/** What a card shows, part by part; `undefined`: that part could not be read. */
export type Shown = readonly (Json | undefined)[];

const UNREAD = '-';
const MARK_LENGTH = 16;

/** The same for the same effects: what was shown is what is done. */
export function markOf(effects: Json): string {
  return createHash('sha256').update(JSON.stringify(effects)).digest('base64url').slice(0, MARK_LENGTH);
}

/**
 * What a card showed and when, short enough for the reference of its button: "tbxc1s.<mark of each part>". Nobody's right
 * hangs on it: whoever makes one up has only not looked.
 */
export function sealOf(shown: Shown, at: Date): string {
  const marks = shown.map((part) => (part === undefined ? UNREAD : markOf(part)));
  return [Math.floor(at.getTime() / 1_000).toString(36), ...marks].join('.');
}

/**
 * Refuses what the card did not show, or showed too long ago. A part that could not be read, then or now, is compared with
 * nothing: the card said so.
 */
export function refuseUnlessShown(seal: string, shown: Shown, now: Date): void {
  const [time = '', ...marks] = seal.split('.');
  const madeAt = new Date(Number.parseInt(time, 36) * 1_000);
  if (Number.isNaN(madeAt.getTime()) || marks.length !== shown.length) throw cardTooOld(undefined);
  const ageMs = now.getTime() - madeAt.getTime();
  if (ageMs > CARD_MINUTES * 60_000 || ageMs < -60_000) throw cardTooOld(madeAt);
  const isSame = shown.every((part, at) => part === undefined || [UNREAD, markOf(part)].includes(marks[at] ?? ''));
  if (!isSame) throw cardOutdated(madeAt);
}

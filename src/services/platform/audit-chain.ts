import { hash } from 'node:crypto';

/** The one chain that there is; named in every row, so that there could be others. */
export const AUDIT_CHAIN = 'main';
/** What the first entry continues. */
export const BEFORE_THE_FIRST = '0'.repeat(64);

/** SHA-256 of the text in UTF-8, in hexadecimal. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex'); // one call: half the time of createHash for texts as short as these
}

/**
 * The hash that chains an entry: `sha256(prev chain \n seq \n at \n sha256(text))`, all hexadecimal or text in UTF-8.
 * @param entry.at UTC with microseconds: `2026-11-24T09:00:00.123000Z`.
 */
export function entryHash(entry: { prev: string; seq: number; at: string; bodyHash: string }): string {
  return sha256(`${entry.prev}${AUDIT_CHAIN}\n${String(entry.seq)}\n${entry.at}\n${entry.bodyHash}`);
}

/** PostgreSQL keeps microseconds, a Date milliseconds; the text is the same on both sides. `micros`: 0 to 999. */
export function withMicroseconds(at: Date, micros = 0): string {
  return `${at.toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

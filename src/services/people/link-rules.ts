import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import type { EntraPerson } from '../entra/entra.js';

/**
 * Who a chat account is. Nothing but ids counts: names, addresses and spellings are for people to read, and anybody can
 * choose the name of somebody else.
 */

/** An account of a chat, as its door has verified it. */
export interface ChatUser {
  readonly channel: 'slack';
  /** The workspace, by its id there. */
  readonly team: string;
  readonly channelUserId: string;
  /** Spoofable text, for showing only. */
  readonly name: string;
  /** Of the workspace; absent: it is shown by its id. */
  readonly teamName?: string | undefined;
}

/** Whoever has signed in, as Entra knows them. `id` is the Entra object id. */
export type SignedInPerson = Pick<EntraPerson, 'id' | 'name' | 'userPrincipalName'>;

/** From the message with the link to the sign-in. */
export const URL_MINUTES = 10;
/** From the page that shows the number. */
export const NUMBER_MINUTES = 5;
export const NUMBER_TRIES = 3;

/** Six digits, evenly distributed; the first may be 0. */
export function newNumber(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}

/** What was typed, without the spaces and dashes that people put into numbers. `undefined`: no six digits. */
export function parseNumber(typed: string): string | undefined {
  const digits = typed.slice(0, 50).replace(/[\s-]/g, '');
  return /^[0-9]{6}$/.test(digits) ? digits : undefined;
}

/** No characters that look like others. */
const CODE_CHARACTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/**
 * What the invitation and the pages of one link show alike, so that people see whether a page belongs to their own
 * message. Opens nothing. @param hash of the link's token, hex.
 */
export function codeOf(hash: string): string {
  return [...Buffer.from(hash.slice(0, 8), 'hex')].map((byte) => CODE_CHARACTERS.charAt(byte % 32)).join('');
}

/** The number as it is stored: without the deployment key, a copy of the rows does not tell it. @param attempt its id. */
export function hashNumber(number: string, { key, attempt }: { key: Buffer; attempt: string }): string {
  return createHmac('sha256', key).update(`${attempt} ${number}`).digest('hex');
}

/** In a time that does not depend on where they differ. Both are hashes of one length. */
export function isSameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}

export type PersonVerdict = 'fit' | 'not-in-tenant' | 'guest' | 'disabled';

/** Whether that person may have linked accounts at all. @param person as Entra knows them at this moment. */
export function judgePerson(person: EntraPerson | undefined): PersonVerdict {
  if (!person) return 'not-in-tenant';
  if (person.isGuest) return 'guest';
  return person.isEnabled ? 'fit' : 'disabled';
}

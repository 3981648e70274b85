import { randomBytes, randomUUID } from 'node:crypto';
import { Problem } from './problem.js';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** One durable piece of work. A lower-case UUID. */
export type RunId = Branded<'RunId'>;
/** One plan that was shown to an asker. A lower-case UUID. */
export type PlanId = Branded<'PlanId'>;
/** The Entra object id of a person, the only identity Latchkey knows. A lower-case GUID. */
export type PersonId = Branded<'PersonId'>;

const LOWER_CASE_GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function newId(): string {
  return randomUUID();
}

export function newRunId(): RunId {
  return newId() as RunId;
}

export function newPlanId(): PlanId {
  return newId() as PlanId;
}

/** Refuses (a Problem of kind `input`) whatever is not a lower-case UUID. */
export function parseRunId(text: string): RunId {
  return parseGuid(text, 'a run') as RunId;
}

/** Refuses (a Problem of kind `input`) whatever is not a lower-case UUID. */
export function parsePlanId(text: string): PlanId {
  return parseGuid(text, 'a plan') as PlanId;
}

/** Refuses (a Problem of kind `input`) whatever is not a lower-case GUID: one person must not have two spellings. */
export function parsePersonId(text: string): PersonId {
  return parseGuid(text, 'a person') as PersonId;
}

/** Unguessable text of `bytes` random bytes (32 for anything that opens something), base64url without padding. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** Tells one card from another of the same kind. Not a secret. */
export function newNonce(): string {
  return randomToken(6);
}

function parseGuid(text: string, of: string): string {
  if (LOWER_CASE_GUID.test(text)) return text;
  throw new Problem({
    kind: 'input',
    what: `That is not the id of ${of}.`,
    remedy: 'Use the id as it was given: 32 hexadecimal digits in lower case, in five groups.',
    code: 'malformed-id',
  });
}

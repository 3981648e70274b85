import { canonicalJson, type Json } from './json.js';

/** `intent` before a deed, `outcome` after it, `refusal` instead of it, `look` for a reading of the log; others as they come. */
export type AuditKind = 'intent' | 'outcome' | 'refusal' | 'look' | (string & {});

/** What an entry says, as the text that is hashed. */
export function entryText(kind: AuditKind, body: Json): string {
  return canonicalJson({ kind, body });
}

/** `undefined`: not a text that `entryText` makes, so somebody else wrote it. */
export function parseEntryText(text: string): { kind: AuditKind; body: Json } | undefined {
  const { kind, body } = membersOf(parseJson(text));
  return typeof kind === 'string' && body !== undefined ? { kind, body } : undefined;
}

/** Whom an entry can be found by: `actor.personId` and the ids in `concerns`, where present. Each once. */
export function peopleIn(body: Json): string[] {
  const { actor, concerns } = membersOf(body);
  const ids = [membersOf(actor)['personId'], ...(isList(concerns) ? concerns : [])];
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function membersOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

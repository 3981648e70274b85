import type { Entra, EntraPerson } from '../entra/entra.js';
import { isGuid } from '../entra/graph-query.js';
import { MOST_SUGGESTED } from '../entra/entra-search.js';
import { Problem } from '../platform/problem.js';
import { personGone } from '../provisioning/provisioning-refusals.js';

/** What a search for one person came to. */
export type PersonFound =
  | { readonly kind: 'one'; readonly person: EntraPerson }
  | {
      readonly kind: 'several';
      readonly people: readonly EntraPerson[];
      /** There are as many as are looked for at most. */
      readonly mayBeMore?: true;
    }
  | { readonly kind: 'none' };

const LONGEST_QUESTION = 200;

/** Looks for the person that the words mean: by object id, user principal name, mail, or the beginning of the name. */
export async function lookForPerson(entra: Pick<Entra, 'findPeople'>, words: string): Promise<PersonFound> {
  const text = words.trim();
  if (text.length === 0 || text.length > LONGEST_QUESTION) return { kind: 'none' };
  const people = await entra.findPeople(text);
  const [first, ...others] = people;
  if (!first) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', person: first } : { kind: 'several', people };
}

/**
 * The same where the first who fits must not win: a bare user name hides nobody who is called so. Only an object id or
 * an address names somebody alone.
 */
export async function lookForNamesakes(
  entra: Pick<Entra, 'findPeople' | 'suggestPeople'>,
  words: string,
): Promise<PersonFound> {
  const text = words.trim();
  if (text.includes('@') || isGuid(text) || text.length > LONGEST_QUESTION) return lookForPerson(entra, text);
  const people = await entra.suggestPeople(text);
  const [first, ...others] = people;
  if (!first) return { kind: 'none' };
  if (others.length === 0) return { kind: 'one', person: first };
  return { kind: 'several', people, ...(people.length < MOST_SUGGESTED ? {} : { mayBeMore: true }) };
}

/** The person of that object id. Throws where there is none any more. */
export async function personIn(entra: Pick<Entra, 'findPerson'>, personId: string): Promise<EntraPerson> {
  const person = await entra.findPerson(personId);
  if (person) return person;
  throw personGone();
}

/** What tells a person apart from a namesake. */
export function describePerson(person: EntraPerson): string {
  const marks = [person.isGuest ? 'guest' : '', person.isEnabled ? '' : 'disabled'].filter(Boolean);
  const { mail, userPrincipalName } = person;
  const otherMail = mail !== undefined && mail.toLowerCase() !== userPrincipalName.toLowerCase() ? mail : '';
  return [userPrincipalName, otherMail, person.jobTitle, ...marks].filter(Boolean).join(' · ');
}

const UPN_LOCAL_PART = /^[A-Za-z0-9'._!#^~-]{1,64}$/;

/** The part of a user principal name before the @, made of a display name: `T.Simon` → `t.simon`, `Zoë Åberg` → `zoe.aberg`. */
export function userNameFor(displayName: string): string {
  const plain = displayName.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/ß/g, 'ss')
    .replace(/\s+/g, '.')
    .replace(/[^a-z0-9'._-]/g, '')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.+/, '')
    .slice(0, 64)
    .replace(/\.+$/, '');
}

/** The name of a new person, or a `Problem` of kind `input` that says what is wrong with it. */
export function parseNewName(text: string): { displayName: string; userName: string } {
  const displayName = text.trim();
  const hasControls = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(displayName);
  const userName = userNameFor(displayName);
  if (
    displayName.length > 0 &&
    displayName.length <= 64 &&
    !hasControls &&
    !/[<>"$@\\[\](){}|;=]/.test(displayName) &&
    UPN_LOCAL_PART.test(userName)
  ) {
    return { displayName, userName };
  }
  throw new Problem({
    kind: 'input',
    what: 'That cannot be the name of a person in Entra.',
    why: 'A name has up to 64 letters, digits, spaces, dots, hyphens or apostrophes, at least one of them a Latin letter or digit. The user principal name is made from it.',
    remedy: 'Answer with a name such as T.Simon.',
    code: 'name',
  });
}

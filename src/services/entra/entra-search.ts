import { z } from 'zod';
import type { EntraPerson } from './entra.js';
import type { Attempt } from './entra-problems.js';
import { toPerson, USER_SELECT, userWire } from './entra-wire.js';
import { NEEDS } from './graph-permissions.js';
import type { Graph } from './graph-http.js';
import { graphFilter, graphSearch, isGuid } from './graph-query.js';

/** Looking for people by words. */
export interface EntraSearch {
  /**
   * By object id, or by exact UPN (also without its domain) or mail alone, where somebody has it; else by the beginning of
   * the name, of the UPN, of the mail, or of any word of the name. At most ten.
   */
  findPeople(text: string): Promise<readonly EntraPerson[]>;
  /** The same while somebody types: exact matches first, everybody once, at most fifteen. */
  suggestPeople(text: string): Promise<readonly EntraPerson[]>;
}

const MOST_PEOPLE = 10;
/** As many rows as Teams shows in a list that is filled while one types. */
export const MOST_SUGGESTED = 15;
const LONGEST_SEARCH = 256;
const LONE_SURROGATE_OR_CONTROL = /[\p{Cs}\p{Cc}]/u;
/** What separates words for the index; quotes and backslashes, which mean something there, are no part of a word. */
const BETWEEN_WORDS = /[^\p{L}\p{N}]+/u;
const MOST_WORDS = 5;

const lookUp: Attempt = { to: 'look people up', needs: NEEDS.readPeople };

interface Parts {
  readonly graph: Graph;
  findPerson(id: string): Promise<EntraPerson | undefined>;
}

export function createSearch({ graph, findPerson }: Parts): EntraSearch {
  async function findPeople(text: string): Promise<readonly EntraPerson[]> {
    const wanted = understood(text);
    if (wanted === undefined) return [];
    if (isGuid(wanted)) return [await findPerson(wanted)].filter((person) => person !== undefined);
    const exact = wanted.includes('@') ? await exactly(wanted) : [];
    if (exact.length > 0) return exact;
    const beginning = await beginsWith(wanted, MOST_PEOPLE);
    const named = beginning.filter((person) => isUserName(wanted, person));
    if (named.length > 0) return named;
    return once([...beginning, ...(await byWords(wanted, MOST_PEOPLE))]).slice(0, MOST_PEOPLE);
  }

  async function suggestPeople(text: string): Promise<readonly EntraPerson[]> {
    const wanted = understood(text);
    if (wanted === undefined) return [];
    const found = await Promise.all([
      wanted.includes('@') ? exactly(wanted) : [],
      beginsWith(wanted, MOST_SUGGESTED),
      byWords(wanted, MOST_SUGGESTED),
    ]);
    return once(found.flat()).slice(0, MOST_SUGGESTED);
  }

  function exactly(wanted: string): Promise<EntraPerson[]> {
    return ask({ $filter: graphFilter`userPrincipalName eq ${wanted} or mail eq ${wanted}` }, MOST_PEOPLE);
  }

  /** No index stands behind this: somebody who was created a second ago is found. */
  function beginsWith(wanted: string, most: number): Promise<EntraPerson[]> {
    const names = graphFilter`startsWith(displayName,${wanted}) or startsWith(userPrincipalName,${wanted})`;
    return ask({ $filter: `${names} or ${graphFilter`startsWith(mail,${wanted})`}` }, most);
  }

  /** By an index that knows every word of a name, so that "simon" finds B.Simon; it may lag behind by minutes. */
  function byWords(wanted: string, most: number): Promise<EntraPerson[]> {
    const words = wanted.split(BETWEEN_WORDS).filter(Boolean).slice(0, MOST_WORDS);
    if (words.length === 0) return Promise.resolve([]);
    return ask({ $search: graphSearch('displayName', words) }, most, true);
  }

  async function ask(
    query: Readonly<Record<string, string>>,
    most: number,
    isEventual = false,
  ): Promise<EntraPerson[]> {
    const { value } = await graph.ask(
      {
        ...{ method: 'GET', path: '/users', attempt: lookUp, isEventual },
        query: { ...query, $select: USER_SELECT, $top: String(most) },
      },
      peopleWire,
    );
    return value.slice(0, most).map(toPerson);
  }

  return { findPeople, suggestPeople };
}

const peopleWire = z.object({ value: z.array(userWire) });

function understood(text: string): string | undefined {
  const wanted = text.trim();
  const cannotBe = wanted === '' || wanted.length > LONGEST_SEARCH || LONE_SURROGATE_OR_CONTROL.test(wanted);
  return cannotBe ? undefined : wanted;
}

/** Whether the words are the whole UPN before the @. */
function isUserName(words: string, { userPrincipalName }: EntraPerson): boolean {
  return userPrincipalName.toLowerCase().startsWith(`${words.toLowerCase()}@`);
}

function once(people: readonly EntraPerson[]): EntraPerson[] {
  return [...new Map(people.map((person) => [person.id, person])).values()];
}

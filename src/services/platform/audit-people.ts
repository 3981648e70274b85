import { sql, type Kysely } from 'kysely';
import { AUDIT_CHAIN } from './audit-chain.js';
import type { Schema } from './schema.js';

/**
 * The index of the entries that concern a person is not in the hash chain, so it is held against the entries themselves:
 * otherwise somebody could hide an entry from a person's page and leave the log whole.
 */

/** The entries that name each person, in their order. Eight bytes per name. */
export class PeopleNamed {
  readonly #seqs = new Map<string, number[]>();

  /** @param seq greater than in the call before. */
  add(seq: number, people: readonly string[]): void {
    for (const person of people) {
      const seqs = this.#seqs.get(person);
      if (seqs) seqs.push(seq);
      else this.#seqs.set(person, [seq]);
    }
  }

  /** Whom the index has not come to yet is left in here. */
  take(person: string): readonly number[] {
    const seqs = this.#seqs.get(person) ?? [];
    this.#seqs.delete(person);
    return seqs;
  }

  rest(): Iterable<readonly number[]> {
    return this.#seqs.values();
  }
}

export interface PeopleCompared {
  /** The first entry that the page of somebody whom it concerns lacks. */
  readonly hidden: number | undefined;
  /** The first entry on the page of somebody whom it does not concern. */
  readonly foreign: number | undefined;
  /** The lowest and the highest number beyond `newest` that the index has: entries appended meanwhile, or made up. */
  readonly beyond: { readonly lowest: number; readonly highest: number } | undefined;
}

export interface Span {
  /** The entries after this one … */
  readonly after: number;
  /** … up to this one were read for their people. */
  readonly upTo: number;
  /** The newest entry that there was when the check began. */
  readonly newest: number;
}

/** Walks the whole index once, in its own order, some thousand rows to a statement. `named` is used up. */
export async function comparePeople(db: Kysely<Schema>, named: PeopleNamed, span: Span): Promise<PeopleCompared> {
  const found = new Findings(span);
  let open: { readonly person: string; readonly expected: readonly number[]; next: number } | undefined;
  const close = (): void => {
    if (open) found.hide(open.expected[open.next]);
  };
  for await (const { person, seqs } of indexRows(db)) {
    if (person !== open?.person) {
      close();
      open = { person, expected: named.take(person), next: 0 };
    }
    for (const seq of seqs) {
      if (!found.isInSpan(seq)) continue;
      for (; (open.expected[open.next] ?? Infinity) < seq; open.next += 1) found.hide(open.expected[open.next]);
      if (open.expected[open.next] === seq) open.next += 1;
      else found.addForeign(seq);
    }
  }
  close();
  for (const seqs of named.rest()) found.hide(seqs[0]);
  return found;
}

class Findings implements PeopleCompared {
  readonly #span: Span;
  hidden: number | undefined;
  foreign: number | undefined;
  beyond: { lowest: number; highest: number } | undefined;

  constructor(span: Span) {
    this.#span = span;
  }

  isInSpan(seq: number): boolean {
    const { after, upTo, newest } = this.#span;
    if (seq < 1) this.addForeign(seq);
    if (seq > newest)
      this.beyond = {
        lowest: Math.min(seq, this.beyond?.lowest ?? seq),
        highest: Math.max(seq, this.beyond?.highest ?? seq),
      };
    return seq > after && seq <= upTo;
  }

  hide(seq: number | undefined): void {
    this.hidden = lower(this.hidden, seq);
  }

  addForeign(seq: number): void {
    this.foreign = lower(this.foreign, seq);
  }
}

function lower(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

const ROWS_PER_STATEMENT = 5_000;

/** The rows of a person come one after the other, their numbers ascending; a person may come in several pieces. */
async function* indexRows(db: Kysely<Schema>): AsyncGenerator<{ person: string; seqs: number[] }> {
  let last = { person: '', chain: '', seq: '0' };
  for (;;) {
    // A person's numbers as one text: the embedded database needs longer to hand over a row than to read it. Nothing but
    // the whole key bounds the page: otherwise a table that was not analysed lately would be sorted anew for each.
    const { rows } = await sql<{ person: string; chain: string; seqs: string; seq: string }>`
      select person, chain, string_agg(seq::text, ',' order by seq) as seqs, max(seq) as seq from (
        select person, chain, seq from audit_person
        where (person, chain, seq) > (${last.person}, ${last.chain}, ${last.seq}::bigint)
        order by person, chain, seq limit ${ROWS_PER_STATEMENT}
      ) as page group by person, chain order by person, chain`.execute(db);
    for (const { person, chain, seqs } of rows)
      if (chain === AUDIT_CHAIN) yield { person, seqs: seqs.split(',').map(Number) };
    const newest = rows.at(-1);
    if (!newest) return;
    last = newest;
  }
}

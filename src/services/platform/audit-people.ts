import { sql, type Kysely } from 'kysely';
import { parseEntryText, peopleIn } from './audit-entry.js';
import type { Schema } from './schema.js';

/**
 * The index of the entries that concern a person is not in the hash chain, so it is held against the entries themselves:
 * otherwise somebody could hide an entry from a person's page and leave the log whole.
 */

export interface Span {
  readonly chain: string;
  /** The entries after this one … */
  readonly after: number;
  /** … up to this one. */
  readonly upTo: number;
}

export type PeopleFound =
  | { readonly kind: 'indexed'; readonly count: number }
  /** The first entry with a text that we did not write, or one that a person's page lacks. */
  | { readonly kind: 'unreadable' | 'hidden'; readonly seq: number };

/** Whether everybody whom these entries concern finds them. `count`: how many rows of the index that takes. */
export async function checkPeople(db: Kysely<Schema>, span: Span): Promise<PeopleFound> {
  const named: { seq: number; person: string }[] = [];
  for (const { seq, body } of await readBodies(db, span)) {
    const entry = parseEntryText(body);
    if (!entry) return { kind: 'unreadable', seq };
    named.push(...peopleIn(entry.body).map((person) => ({ seq, person })));
  }
  const hidden = await findHidden(db, span.chain, named);
  return hidden === undefined ? { kind: 'indexed', count: named.length } : { kind: 'hidden', seq: hidden };
}

async function readBodies(db: Kysely<Schema>, { chain, after, upTo }: Span): Promise<{ seq: number; body: string }[]> {
  const rows = await db
    .selectFrom('audit')
    .select(['seq', 'body'])
    .where('chain', '=', chain)
    .where('seq', '>', String(after))
    .where('seq', '<=', String(upTo))
    .orderBy('seq')
    .execute();
  return rows.map(({ seq, body }) => ({ seq: Number(seq), body }));
}

async function findHidden(
  db: Kysely<Schema>,
  chain: string,
  named: readonly { seq: number; person: string }[],
): Promise<number | undefined> {
  // No row can hold these characters, and no parameter either.
  const unstorable = named.find(({ person }) => /\0|\p{Surrogate}/u.test(person));
  const asked = unstorable ? named.filter(({ seq }) => seq < unstorable.seq) : named;
  // A subquery per row, as a join would read the whole index for each page.
  const { rows } = await sql<{ seq: string | null }>`
    select min(seq) as seq from unnest(
      ${asked.map(({ seq }) => seq)}::bigint[], ${asked.map(({ person }) => person)}::text[]
    ) as named (seq, person)
    where (
      select count(*) from audit_person as found
      where found.person = named.person and found.chain = ${chain} and found.seq = named.seq
    ) = 0`.execute(db);
  const seq = rows[0]?.seq ?? undefined;
  return seq === undefined ? unstorable?.seq : Number(seq);
}

/** The first entry that stands on the page of somebody whom it does not concern. Slow; for when there is one. */
export async function findForeign(db: Kysely<Schema>, chain: string): Promise<number | undefined> {
  // What jsonb cannot hold is in no id; the doubled backslash keeps an escaped backslash one.
  const { rows } = await sql<{ seq: string | null }>`
    select min(indexed.seq) as seq
    from audit_person as indexed left join (
      select seq, regexp_replace(body, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\\\ufffd', 'g')::jsonb -> 'body' as said
      from audit where chain = ${chain}
    ) as entry on entry.seq = indexed.seq
    where indexed.chain = ${chain} and (
      said is null or not (
        coalesce(said #> '{actor,personId}' = to_jsonb(indexed.person), false)
        or coalesce(jsonb_typeof(said -> 'concerns') = 'array' and said -> 'concerns' ? indexed.person, false)
      )
    )`.execute(db);
  const seq = rows[0]?.seq ?? undefined;
  return seq === undefined ? undefined : Number(seq);
}

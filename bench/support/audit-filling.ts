import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../src/services/platform/database.js';
import { canonicalJson, type Json } from '../../src/services/platform/json.js';

/** Somebody who is in every second entry, and how many others share the rest. */
export const BUSY_PERSON = '0e0b1ec7-0000-4000-8000-000000000001';
const OTHERS = 500;
const ROWS_PER_STATEMENT = 2_000;

/** What an entry of a real assignment says, about 400 characters. */
export function entryBody(seq: number): Json {
  return {
    operation: 'assign-person',
    runId: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
    actor: { personId: personOf(seq), name: 'Somebody With A Name', channel: 'teams' },
    concerns: [personOf(seq + 1)],
    input: { personId: personOf(seq + 1), role: 'User', servicePrincipalId: personOf(seq + 2) },
    requestIds: [`11111111-0000-4000-8000-${String(seq).padStart(12, '0')}`],
  };
}

export function personOf(seq: number): string {
  return seq % 4 < 2 ? BUSY_PERSON : `0e0b1ec7-0000-4000-8001-${String(seq % OTHERS).padStart(12, '0')}`;
}

/**
 * Lets the audit log grow to that many entries, thousands to a statement, as appending one by one would take half an hour
 * for a million. That `verifyAudit` accepts the chain shows that it is the one that `appendAudit` writes.
 */
export async function growAudit({ db, transaction }: Database, size: number): Promise<void> {
  const head = await db.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow();
  let { hash } = head;
  for (let first = Number(head.seq) + 1; first <= size; first += ROWS_PER_STATEMENT) {
    const count = Math.min(ROWS_PER_STATEMENT, size - first + 1);
    const rows = Array.from({ length: count }, (_, index) => {
      const row = chained(first + index, hash);
      hash = row.hash;
      return row;
    });
    const last = first + count - 1;
    await transaction(async (trx) => {
      await sql`
        insert into audit (chain, seq, at, body, body_hash, prev, hash)
        select 'main', seq, at, body, body_hash, prev, hash from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as entry (seq bigint, at timestamptz, body text, body_hash text, prev text, hash text)`.execute(trx);
      await sql`
        insert into audit_person (person, chain, seq)
        select distinct person, 'main', seq
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as entry (seq bigint, people jsonb),
          jsonb_array_elements_text(people) as person`.execute(trx);
      await trx.updateTable('audit_head').set({ seq: last, hash }).where('chain', '=', 'main').execute();
    });
  }
}

function chained(seq: number, prev: string) {
  const at = new Date(Date.UTC(2026, 0, 1) + seq * 1_000);
  const body = canonicalJson({ kind: 'intent', body: entryBody(seq) });
  const bodyHash = sha256(body);
  const time = at.toISOString().replace('Z', '000Z');
  const hash = sha256(`${prev}main\n${seq}\n${time}\n${bodyHash}`);
  const people = [...new Set([personOf(seq), personOf(seq + 1)])];
  return { seq, at, body, body_hash: bodyHash, prev, hash, people };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

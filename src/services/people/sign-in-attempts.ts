import type { Executor } from '../platform/schema.js';

/**
 * The steps that every row of a one-time link to a sign-in at Microsoft goes through, whatever it is for. Each is taken by a
 * conditional write, so that of two replicas, or two clicks, one takes it. Times are business time.
 */

/** Tables with such rows. */
export type SignInTable = 'link_attempt' | 'step_up';

/** Whether nobody has used the link yet. Changes nothing. */
export async function isOpen(
  db: Executor,
  table: SignInTable,
  { tokenHash, now }: { tokenHash: string; now: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom(table)
    .select('id')
    .where('token_hash', '=', tokenHash)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** Uses the link up. `false`: somebody has, or it has expired. */
export async function beginSignIn(
  db: Executor,
  table: SignInTable,
  { tokenHash, stateHash, sealed, now }: { tokenHash: string; stateHash: string; sealed: Buffer; now: Date },
): Promise<boolean> {
  const begun = await db
    .updateTable(table)
    .set({ state: 'signing-in', state_hash: stateHash, sealed })
    .where('token_hash', '=', tokenHash)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return begun.numUpdatedRows > 0n;
}

/** Which sign-in waits for the answer of Microsoft with that state. Changes nothing. */
export async function findSignIn(
  db: Executor,
  table: SignInTable,
  { stateHash, now }: { stateHash: string; now: Date },
): Promise<{ id: string; sealed: Buffer } | undefined> {
  const row = await db
    .selectFrom(table)
    .select(['id', 'sealed'])
    .where('state_hash', '=', stateHash)
    .where('state', '=', 'signing-in')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row?.sealed ? { id: row.id, sealed: row.sealed } : undefined;
}

/** Takes the answer of Microsoft, once. `false`: it was taken, or the attempt was ended. */
export async function takeSignIn(db: Executor, table: SignInTable, id: string): Promise<boolean> {
  const taken = await db
    .updateTable(table)
    .set({ state: 'checking', sealed: null })
    .where('id', '=', id)
    .where('state', '=', 'signing-in')
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}

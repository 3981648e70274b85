import { jsonText } from '../platform/json.js';
import type { Claim } from '../platform/ledger.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { FoundUser } from './ensure-genesys-user.js';
import { holdClaim } from './bulk-store.js';
import type { HeldRole } from './role-snapshot.js';

/** The Genesys user of each row: kept between two attempts of the row, and for those who ask later who made the user. */

export interface RowKey {
  readonly bulkId: string;
  readonly line: number;
}

/** What an earlier attempt of the row has found. */
export async function findUserOfRow(db: Executor, { bulkId, line }: RowKey): Promise<FoundUser | undefined> {
  const row = await db
    .selectFrom('bulk_genesys_user')
    .select(['genesys_user_id', 'was'])
    .where('bulk_id', '=', bulkId)
    .where('line', '=', line)
    .executeTakeFirst();
  return row && { userId: row.genesys_user_id, was: row.was };
}

/** Throws `RunLost` when somebody else has the run. */
export async function noteUserOfRow(
  trx: Transaction,
  claim: Claim,
  noted: RowKey & FoundUser & { personId: string; email: string; at: Date },
): Promise<void> {
  await holdClaim(trx, claim);
  const { bulkId, line, personId, email, userId, was, at } = noted;
  await trx
    .insertInto('bulk_genesys_user')
    .values({
      ...{ bulk_id: bulkId, line, person_id: personId, email, genesys_user_id: userId, was },
      ...{ roles: null, noted_at: at },
    })
    .onConflict((conflict) => conflict.columns(['bulk_id', 'line']).doNothing())
    .execute();
}

/** Everything the user held in the end. In the transaction that writes the result of the row. */
export async function noteRolesOfRow(
  trx: Transaction,
  { bulkId, line }: RowKey,
  { roles, at }: { roles: readonly HeldRole[]; at: Date },
): Promise<void> {
  await trx
    .updateTable('bulk_genesys_user')
    .set({ roles: jsonText(roles), noted_at: at })
    .where('bulk_id', '=', bulkId)
    .where('line', '=', line)
    .execute();
}

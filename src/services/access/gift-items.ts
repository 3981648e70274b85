import { sql } from 'kysely';
import type { Executor, Transaction } from '../platform/schema.js';

/** What Latchkey gave a person for leases and has not taken yet, as rows: noted before it is given. */

export interface GivenItem {
  /** Of `keyOfItem`. */
  readonly key: string;
  /** The lease it was given for. */
  readonly leaseId: string;
  readonly givenAt: Date;
  /** The address of the user in Genesys, and the user's id once it is known. */
  readonly genesysEmail?: string;
  readonly genesysUserId?: string;
}

export async function itemsGiven(db: Executor, personId: string): Promise<GivenItem[]> {
  const rows = await db.selectFrom('access_item').selectAll().where('person', '=', personId).execute();
  return rows.map((row) => ({
    ...{ key: row.item, leaseId: row.lease, givenAt: row.given_at },
    ...(row.genesys_email === null ? {} : { genesysEmail: row.genesys_email }),
    ...(row.genesys_user === null ? {} : { genesysUserId: row.genesys_user }),
  }));
}

/**
 * Each was found lacking: what was noted of it before, somebody has taken since, and it is given anew from now on. What is
 * noted of the user in Genesys stays where nothing is said of it.
 */
export async function noteItems(
  trx: Transaction,
  noted: {
    personId: string;
    leaseId: string;
    at: Date;
    items: readonly { key: string; genesysEmail?: string; genesysUserId?: string }[];
  },
): Promise<void> {
  if (noted.items.length === 0) return;
  await trx
    .insertInto('access_item')
    .values(
      noted.items.map(({ key, genesysEmail = null, genesysUserId = null }) => ({
        ...{ person: noted.personId, item: key, lease: noted.leaseId, given_at: noted.at },
        ...{ genesys_email: genesysEmail, genesys_user: genesysUserId },
      })),
    )
    .onConflict((on) =>
      on.columns(['person', 'item']).doUpdateSet({
        lease: sql`excluded.lease`,
        given_at: sql`excluded.given_at`,
        genesys_user: sql`
          case when excluded.genesys_email is null then access_item.genesys_user else excluded.genesys_user end`,
        genesys_email: sql`coalesce(excluded.genesys_email, access_item.genesys_email)`,
      }),
    )
    .execute();
}

/** From when on the Genesys user of what was noted before is known. */
export async function noteGenesysUser(
  trx: Transaction,
  { personId, email, userId }: { personId: string; email: string; userId: string },
): Promise<void> {
  await trx
    .updateTable('access_item')
    .set({ genesys_user: userId })
    .where('person', '=', personId)
    .where('genesys_email', '=', email)
    .where('genesys_user', 'is', null)
    .execute();
}

/** They are taken, or somebody else's. */
export async function forgetItems(
  trx: Transaction,
  { personId, keys, leaseId }: { personId: string; keys: readonly string[]; leaseId?: string },
): Promise<void> {
  if (keys.length === 0) return;
  const query = trx.deleteFrom('access_item').where('person', '=', personId).where('item', 'in', keys);
  await (leaseId === undefined ? query : query.where('lease', '=', leaseId)).execute();
}

import { sql, type RawBuilder } from 'kysely';
import { LEASE_S } from './ledger-leases.js';
import { jsonText, type Json } from './json.js';
import type { Executor } from './schema.js';

/** The deliveries of one chat, as one process sees them. */
export interface InboxOf {
  readonly channel: string;
  /** This process, by a name that no other one has. */
  readonly holder: string;
  /** Whether other processes may live beside it; if not, whoever else holds something is dead. */
  readonly isShared: boolean;
}

export interface NewDelivery {
  readonly deliveryId: string;
  readonly delivery: Json;
  /** Wall time. */
  readonly receivedAt: Date;
}

/** A delivery whose work somebody began and did not end. */
export interface LeftBehind extends NewDelivery {
  /** How often work on it was begun before; when it came counts as once. */
  readonly tries: number;
}

/** A delivery that is left to whoever takes it up next. */
export interface Release {
  readonly deliveryId: string;
  /** How often work on it counts as begun. */
  readonly tries: number;
  /** Seconds of the database's clock for which nobody takes it up. */
  readonly afterS: number;
}

/** The holder of what nobody works on. */
export const NOBODY = '';

/** So many are taken up at once, of those that were begun once; of the others each alone, as one may be what kills us. */
const MOST_TAKEN_UP = 8;

/**
 * Keeps deliveries and takes note that they came, in one statement, so that no crash can part the two.
 * @returns the ids of those that had not come before.
 */
export async function keepDeliveries(
  db: Executor,
  of: InboxOf,
  { deliveries, at }: { deliveries: readonly NewDelivery[]; at: Date },
): Promise<ReadonlySet<string>> {
  const arrived = deliveries.map(({ deliveryId, delivery, receivedAt }, position) => ({
    ...{ position, delivery_id: deliveryId, delivery, received_at: receivedAt.toISOString() },
  }));
  const { rows } = await sql<{ delivery_id: string }>`
    with arrived as (
      select * from jsonb_to_recordset(${jsonText(arrived)}::jsonb)
        as a (position integer, delivery_id text, delivery jsonb, received_at timestamptz)
    ), claimed as (
      insert into delivery (channel, delivery_id, at)
      select ${of.channel}, delivery_id, ${at} from arrived where ${soon(of)}
      on conflict do nothing
      returning delivery_id
    )
    insert into inbox (channel, delivery_id, delivery, received_at, holder, held_until)
    select ${of.channel}, delivery_id, delivery, received_at, ${of.holder}, ${heldUntil(of)}
    from arrived join claimed using (delivery_id)
    order by position
    on conflict do nothing
    returning delivery_id`.execute(db);
  return new Set(rows.map(({ delivery_id }) => delivery_id));
}

/** Nothing is left of them, unless somebody else has taken them up. */
export async function endDeliveries(db: Executor, of: InboxOf, deliveryIds: readonly string[]): Promise<void> {
  await db
    .deleteFrom('inbox')
    .where('channel', '=', of.channel)
    .where('delivery_id', 'in', deliveryIds)
    .where('holder', '=', of.holder)
    .execute();
}

/** Work on one that was taken up begins. `false`: somebody else has taken it up meanwhile. */
export async function beginDelivery(db: Executor, of: InboxOf, deliveryId: string): Promise<boolean> {
  const row = await db
    .updateTable('inbox')
    .set((inbox) => ({ tries: inbox('tries', '+', 1) }))
    .where('channel', '=', of.channel)
    .where('delivery_id', '=', deliveryId)
    .where('holder', '=', of.holder)
    .returning('tries')
    .executeTakeFirst();
  return row !== undefined;
}

/** Nobody works on them, until somebody takes them up. */
export async function releaseDeliveries(db: Executor, of: InboxOf, released: readonly Release[]): Promise<void> {
  const rows = released.map(({ deliveryId, tries, afterS }) => ({ delivery_id: deliveryId, tries, after_s: afterS }));
  await sql`
    update inbox
    set holder = ${NOBODY}, tries = r.tries, held_until = clock_timestamp() + make_interval(secs => r.after_s)
    from jsonb_to_recordset(${jsonText(rows)}::jsonb) as r (delivery_id text, tries integer, after_s double precision)
    where inbox.channel = ${of.channel} and inbox.delivery_id = r.delivery_id and inbox.holder = ${of.holder}`.execute(
    db,
  );
}

/** @param before wall time. @returns how many came before that and are nobody's: they are gone. */
export async function dropOldDeliveries(db: Executor, of: InboxOf, before: Date): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('inbox')
    .where('channel', '=', of.channel)
    .where(isFree(of))
    .where('received_at', '<', before)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** The sign of life for those that are worked on. */
export async function holdDeliveries(db: Executor, of: InboxOf, deliveryIds: readonly string[]): Promise<void> {
  await db
    .updateTable('inbox')
    .set({ held_until: heldUntil(of) })
    .where('channel', '=', of.channel)
    .where('delivery_id', 'in', deliveryIds)
    .where('holder', '=', of.holder)
    .execute();
}

/** Takes up what others, or an earlier life, have left behind, the oldest first. @param except what is worked on here. */
export async function takeUpDeliveries(
  db: Executor,
  of: InboxOf,
  except: readonly string[],
): Promise<readonly LeftBehind[]> {
  const begunOnce = await takeUp(db, of, { except, most: MOST_TAKEN_UP, isBegunOnce: true });
  return begunOnce.length > 0 ? begunOnce : takeUp(db, of, { except, most: 1, isBegunOnce: false });
}

async function takeUp(
  db: Executor,
  of: InboxOf,
  { except, most, isBegunOnce }: { except: readonly string[]; most: number; isBegunOnce: boolean },
): Promise<readonly LeftBehind[]> {
  const free = db
    .selectFrom('inbox')
    .select('delivery_id')
    .where('channel', '=', of.channel)
    .where(isFree(of))
    .where('tries', isBegunOnce ? '=' : '>', 1)
    .where(sql<boolean>`delivery_id <> all(${except})`)
    .orderBy('seq')
    .limit(most)
    .forUpdate()
    .skipLocked();
  const rows = await db
    .updateTable('inbox')
    .set({ holder: of.holder, held_until: heldUntil(of) })
    .where('channel', '=', of.channel)
    .where('delivery_id', 'in', free)
    .returning(['seq', 'delivery_id', 'delivery', 'received_at', 'tries'])
    .execute();
  return rows
    .sort((one, other) => Number(one.seq) - Number(other.seq))
    .map(({ delivery_id, delivery, received_at, tries }) => ({
      ...{ deliveryId: delivery_id, delivery, receivedAt: received_at, tries },
    }));
}

function isFree({ isShared, holder }: InboxOf): RawBuilder<boolean> {
  const isOver = sql<boolean>`(held_until is null or held_until < clock_timestamp())`;
  return isShared ? isOver : sql<boolean>`(holder <> ${holder} and ${isOver})`;
}

function heldUntil({ isShared }: InboxOf): RawBuilder<Date | null> {
  return isShared ? sql`clock_timestamp() + make_interval(secs => ${sql.lit(LEASE_S)})` : sql`null::timestamptz`;
}

/**
 * A server of its own outlives us, so that its commit need not wait for the disk: whoever waits for the acknowledgement does.
 * What a power cut of the server takes with it is what came in its last moment.
 */
function soon({ isShared }: InboxOf): RawBuilder<boolean> {
  return isShared ? sql`set_config('synchronous_commit', 'off', true) = 'off'` : sql`true`;
}

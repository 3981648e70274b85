import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { keepDeliveries, NOBODY, type InboxOf } from './inbox-store.js';
import type { Log } from './log.js';
import type { Spool } from './spool.js';

/**
 * Makes rows that nobody holds of what is spooled, but for what is worked on here. What had come before, as its id tells, is
 * over. Throws as the database does.
 */
export async function makeRows(
  { spool, database, clock, log }: { spool: Spool; database: Database; clock: Pick<Clock, 'now'>; log: Log },
  of: InboxOf,
  isUnderWay: (deliveryId: string) => boolean,
): Promise<void> {
  const left = spool.left().filter(({ deliveryId }) => !isUnderWay(deliveryId));
  if (left.length === 0) return;
  const ofNobody = { ...of, holder: NOBODY };
  const { size: rows } = await keepDeliveries(database.db, ofNobody, { deliveries: left, at: clock.now() });
  spool.forget(left.map(({ deliveryId }) => deliveryId));
  const known = left.length - rows;
  if (known === 0) log.info({ rows }, 'Deliveries that stood in a file alone are in the inbox');
  else log.warn({ rows, known }, 'Deliveries that stood in a file alone are in the inbox; some had come before');
}

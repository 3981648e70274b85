import type { Database } from './database.js';
import type { OneTimeSecrets } from './one-time-secrets.js';
import type { Sweep } from './tick.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const FORM_KEPT_DAYS = 1;
/** Longer than a plan is valid (15 minutes): a late click shall be told that the plan is too old, not that it never was. */
const PLAN_KEPT_DAYS = 7;
/** Slack and Teams deliver again within hours. */
const DELIVERY_KEPT_DAYS = 3;
/** For whoever looks into what was told, and when. */
const EVENT_KEPT_DAYS = 7;

/** What leaves the platform's own tables when its time is over. Nothing depends on it: every reader checks the time. */
export function housekeeping({ database: { db }, secrets }: { database: Database; secrets: OneTimeSecrets }): Sweep[] {
  return [
    { name: 'expired one-time secrets', everySeconds: 5, sweep: (now) => secrets.sweep(now) },
    {
      name: 'abandoned forms',
      everySeconds: 60,
      sweep: (now) => db.deleteFrom('form').where('changed_at', '<=', daysBefore(now, FORM_KEPT_DAYS)).execute(),
    },
    {
      name: 'old plans',
      everySeconds: 60,
      sweep: (now) =>
        db
          .deleteFrom('plan')
          .where('run_id', 'is', null)
          .where('expires_at', '<=', daysBefore(now, PLAN_KEPT_DAYS))
          .execute(),
    },
    {
      name: 'old deliveries',
      everySeconds: 60,
      sweep: (now) => db.deleteFrom('delivery').where('at', '<=', daysBefore(now, DELIVERY_KEPT_DAYS)).execute(),
    },
    {
      name: 'delivered events',
      everySeconds: 60,
      sweep: (now) => db.deleteFrom('outbox').where('delivered_at', '<=', daysBefore(now, EVENT_KEPT_DAYS)).execute(),
    },
  ];
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

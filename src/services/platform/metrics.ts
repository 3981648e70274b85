import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { onRemoteCall } from './remote-calls.js';
import type { Wake } from './wake.js';
import { shared, within } from './within.js';

/** A turn as it is counted. Both words come from closed lists: what people type never becomes a label. */
export interface CountedTurn {
  readonly intent: string;
  readonly outcome: string;
  readonly seconds: number;
}

/** The figures of this process, in Prometheus's text format. Each replica tells its own. */
export interface Metrics {
  countTurn(turn: CountedTurn): void;
  /** A message that the door has turned away; the reason comes from a closed list. */
  countRefusal(reason: string): void;
  /** What a look at Entra has just shown: until when the certificate is valid that it signs with. */
  sawSigningCertificate(until: Date): void;
  /** Asks the database, within a bound, and no remote system. Never rejects. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
  stop(): void;
}

export interface MetricsParts {
  readonly database: Database;
  readonly wake: Pick<Wake, 'oldestDueSeconds'>;
  readonly clock: Clock;
  /** Until when the certificate is valid that the last set-up has left, by what this deployment remembers. */
  readonly findSetUpCertificate: () => Promise<Date | undefined>;
}

const DATABASE_BOUND_MS = 2_000;
const TURN_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30];
const CALL_SECONDS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Timers that wake the processor hundreds of times a second would be the most work of a bot at rest. */
const LOOP_DELAY_EVERY_MS = 200;
const DAY_MS = 24 * 60 * 60 * 1_000;
const STATES = ['running', 'waiting', 'failed', 'interrupted', 'undone'] as const;

export function createMetrics(parts: MetricsParts): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: LOOP_DELAY_EVERY_MS });
  const turns = new Counter({
    ...{ name: 'latchkey_turns_total', help: 'Messages and clicks, by what they meant and what came of them.' },
    ...{ labelNames: ['intent', 'outcome'], registers },
  });
  const refusals = new Counter({
    ...{ name: 'latchkey_refused_messages_total', help: 'Messages that were not let in, by why.' },
    ...{ labelNames: ['reason'], registers },
  });
  const turnSeconds = new Histogram({
    ...{ name: 'latchkey_turn_duration_seconds', help: 'From a message that was let in to its answer.' },
    ...{ labelNames: ['intent'], buckets: TURN_SECONDS, registers },
  });
  const calls = new Counter({
    ...{ name: 'latchkey_remote_calls_total', help: 'Requests to remote systems, each try of its own.' },
    ...{ labelNames: ['system', 'kind', 'result'], registers },
  });
  const callSeconds = new Histogram({
    ...{ name: 'latchkey_remote_call_duration_seconds', help: 'From a request to the end of its answer.' },
    ...{ labelNames: ['system', 'kind'], buckets: CALL_SECONDS, registers },
  });
  const expiry = certificateGauge(registers, parts);
  const inDatabase = databaseGauges(registers, parts);
  const stopListening = onRemoteCall(({ system, kind, result, seconds }) => {
    calls.inc({ system, kind, result: String(result) });
    callSeconds.observe({ system, kind }, seconds);
  });

  return {
    countTurn: ({ intent, outcome, seconds }) => {
      turns.inc({ intent, outcome });
      turnSeconds.observe({ intent }, seconds);
    },
    countRefusal: (reason) => refusals.inc({ reason }),
    sawSigningCertificate: expiry.sawNow,
    scrape: shared(async () => {
      await inDatabase.read();
      await expiry.read();
      return { contentType: register.contentType, text: await register.metrics() };
    }),
    stop: stopListening,
  };
}

/** Absent until something is known: a figure that was made up would be worse than none. */
function certificateGauge(
  registers: Registry[],
  { clock, findSetUpCertificate }: Pick<MetricsParts, 'clock' | 'findSetUpCertificate'>,
): { sawNow: (until: Date) => void; read: () => Promise<void> } {
  const days = new Gauge({
    name: 'latchkey_signing_certificate_expiry_days',
    help: 'Days until the certificate ends that Entra signs with: as the last set-up left it, and as this process saw it last.',
    ...{ labelNames: ['known_from'], registers },
  });
  const found = shared(findSetUpCertificate);
  let seen: Date | undefined;
  const daysUntil = (until: Date): number => (until.getTime() - clock.now().getTime()) / DAY_MS;
  return {
    sawNow: (until) => void (seen = until),
    read: async () => {
      const left = await within(DATABASE_BOUND_MS, found());
      days.reset();
      if (left) days.set({ known_from: 'last-set-up' }, daysUntil(left));
      if (seen) days.set({ known_from: 'last-look' }, daysUntil(seen));
    },
  };
}

/** What the tables say. Replicas over one database all say the same. */
function databaseGauges(registers: Registry[], { database, wake, clock }: MetricsParts): { read: () => Promise<void> } {
  const up = new Gauge({
    ...{
      name: 'latchkey_database_up',
      help: '1: the database answered this scrape; else 0, and what it knows is absent.',
    },
    registers,
  });
  const runs = new Gauge({
    ...{ name: 'latchkey_runs', help: 'Runs that are not done, by state.' },
    ...{ labelNames: ['state'], registers },
  });
  const oldest = new Gauge({
    name: 'latchkey_queue_oldest_due_seconds',
    help: 'How long what is due the longest has waited: looks at runs, waiting runs, events. 0: nothing is due.',
    ...{ labelNames: ['queue'], registers },
  });

  async function ask(): Promise<{ states: Map<string, number>; ages: Record<string, number> }> {
    const states = await countOpenRuns(database);
    const look = await wake.oldestDueSeconds();
    const dueSince = await oldestDue(database, clock);
    const since = (from: Date | null, now: Date): number =>
      from ? Math.max(0, (now.getTime() - from.getTime()) / 1e3) : 0;
    return {
      states,
      ages: { wake: look, run: since(dueSince.run, clock.now()), outbox: since(dueSince.event, clock.now()) },
    };
  }

  const asked = shared(ask);
  return {
    read: async () => {
      const known = await within(DATABASE_BOUND_MS, asked());
      up.set(known ? 1 : 0);
      runs.reset();
      oldest.reset();
      if (!known) return;
      for (const state of STATES) runs.set({ state }, known.states.get(state) ?? 0);
      for (const [queue, seconds] of Object.entries(known.ages)) oldest.set({ queue }, seconds);
    },
  };
}

async function countOpenRuns({ db }: Database): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('run')
    .select(['state', (run) => run.fn.countAll<string>().as('count')])
    .where('state', '<>', 'done')
    .groupBy('state')
    .execute();
  return new Map(rows.map(({ state, count }) => [state, Number(count)]));
}

/** Business times. An event that a try has failed for is due since it was written. */
async function oldestDue(
  { db }: Database,
  clock: Pick<Clock, 'now'>,
): Promise<{ run: Date | null; event: Date | null }> {
  const run = await db
    .selectFrom('run')
    .select((of) => of.fn.min('wake_at').as('at'))
    .where('state', '=', 'waiting')
    .where('wake_at', '<=', clock.now())
    .executeTakeFirst();
  const event = await db
    .selectFrom('outbox')
    .select((of) => of.fn.min('at').as('at'))
    .where('delivered_at', 'is', null)
    .executeTakeFirst();
  return { run: run?.at ?? null, event: event?.at ?? null };
}

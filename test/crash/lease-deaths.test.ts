import type { Database } from '../../src/services/platform/database.js';
import { LeaseStand } from '../contract/lease-stand.js';
import { print } from '../support/print.js';
import { openTestDatabase } from '../support/test-database.js';
import { Mortal, type Death } from './mortal.js';

/** Every point with `CRASH_MATRIX=full`; otherwise after each effect, and every n-th, another first one for each deed. */
const EVERY = process.env['CRASH_MATRIX'] === 'full' ? 1 : 8;

let database: Database;
const table: string[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(async () => {
  await database.close();
  print(`\nA process that dies at every point of a lease\n${table.join('\n')}\n`);
});

/** What everybody can see afterwards, and what is noted for the end. */
interface Ended {
  readonly has: Awaited<ReturnType<LeaseStand['has']>>;
  readonly users: number;
  readonly lease: string;
  readonly request: string | undefined;
  readonly items: readonly string[];
  /** How each run of the lease stands. */
  readonly runs: readonly string[];
}

interface Lived {
  readonly stand: LeaseStand;
  readonly leaseId: string;
  readonly requestId: string;
}

interface Deed {
  readonly name: string;
  /** Before the process lives that dies. */
  before(stand: LeaseStand): Promise<Lived>;
}

const GRANT: Deed = {
  name: 'grant',
  before: async (stand) => {
    const { leaseId, requestId } = await stand.plan('Ana', { minutes: 60 });
    stand.clock.advance(1);
    return { stand, leaseId, requestId };
  },
};

const END: Deed = {
  name: 'end',
  before: async (stand) => {
    const { lease, requestId } = await stand.grant('Ana', { minutes: 60 });
    stand.clock.advance(61);
    return { stand, leaseId: lease.id, requestId };
  },
};

/** Does the deed, dies at that point, starts again, and lets the clock do what is due. */
async function live(deed: Deed, death?: Death): Promise<{ ended: Ended; mortal: Mortal; at: string }> {
  const stand = await LeaseStand.open(database);
  try {
    const lived = await deed.before(stand);
    const mortal = new Mortal(database, [stand.entraWire, stand.genesysWire]);
    await stand.restarts(mortal.database);
    mortal.arm(death);
    // Whoever is dead answers with nothing but errors.
    await stand.leases.sweep.sweep(stand.clock.now()).catch((error: unknown) => {
      if (!mortal.isDead) throw error;
    });
    await stand.standsStill(() => mortal.isDead);
    const at = `${String(mortal.writes)} writes, ${mortal.effects.at(-1) ?? 'no effect'}`;
    stand.entraWire.forgetsRules();
    stand.genesysWire.forgetsRules();
    await stand.restarts();
    for (const runId of await stand.durable.listAbandoned()) await stand.durable.goOn(runId);
    await stand.passes(0.2);
    await stand.passes(0.2);
    return { ended: await stateOf(lived), mortal, at };
  } finally {
    await stand.close();
  }
}

async function stateOf({ stand, leaseId, requestId }: Lived): Promise<Ended> {
  const items = await database.db.selectFrom('access_item').select('item').orderBy('item').execute();
  const runs = await database.db.selectFrom('run').select(['kind', 'state']).orderBy('started_at').execute();
  return {
    runs: runs.map(({ kind, state }) => `${kind} ${state}`),
    has: await stand.has('Ana'),
    users: await stand.usersOf('Ana'),
    lease: (await stand.lease(leaseId)).state,
    request: await stand.requestState(requestId),
    items: items.map(({ item }) => item.split(' ')[0] ?? ''),
  };
}

async function dieEverywhere(
  deed: Deed,
  first: number,
): Promise<{ failures: string[]; wanted: Ended; effects: string[] }> {
  const { ended: wanted, mortal } = await live(deed);
  const effects = [...mortal.effects];
  const points = (['write', 'effect'] as const).flatMap((around) =>
    Array.from({ length: around === 'write' ? mortal.writes : effects.length }, (_, index) =>
      (['before', 'after'] as const).map((when): Death => ({ around, at: index + 1, when })),
    ).flat(),
  );
  const failures: string[] = [];
  const tried = points.filter(
    ({ around, when }, index) => index % EVERY === first % EVERY || (around === 'effect' && when === 'after'),
  );
  for (const point of tried) {
    const words = `${point.when} ${point.around} ${String(point.at)} of “${deed.name}”`;
    try {
      const { ended, mortal: dead, at } = await live(deed, point);
      if (!dead.isDead) throw new Error('It did not die.');
      expect({ at, ...ended }).toEqual({ at, ...wanted });
    } catch (error) {
      failures.push(`${words}: ${String(error)}`);
    }
  }
  table.push(
    `  ${deed.name}: ${String(tried.length - failures.length)} of ${String(tried.length)} (${String(points.length)} points)`,
  );
  return { failures, wanted, effects };
}

test('A giving whose process dies anywhere ends with the access once, noted, and with its time begun', async () => {
  const { failures, wanted, effects } = await dieEverywhere(GRANT, 0);

  expect(failures).toEqual([]);
  expect(effects).toHaveLength(3);
  expect(wanted).toEqual({
    ...{ has: { assigned: 1, user: 'active', roles: ['Agent', 'employee'] }, users: 1 },
    ...{ lease: 'active', request: 'granted', items: ['app-role', 'genesys-role', 'genesys-user'] },
    runs: ['grant-access done'],
  });
}, 900_000);

test('An ending whose process dies anywhere ends with nothing left, and nothing noted', async () => {
  const { failures, wanted, effects } = await dieEverywhere(END, 1);

  expect(failures).toEqual([]);
  expect(effects.map((effect) => effect.split(' ')[0])).toEqual(['DELETE', 'DELETE', 'POST', 'PATCH']);
  expect(wanted).toEqual({
    ...{ has: { assigned: 0, user: 'inactive', roles: ['employee'] }, users: 1 },
    ...{ lease: 'ended', request: 'ended', items: [] },
    runs: ['grant-access done', 'end-access done'],
  });
}, 900_000);

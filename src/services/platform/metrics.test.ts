import { CompiledQuery } from 'kysely';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { createDurable } from './ledger-durable.js';
import { createMetrics, type Metrics } from './metrics.js';
import { publish } from './outbox.js';
import { createReadiness } from './readiness.js';
import { beginRemoteCall } from './remote-calls.js';
import { ada, silentLog, StandingClock } from './testing/test-parts.js';
import { createWake, type Wake } from './wake.js';

let database: Database;
let wake: Wake;
let metrics: Metrics;
const clock = new StandingClock();
let setUpUntil: Date | undefined;

beforeAll(async () => {
  database = await openTestDatabase();
  wake = createWake({ database, log: silentLog });
  await wake.start(async () => false);
}, 60_000);
afterAll(async () => {
  await wake.stop();
  await database.close();
});
beforeEach(() => {
  setUpUntil = undefined;
  metrics = createMetrics({ database, wake, clock, findSetUpCertificate: async () => setUpUntil });
});
afterEach(() => metrics.stop());

/** The lines of one figure, without its help. */
async function figure(name: string): Promise<string[]> {
  const { text } = await metrics.scrape();
  return text.split('\n').filter((line) => line.startsWith(name));
}

const inDays = (days: number): Date => new Date(clock.now().getTime() + days * 86_400_000);

test('turns by intent and outcome, and how long they took', async () => {
  metrics.countTurn({ intent: 'status', outcome: 'answered', seconds: 0.2 });
  metrics.countTurn({ intent: 'status', outcome: 'refused', seconds: 7 });

  expect(await figure('latchkey_turns_total')).toEqual([
    'latchkey_turns_total{intent="status",outcome="answered"} 1',
    'latchkey_turns_total{intent="status",outcome="refused"} 1',
  ]);
  expect(await figure('latchkey_turn_duration_seconds_bucket{le="0.25"')).toEqual([
    'latchkey_turn_duration_seconds_bucket{le="0.25",intent="status"} 1',
  ]);
});

test('remote calls by system, kind and result; no address, id or name becomes a label', async () => {
  const id = '3f0c7b1e-1111-4111-8111-111111111111';
  beginRemoteCall('entra', { url: `https://graph.microsoft.com/v1.0/users/${id}?$filter=ada` })(404, new Headers());
  beginRemoteCall('entra', { url: `https://login.microsoftonline.com/${id}/oauth2/v2.0/token`, method: 'POST' })(200);
  beginRemoteCall('genesys', { url: 'https://login.mypurecloud.de/oauth/token', method: 'POST' })(400);
  beginRemoteCall('genesys', { url: 'https://api.mypurecloud.de/api/v2/users', method: 'PATCH' })('timeout');
  beginRemoteCall('teams', { url: 'https://smba.example/v3/conversations/a/activities', method: 'PUT' })(200);

  expect(await figure('latchkey_remote_calls_total')).toEqual([
    'latchkey_remote_calls_total{system="entra",kind="read",result="404"} 1',
    'latchkey_remote_calls_total{system="entra",kind="sign-in",result="200"} 1',
    'latchkey_remote_calls_total{system="genesys",kind="sign-in",result="400"} 1',
    'latchkey_remote_calls_total{system="genesys",kind="write",result="timeout"} 1',
    'latchkey_remote_calls_total{system="teams",kind="write",result="200"} 1',
  ]);
  expect((await metrics.scrape()).text).not.toMatch(/3f0c7b1e|graph\.microsoft|smba|ada/);
});

test('runs by state, and for how long what is due has waited', async () => {
  const durable = createDurable({ database, clock, log: silentLog, wake });
  await database.transaction(async (trx) => {
    await durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada });
    await publish(trx, { type: 'told', payload: null, at: clock.now() });
  });
  await database.db.executeQuery(
    CompiledQuery.raw(`update wake.job set start_after = now() - interval '90 seconds', state = 'created'`),
  );
  clock.advance(5);

  expect(await figure('latchkey_runs')).toEqual(
    expect.arrayContaining(['latchkey_runs{state="running"} 1', 'latchkey_runs{state="waiting"} 0']) as string[],
  );
  const [outboxAge, runAge] = [
    await figure('latchkey_queue_oldest_due_seconds{queue="outbox"'),
    await figure('latchkey_queue_oldest_due_seconds{queue="run"'),
  ];
  expect(outboxAge).toEqual(['latchkey_queue_oldest_due_seconds{queue="outbox"} 300']);
  expect(runAge).toEqual(['latchkey_queue_oldest_due_seconds{queue="run"} 0']);
  expect(await wake.oldestDueSeconds()).toBeGreaterThanOrEqual(90);
});

test('the days until the signing certificate ends: none while nothing is known, then as seen', async () => {
  expect(await figure('latchkey_signing_certificate_expiry_days')).toEqual([]);

  setUpUntil = inDays(30);
  metrics.sawSigningCertificate(inDays(12));

  expect(await figure('latchkey_signing_certificate_expiry_days')).toEqual([
    'latchkey_signing_certificate_expiry_days{known_from="last-set-up"} 30',
    'latchkey_signing_certificate_expiry_days{known_from="last-look"} 12',
  ]);
});

test('a database that is away is said, and does not take the other figures along', async () => {
  const away = async (): Promise<never> => Promise.reject(new Error('away'));
  const lonely = createMetrics({
    ...{ database, clock, findSetUpCertificate: away },
    wake: { oldestDueSeconds: away },
  });
  lonely.countTurn({ intent: 'help', outcome: 'answered', seconds: 1 });

  const { text } = await lonely.scrape();
  lonely.stop();

  expect(text).toMatch(/^latchkey_database_up 0$/m);
  expect(text).toMatch(/^latchkey_turns_total\{intent="help",outcome="answered"\} 1$/m);
  expect(text).not.toMatch(/^latchkey_(runs|queue_oldest)/m);
  expect((await metrics.scrape()).text).toMatch(/^latchkey_database_up 1$/m);
});

test('the process tells of itself', async () => {
  const { text, contentType } = await metrics.scrape();

  expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});

describe('readiness', () => {
  test('says one line for each thing, and is ready when all are as they must be', async () => {
    const ready = createReadiness({ database, clock, wake });

    expect(await ready()).toEqual({
      ok: true,
      checks: { database: 'answers', migrations: 'up to date', wake: 'running', time: expect.any(String) as string },
    });
  });

  test.each([
    ['a database that refuses', () => Promise.reject(new Error('password=hunter2'))],
    ['a database that hangs', () => new Promise<never>(() => undefined)],
  ])('%s: not ready, within its bound, and nothing of why', async (_what, query) => {
    const ready = createReadiness({ database: { query }, clock, wake, boundMs: 20 });

    const said = await ready();

    expect(said).toMatchObject({ ok: false, checks: { database: 'does not answer', migrations: 'unknown' } });
    expect(JSON.stringify(said)).not.toContain('hunter2');
  });

  test('a database that hangs is not asked a second time meanwhile', async () => {
    let asked = 0;
    const query = (): Promise<never> => new Promise(() => void (asked += 1));
    const ready = createReadiness({ database: { query }, clock, wake, boundMs: 5 });

    await Promise.all([ready(), ready(), ready()]);
    await ready();

    expect(asked).toBe(1);
  });

  test.each([
    ['a schema that was not brought up to date', ['0001-first'], false, /^missing: 0002/],
    ['a schema of a later release', undefined, true, /^newer than this release$/],
  ])('%s', async (_what, names, ok, says) => {
    const query = async (text: string): Promise<{ rows: unknown[] }> => {
      const known = await database.query(text);
      return { rows: names?.map((name) => ({ name })) ?? [...known.rows, { name: '9999-later' }] };
    };

    const said = await createReadiness({ database: { query }, clock, wake })();

    expect(said).toMatchObject({ ok, checks: { migrations: expect.stringMatching(says) as string } });
  });

  test('without the wake-up of runs nothing that stops goes on: not ready', async () => {
    const said = await createReadiness({ database, clock, wake: { isRunning: () => false } })();

    expect(said).toMatchObject({ ok: false, checks: { wake: 'not running' } });
  });
});

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { sql } from 'kysely';
import { createSelfSignedCertificate } from '../../../../sandbox/saml/certificate.js';
import {
  createTestDatabase,
  describeOnPostgres,
  onServer,
  serverAt,
  type TestDatabase,
} from '../../../../test/support/test-database.js';
import { appendAudit, verifyAudit } from '../audit.js';
import { createClock } from '../clock.js';
import { openDatabase, type Database } from '../database.js';
import { createDurable } from '../ledger-durable.js';
import { Problem } from '../problem.js';
import { ada, recordingLog, silentLog, StandingClock } from '../testing/test-parts.js';
import { createWake } from '../wake.js';
import { openPostgres } from './open-postgres.js';
import { PostgresPool } from './postgres-pool.js';
import type { PostgresServer } from './postgres-server.js';

const entry = {
  at: new Date('2026-11-24T09:00:00.123Z'),
  kind: 'intent',
  body: { actor: { personId: ada.personId } },
} as const;

describeOnPostgres('on PostgreSQL', () => {
  const made: TestDatabase[] = [];
  const opened: Database[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
    for (const database of made.splice(0)) await database.drop();
  });

  async function make(options?: string): Promise<TestDatabase> {
    const database = await createTestDatabase(options);
    made.push(database);
    return database;
  }

  async function open(server: PostgresServer): Promise<Database> {
    const database = await openDatabase({ dataDir: '', postgres: server, log: silentLog });
    opened.push(database);
    return database;
  }

  async function problemOf(attempt: Promise<unknown>): Promise<Problem['facts']> {
    const error: unknown = await attempt.then(
      () => new Error('It went well.'),
      (caught: unknown) => caught,
    );
    if (error instanceof Problem) return error.facts;
    throw error;
  }

  const opening = (server: PostgresServer): Promise<PostgresPool> =>
    openPostgres({ server, log: silentLog, clock: createClock(), waitMs: 0 });

  test('four replicas that start at once migrate once', async () => {
    const { server } = await make();
    const { log, lines } = recordingLog();

    const replicas = await Promise.all([1, 2, 3, 4].map(() => openDatabase({ dataDir: '', postgres: server, log })));
    opened.push(...replicas);

    const migrated = lines().filter(({ msg }) => msg === 'Migrated the database');
    expect(new Set(migrated.map(({ migrationName }) => migrationName)).size).toBe(migrated.length);
    expect(migrated.length).toBeGreaterThan(1);
  });

  test('whatever the defaults of server and role, sessions are in UTC, read committed, in public, and give up in time', async () => {
    const { db } = await open((await make()).server);

    const { rows } = await sql<Record<string, string>>`
      select current_setting('timezone') as zone, current_setting('transaction_isolation') as isolation,
        current_schema as schema, current_setting('statement_timeout') as statement,
        current_setting('idle_in_transaction_session_timeout') as idle, current_setting('application_name') as name`.execute(
      db,
    );

    expect(rows).toEqual([
      { zone: 'UTC', isolation: 'read committed', schema: 'public', statement: '20s', idle: '15s', name: 'latchkey' },
    ]);
  });

  test('connections that the server ends are replaced, in use or idle, and end nothing else', async () => {
    const { server, url } = await make();
    const database = await open(server);
    const endAll = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;

    const inUse = database.transaction(async (trx) => {
      await sql`select 1`.execute(trx);
      await onServer(endAll, url);
      await sql`select 1`.execute(trx);
    });

    expect(await problemOf(inUse)).toMatchObject({ code: 'database-away' });
    await sql`select 1`.execute(database.db);
    await onServer(endAll, url);
    // The next question may meet the dead connection, and no question after it does.
    await sql`select 1`.execute(database.db).catch(() => undefined);
    await expect(sql`select 1`.execute(database.db)).resolves.toMatchObject({ rows: [{}] });
  });

  test('a text of several statements that fails half-way leaves no transaction behind', async () => {
    const database = await open((await make()).server);

    await expect(database.query('begin; select * from nowhere; commit')).rejects.toMatchObject({ code: '42P01' });

    const answers = await Promise.all([1, 2, 3].map((number) => database.query('select $1::int as asked', [number])));
    expect(answers.map(({ rows }) => rows)).toEqual([[{ asked: 1 }], [{ asked: 2 }], [{ asked: 3 }]]);
    await expect(database.query('select 1 as a; select 2 as a')).resolves.toMatchObject({ rows: [{ a: 1 }, { a: 2 }] });
  });

  test('a server that comes later is waited for, and while it is away questions say so', async () => {
    const { url } = await make();
    const relay = await openRelay(url);
    await relay.stop();
    const { log, lines } = recordingLog();

    const pool = openPostgres({ server: relay.server, log, clock: createClock(), waitMs: 20_000 });
    while (lines().length === 0) await new Promise((next) => setTimeout(next, 10));
    await relay.start();
    const answering = await pool;

    await relay.stop();
    expect(await problemOf(answering.query('select 1'))).toMatchObject({ code: 'database-away' });
    await relay.start();
    await expect(answering.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await answering.end();
    await relay.stop();
  });

  test('a network that swallows the answer is given up, and its connection is not used again', async () => {
    const { url } = await make();
    const relay = await openRelay(url);
    const pool = new PostgresPool(relay.server, silentLog, { answerWithinMs: 300 });
    await pool.query('select 1');

    relay.swallow(true);
    expect(await problemOf(pool.query('select 2'))).toMatchObject({ code: 'database-away' });
    relay.swallow(false);

    await expect(pool.query('select 3 as three')).resolves.toMatchObject({ rows: [{ three: 3 }] });
    await pool.end();
    await relay.stop();
  });

  test.each([
    ['no server', { port: 1 }, 'database-away', 'No PostgreSQL answers at 127.0.0.1, port 1.'],
    ['no database', { database: 'nowhere' }, 'no-such-database', 'has no database nowhere.'],
    ['an unknown role', { user: 'nobody' }, 'database-not-let-in', 'does not let the role nobody into'],
    ['no TLS where it is asked for', { tls: {} }, 'database-not-verified', 'cannot be trusted.'],
    [
      'no file of the authority',
      { tls: { caFile: '/nowhere.pem' } },
      'database-certificate-unreadable',
      '/nowhere.pem',
    ],
  ])('%s: the start says what to do', async (_, change, code, words) => {
    const { server } = await make();

    const facts = await problemOf(opening({ ...server, ...change }));

    expect(facts).toMatchObject({ code, what: expect.stringContaining(words) as string });
  });

  test('over TLS a server is let in whose certificate and name are those of the authority, and no other', async () => {
    const { url } = await make();
    const [ours, theirs] = [certificateFor('localhost'), certificateFor('db.elsewhere.example')];
    const relay = await openTlsRelay(url, ours);
    const misnamed = await openTlsRelay(url, theirs);

    const pool = await opening({ ...relay.server, tls: { caFile: ours.file } });
    await expect(pool.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await pool.end();

    for (const distrusted of [
      { ...relay.server, tls: {} },
      { ...relay.server, tls: { caFile: theirs.file } },
      { ...misnamed.server, tls: { caFile: theirs.file } },
    ]) {
      expect(await problemOf(opening(distrusted))).toMatchObject({ code: 'database-not-verified' });
    }
    await relay.close();
    await misnamed.close();
  });

  test('a database that is not in UTF-8 is refused', async () => {
    const { server } = await make(`encoding 'LATIN1' locale 'C' template template0`);

    expect(await problemOf(opening(server))).toMatchObject({ code: 'database-not-utf8' });
  });

  test('the role of docs/postgresql-rights.sql does all that a bot does, and cannot change the audit log', async () => {
    const { url, server } = await make();
    const owner = await open(server);
    const ownersWake = createWake({ database: owner, log: silentLog });
    await ownersWake.start(async () => false);
    await ownersWake.stop();
    await onServer(`do $$ begin create role latchkey login; exception when duplicate_object then null; end $$`);
    await onServer(readFileSync(join(__dirname, '../../../../docs/postgresql-rights.sql'), 'utf8'), url);

    const bots = await open(serverAt(url.replace('postgres@', 'latchkey@')));
    const wake = createWake({ database: bots, log: silentLog });
    await wake.start(async () => false);
    const durable = createDurable({ database: bots, clock: new StandingClock(), log: silentLog, wake });
    durable.define({ kind: 'story', version: 1, run: ({ step }) => step('tell', async () => 'told') });
    const runId = await bots.transaction(async (trx) => {
      const id = await durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada });
      await appendAudit(trx, entry);
      return id;
    });

    await expect(durable.execute(runId)).resolves.toBe('done');
    await expect(verifyAudit(bots.db)).resolves.toMatchObject({ ok: true });
    for (const forbidden of [
      'update audit set body = body',
      'delete from audit',
      'truncate audit',
      'delete from audit_head',
    ]) {
      await expect(bots.query(forbidden)).rejects.toMatchObject({ code: '42501' });
    }
    await wake.stop();
  });

  test('a role that may not migrate is told who can', async () => {
    const { url } = await make();
    await onServer(`do $$ begin create role latchkey login; exception when duplicate_object then null; end $$`);

    const attempt = openDatabase({
      dataDir: '',
      postgres: serverAt(url.replace('postgres@', 'latchkey@')),
      log: silentLog,
    });

    expect(await problemOf(attempt)).toMatchObject({ code: 'migration-not-allowed' });
  });
});

interface Identity {
  readonly cert: string;
  readonly key: string;
  /** Of the certificate, which is its own authority. */
  readonly file: string;
}

function certificateFor(commonName: string): Identity {
  const now = createClock().wall().getTime();
  const made = createSelfSignedCertificate({
    commonName,
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + 3_600_000),
  });
  const file = join(mkdtempSync(join(tmpdir(), 'latchkey-authority-')), 'ca.pem');
  writeFileSync(file, made.pem);
  return { cert: made.pem, key: made.privateKeyPem, file };
}

/** Speaks TLS as PostgreSQL does: after the client has asked for it (8 bytes) and got an `S`. */
async function openTlsRelay(
  url: string,
  { cert, key }: Identity,
): Promise<{ server: PostgresServer; close(): Promise<void> }> {
  const target = serverAt(url);
  const relay = createServer((near) => {
    near.once('data', () => {
      near.write('S');
      const secured = new TLSSocket(near, { isServer: true, cert, key });
      const far = connect(target.port, target.host);
      for (const socket of [near, secured, far]) socket.on('error', () => far.destroy());
      secured.pipe(far).pipe(secured);
    });
  });
  await once(relay.listen(0, 'localhost'), 'listening');
  const { port } = relay.address() as AddressInfo;
  return {
    server: { ...target, host: 'localhost', port },
    close: async () => void (await once(relay.close(), 'close')),
  };
}

/** A way to the server that can be cut. */
async function openRelay(url: string): Promise<{
  server: PostgresServer;
  start(): Promise<void>;
  stop(): Promise<void>;
  swallow(on: boolean): void;
}> {
  const target = serverAt(url);
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  const relay = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.on('data', (chunk) => void (isSwallowing || near.write(chunk))).on('close', () => near.destroy());
  });
  const start = async (port: number): Promise<void> => void (await once(relay.listen(port, '127.0.0.1'), 'listening'));
  await start(0);
  const { port } = relay.address() as AddressInfo;
  return {
    server: { ...target, port },
    start: () => start(port),
    stop: async () => {
      if (!relay.listening) return;
      const closed = once(relay.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    swallow: (on) => (isSwallowing = on),
  };
}

import { inspect } from 'node:util';
import {
  ConfigError,
  databaseName,
  parseDatabaseUrl,
  readCommandSettings,
  readConfig,
  type Environment,
} from '../config.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

function problemsOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test.each([
  ['postgres://localhost/latchkey', { host: 'localhost', port: 5432, database: 'latchkey', tls: false }],
  ['postgresql://me@[::1]:5433/my%20db', { host: '::1', port: 5433, database: 'my db', user: 'me', tls: false }],
  ['postgres:///latchkey?host=/run/postgresql', { host: '/run/postgresql', database: 'latchkey', tls: false }],
  ['postgres://me@db/latchkey?sslmode=disable', { host: 'db', tls: false }],
  ['postgres://me@db/latchkey?sslmode=require', { host: 'db', tls: {} }],
  [
    'postgres://me@db.example.com/latchkey?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/me.pem&sslkey=/me.key',
    { tls: { caFile: '/ca.pem', certFile: '/me.pem', keyFile: '/me.key' } },
  ],
])('%s is understood', (url, expected) => {
  expect(readConfig({ DATABASE_URL: url }).database).toMatchObject(expected);
});

test.each([
  ['mysql://localhost/latchkey', 'must be an address such as postgres://'],
  ['localhost/latchkey', 'must be an address such as postgres://'],
  ['postgres://localhost', 'must be an address such as postgres://'],
  ['postgres://me:hunter2%zz@localhost/latchkey', 'must be an address such as postgres://'],
  ['postgres://me:hunter2@db.example.com/latchkey', 'names a server elsewhere and no sslmode'],
  ['postgres://me:hunter2@db/latchkey?sslmode=no-verify', 'has an sslmode that does not verify'],
  ['postgres://me:hunter2@db/latchkey?sslmode=prefer', 'has an sslmode that does not verify'],
  ['postgres://me:hunter2@db/latchkey?sslmode=require&uselibpqcompat=true', 'has uselibpqcompat, which'],
])('%s is refused with what would be right, and its password is not repeated', (url, words) => {
  const problems = problemsOf({ DATABASE_URL: url });

  expect(problems).toEqual([expect.stringMatching(new RegExp(`^DATABASE_URL ${words}`))]);
  expect(problems.join()).not.toContain('hunter2');
});

test('the password is in nothing that can be printed', () => {
  const config = readConfig({ DATABASE_URL: 'postgres://me:p%40ss-hunter2@localhost:6000/latchkey' });

  expect(config.database?.password?.reveal()).toBe('p@ss-hunter2');
  expect(`${inspect(config, { depth: 9 })} ${JSON.stringify(config)}`).not.toContain('hunter2');
  expect(config.database && databaseName(config.database)).toBe('latchkey at localhost:6000');
  expect(parseDatabaseUrl('postgres://me:hunter2@db/x?sslmode=allow')).not.toContain('hunter2');
});

test('live with a database for several replicas needs the key that all of them share', () => {
  const env = { LATCHKEY_MODE: 'live', DATABASE_URL: 'postgres://localhost/latchkey' };
  const aboutKey = (problems: readonly string[]): readonly string[] =>
    problems.filter((problem) => problem.startsWith('LATCHKEY_KEY'));

  expect(aboutKey(problemsOf(env))).toEqual([expect.stringContaining('is missing. With DATABASE_URL every replica')]);
  expect(aboutKey(problemsOf({ ...env, LATCHKEY_KEY: KEY }))).toEqual([]);
  expect(aboutKey(problemsOf({ ...env, DATABASE_URL: '' }))).toEqual([]);
  expect(problemsOf({ DATABASE_URL: env.DATABASE_URL })).toEqual([]);
});

test('a former key counts beside one of today only, and is one', () => {
  expect(readConfig({ LATCHKEY_KEY: KEY, LATCHKEY_KEY_PREVIOUS: OTHER_KEY }).previousKey?.reveal()).toBe(OTHER_KEY);
  expect(problemsOf({ LATCHKEY_KEY_PREVIOUS: OTHER_KEY })).toEqual([
    expect.stringMatching(/^LATCHKEY_KEY_PREVIOUS is set without LATCHKEY_KEY/),
  ]);
  expect(problemsOf({ LATCHKEY_KEY: KEY, LATCHKEY_KEY_PREVIOUS: 'AAAA' })).toEqual([
    expect.stringMatching(/^LATCHKEY_KEY_PREVIOUS must be 32 random bytes/),
  ]);
});

test('a command reads where the data is and with which keys, whatever else is missing', () => {
  const env = { LATCHKEY_MODE: 'live', DATABASE_URL: 'postgres://localhost/latchkey', LATCHKEY_KEY: KEY };

  expect(readCommandSettings(env)).toMatchObject({ dataDir: './.latchkey', database: { database: 'latchkey' } });
  expect(() => readCommandSettings({ DATABASE_URL: 'nowhere' })).toThrow(ConfigError);
});

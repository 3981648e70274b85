import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKey, loadKey } from './keys.js';
import { Problem } from './problem.js';

const aKey = Buffer.alloc(32, 7).toString('base64');

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-keys-'));
  folders.push(folder);
  return folder;
}

test('without a setting the key is made once, for our eyes only', () => {
  const dataDir = join(emptyFolder(), 'not', 'there', 'yet');

  const made = loadKey({ dataDir }).derive('cookie');
  const again = loadKey({ dataDir }).derive('cookie');

  expect(again).toEqual(made);
  expect(readdirSync(dataDir)).toEqual(['key']);
  expect(statSync(join(dataDir, 'key')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(readFileSync(join(dataDir, 'key'), 'utf8'), 'base64')).toHaveLength(32);
});

test('the setting goes before the file, which is then neither read nor made', () => {
  const dataDir = emptyFolder();

  loadKey({ latchkeyKey: aKey, dataDir }).derive('cookie');

  expect(readdirSync(dataDir)).toEqual([]);
});

test('whoever only reads makes no key, and finds the one of the bot', () => {
  const dataDir = emptyFolder();

  expect(findKey({ dataDir })).toBeUndefined();
  expect(readdirSync(dataDir)).toEqual([]);

  const made = loadKey({ dataDir }).derive('audit-checkpoint');
  expect(findKey({ dataDir })?.derive('audit-checkpoint')).toEqual(made);
  expect(findKey({ dataDir, latchkeyKey: aKey })?.derive('audit-checkpoint')).not.toEqual(made);
});

test('after a change of the key the former one still opens, and signs nothing any more', () => {
  const formerKey = Buffer.alloc(32, 8).toString('base64');
  const dataDir = emptyFolder();
  const former = loadKey({ latchkeyKey: formerKey, dataDir }).derive('one-time-secret');

  for (const load of [loadKey, findKey]) {
    const keys = load({ latchkeyKey: aKey, previousKey: formerKey, dataDir });
    expect(keys?.candidates('one-time-secret')).toEqual([keys?.derive('one-time-secret'), former]);
    expect(keys?.derive('one-time-secret')).not.toEqual(former);
  }
});

test('each purpose has a key of its own, and none is the deployment key', () => {
  const keys = loadKey({ latchkeyKey: aKey, dataDir: emptyFolder() });

  const derived = [keys.derive('cookie'), keys.derive('one-time-secret'), keys.derive('audit-checkpoint')];

  expect(new Set([aKey, ...derived.map((key) => key.toString('base64'))]).size).toBe(4);
  expect(derived.every((key) => key.length === 32)).toBe(true);
});

test.each([
  ['too short', Buffer.alloc(31).toString('base64')],
  ['too long', Buffer.alloc(33).toString('base64')],
  ['not base64', '!'.repeat(44)],
  ['hexadecimal', Buffer.alloc(32).toString('hex')],
  ['empty', ''],
])('a key that is %s is refused with how to make one', (_, latchkeyKey) => {
  const load = () => loadKey({ latchkeyKey, dataDir: emptyFolder() });

  expect(load).toThrow(Problem);
  expect(load).toThrow('LATCHKEY_KEY is not a key');
});

test('a damaged key file is refused and left alone', () => {
  const dataDir = emptyFolder();
  writeFileSync(join(dataDir, 'key'), 'half a ke');

  expect(() => loadKey({ dataDir })).toThrow('is not a key');
  expect(readFileSync(join(dataDir, 'key'), 'utf8')).toBe('half a ke');
});

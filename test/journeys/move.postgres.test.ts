import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { latchkey, PROGRAM } from '../support/command.js';
import { createTestDatabase, describeOnPostgres, onServer, type TestDatabase } from '../support/test-database.js';
import { World } from '../support/world.js';

const LATCHKEY_KEY = randomBytes(32).toString('base64');
const PASSWORD = 'never-to-be-printed';

describeOnPostgres('An operator grows out of the embedded database', () => {
  let world: World;
  let target: TestDatabase;
  let dataDir: string;

  beforeAll(async () => {
    world = await World.start({ DATABASE_URL: '', LATCHKEY_KEY });
    dataDir = join(world.dataDir, 'bot');
    target = await createTestDatabase();
    await world.person('Ana').saysAndSees('status', 'You cannot');
  }, 120_000);
  afterAll(async () => {
    await world?.stop();
    await target?.drop();
  });

  const withPassword = (): string => target.url.replace('postgres@', `postgres:${PASSWORD}@`);
  const rowsThere = async (): Promise<unknown[]> => onServer('select seq from audit', target.url).catch(() => []);

  test('the bot must be off', async () => {
    const refused = await latchkey(dataDir, 'move', '--to', target.url);

    expect(refused).toMatchObject({ code: 2, said: '' });
    expect(refused.complained).toMatch(/Another Latchkey \(process \d+.*is using the data folder.*Stop that process/s);
  });

  test('killed in the middle, nothing is there and nothing is lost', async () => {
    await world.stopBot();
    const { url, arrived, close } = await relayThatStalls(target.url, 'into "audit"');
    const child = spawn(process.execPath, [PROGRAM, 'move', '--to', url], {
      env: { PATH: process.env['PATH'], DATA_DIR: dataDir, LATCHKEY_KEY },
    });
    const ended = once(child, 'exit');

    await Promise.race([arrived, ended]);
    child.kill('SIGKILL');
    await ended;
    await close();

    expect(child.signalCode).toBe('SIGKILL');
    expect(await rowsThere()).toEqual([]);
  });

  test('moved, everything is equal and told what to do next; the bot goes on there, its audit whole and its checkpoints agreeing', async () => {
    const moved = await latchkey({ DATA_DIR: dataDir, LATCHKEY_KEY }, 'move', '--to', withPassword());

    expect(moved).toMatchObject({ code: 0, complained: '' });
    expect(moved.said).toMatch(
      /Moved \d+ rows in \d+ tables to latchkey_\w+ at 127\.0\.0\.1.*each table was read back/,
    );
    expect(moved.said).toContain('Set DATABASE_URL');
    expect(moved.said).toContain('Keep LATCHKEY_KEY as it is');
    expect(moved.said).not.toContain(PASSWORD);

    const again = await latchkey(dataDir, 'move', '--to', target.url);
    expect(again.complained).toContain('not empty');

    await world.startBot({ DATABASE_URL: withPassword() });
    await world.person('Ana').saysAndSees('status', 'You cannot');
    const verified = await latchkey({ DATA_DIR: dataDir, DATABASE_URL: target.url, LATCHKEY_KEY }, 'audit', 'verify');
    expect(verified.said).toMatch(/The audit log is whole: \d+ entries\. \d+ signed checkpoints? agree/);
    expect(world.botOutput).toMatch(/database latchkey_\w+ at 127\.0\.0\.1/);
    expect(world.botOutput).not.toContain(PASSWORD);
  });
});

/** A way to the server on which the connection that says those words gets no further. */
async function relayThatStalls(
  to: string,
  words: string,
): Promise<{ url: string; arrived: Promise<void>; close: () => Promise<void> }> {
  const target = new URL(to);
  const { hostname, port } = target;
  let stall = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (stall = resolve));
  const relay = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('data', (chunk: Buffer) => (chunk.includes(words) ? stall() : far.write(chunk)));
    near.on('close', () => far.destroy());
    far.pipe(near);
  });
  await once(relay.listen(0, '127.0.0.1'), 'listening');
  target.port = String((relay.address() as AddressInfo).port);
  return { url: target.href, arrived, close: async () => void (await once(relay.close(), 'close')) };
}

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { asksInTeams } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { World } from '../support/world.js';

/* In a file of its own: each start of this bot takes seconds longer. */

let world: World;

beforeAll(async () => {
  world = await World.withoutBot({}, pathToFileURL(resolve(__dirname, '../crash/slow-wake.preload.ts')).href);
  await world.startBot();
  await setsUpSso(world.person('Ada'));
}, 180_000);
afterAll(() => world?.stop());

async function assignments(): Promise<number> {
  return (await world.entra.state<{ appRoleAssignments: unknown[] }>()).appRoleAssignments.length;
}

test('what came due while the bot was dead ends at its start, also where that takes seconds', async () => {
  const [ana, dana] = [world.person('Ana'), world.person('Dana')];
  await asksInTeams(ana, 'agent', { hours: 1, because: 'before the crash' });
  const card = await dana.sees('before the crash');
  await dana.presses(card, 'Approve Ana Agent');
  await dana.watches(card, /Approved by Dana Deputy/);
  await world.advance('PT11S');
  await dana.watches(card, 'Ana Agent has access until');
  expect(await assignments()).toBe(1);
  await world.killBot();
  await world.entra.advance('PT1H1M');

  await world.startBot();

  await dana.watches(card, /Access ended/);
  expect(await assignments()).toBe(0);
}, 180_000);

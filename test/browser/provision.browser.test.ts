import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { setsUpSso } from '../support/deeds.js';
import { Desk } from '../support/desk.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

let browser: Browser;
let ada: Desk;
beforeAll(async () => {
  await setsUpSso(world().person('Ada'));
  browser = await openBrowser();
  ada = await Desk.open(browser, world().botUrl, 'Ada Admin');
}, 180_000);
afterAll(() => browser?.close());

describe('An admin in a real browser, with a person’s roles', () => {
  test('she ticks two roles, whose licences she reads first, and both are given', async () => {
    await ada.says('provision b.simon');
    const card = await ada.sees('Provision B.Simon in Genesys Cloud');
    await card.getByRole('checkbox', { name: 'Agent (licence cloudCX1)' }).check();
    await card.getByRole('button', { name: 'Provision B.Simon' }).click();
    const done = await ada.sees('B.Simon was created in Genesys Cloud.');

    expect(await done.innerText()).toMatch(/Genesys roles\s+employee, Agent/);
  }, 60_000);

  test('she off-boards him in two steps, and reads a result for each system', async () => {
    await ada.says('off-board b.simon');
    await ada.presses('Off-board B.Simon …', 'Nothing is changed before you confirm');
    await ada.presses('Yes, off-board B.Simon', 'This will be done');
    const done = await ada.sees('B.Simon is off-boarded.');

    expect(await done.innerText()).toMatch(/Genesys, user\s+made inactive/);
  }, 60_000);
});

import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { SEED_PASSWORD } from '../../sandbox/credentials.js';
import { openBrowser } from '../support/browser.js';
import { setsUpSso } from '../support/deeds.js';
import { Desk, signsIn } from '../support/desk.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

let browser: Browser;
let ada: Desk;
beforeAll(async () => {
  await setsUpSso(world().person('Ada'));
  browser = await openBrowser();
  ada = await Desk.open(browser, world().botUrl, 'Ada Admin');
}, 120_000);
afterAll(() => browser?.close());

async function microsoftSays(userName: string, words: string | RegExp): Promise<void> {
  const link = (await world().person('Ada').sees('SSO is set up')).link('Test from Genesys (SP-initiated)');
  const page = await signsIn(browser, link, { userName, password: SEED_PASSWORD });
  await page.getByText(words).first().waitFor();
  await page.context().close();
}

describe('An admin in a real browser gives a group access and takes it away again', () => {
  test('plain words offer the groups; the card warns that a group in it does not count', async () => {
    await ada.says('assign contact centre');
    const several = await ada.sees('may be one of these');
    await several.getByText(/^Contact Centre Leads \(Group · 2 direct members · dynamic/).click();
    await several.getByRole('button', { name: 'Continue' }).click();
    const card = await ada.sees('Assign the group Contact Centre Leads');
    expect(await card.innerText()).toContain('Its members follow a rule');
    await card.getByRole('button', { name: 'Assign Contact Centre Leads' }).click();
    await ada.sees('The group Contact Centre Leads is assigned to Genesys Cloud in Entra.');
  }, 90_000);

  test('who is directly in it is let in by Microsoft, and who is not is refused', async () => {
    await microsoftSays('dana.deputy@contoso.example', /Genesys|Signed in|no user/i);
    await microsoftSays('ana.agent@contoso.example', 'AADSTS50105');
  }, 90_000);

  test('the list says how, and comes as a file', async () => {
    await ada.says('who has access');
    const list = await ada.sees('Who has access: 2 people');
    expect(await list.innerText()).toContain('through the group Contact Centre Leads');
    await list.getByRole('button', { name: 'Export as CSV' }).click();
    const link = (await world().person('Ada').sees('Who has access, as CSV')).link('Open the list');
    const page = await browser.newPage();
    await page.goto(link);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the list' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('who-has-access.csv');
    expect(readFileSync(await download.path(), 'utf8')).toContain('omar.owner@contoso.example,Omar Owner,member,User');
    await page.context().close();
  }, 90_000);

  test('unassigned, its members are refused', async () => {
    await ada.says('unassign group contact centre leads');
    const card = await ada.sees('Take Genesys Cloud from the group Contact Centre Leads');
    await card.getByRole('button', { name: 'Unassign Contact Centre Leads' }).click();
    await ada.sees('Contact Centre Leads is no longer assigned to Genesys Cloud in Entra.');
    await microsoftSays('dana.deputy@contoso.example', 'AADSTS50105');
  }, 90_000);
});

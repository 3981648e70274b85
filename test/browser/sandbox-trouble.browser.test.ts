import type { Browser, Locator } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { Desk } from '../support/desk.js';
import { sharedWorld } from '../support/shared-world.js';
import { isOnPostgres } from '../support/test-database.js';

/** Starting over drops the embedded database; it is not offered where the bot has one that others may use. */
const testOnEmbedded = isOnPostgres() ? test.skip : test;
const world = sharedWorld();

let browser: Browser;
let ada: Desk;
beforeAll(async () => {
  browser = await openBrowser();
  ada = await Desk.open(browser, world().botUrl, 'Ada Admin');
}, 120_000);
afterAll(() => browser?.close());

function panel(): Locator {
  return ada.page.getByRole('complementary', { name: 'Trouble' });
}

/** The box of one fault in the part of one system. */
function fault(name: string, system = 'Genesys Cloud'): Locator {
  const part = panel()
    .locator('details.server')
    .filter({ has: ada.page.getByRole('heading', { name: system }) });
  return part.getByRole('listitem').filter({ has: ada.page.getByRole('switch', { name, exact: true }) });
}

function switchOf(box: Locator): Locator {
  return box.getByRole('switch');
}

describe('Somebody in front of the sandbox who wants to see what goes wrong', () => {
  test('opens the panel by keyboard and finds the faults of every server, each in plain words, all off', async () => {
    const button = ada.page.getByRole('button', { name: 'Trouble', exact: true });
    await button.focus();
    await ada.page.keyboard.press('Enter');

    await fault('Permission removed').waitFor();

    expect(await button.getAttribute('aria-expanded')).toBe('true');
    expect(await panel().getByRole('heading', { level: 4 }).allInnerTexts()).toEqual([
      'Entra',
      'Genesys Cloud',
      'Slack',
      'Teams',
    ]);
    expect(await fault('Permission removed').innerText()).toContain('calls that need it answer 403');
    expect(await panel().getByRole('switch', { checked: true }).count()).toBe(0);
  }, 60_000);

  test('is told at the field what is wrong with an option, and nothing is switched', async () => {
    const throttled = fault('Throttled');
    await throttled.getByText('Options').click();
    await throttled.getByLabel('Times').fill('often');
    await throttled.getByRole('button', { name: 'Switch on with these' }).click();

    await throttled.getByRole('alert').filter({ hasText: 'must be a whole number from 1, or "always"' }).waitFor();

    expect(await throttled.getByLabel('Times').getAttribute('aria-invalid')).toBe('true');
    expect(await switchOf(throttled).isChecked()).toBe(false);
    await throttled.getByLabel('Times').fill('');
    expect(await throttled.getByRole('alert').count()).toBe(0);
  }, 60_000);

  test('takes a permission away with Enter in the field, and Ada reads which one in the chat', async () => {
    const removed = fault('Permission removed');
    await removed.getByText('Options').click();
    await removed.getByLabel('Permission', { exact: true }).fill('sso:provider:view');
    await ada.page.keyboard.press('Enter');
    await removed.getByText('Permission: sso:provider:view').waitFor();
    await ada.page.getByRole('button', { name: 'Trouble 1 on' }).waitFor();

    await ada.says('status');

    const refused = await ada.sees('sso:provider:view');
    expect(await refused.innerText()).toContain('What to do');
  }, 60_000);

  test('gives it back with the switch, and Ada gets her answer', async () => {
    await switchOf(fault('Permission removed')).focus();
    await ada.page.keyboard.press('Space');
    await ada.page.getByRole('button', { name: 'Trouble', exact: true }).waitFor();

    await ada.says('status');

    await ada.sees('SSO is not set up');
  }, 60_000);

  test('sees that a fault that counts is off again after it has struck', async () => {
    const unavailable = fault('Unavailable');
    await unavailable.locator('label.fault-head').click();
    await unavailable.and(ada.page.locator('.is-on')).waitFor();

    await fetch(`${world().genesys.url}/api/v2/organizations/me`);

    await unavailable.and(ada.page.locator(':not(.is-on)')).waitFor();
    expect(await switchOf(unavailable).isChecked()).toBe(false);
  }, 60_000);

  test('moves the time on by a day and by a number of hours, for all servers', async () => {
    await panel().getByRole('button', { name: '+1 day' }).click();
    await panel().getByText('1 day ahead of the real time').waitFor();
    await panel().getByLabel('Move on by').fill('soon');
    await panel().getByRole('button', { name: 'Move', exact: true }).click();
    await panel().getByText('Enter a whole number from 1 to 99999').waitFor();
    await panel().getByLabel('Move on by').fill('5');
    await panel().getByLabel('Unit').selectOption('hours');
    await panel().getByRole('button', { name: 'Move', exact: true }).click();

    await panel().getByText('1 day, 5 hours ahead of the real time').waitFor();

    const { offsetMs } = (await (await fetch(`${world().teams.url}/_sandbox/clock`)).json()) as { offsetMs: number };
    expect(offsetMs).toBe(29 * 3_600_000);
  }, 60_000);

  test('finds a fault by its words, and switches everything off at once', async () => {
    await panel().getByRole('searchbox', { name: 'Find a fault' }).fill('deliver twice');
    await fault('Deliver twice', 'Teams').locator('label.fault-head').click();
    expect(await fault('Throttled').isVisible()).toBe(false);

    await panel().getByRole('button', { name: 'Switch all off' }).click();

    await fault('Deliver twice', 'Teams').and(ada.page.locator(':not(.is-on)')).waitFor();
    await panel().getByRole('searchbox', { name: 'Find a fault' }).fill('');
  }, 60_000);

  testOnEmbedded(
    'starts over only when asked twice; then the bot remembers nothing either, and she can go on at once',
    async () => {
      const gale = await Desk.open(browser, world().botUrl, 'Gale Reader');
      await gale.says('set up sso');
      await gale.sees('You cannot set up SSO');
      await ada.says('audit gale.reader');
      await ada.sees('Refused to Gale Reader');
      const over = panel().getByRole('button', { name: 'Start over…' });
      await over.click();
      const question = ada.page.getByRole('dialog', { name: 'Forget everything and start over?' });
      expect(await question.innerText()).toContain('Latchkey forgets what it did, its audit included');
      await question.getByRole('button', { name: 'Keep everything' }).click();
      await ada.sees('SSO is not set up');
      await over.click();

      await question.getByRole('button', { name: 'Start over' }).click();

      await panel().getByText('Started over.').waitFor();
      await ada.page
        .getByRole('article')
        .filter({ hasText: 'sso:provider:view' })
        .first()
        .waitFor({ state: 'detached' });
      await ada.says('status');
      await ada.sees('SSO is not set up');
      await ada.says('audit gale.reader');
      await ada.sees('Nothing is recorded about Gale Reader');
    },
    90_000,
  );

  test('closes the panel with Escape and is back at its button', async () => {
    await panel().getByRole('searchbox', { name: 'Find a fault' }).focus();
    await ada.page.keyboard.press('Escape');

    await panel().waitFor({ state: 'hidden' });

    expect(await ada.page.locator('#trouble-button:focus').count()).toBe(1);
  }, 60_000);
});

import type { Browser, Locator } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { setsUpSso } from '../support/deeds.js';
import { Desk, privateWindow } from '../support/desk.js';
import { linksSlack, signInOf } from '../support/links-slack.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

let browser: Browser;
let dana: Desk;
let slack: Locator;
let link: string;
beforeAll(async () => {
  await setsUpSso(world().person('Ada'));
  await linksSlack(world().person('Ana'));
  browser = await openBrowser();
  dana = await Desk.open(browser, `${world().botUrl}/?chats=both`, 'Dana Deputy');
  slack = dana.page.getByRole('region', { name: 'Slack', exact: true });
  await slack.getByLabel('Who you are in Slack').selectOption({ label: 'Ana Agent' });
  // The dialog of her account link stands there until she closes it, and takes the keyboard when it comes.
  const ofLink = slack.getByRole('dialog').filter({ hasText: 'The answer is in your direct messages' });
  await ofLink.getByRole('button', { name: 'Close', exact: true }).click();
  await ofLink.waitFor({ state: 'detached' });
}, 180_000);
afterAll(() => browser?.close());

/** The newest message in Slack that holds those words. */
async function seesInSlack(words: string): Promise<Locator> {
  const message = slack.getByRole('article').filter({ hasText: words }).last();
  await message.waitFor();
  return message;
}

/** What the last page says after Ana has signed in at Microsoft. */
async function signInSays(): Promise<string> {
  const page = await (await privateWindow(browser)).newPage();
  const { userName, password } = signInOf(world().person('Ana'));
  await page.goto(link);
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page
    .getByText(/You are signed in|AADSTS\d+|not signed in/)
    .first()
    .waitFor();
  const said = await page.locator('body').innerText();
  await page.context().close();
  return said;
}

describe('An agent asks in Slack, an approver decides in Teams, on one page', () => {
  test('the agent asks in a dialog of Slack, and the approver’s card answers the five questions', async () => {
    await slack.getByRole('textbox', { name: /^Write to/ }).fill('/latchkey request');
    await dana.page.keyboard.press('Enter');
    const dialog = slack.getByRole('dialog');
    await dialog.getByLabel(/Which role/).selectOption({ label: 'Agent' });
    await dialog.getByLabel(/For how long/).selectOption({ label: '4 hours' });
    await dialog.getByRole('textbox', { name: /Why/ }).fill('Covering the night shift');
    await dialog.getByRole('button', { name: 'Ask for access' }).click();
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();

    await seesInSlack('Your request: Agent');
    const card = await dana.sees('Ana Agent asks for Agent');

    const text = await card.innerText();
    for (const answer of [
      'Who asks',
      'For whom',
      'What',
      'Until when',
      '4 hours',
      'Covering the night shift',
      'Why you',
    ]) {
      expect(text).toContain(answer);
    }
  }, 90_000);

  test('one click in Teams changes both chats, and the access works after ten seconds', async () => {
    await dana.presses('Approve Ana Agent', 'Ana Agent asks for Agent');

    await seesInSlack('Approved by Dana Deputy. It starts in 10 seconds.');
    const card = await dana.sees('Ana Agent asks for Agent');
    await card.getByText('Approved by Dana Deputy').waitFor();
    await card.getByRole('button', { name: 'Take back the approval for Ana Agent' }).waitFor();

    await world().advance('PT11S');
    const works = await seesInSlack('You have access');
    await card.getByText('Ana Agent has access until').waitFor();
    link = (await works.getByRole('link', { name: 'Test from Microsoft (IdP-initiated)' }).getAttribute('href')) ?? '';
    expect(await signInSays()).toContain('You are signed in to');
  }, 90_000);

  test('when the time is over both chats say so, and the agent is let in no more', async () => {
    await world().advance('PT4H');

    await seesInSlack('Your access ended');
    await seesInSlack('Access ended on');
    await (await dana.sees('Ana Agent asks for Agent')).getByText('Access ended on').waitFor();
    expect(await signInSays()).toMatch(/AADSTS50105/);
  }, 90_000);
});

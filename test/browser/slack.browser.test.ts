import type { Browser, Locator } from 'playwright-core';
import { SEED_PASSWORD, SLACK } from '../../sandbox/credentials.js';
import { openBrowser } from '../support/browser.js';
import { Desk, privateWindow } from '../support/desk.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

let browser: Browser;
let desk: Desk;
let slack: Locator;
beforeAll(async () => {
  browser = await openBrowser();
  desk = await Desk.open(browser, `${world().botUrl}/?chats=both`, 'Ada Admin');
  slack = desk.page.getByRole('region', { name: 'Slack', exact: true });
}, 120_000);
afterAll(() => browser?.close());

/** Becomes somebody else in the Slack pane; the Teams pane stays as it is. */
async function playsInSlack(name: string): Promise<void> {
  await slack.getByLabel('Who you are in Slack').selectOption({ label: name });
}

async function writes(text: string): Promise<void> {
  await slack.getByRole('textbox', { name: /^Write to/ }).fill(text);
  await desk.page.keyboard.press('Enter');
}

/** The newest message in Slack that holds those words. */
async function seesInSlack(words: string): Promise<Locator> {
  const message = slack.getByRole('article').filter({ hasText: words }).last();
  await message.waitFor();
  return message;
}

/** What Slack answers the bot. */
async function asBot(method: string, fields: Record<string, string>): Promise<unknown> {
  const headers = { Authorization: `Bearer ${SLACK.botToken}` };
  const body = new URLSearchParams(fields);
  return (await fetch(`${world().slack.url}/api/${method}`, { method: 'POST', headers, body })).json();
}

const hasKeyboard = (element: Locator): Promise<boolean> =>
  element.evaluate((one) => one === one.ownerDocument.activeElement);

/** Signs in at Microsoft by the link of the invitation, and reads the number off the last page. */
async function numberFrom(invitation: Locator, userName: string): Promise<string> {
  const link = (await invitation.getByRole('link', { name: 'Sign in with Microsoft' }).getAttribute('href')) ?? '';
  const page = await (await privateWindow(browser)).newPage();
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password').fill(SEED_PASSWORD);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page
    .getByText(/\b\d{6}\b/)
    .first()
    .waitFor();
  const number = /\b(\d{6})\b/.exec(await page.locator('body').innerText())?.[1] ?? '';
  await page.context().close();
  return number;
}

async function linksAs(name: string, userName: string): Promise<void> {
  await playsInSlack(name);
  await writes('link');
  const invitation = await seesInSlack('Link your account first');
  const number = await numberFrom(invitation, userName);
  await invitation.getByRole('button', { name: 'Enter the number' }).click();
  const dialog = slack.getByRole('dialog');
  await dialog.getByRole('textbox').fill(number);
  await dialog.locator('button[type=submit]').click();
  await seesInSlack('Your account is linked');
}

describe('Two people at the sandbox page, one in Slack and one in Teams', () => {
  test('the agent links the account in Slack, and asks for help there', async () => {
    await linksAs('Ana Agent', 'ana.agent@contoso.example');

    await writes('/latchkey help');

    const help = await seesInSlack('What Latchkey can do for you');
    expect(await help.innerText()).toContain('APP');
  }, 90_000);

  test('the admin sets SSO up in a dialog of Slack, and Teams shows the same run', async () => {
    await linksAs('Ada Admin', 'ada.admin@contoso.example');
    await writes('/latchkey set up sso');
    const dialog = slack.getByRole('dialog');
    await dialog.getByLabel(/region/).selectOption({ label: 'EMEA (Frankfurt) · mypurecloud.de' });
    await dialog.getByRole('textbox', { name: /organisation/ }).fill('contoso-gc');
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    const plan = await seesInSlack('https://login.mypurecloud.de/saml');

    await plan.getByRole('button', { name: 'Run', exact: true }).click();

    await seesInSlack('Both sides were written, read back and compared');
    const copy = await desk.sees('SSO is set up');
    expect(await copy.innerText()).toContain('SSO is set up');
  }, 120_000);

  test('a command that nobody answers is told to that person, in Slack’s words', async () => {
    await world().slack.fault('wrong-signature');

    await writes('/latchkey help');

    const failed = await seesInSlack('/latchkey failed with the error');
    expect(await failed.innerText()).toContain('Only visible to you');
  }, 60_000);

  test('a dialog takes the keyboard and gives it back', async () => {
    await playsInSlack('B.Simon');
    await writes('link');
    const invitation = await seesInSlack('Link your account first');
    const enter = invitation.getByRole('button', { name: 'Enter the number' });
    await enter.focus();
    await desk.page.keyboard.press('Enter');
    const field = slack.getByRole('dialog').getByRole('textbox');
    await field.waitFor();
    expect(await hasKeyboard(field)).toBe(true);

    await desk.page.keyboard.press('Escape');

    await slack.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await hasKeyboard(enter)).toBe(true);

    // Whose message is gone meanwhile gets nothing back: the message box does.
    await desk.page.keyboard.press('Enter');
    await field.waitFor();
    const channel = world().person('B.Simon').inSlack.direct;
    const ts = (await invitation.getAttribute('data-ts')) ?? '';
    expect(await asBot('chat.delete', { channel, ts })).toMatchObject({ ok: true });
    await enter.waitFor({ state: 'detached' });
    await desk.page.keyboard.press('Escape');
    await slack.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await hasKeyboard(slack.getByRole('textbox', { name: /^Write to/ }))).toBe(true);
  }, 60_000);

  test('markup stays text, and a call to everybody that came through is seen as one', async () => {
    const person = world().person('B.Simon').inSlack;
    const text = '<!channel> &lt;!here&gt; <https://example.com|here> <script>alert(1)</script> *bold*';
    expect(await asBot('chat.postMessage', { channel: person.direct, text })).toMatchObject({ ok: true });

    const message = await seesInSlack('<!here>');

    expect(await message.locator('.slack-broadcast').allInnerTexts()).toEqual(['@channel']);
    expect(await message.locator('script').count()).toBe(0);
    expect(await message.getByRole('link').getAttribute('href')).toBe('https://example.com/');
    expect(await message.locator('strong').innerText()).toBe('bold');
  }, 60_000);
});

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { asksInTeams } from '../support/access-desk.js';
import { openBrowser } from '../support/browser.js';
import { setsUpSso } from '../support/deeds.js';
import { Desk, privateWindow } from '../support/desk.js';
import { signInOf } from '../support/links-slack.js';
import { sharedWorld } from '../support/shared-world.js';

const shipped = readFileSync(resolve(__dirname, '../../policy.yaml'), 'utf8');
const policyFile = join(mkdtempSync(join(tmpdir(), 'latchkey-policy-')), 'policy.yaml');
writeFileSync(policyFile, shipped.replaceAll('    mayAsk: everybody', '    mayAsk: everybody\n    stepUp: true'));

const world = sharedWorld({ LATCHKEY_POLICY: policyFile });
let browser: Browser;
let dana: Desk;
let window: BrowserContext;
let page: Page;

beforeAll(async () => {
  await setsUpSso(world().person('Ada'));
  browser = await openBrowser();
  dana = await Desk.open(browser, world().botUrl, 'Dana Deputy');
  window = await privateWindow(browser);
  page = await window.newPage();
}, 180_000);
afterAll(() => browser?.close());

const WHY = 'Covering the night shift, as two of us are ill and the queue of the hotline is longer than ever before';

/** Nothing has to be pushed sideways, however narrow the window is. */
async function fits(): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth <= document.documentElement.clientWidth');
}

test('the card says beforehand that a sign-in is asked for, and its button brings a link', async () => {
  await asksInTeams(world().person('Ana'), 'agent', { because: WHY });
  const card = await dana.sees('Ana Agent asks for Agent');
  expect(await card.innerText()).toContain('To approve it, you sign in at Microsoft anew');

  await dana.presses('Approve Ana Agent …', 'Ana Agent asks for Agent');

  const message = await dana.sees('Sign in to approve Agent');
  expect(await message.innerText()).toContain('Nothing is approved yet.');
  const link = (await world().person('Dana').sees('Sign in to approve Agent')).link('Sign in to approve Ana Agent');
  const code = /shows the code ([A-Z2-9]{4})/.exec(await message.innerText())?.[1] ?? '';
  await page.goto(link);
  await page.getByText(code, { exact: true }).waitFor();
}, 90_000);

test('a narrow window shows the request after the sign-in, in dark colours, too', async () => {
  await page.getByRole('button', { name: 'Sign in with Microsoft' }).click();
  const { userName, password } = signInOf(world().person('Dana'));
  expect(await page.getByLabel('User name').inputValue()).toBe(userName);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: /sign in/i }).click();
  await page.getByRole('heading', { name: 'What you approve' }).waitFor();

  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ colorScheme: 'dark' });

  expect(await fits()).toBe(true);
  for (const words of ['Dana Deputy', 'Who asks', 'Ana Agent', '8 hours', WHY])
    await page.getByText(words).first().waitFor();
  // It can be loaded anew: nothing is approved by that.
  await page.reload();
  await page.getByText('Nothing is approved yet').waitFor();
}, 90_000);

test('the press of its button approves, and the card in the chat changes', async () => {
  await page.getByRole('button', { name: 'Approve Ana Agent' }).click();

  await page.getByRole('heading', { name: 'Your approval was counted' }).waitFor();
  const card = await dana.sees(WHY);
  await card.getByText('Approved by Dana Deputy').waitFor();
  await card.getByRole('button', { name: 'Take back the approval for Ana Agent' }).waitFor();
  for (const looks of [() => page.reload(), () => page.goBack()]) {
    await looks();
    await page.getByRole('heading', { name: 'Your approval was counted' }).waitFor();
    await page.getByText('This page is used').waitFor();
  }
}, 90_000);

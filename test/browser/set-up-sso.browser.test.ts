import { inflateRawSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { SEED_PASSWORD } from '../../sandbox/credentials.js';
import { openBrowser } from '../support/browser.js';
import { Desk, privateWindow, signsIn } from '../support/desk.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();
const B_SIMON = { userName: 'b.simon@contoso.example', password: SEED_PASSWORD };

let browser: Browser;
let ada: Desk;
beforeAll(async () => {
  browser = await openBrowser();
  ada = await Desk.open(browser, world().botUrl, 'Ada Admin');
}, 120_000);
afterAll(() => browser?.close());

/** The last SAML response that Genesys was sent. */
async function lastResponse(): Promise<string> {
  const posts = (await world().genesys.requests()).filter(
    ({ method, path }) => method === 'POST' && path.endsWith('/saml'),
  );
  const body = posts.at(-1)?.body as { SAMLResponse: string };
  return Buffer.from(body.SAMLResponse, 'base64').toString('utf8');
}

async function linkOn(card: string, label: string): Promise<string> {
  const seen = await world().person('Ada').sees(card);
  return seen.link(label);
}

async function words(page: Page): Promise<string> {
  return page.locator('body').innerText();
}

const SP = 'Test from Genesys (SP-initiated)';
const IDP = 'Test from Microsoft (IdP-initiated)';

describe('An admin in a real browser, from two answers to a signed-in colleague', () => {
  test('she says set up sso, picks Frankfurt, types the organisation, reads the plan and runs it', async () => {
    await ada.says('set up sso');
    const region = await ada.sees('Which Genesys Cloud region?');
    await region.getByRole('combobox', { name: /Region/ }).selectOption({ label: 'EMEA (Frankfurt) · mypurecloud.de' });
    await region.getByRole('button', { name: 'Continue' }).click();
    const organization = await ada.sees('Which organisation?');
    await organization.getByRole('textbox', { name: /Organisation short name/ }).fill('contoso-gc');
    await organization.getByRole('button', { name: 'Continue' }).click();
    const plan = await ada.sees('Plan for SSO');
    expect(await plan.innerText()).toContain('https://login.mypurecloud.de/saml');
    await plan.getByRole('button', { name: 'Run', exact: true }).click();
    const done = await ada.sees('Both sides were written, read back and compared');
    expect(await done.innerText()).toContain('SSO is set up');
  }, 60_000);

  test('an unassigned colleague is told AADSTS50105 by Microsoft', async () => {
    const page = await signsIn(browser, await linkOn('SSO is set up', SP), B_SIMON);
    await page.getByText('AADSTS50105').first().waitFor();
    expect(await words(page)).toContain('AADSTS50105');
    await page.context().close();
  }, 60_000);

  test('B.Simon is found, assigned and provisioned from the same chat', async () => {
    await ada.says('assign b.simon');
    await ada.presses('Assign B.Simon', 'Assign B.Simon to Genesys Cloud');
    await ada.presses('Provision B.Simon', 'B.Simon is assigned to Genesys Cloud in Entra');
    await ada.presses('Provision B.Simon', 'Provision B.Simon in Genesys Cloud');
    await ada.sees('B.Simon was created in Genesys Cloud');
  }, 60_000);

  test('the SP-initiated link signs B.Simon in, and the response answers a request', async () => {
    const page = await signsIn(browser, await linkOn('SSO is set up', SP), B_SIMON);
    await page.getByText('You are signed in to Contoso Contact Centre as B.Simon').waitFor();
    const requestId = /InResponseTo="([^"]+)"/.exec(await lastResponse())?.[1];
    expect(requestId).toBeDefined();
    expect(await authnRequests()).toContain(requestId);
    await page.context().close();
  }, 60_000);

  test('the IdP-initiated link signs B.Simon in, and the response answers nothing', async () => {
    const page = await signsIn(browser, await linkOn('SSO is set up', IDP), B_SIMON);
    await page.getByText('You are signed in to Contoso Contact Centre as B.Simon').waitFor();
    expect(await lastResponse()).not.toContain('InResponseTo');
    await page.context().close();
  }, 60_000);

  test('T.Simon is created, the first password is read once, and must be changed at the first sign-in', async () => {
    await ada.says('create test user T.Simon');
    await ada.presses('Create', 'Create T.Simon in Entra');
    await ada.sees('T.Simon exists in Entra now');
    const link = await linkOn('The first password of t.simon@contoso.example', 'Show the password');
    const password = await readsOnce(link);
    await ada.presses('Assign T.Simon', 'T.Simon exists in Entra now');
    await ada.presses('Assign T.Simon', 'Assign T.Simon to Genesys Cloud');
    await ada.presses('Provision T.Simon', 'T.Simon is assigned to Genesys Cloud in Entra');
    await ada.presses('Provision T.Simon', 'Provision T.Simon in Genesys Cloud');
    await ada.sees('T.Simon was created in Genesys Cloud');

    const page = await signsIn(browser, await linkOn('SSO is set up', SP), {
      userName: 't.simon@contoso.example',
      password,
    });
    await page.getByLabel('Current password').fill(password);
    await page.getByLabel('New password', { exact: true }).fill('Changed-at-once-2026!');
    await page.getByLabel('New password again').fill('Changed-at-once-2026!');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are signed in to Contoso Contact Centre as T.Simon').waitFor();
    await page.context().close();

    const again = await signsIn(browser, await linkOn('SSO is set up', IDP), {
      userName: 't.simon@contoso.example',
      password: 'Changed-at-once-2026!',
    });
    await again.getByText('You are signed in to Contoso Contact Centre as T.Simon').waitFor();
    await again.context().close();
  }, 120_000);

  test('a certificate that Genesys does not trust is refused by Genesys', async () => {
    await world().genesys.fault('certificate-foreign');
    const page = await signsIn(browser, await linkOn('SSO is set up', SP), B_SIMON);
    await page.getByText('You are not signed in').waitFor();
    expect(await words(page)).toMatch(/\blib\b/);
    await world().genesys.fault('certificate-foreign', { on: false });
    await page.context().close();
  }, 60_000);
});

/** Opens the intermediate page (which shows nothing yet), presses its button, and checks that the link is used up. */
async function readsOnce(link: string): Promise<string> {
  const page = await (await privateWindow(browser)).newPage();
  await page.goto(link);
  expect(await page.locator('input[readonly], code').count()).toBe(0);
  await page.getByRole('button', { name: /show/i }).click();
  const field = page.locator('input[readonly]').first();
  await field.waitFor();
  const password =
    (await page
      .locator('input[readonly]')
      .all()
      .then((all) => all.at(-1)?.inputValue())) ?? '';
  expect(password.length).toBeGreaterThanOrEqual(16);
  const second = await fetch(link);
  expect(second.status).toBe(410);
  await page.context().close();
  return password;
}

/** The ids of the AuthnRequests that Entra was sent. */
async function authnRequests(): Promise<string[]> {
  const requests = (await world().entra.requests()).filter(({ path }) => path.includes('SAMLRequest='));
  return requests.flatMap(({ path }) => {
    const encoded = new URL(path, 'http://entra').searchParams.get('SAMLRequest') ?? '';
    return /\bID="([^"]+)"/.exec(inflateRawSync(Buffer.from(encoded, 'base64')).toString('utf8'))?.[1] ?? [];
  });
}

import type { Browser, Locator } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { Desk, privateWindow } from '../support/desk.js';
import { makesPerson } from '../support/people.js';
import { sharedWorld } from '../support/shared-world.js';

const world = sharedWorld();

let browser: Browser;
let ada: Desk;
beforeAll(async () => {
  await makesPerson(world(), { displayName: 'Ana Agent', userPrincipalName: 'ana.agent2@contoso.example' }, false);
  browser = await openBrowser();
  ada = await Desk.open(browser, world().botUrl, 'Ada Admin');
}, 120_000);
afterAll(() => browser?.close());

/** How often Entra was asked to look for those letters. */
async function searches(letters: string): Promise<number> {
  const asked = (await world().entra.requests()).map(({ path }) => decodeURIComponent(path));
  return asked.filter((path) => path.includes(`startsWith(displayName,'${letters}')`)).length;
}

/** Asks for it and waits for a card that was not there before. */
async function question(): Promise<{ card: Locator; box: Locator }> {
  const cards = ada.page.getByRole('article').filter({ hasText: 'Provision whom in Genesys Cloud?' });
  const card = cards.nth(await cards.count());
  await ada.says('provision');
  await card.waitFor();
  return { card, box: card.getByRole('combobox', { name: 'Person' }) };
}

const ANA = 'Ana Agent (ana.agent@contoso.example · Contact centre agent)';
const NAMESAKE = 'Ana Agent (ana.agent2@contoso.example · disabled)';
const GUS = 'Guest Gus (gus_fabrikam.example#EXT#@contoso.example · gus@fabrikam.example · Consultant · guest)';

describe('A person is found while somebody types, in a real browser', () => {
  test('one letter asks nobody; from two on the namesakes stand there with what tells them apart', async () => {
    const { card, box } = await question();
    await box.pressSequentially('A');
    await card.getByText('Or write the name').waitFor();
    await box.pressSequentially('na');
    await card.getByRole('option', { name: NAMESAKE }).waitFor();

    expect(await card.getByRole('option', { name: ANA }).isVisible()).toBe(true);
    expect(await searches('A')).toBe(0);
    expect(await searches('Ana')).toBe(1);
  }, 60_000);

  test('who is chosen is who the next card is about, and the keyboard is enough for it', async () => {
    const { card, box } = await question();
    await box.pressSequentially('agent');
    await card.getByRole('option', { name: ANA }).waitFor();
    await box.press('ArrowDown');
    await box.press('Enter');
    const chosen = await box.inputValue();
    await card.getByRole('button', { name: 'Continue' }).click();
    const next = await ada.sees('Provision Ana Agent in Genesys Cloud');

    expect(chosen).toBe(ANA);
    expect(await next.innerText()).toContain('ana.agent@contoso.example');
  }, 60_000);

  test('a guest is marked as one, and can be chosen with the mouse', async () => {
    const { card, box } = await question();
    await box.pressSequentially('gus');
    await card.getByRole('option', { name: GUS }).click();
    await card.getByRole('button', { name: 'Continue' }).click();
    const next = await ada.sees('Provision Guest Gus in Genesys Cloud');

    expect(await next.innerText()).toContain('Guest Gus is a guest of this tenant');
  }, 60_000);

  test('letters that are nobody are said to be so, and do not pass for a person', async () => {
    const { card, box } = await question();
    await box.pressSequentially('zzz');
    await card.getByText('No results found').waitFor();
    await card.getByRole('button', { name: 'Continue' }).click();
    await card.getByText('Choose somebody from the list, or empty this box.').waitFor();

    await box.fill('');
    await card.getByRole('textbox', { name: /^Or write the name/ }).fill('mia@mail.contoso.example');
    await card.getByRole('button', { name: 'Continue' }).click();
    await ada.sees('Provision Mia Mailmismatch in Genesys Cloud');
  }, 60_000);
});

describe('The page behind the link to a first password', () => {
  test('shows nothing until the button is pressed, then user name and password, and nothing ever after', async () => {
    await ada.says('create test user T.Simon');
    await ada.presses('Create', 'Create T.Simon in Entra');
    await ada.sees('T.Simon exists in Entra now');
    const seen = await world().person('Ada').sees('The first password of t.simon@contoso.example');
    const link = seen.link('Show the password');
    const page = await (await privateWindow(browser)).newPage();

    await page.goto(link);
    const before = await page.locator('main').innerText();
    await page.reload();
    await page.getByRole('button', { name: 'Show the password' }).click();
    const password = await page.getByLabel('Password').inputValue();
    const userName = await page.getByLabel('User name').inputValue();
    await page.goto(link);
    const after = await page.locator('main').innerText();
    await page.context().close();

    expect(before).toContain('This link shows a first password once.');
    expect(userName).toBe('t.simon@contoso.example');
    expect(password.length).toBeGreaterThanOrEqual(16);
    expect(before).not.toContain(password);
    expect(after).toContain('This link no longer shows a password');
  }, 60_000);
});

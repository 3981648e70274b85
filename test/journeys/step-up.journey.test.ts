import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser } from '../../sandbox/entra/testing/browser.js';
import { answersInSlack, answersInTeams, asksInSlack, asksInTeams, everyCopySays } from '../support/access-desk.js';
import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { sharedWorld } from '../support/shared-world.js';
import {
  clicksInTeams,
  comesBack,
  linkInSlack,
  linkInTeams,
  pressesApprove,
  reaches,
  signsInAt,
  wordsOf,
} from '../support/step-up-desk.js';

const APPROVERS = 'people: [omar.owner@contoso.example, dana.deputy@contoso.example]';
const GIVES = 'gives: { entraRole: User, genesys: { division: Home, roles: [Agent] } }';
const USUAL = `${GIVES}, mayAsk: everybody, lasts: { usually: 8 hours, atMost: 30 days }`;
const POLICY = `
version: 1
timeZone: Europe/Berlin
roles:
  agent: { name: Agent, stepUp: true, approval: [{ ${APPROVERS} }], ${USUAL} }
  pair: { name: Pair, stepUp: true, approval: [{ ${APPROVERS}, quorum: 2 }], ${USUAL} }
  strict: { name: Strict, stepUp: { authenticationContext: c1 }, approval: [{ ${APPROVERS} }], ${USUAL} }
`;
const policyFile = join(mkdtempSync(join(tmpdir(), 'latchkey-policy-')), 'policy.yaml');
writeFileSync(policyFile, POLICY);

const world = sharedWorld({ LATCHKEY_POLICY: policyFile });
let ana: Persona;
let omar: Persona;
let dana: Persona;

beforeAll(async () => {
  const as = (name: string): Persona => world().person(name);
  [ana, omar, dana] = [as('Ana'), as('Omar'), as('Dana')];
  await setsUpSso(as('Ada'));
  await linksSlack(ana);
  await linksSlack(omar);
}, 180_000);

const APPROVE = 'Approve Ana Agent …';
const PAST_TAKE_BACK = 'PT11S';

/** Ana asks, and Dana's card in Teams shows it. */
async function asked(because: string, role = 'agent'): Promise<{ request: SeenCard; card: SeenCard }> {
  const request = await asksInTeams(ana, role, { because });
  return { request, card: await dana.sees(because) };
}

async function stillWaits(request: SeenCard): Promise<void> {
  expect((await ana.looksAgainAt(request)).says('Waits for a decision')).toBe(true);
}

async function cancels(request: SeenCard, role = 'Agent'): Promise<void> {
  await ana.watches(request, /Waits for a decision/);
  await ana.presses(request, `Cancel the request for ${role}`);
  await ana.watches(request, /Cancelled by Ana Agent/);
}

/** The newest entry of the audit about Dana, as Ada reads it. */
async function auditSays(words: string | RegExp): Promise<void> {
  await world().person('Ada').saysAndSees('audit dana', words);
}

test('clicked in Teams, signed in for, approved on the page, and both chats change', async () => {
  const request = await asksInSlack(ana, 'agent', { because: 'the first shift' });
  const [card, inSlack] = [await dana.sees('the first shift'), await omar.inSlack.sees('the first shift')];
  expect(card.text).toContain('To approve it, you sign in at Microsoft anew');

  const link = await clicksInTeams(dana, card, APPROVE);
  expect((await ana.inSlack.looksAgainAt(request)).says('Waits for a decision')).toBe(true);
  const browser = new Browser();
  const first = await browser.open(link);
  const shown = await reaches(browser, link, dana);
  expect((await ana.inSlack.looksAgainAt(request)).says('Waits for a decision')).toBe(true);
  const done = await pressesApprove(browser, shown);

  expect(wordsOf(first)).toContain('This link is for Dana Deputy');
  expect(wordsOf(first)).not.toMatch(/Ana|the first shift/);
  expect(wordsOf(shown.page)).toMatch(/You have signed in as Dana Deputy \. Nothing is approved yet/);
  expect(wordsOf(shown.page)).toMatch(/Who asks Ana Agent .* Agent: .* 8 hours.* the first shift .* Approve Ana Agent/);
  expect(wordsOf(done)).toMatch(/Your approval was counted .*Approved by Dana Deputy/);
  await everyCopySays(
    [() => ana.inSlack.looksAgainAt(request), () => dana.looksAgainAt(card), () => omar.inSlack.looksAgainAt(inSlack)],
    /Approved by Dana Deputy/,
  );
  await world().advance(PAST_TAKE_BACK);
  await ana.inSlack.watches(request, /You have access until/);
  await ana.inSlack.presses(/^Give back/, await ana.inSlack.looksAgainAt(request));
  await ana.inSlack.submits(await ana.inSlack.seesDialog('Give the access back'));
  await ana.inSlack.watches(request, /gave it back/);
}, 120_000);

test('for less from Slack: the page says for how long, and what was approved can be taken back in its ten seconds', async () => {
  const { request } = await asked('half a shift');
  const card = await omar.inSlack.sees('half a shift');

  const link = await linkInSlack(omar, () =>
    answersInSlack(omar, card, { opens: /for less/, inputs: { minutes: '60', reason: 'an hour <b>will</b> do' } }),
  );
  const browser = new Browser();
  const shown = await reaches(browser, link, omar);
  await pressesApprove(browser, shown);

  expect(wordsOf(shown.page)).toMatch(/You approve 1 hour, asked for 8 hours Your note an hour/);
  expect(shown.page.text).toContain('an hour &lt;b&gt;will&lt;/b&gt; do');
  await ana.watches(request, /Approved by Omar Owner for 1 hour/);
  await omar.inSlack.presses(/^Take back/, await omar.inSlack.watches(card, 'Take back'));
  await ana.watches(request, 'Waits for a decision');
  // What was pressed once is used, also after a take-back.
  const again = [await pressesApprove(browser, shown), await browser.open(shown.url)];
  for (const page of again) {
    expect([page.status, wordsOf(page)]).toEqual([200, expect.stringContaining('This page is used')]);
    expect(page.text).not.toContain('<form');
  }
  await stillWaits(request);
  await cancels(request);
}, 120_000);

test('for less from Teams: the card comes back in the place of the question, with the link below', async () => {
  const { request, card } = await asked('a quarter');
  const before = new Set((await dana.cards()).map(({ id }) => id));

  await answersInTeams(dana, card, { opens: /for less/, sends: /^Approve/, inputs: { minutes: '60', reason: '' } });

  const browser = new Browser();
  await pressesApprove(browser, await reaches(browser, await linkInTeams(dana, before), dana));
  await ana.watches(request, /Approved by Dana Deputy for 1 hour/);
  await dana.presses(await dana.watches(card, 'Take back'), /^Take back/);
  await cancels(request);
}, 120_000);

test('a Deny needs no sign-in', async () => {
  const { request, card } = await asked('not today');

  await answersInTeams(dana, card, { opens: /^Deny/, sends: /^Deny/, inputs: { reason: 'Ask tomorrow' } });

  await ana.watches(request, /Denied by Dana Deputy/);
}, 120_000);

test('whoever signs in with a link that was sent on approves nothing, learns nothing, and the link is used', async () => {
  const { request, card } = await asked('sent on');
  const link = await clicksInTeams(dana, card, APPROVE);

  const { page } = await reaches(new Browser(), link, omar);
  const afterwards = await new Browser().open(link);

  expect([page.status, wordsOf(page)]).toEqual([403, expect.stringContaining('signed in as somebody else')]);
  expect(wordsOf(page)).not.toMatch(/Ana|sent on/);
  expect(afterwards.status).toBe(410);
  await stillWaits(request);
  await auditSays(/approve the request for Agent/);
  await cancels(request);
}, 120_000);

test('what looks at pages by itself approves nothing, and sees nothing of the request', async () => {
  const { request, card } = await asked('looked at');
  const link = await clicksInTeams(dana, card, APPROVE);

  const looks = [await new Browser().open(link), await new Browser().open(link)];
  const browser = new Browser();
  const { url, page } = await reaches(browser, link, dana);
  const robot = [await new Browser().open(url), await new Browser().post(url, {})];
  const foreign = await fetch(url, { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } });

  expect(looks.map(({ status }) => status)).toEqual([200, 200]);
  expect(page.status).toBe(200);
  expect([...robot.map(({ status }) => status), foreign.status]).toEqual([403, 403, 403]);
  for (const seen of [...looks, ...robot]) expect(wordsOf(seen)).not.toMatch(/Ana Agent|looked at/);
  await stillWaits(request);
  await cancels(request);
  const late = await browser.post(url, {});
  expect(wordsOf(late)).toMatch(/There is nothing to approve any more .*Cancelled by Ana Agent/);
}, 120_000);

test('an answer of Microsoft counts once, in the browser that was sent there', async () => {
  const { request, card } = await asked('once only');
  const browser = new Browser();
  const answer = await signsInAt(browser, await clicksInTeams(dana, card, APPROVE), dana);

  const elsewhere = await comesBack(new Browser(), answer);
  const here = await comesBack(browser, answer);
  const again = await comesBack(browser, answer);

  expect([elsewhere, here, again].map(({ page }) => page.status)).toEqual([403, 200, 410]);
  expect(wordsOf(again.page)).toContain('nothing was approved by it now');
  await stillWaits(request);
  await cancels(request);
}, 120_000);

test.each([
  ['does not say when it was', 'no-auth-time', 'Entra does not say when you have signed in'],
  ['was yesterday', 'auth-time', 'signed in before you pressed the button'],
])('a sign-in of which Entra says that it %s approves nothing', async (_what, wrong, words) => {
  const { request, card } = await asked(`wrong ${wrong}`);
  const browser = new Browser();
  const answer = await signsInAt(browser, await clicksInTeams(dana, card, APPROVE), dana);
  await world().entra.fault('id-token-wrong', { in: wrong });

  const { page } = await comesBack(browser, answer);

  expect([page.status, wordsOf(page)]).toEqual([403, expect.stringContaining(words)]);
  await stillWaits(request);
  await cancels(request);
});

test('a rule that names an authentication context wants one that was met', async () => {
  const { request, card } = await asked('strictly', 'strict');
  const browser = new Browser();
  const weak = await signsInAt(browser, await clicksInTeams(dana, card, APPROVE), dana);
  await world().entra.fault('id-token-wrong', { in: 'no-context' });
  const refused = await comesBack(browser, weak);

  await pressesApprove(browser, await reaches(browser, await clicksInTeams(dana, card, APPROVE), dana));

  expect([refused.page.status, wordsOf(refused.page)]).toEqual([
    ...[403, expect.stringContaining('has not met the authentication context')],
  ]);
  await ana.watches(request, /Approved by Dana Deputy/);
  await dana.presses(await dana.watches(card, 'Take back'), /^Take back/);
  await cancels(request, 'Strict');
}, 120_000);

test('who went away from the sign-in, and who comes too late, reads so', async () => {
  const { request, card } = await asked('too slow');
  const browser = new Browser();
  const sent = await browser.post(await clicksInTeams(dana, card, APPROVE), {});
  const state = new URL(sent.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const away = `${world().botUrl}/link/callback?error=access_denied&state=${encodeURIComponent(state)}`;
  const cancelled = await browser.open(away);
  const old = await clicksInTeams(dana, card, APPROVE);
  const proven = await reaches(browser, await clicksInTeams(dana, card, APPROVE), dana);

  await world().advance('PT10M1S');

  expect(wordsOf(cancelled)).toContain('was cancelled, and nothing was approved');
  const late = [await browser.open(old), await browser.post(old, {}), await browser.post(proven.url, {})];
  expect(late.map(({ status }) => status)).toEqual([410, 410, 410]);
  await stillWaits(request);
  await cancels(request);
}, 120_000);

test('an approver who is none any more between the click and the page approves nothing', async () => {
  const { request, card } = await asked('left meanwhile');
  const browser = new Browser();
  const shown = await reaches(browser, await clicksInTeams(dana, card, APPROVE), dana);
  const enable = (accountEnabled: boolean): Promise<unknown> =>
    new Consoles(world()).graph('PATCH', `/v1.0/users/${dana.id}`, { accountEnabled });
  await enable(false);

  const page = await pressesApprove(browser, shown);
  await enable(true);

  expect([page.status, wordsOf(page)]).toEqual([403, expect.stringContaining('This account is disabled in Entra.')]);
  await stillWaits(request);
  await cancels(request);
}, 120_000);

test('of two who must agree each signs in, and whoever was shown an older state looks again', async () => {
  const { request, card } = await asked('for two', 'pair');
  const inSlack = await omar.inSlack.sees('for two');
  const [hers, his] = [new Browser(), new Browser()];
  const one = await reaches(hers, await clicksInTeams(dana, card, APPROVE), dana);
  const other = await reaches(his, await linkInSlack(omar, () => omar.inSlack.presses(APPROVE, inSlack)), omar);

  // A look from elsewhere changes nothing of what the button of an older page approves.
  const unnamed = await hers.post(one.url, {});
  const counted = await pressesApprove(hers, one);
  await his.open(other.url);
  const anew = await pressesApprove(his, other);
  const approved = await pressesApprove(his, { ...other, page: anew });

  expect(wordsOf(unnamed)).toContain('nothing was approved');
  expect(wordsOf(counted)).toMatch(/Your approval was counted .*1 of 2 have agreed/);
  expect(wordsOf(anew)).toContain('The request has changed since this page was shown');
  expect(wordsOf(approved)).toMatch(/Your approval was counted .*Approved by Omar Owner/);
  const both = await ana.watches(request, /Approved by Omar Owner/);
  expect(both.text).toMatch(/Dana Deputy approved, signed in for it/);
  await omar.inSlack.presses(/^Take back/, await omar.inSlack.watches(inSlack, 'Take back'));
  await cancels(request, 'Pair');
}, 120_000);

test('a kill between the sign-in and the button loses nothing, and nothing is approved twice', async () => {
  const { request, card } = await asked('killed between');
  const browser = new Browser();
  const shown = await reaches(browser, await clicksInTeams(dana, card, APPROVE), dana);
  await world().killBot();
  await world().startBot();

  const presses = await Promise.all([pressesApprove(browser, shown), pressesApprove(browser, shown)]);

  for (const page of presses) expect(wordsOf(page)).toMatch(/Your approval was counted .*Approved by Dana Deputy/);
  await ana.watches(request, /Approved by Dana Deputy/);
  await world().advance(PAST_TAKE_BACK);
  await ana.watches(request, /You have access until/);
}, 180_000);

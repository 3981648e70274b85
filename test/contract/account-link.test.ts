import { Browser } from '../../sandbox/entra/testing/browser.js';
import { AS_ANA, ANA, LinkStand, numberOn, signsIn, SLACK_ANA, type Person } from './link-stand.js';

let stand: LinkStand;
let browser: Browser;

beforeAll(async () => {
  stand = await LinkStand.start();
}, 60_000);
afterAll(() => stand?.stop());
beforeEach(async () => {
  await stand.reset();
  browser = new Browser();
});

const MALLORY = { ...SLACK_ANA, channelUserId: 'U6', name: 'ana' };
const AS_ADA: Person = { login: 'ada.admin@contoso.example' };
const AS_GUS: Person = { login: 'gus_fabrikam.example#EXT#@contoso.example' };

/** The number that whoever signs in with the account's link is shown. */
async function proves(who = AS_ANA, user = SLACK_ANA): Promise<string> {
  const { url } = await stand.links.begin(user);
  return numberOn(await browser.open(await signsIn(browser, url, who)));
}

const other = (number: string): string => String((Number(number) + 1) % 1_000_000).padStart(6, '0');

test('Signing in links nothing; the number entered by the account that asked does', async () => {
  const number = await proves();
  const before = await stand.links.identify(SLACK_ANA);
  const entered = await stand.links.enterNumber(SLACK_ANA, ` ${number.slice(0, 3)} ${number.slice(3)}`);

  expect(before).toBeUndefined();
  expect(entered).toMatchObject({ kind: 'linked', link: { person: { id: ANA, name: 'Ana Agent' } } });
  await expect(stand.links.identify(SLACK_ANA)).resolves.toEqual({ personId: ANA, name: 'Ana Agent' });
  expect((await stand.audited())[0]).toMatchObject({
    kind: 'outcome',
    body: { operation: 'link-account', actor: { personId: ANA }, account: { user: 'U1' }, concerns: [ANA] },
  });
});

test('A link that was sent on to an administrator links nobody: the number stays with whoever has signed in', async () => {
  const { url } = await stand.links.begin(MALLORY);
  const page = await browser.open(await signsIn(browser, url, AS_ADA));

  expect(page.text).toContain('<strong>@ana</strong> in the workspace <strong>Contoso</strong>');
  expect(page.text).toContain('If you did not start this in Slack yourself, close this page.');
  for (const guess of ['000000', other(numberOn(page)), '']) await stand.links.enterNumber(MALLORY, guess);
  await expect(stand.links.enterNumber(MALLORY, numberOn(page))).resolves.toEqual({ kind: 'none' });
  await expect(stand.links.identify(MALLORY)).resolves.toBeUndefined();
});

test('The number of another account is worth nothing, though both wait for one at the same time', async () => {
  const numbers = { ana: await proves(), mallory: await proves(AS_ADA, MALLORY) };

  await expect(stand.links.enterNumber(MALLORY, numbers.ana)).resolves.toEqual({ kind: 'wrong', left: 2 });
  await expect(stand.links.enterNumber(SLACK_ANA, numbers.ana)).resolves.toMatchObject({ kind: 'linked' });
});

test('Looking at a link, as previews do, uses nothing up; the press of its button does', async () => {
  const { url } = await stand.links.begin(SLACK_ANA);

  const looks = [await browser.open(url), await new Browser().open(url)];
  await signsIn(browser, url);
  const afterwards = [await browser.open(url), await browser.post(url, {})];

  expect(looks.map(({ status }) => status)).toEqual([200, 200]);
  expect(looks[0]?.headers.getSetCookie()).toEqual([]);
  expect(looks[0]?.headers.get('content-security-policy')).toContain(`form-action 'self' ${stand.entra.base};`);
  expect(afterwards.map(({ status }) => status)).toEqual([410, 410]);
});

test('The cookie of the sign-in is out of reach for scripts and other sites', async () => {
  const { url } = await stand.links.begin(SLACK_ANA);
  const sent = await browser.post(url, {});

  const location = new URL(sent.headers.get('location') ?? '');
  expect(sent.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^latchkey-link=[\w-]{43}; Path=\/link; Max-Age=600; HttpOnly; SameSite=Lax$/),
  ]);
  expect(Object.fromEntries(location.searchParams)).toMatchObject({
    ...{ response_type: 'code', scope: 'openid profile', prompt: 'select_account', code_challenge_method: 'S256' },
    redirect_uri: `${stand.url}/link/callback`,
  });
});

describe('What comes back from Microsoft counts', () => {
  test('in the browser that began, and in no other', async () => {
    const { url } = await stand.links.begin(SLACK_ANA);
    const back = await signsIn(browser, url);

    const elsewhere = await new Browser().open(back);
    const afterwards = await browser.open(back);

    expect([elsewhere.status, afterwards.status]).toEqual([403, 410]);
    expect(elsewhere.text).toContain('This is not the browser in which the sign-in was begun.');
    expect((await stand.audited())[0]).toMatchObject({ kind: 'refusal', body: { rule: 'other-browser' } });
  });

  test('once', async () => {
    const { url } = await stand.links.begin(SLACK_ANA);
    const back = await signsIn(browser, url);

    const pages = [await browser.open(back), await browser.open(back)];

    expect(pages.map((page) => [page.status, numberOn(page) !== ''])).toEqual([
      [200, true],
      [410, false],
    ]);
  });

  test.each([
    ['another state', { state: 'x' }, 410],
    ['no state', { state: '' }, 410],
    ['another code', { code: 'x' }, 403],
  ])('not with %s', async (_what, change, status) => {
    const { url } = await stand.links.begin(SLACK_ANA);
    const back = new URL(await signsIn(browser, url));
    for (const [name, value] of Object.entries(change)) back.searchParams.set(name, value);

    const page = await browser.open(back.href);

    expect([page.status, numberOn(page)]).toEqual([status, '']);
  });

  test('not with the code of another sign-in', async () => {
    const [mine, theirs] = [new Browser(), new Browser()];
    const backs = [
      await signsIn(mine, (await stand.links.begin(SLACK_ANA)).url),
      await signsIn(theirs, (await stand.links.begin(MALLORY)).url, AS_ADA),
    ].map((back) => new URL(back));
    backs[0]?.searchParams.set('code', backs[1]?.searchParams.get('code') ?? '');

    const page = await mine.open(backs[0]?.href ?? '');

    expect([page.status, numberOn(page)]).toEqual([403, '']);
  });

  test.each(['nonce', 'tenant', 'audience', 'signature', 'time'])(
    'not with a wrong %s in the id_token',
    async (where) => {
      const { url } = await stand.links.begin(SLACK_ANA);
      const back = await signsIn(browser, url);
      await stand.entra.fault('id-token-wrong', { in: where });

      const page = await browser.open(back);

      expect([page.status, numberOn(page)]).toEqual([403, '']);
      expect(page.text).toContain('What came back from Microsoft does not fit this sign-in');
    },
  );

  test('not when the person went away from the sign-in', async () => {
    const { url } = await stand.links.begin(SLACK_ANA);
    const sent = new URL((await browser.post(url, {})).headers.get('location') ?? '');
    const state = sent.searchParams.get('state') ?? '';

    const page = await browser.open(
      `${stand.url}/link/callback?error=access_denied&state=${encodeURIComponent(state)}`,
    );

    expect([page.status, page.text]).toEqual([403, expect.stringContaining('was cancelled, and nothing was linked')]);
  });
});

test('A guest is refused in words', async () => {
  const { url } = await stand.links.begin(SLACK_ANA);

  const page = await browser.open(await signsIn(browser, url, AS_GUS));

  expect([page.status, page.text]).toEqual([403, expect.stringContaining('guests cannot use Latchkey')]);
  expect((await stand.audited())[0]).toMatchObject({ kind: 'refusal', body: { rule: 'link-guest' } });
});

test('When Entra is away, the page says so', async () => {
  const { url } = await stand.links.begin(SLACK_ANA);
  const back = await signsIn(browser, url);
  await stand.entra.fault('unavailable-once', { path: '/oauth2/v2.0/token' });

  const page = await browser.open(back);

  expect([page.status, numberOn(page)]).toEqual([502, '']);
});

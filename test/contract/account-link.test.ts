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

  expect(page.text).toContain('<strong>@<bdi>ana</bdi></strong> (member ID U6)');
  expect(page.text).toContain('in the workspace <strong><bdi>Contoso</bdi></strong>');
  expect(page.text).toContain('If you did not start this in Slack yourself');
  expect(page.text).toContain('<strong><bdi>Ada Admin</bdi></strong> (<bdi>ada.admin@contoso.example</bdi>)');
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
    expect.stringMatching(/^latchkey-link-[0-9a-f]{8}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/),
  ]);
  expect(Object.fromEntries(location.searchParams)).toMatchObject({
    ...{ response_type: 'code', scope: 'openid profile', prompt: 'select_account', code_challenge_method: 'S256' },
    redirect_uri: `${stand.url}/link/callback`,
  });
});

test('Over https no other host can set the cookie', async () => {
  const { url } = await stand.links.begin(SLACK_ANA);
  stand.publicUrl = 'https://latchkey.contoso.example';

  const sent = await browser.post(url, {});

  expect(sent.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-latchkey-link-[0-9a-f]{8}=[\w-]{43}; Path=\/; .*SameSite=Lax; Secure$/),
  ]);
});

test.each(['cross-site', 'same-site'])('A press that comes from elsewhere (%s) begins nothing', async (site) => {
  const { url } = await stand.links.begin(SLACK_ANA);

  const pressed = await fetch(url, { method: 'POST', redirect: 'manual', headers: { 'Sec-Fetch-Site': site } });

  expect([pressed.status, pressed.headers.getSetCookie()]).toEqual([403, []]);
  expect((await browser.post(url, {})).status).toBe(303);
});

test('The pages show the code of the invitation, and of another invitation another one', async () => {
  const [mine, theirs] = [await stand.links.begin(SLACK_ANA), await stand.links.begin(MALLORY)];

  const pages = [await browser.open(mine.url), await browser.open(await signsIn(browser, mine.url))];

  expect(mine.code).toMatch(/^[A-Z2-9]{4}$/);
  for (const { text } of pages)
    expect([text.includes(`>${mine.code}<`), text.includes(`>${theirs.code}<`)]).toEqual([true, false]);
});

test('A name that was chosen to mislead stays one line of its own', async () => {
  const name = 'ana\u202E\u200B</strong> <a href="//x">\u2066';
  const page = await browser.open((await stand.links.begin({ ...SLACK_ANA, name })).url);

  expect(page.text).toContain('@<bdi>ana&lt;/strong&gt; &lt;a href=&quot;//x&quot;&gt;</bdi></strong> (member ID U1)');
  expect(page.text).not.toMatch(/[\u202E\u200B\u2066]/u);
});

test('Two attempts at once in one browser do not take each other’s place', async () => {
  const backs = [
    await signsIn(browser, (await stand.links.begin(SLACK_ANA)).url),
    await signsIn(browser, (await stand.links.begin(MALLORY)).url, AS_ADA),
  ];

  const pages = [await browser.open(backs[0] ?? ''), await browser.open(backs[1] ?? '')];

  expect(pages.map((page) => [page.status, numberOn(page) !== ''])).toEqual([
    [200, true],
    [200, true],
  ]);
});

describe('What comes back from Microsoft counts', () => {
  test('in the browser that began, and in no other', async () => {
    const { url } = await stand.links.begin(SLACK_ANA);
    const back = await signsIn(browser, url);

    const elsewhere = await new Browser().open(back);
    const afterwards = await browser.open(back);

    // Somebody who only knows the state cannot spend it either.
    expect([elsewhere.status, afterwards.status]).toEqual([403, 200]);
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
  expect((await stand.audited())[0]).toMatchObject({
    kind: 'refusal',
    body: { rule: 'link-guest', concerns: [expect.stringMatching(/^[0-9a-f-]{36}$/)] },
  });
});

test('When Entra is away, the page says so', async () => {
  const { url } = await stand.links.begin(SLACK_ANA);
  const back = await signsIn(browser, url);
  await stand.entra.fault('unavailable-once', { path: '/oauth2/v2.0/token' });

  const page = await browser.open(back);

  expect([page.status, numberOn(page)]).toEqual([502, '']);
});

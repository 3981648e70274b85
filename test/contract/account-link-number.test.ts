import { Browser } from '../../sandbox/entra/testing/browser.js';
import type { Actor } from '../../src/services/operations/operation.js';
import { ACCOUNT_LINKED } from '../../src/services/people/link-news.js';
import { saveLink } from '../../src/services/people/link-store.js';
import { savePlace } from '../../src/services/platform/conversation-store.js';
import { ANA, AS_ANA, LinkStand, numberOn, signsIn, SLACK_ANA, type Person } from './link-stand.js';

let stand: LinkStand;

beforeAll(async () => {
  stand = await LinkStand.start();
}, 60_000);
afterAll(() => stand?.stop());
beforeEach(() => stand.reset());

const ADA = '0e0b1ec7-0000-4000-8000-000000000001';
const AS_ADA: Person = { login: 'ada.admin@contoso.example' };
const SECOND = { ...SLACK_ANA, channelUserId: 'U7' };
const FREE_ANA = { bars: 'person', person: ANA } as const;
const FREE_ACCOUNT = { bars: 'account', account: SLACK_ANA } as const;
const ana: Actor = { personId: ANA, name: 'Ana Agent', channel: 'teams' };
const ada: Actor = { personId: ADA, name: 'Ada Admin', channel: 'teams' };

/** The number that whoever signs in with the account's link is shown. */
async function proves(who = AS_ANA, user = SLACK_ANA): Promise<string> {
  const browser = new Browser();
  const { url } = await stand.links.begin(user);
  return numberOn(await browser.open(await signsIn(browser, url, who)));
}

async function links(who = AS_ANA, user = SLACK_ANA): Promise<string> {
  const entered = await stand.links.enterNumber(user, await proves(who, user));
  if (entered.kind !== 'linked') throw new Error(`Not linked: ${entered.kind}`);
  return entered.link.id;
}

const other = (number: string): string => String((Number(number) + 1) % 1_000_000).padStart(6, '0');

describe('The number', () => {
  test('has three tries: a fourth is not even compared', async () => {
    const number = await proves();

    const tries = [];
    for (const typed of [other(number), 'abc', '', number]) tries.push(await stand.links.enterNumber(SLACK_ANA, typed));

    expect(tries).toEqual([
      { kind: 'wrong', left: 2 },
      { kind: 'wrong', left: 1 },
      { kind: 'wrong', left: 0 },
      { kind: 'none' },
    ]);
    expect((await stand.audited()).filter(({ body }) => body['rule'] === 'wrong-number')).toHaveLength(3);
  });

  test('has three tries however many come at once', async () => {
    const number = await proves();
    const guesses = Array.from({ length: 12 }, () => stand.links.enterNumber(SLACK_ANA, other(number)));

    const kinds = (await Promise.all(guesses)).map(({ kind }) => kind);

    expect(kinds.filter((kind) => kind === 'wrong')).toHaveLength(3);
    await expect(stand.links.enterNumber(SLACK_ANA, number)).resolves.toEqual({ kind: 'none' });
  });

  test('entered twice at once links once', async () => {
    const number = await proves();

    const both = await Promise.all([1, 2].map(() => stand.links.enterNumber(SLACK_ANA, number)));

    expect(both.map(({ kind }) => kind)).toEqual(['linked', 'linked']);
    expect(await stand.links.linksOf(ANA)).toHaveLength(1);
    expect((await stand.audited()).filter(({ body }) => body['operation'] === 'link-account')).toHaveLength(1);
  });

  test('is over after five minutes', async () => {
    const number = await proves();
    stand.clock.pass(6);

    await expect(stand.links.enterNumber(SLACK_ANA, number)).resolves.toEqual({ kind: 'none' });
  });

  test('takes the place of an earlier one', async () => {
    const numbers = [await proves(), await proves()];

    expect(
      numbers[0] === numbers[1] ? { kind: 'wrong' } : await stand.links.enterNumber(SLACK_ANA, numbers[0] ?? ''),
    ).toMatchObject({ kind: 'wrong' });
    await expect(stand.links.enterNumber(SLACK_ANA, numbers[1] ?? '')).resolves.toMatchObject({ kind: 'linked' });
  });
});

test('A link to the sign-in is over after ten minutes, also for a browser that is on its way', async () => {
  const browser = new Browser();
  const [idle, begun] = [await stand.links.begin(SLACK_ANA), await stand.links.begin(SLACK_ANA)];
  const back = await signsIn(browser, begun.url);
  stand.clock.pass(11);

  const pages = [await browser.open(idle.url), await browser.post(idle.url, {}), await browser.open(back)];

  expect(pages.map(({ status }) => status)).toEqual([410, 410, 410]);
});

test('Whoever proves it anew takes the place of the person before', async () => {
  await links();

  await links(AS_ADA);

  await expect(stand.links.identify(SLACK_ANA)).resolves.toMatchObject({ personId: ADA });
  await expect(stand.links.linksOf(ANA)).resolves.toEqual([]);
});

test('A person ends their own link, and nobody else does', async () => {
  const id = await links();

  await expect(stand.links.unlink(ada, id)).rejects.toMatchObject({ facts: { code: 'not-your-link' } });
  await expect(stand.links.unlink(ana, 'x')).rejects.toMatchObject({ facts: { code: 'not-your-link' } });
  await expect(stand.links.identify(SLACK_ANA)).resolves.toMatchObject({ personId: ANA });
  await stand.links.unlink(ana, id);
  await stand.links.unlink(ana, id);

  await expect(stand.links.identify(SLACK_ANA)).resolves.toBeUndefined();
  expect((await stand.audited()).map(({ body }) => body['operation'] ?? body['rule'])).toEqual([
    ...['unlink-account', 'not-your-link', 'not-your-link', 'link-account'],
  ]);
});

/** Has the news delivered that is there, into the list. */
function hearsNews(): { told: string[]; deliver: () => Promise<void> } {
  const told: string[] = [];
  stand.links.onLinked(async ({ person }, chat) => {
    if (chat === 'teams' && isTeamsAway) throw new Error('Teams does not answer.');
    told.push(`${person.name} in ${chat}`);
  });
  const { outbox, links: service, clock } = stand;
  return {
    told,
    deliver: async () => {
      // With Teams off nobody sweeps it.
      if (stand.isTeamsOn) await service.lateNews.sweep(clock.now());
      await outbox.sweep.sweep(clock.now());
      clock.pass(1);
    },
  };
}
let isTeamsAway = false;

async function writesInTeams(): Promise<void> {
  const place = { channel: 'teams', conversation: 'a:ana', kind: 'personal', person: ANA } as const;
  await savePlace(stand.database.db, { ...place, reference: {}, changedAt: stand.clock.now() });
}

async function undelivered(): Promise<number> {
  const { db } = stand.database;
  const news = db.selectFrom('outbox').select('id').where('type', '=', ACCOUNT_LINKED);
  return (await news.where('delivered_at', 'is', null).execute()).length;
}

describe('The person is told of a new link', () => {
  // One outbox takes one listener; all of these tests hear with it.
  let news: ReturnType<typeof hearsNews>;
  beforeAll(() => {
    news = hearsNews();
  });
  beforeEach(() => {
    isTeamsAway = false;
    news.told.length = 0;
  });

  test('in Teams once they have a chat there; until then no news waits to be delivered', async () => {
    await links();
    await news.deliver();
    const before = [[...news.told], await undelivered()];
    await writesInTeams();

    await news.deliver();
    await news.deliver();

    expect([before, news.told]).toEqual([
      [['Ana Agent in slack'], 0],
      ['Ana Agent in slack', 'Ana Agent in teams'],
    ]);
  });

  test('in Teams as soon as that is switched on, where it was off when they were linked', async () => {
    await writesInTeams();
    stand.isTeamsOn = false;
    await links();
    await news.deliver();
    const before = [[...news.told], await undelivered()];
    stand.isTeamsOn = true;

    await news.deliver();

    expect([before, news.told]).toEqual([
      [['Ana Agent in slack'], 0],
      ['Ana Agent in slack', 'Ana Agent in teams'],
    ]);
  });

  test('again and again until that has succeeded', async () => {
    await writesInTeams();
    isTeamsAway = true;
    await links();
    await news.deliver();
    const before = [...news.told];
    isTeamsAway = false;

    await news.deliver();
    await news.deliver();

    expect([before, news.told]).toEqual([['Ana Agent in slack'], ['Ana Agent in slack', 'Ana Agent in teams']]);
  });

  test('no longer when it has ended', async () => {
    await writesInTeams();
    await stand.links.unlink(ana, await links());

    await news.deliver();

    expect([news.told, await undelivered()]).toEqual([[], 0]);
  });

  test('no longer after 30 days', async () => {
    await links();
    stand.clock.pass(31 * 24 * 60);
    await writesInTeams();

    await news.deliver();

    expect([news.told, await undelivered()]).toEqual([[], 0]);
  });
});

describe('That was not me', () => {
  test('unlinks, and bars the account and the person until an administrator allows it', async () => {
    const id = await links();
    const [waiting, open] = [await proves(), await stand.links.begin(SLACK_ANA)];

    await stand.links.wasNotMe(ana, id);

    await expect(stand.links.identify(SLACK_ANA)).resolves.toBeUndefined();
    await expect(stand.links.begin(SLACK_ANA)).rejects.toMatchObject({ facts: { code: 'link-barred' } });
    expect((await new Browser().post(open.url, {})).status).toBe(410);
    await expect(stand.links.enterNumber(SLACK_ANA, waiting)).resolves.toEqual({ kind: 'none' });
    // Another account of the same person, too: their password may be known to somebody.
    await expect(proves(AS_ANA, { ...SLACK_ANA, channelUserId: 'U7' })).resolves.toBe('');

    expect((await stand.links.barred(ada, 'ana.agent')).map(({ bars }) => bars)).toEqual(['person', 'account']);
    await expect(stand.links.allowAgain(ada, FREE_ANA)).resolves.toHaveLength(1);
    await expect(stand.links.begin(SLACK_ANA)).rejects.toMatchObject({ facts: { code: 'link-barred' } });
    await expect(stand.links.allowAgain(ada, FREE_ACCOUNT)).resolves.toHaveLength(1);
    await links();
    await expect(stand.links.identify(SLACK_ANA)).resolves.toMatchObject({ personId: ANA });
  });

  test('holds against a click of an administrator from before it, which is worked on once more', async () => {
    await stand.links.wasNotMe(ana, await links());
    await stand.links.allowAgain(ada, FREE_ANA, 'the click');
    await stand.links.allowAgain(ada, FREE_ACCOUNT, 'the other click');
    await stand.links.wasNotMe(ana, await links());

    for (const [freed, click] of [
      [FREE_ANA, 'the click'],
      [FREE_ACCOUNT, 'the other click'],
    ] as const)
      await expect(stand.links.allowAgain(ada, freed, click)).rejects.toMatchObject({
        facts: { code: 'allowed-before' },
      });

    expect((await stand.links.barred(ada, 'ana.agent')).map(({ bars }) => bars)).toEqual(['person', 'account']);
  });

  test('works for that person alone, and also when the link has ended', async () => {
    const id = await links();

    await expect(stand.links.wasNotMe(ada, id)).rejects.toMatchObject({ facts: { code: 'not-your-link' } });
    await stand.links.unlink(ana, id);
    await stand.links.wasNotMe(ana, id);
    await stand.links.wasNotMe(ana, id);

    await expect(stand.links.begin(SLACK_ANA)).rejects.toMatchObject({ facts: { code: 'link-barred' } });
  });

  test('is lifted by administrators only, and never for themselves', async () => {
    await stand.links.wasNotMe(ada, await links(AS_ADA));

    await expect(stand.links.barred(ana, '')).rejects.toMatchObject({ facts: { code: 'role-missing' } });
    await expect(stand.links.allowAgain(ana, FREE_ACCOUNT)).rejects.toMatchObject({ facts: { code: 'role-missing' } });
    for (const freed of [{ bars: 'person', person: ADA } as const, FREE_ACCOUNT])
      await expect(stand.links.allowAgain(ada, freed)).rejects.toMatchObject({ facts: { code: 'self' } });
  });

  test('ends every account that is that person, whoever has linked it, and what they still held', async () => {
    const first = await links();
    await links(AS_ANA, SECOND);
    const begun = await proves(AS_ANA, { ...SECOND, channelUserId: 'U8' });
    await stand.holdsThings(ANA, [SLACK_ANA, SECOND]);

    const { others } = await stand.links.wasNotMe(ana, first);

    expect(others.map(({ user }) => user.channelUserId)).toEqual(['U7']);
    expect(await Promise.all([SLACK_ANA, SECOND].map((user) => stand.links.identify(user)))).toEqual([
      undefined,
      undefined,
    ]);
    await expect(stand.links.enterNumber({ ...SECOND, channelUserId: 'U8' }, begun)).resolves.toEqual({ kind: 'none' });
    expect(await stand.held()).toEqual(['teams']);
    expect((await stand.audited()).slice(0, 2).map(({ body }) => body['operation'])).toEqual([
      ...['disown-account', 'unlink-account'],
    ]);
  });

  test('tells what was begun as that person in Slack since, and nothing else', async () => {
    const by = (personId: string, channel: string) => ({ personId, name: '', channel });
    const begun = { kind: 'intent', body: { what: 'do it before', actor: by(ANA, 'slack') } } as const;
    await stand.record(begun);
    stand.clock.pass(1);
    const id = await links();
    for (const [what, actor] of [
      ['do it in Slack', by(ANA, 'slack')],
      ['do it in Teams', by(ANA, 'teams')],
      ['do it to Ana', by(ADA, 'slack')],
    ] as const)
      await stand.record({ kind: 'intent', body: { what, actor, concerns: [ANA] } });

    const { deeds } = await stand.links.wasNotMe(ana, id);

    expect(deeds.map(({ what }) => what)).toEqual(['do it in Slack']);
  });

  test('a link that was being saved meanwhile counts neither before nor after it is allowed again', async () => {
    await stand.links.wasNotMe(ana, await links());
    await stand.database.transaction((trx) =>
      saveLink(trx, {
        ...{ user: SECOND, at: stand.clock.now() },
        person: { id: ANA, name: 'Ana Agent', userPrincipalName: AS_ANA.login },
      }),
    );

    const before = await stand.links.identify(SECOND);
    await stand.links.allowAgain(ada, FREE_ANA);

    expect([before, await stand.links.identify(SECOND)]).toEqual([undefined, undefined]);
  });
});

describe('What an account held goes with its link, and what others hold stays', () => {
  // One outbox takes one listener of each kind.
  const heard: string[] = [];
  beforeAll(() => {
    stand.links.onAccountChanged(async ({ channelUserId }) => void heard.push(`${channelUserId} changed`));
    stand.links.onCardsEnded(async (cards) => {
      for (const { conversation } of cards) heard.push(`card in ${conversation} ended`);
    });
  });
  beforeEach(() => void heard.splice(0));

  async function hears(): Promise<string[]> {
    await stand.outbox.sweep.sweep(stand.clock.now());
    return heard.splice(0).sort();
  }

  test('when one of two accounts is unlinked', async () => {
    const first = await links();
    await links(AS_ANA, SECOND);
    const linked = await hears();
    await stand.holdsThings(ANA, [SLACK_ANA, SECOND]);

    await stand.links.unlink(ana, first);

    expect(linked).toEqual(['U1 changed', 'U7 changed']);
    expect(await stand.held()).toEqual(expect.arrayContaining(['slackU7', 'teams']));
    expect(await stand.held()).not.toContain('slackU1');
    expect(await hears()).toEqual(['U1 changed', 'card in T1/DU1 ended', 'card in T1/DU1/5.1 ended']);
  });

  test('when the account becomes somebody else, and not when it is the same person again', async () => {
    await links();
    await stand.holdsThings(ANA, [SLACK_ANA]);
    await hears();
    await links();
    const again = [await stand.held(), await hears()];
    await links(AS_ADA);

    expect(again).toEqual([expect.arrayContaining(['slackU1']), ['U1 changed']]);
    expect(await stand.held()).toEqual(['teams']);
    expect(await hears()).toContain('card in T1/DU1 ended');
  });

  test('also from before it was noted whose direct messages they are', async () => {
    const first = await links();
    await stand.holdsThings(ANA, [SLACK_ANA], false);

    await stand.links.unlink(ana, first);

    expect(await stand.held()).toEqual(['teams']);
  });

  test('cards of an account of the same id in another workspace stay', async () => {
    const first = await links();
    await stand.holdsThings(ANA, [{ ...SLACK_ANA, team: 'T2' }]);

    await stand.links.unlink(ana, first);

    expect(await stand.held()).toEqual(expect.arrayContaining(['slackU1', 'teams']));
  });
});

test('No token, number, state or cookie stands in the database, the audit or the log', async () => {
  const browser = new Browser();
  const { url } = await stand.links.begin(SLACK_ANA);
  const open = await stand.rows();
  const sent = await browser.post(url, {});
  const begun = await stand.rows();
  const cookie = /latchkey-link-\w+=([^;]+)/.exec(sent.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
  const asked = new URL(sent.headers.get('location') ?? '').searchParams;
  const page = await browser.open(sent.headers.get('location') ?? '');
  const back = await browser.send(page, { login: AS_ANA.login, passwd: 'Sandbox-2026!' });
  const number = numberOn(await browser.open(back.headers.get('location') ?? ''));
  const waiting = await stand.rows();
  await stand.links.enterNumber(SLACK_ANA, other(number));
  await stand.links.enterNumber(SLACK_ANA, number);
  const everything = [open, begun, waiting, await stand.rows(), stand.logged].join('\n');

  const secrets = [url.split('/').at(-1), cookie, asked.get('state'), asked.get('nonce')].map((text) => text ?? '');
  expect(secrets.map((secret) => secret.length >= 40)).toEqual([true, true, true, true]);
  expect(number).toMatch(/^\d{6}$/);
  for (const secret of [...secrets, `"${number}"`, ` ${number} `]) expect(everything).not.toContain(secret);
});

import type { Parts } from '../dialogs/conversations/talk.js';
import type { Said, Turn, UnlinkedTurn } from '../dialogs/turn.js';
import type { OpenForm } from '../services/index.js';
import { silentLog } from '../services/platform/testing/test-parts.js';
import { Router } from './router.js';

const ACCOUNT = { channel: 'teams', channelUserId: '29:x', personId: 'p', name: 'Ana' } as const;

/** A router in front of a chat that keeps which messages were replaced. */
function router({
  rights = [],
  form,
  suggest,
  isNew = true,
}: { rights?: readonly string[]; form?: OpenForm; suggest?: () => Promise<object[]>; isNew?: boolean } = {}) {
  const [replaced, posted]: [string[], string[]] = [[], []];
  const channel = {
    name: 'teams',
    asks: 'in-chat',
    replace: async (_place: unknown, messageId: string) => void replaced.push(messageId),
    post: async (_place: unknown, view: unknown) => void posted.push(JSON.stringify(view)),
    typing: async () => undefined,
  };
  const parts = {
    channels: [channel, { ...channel, name: 'slack' }],
    log: silentLog,
    noticeboard: { seen: () => undefined },
    access: { suggest },
    files: { onUpload: () => undefined },
    links: {
      ...{ onLinked: () => undefined, onAccountChanged: () => undefined, onCardsEnded: () => undefined },
      begin: async () => ({ url: 'https://latchkey.example/link/secret', until: new Date(0) }),
      enterNumber: async () => ({ kind: 'wrong', left: 1 }),
    },
    runs: { rightsOf: async () => ({ rights, isStranger: false }) },
    sso: { region: { key: 'eu_central_1', name: 'EMEA (Frankfurt)', domain: 'mypurecloud.de' } },
    forms: { find: async () => form, close: async () => true },
  } as unknown as Parts;
  return { router: new Router(parts, async () => isNew), replaced, posted };
}

function press(verb: string, changes: { kind?: 'personal' | 'channel'; messageId?: string; revision?: number }): Turn {
  const { kind = 'channel', messageId = 'card', revision = 0 } = changes;
  return {
    ...{ account: ACCOUNT, place: { channel: 'teams', conversation: '19:c', kind }, room: '19:c', deliveryId: '1' },
    said: { kind: 'click', verb, reference: 'card', revision, inputs: {}, messageId },
  };
}

test.each([
  ['a list of something else', 'cars', async () => [{ id: '1', name: 'Ana', userPrincipalName: 'a@b' }]],
  ['a search that fails', 'people', () => Promise.reject(new Error('away'))],
])('%s stays empty, and nothing is said about it', async (_what, dataset, suggest) => {
  const { router: bot, replaced } = router({ suggest });
  const turn = { ...press('x', {}), said: { kind: 'search', dataset, words: 'an' } } as const;

  await expect(bot.handle(turn)).resolves.toEqual({ kind: 'choices', choices: [] });
  expect(replaced).toEqual([]);
});

test('each letter is answered, also one that was asked before', async () => {
  const person = { id: '1', name: 'Ana', userPrincipalName: 'ana@b.example', isEnabled: false, isGuest: true };
  const { router: bot } = router({ suggest: async () => [person], isNew: false });
  const turn = { ...press('x', {}), said: { kind: 'search', dataset: 'people', words: 'an' } } as const;

  const parts = { name: 'Ana', detail: 'ana@b.example · guest · disabled' };
  await expect(bot.handle(turn)).resolves.toEqual({
    kind: 'choices',
    choices: [{ title: 'Ana (ana@b.example · guest · disabled)', value: '1', parts }],
  });
});

test('in a channel, somebody without any right does not take a card away from those who asked for it', async () => {
  const { router: bot, replaced } = router();

  await expect(bot.handle(press('dismiss', {}))).resolves.toMatchObject({ kind: 'refused' });
  expect(replaced).toEqual([]);
});

test.each([
  ['an administrator in a channel', 'channel', ['manage-sso']],
  ['whoever has the chat for themselves', 'personal', []],
] as const)('%s cancels', async (_who, kind, rights) => {
  const { router: bot, replaced } = router({ rights });

  await bot.handle(press('dismiss', { kind }));

  expect(replaced).toEqual(['card']);
});

describe('an open question in a channel', () => {
  const form = {
    ...{ form: 'set-up-sso', question: 0, answers: {}, revision: 1 },
    card: { conversation: '19:c', messageId: 'mine' },
  };

  test('is not answered on the card of somebody else who is asked the same', async () => {
    const { router: bot, replaced } = router({ form });

    const answer = await bot.handle(press('form-cancel', { messageId: 'theirs', revision: 1 }));

    expect(answer).toMatchObject({ kind: 'refused' });
    expect(replaced).toEqual([]);
  });

  test('is answered on one’s own', async () => {
    const { router: bot, replaced } = router({ form });

    await bot.handle(press('form-cancel', { messageId: 'mine', revision: 1 }));

    expect(replaced).toEqual(['mine']);
  });
});

test.each([
  ['the words for a set-up', { kind: 'text', text: 'Set up  SSO' }, true],
  ['its button', { kind: 'click', verb: 'intent', reference: 'set-up-sso', revision: 0, inputs: {} }, true],
  ['other words', { kind: 'text', text: 'status' }, false],
  ['another button', { kind: 'click', verb: 'run-plan', reference: 'set-up-sso', revision: 0, inputs: {} }, false],
] as const)('a dialog is opened at once for %s: %j → %s', (_what, said, opens) => {
  expect(router().router.opensDialog(said)).toBe(opens);
});

describe('An account that nobody has proven to be a person of ours', () => {
  const user = { channel: 'slack', team: 'T1', channelUserId: 'U1', name: 'ana' } as const;
  const said = (what: Said): UnlinkedTurn => ({
    ...{ user, said: what, room: 'T1/D1', deliveryId: '1' },
    place: { channel: 'slack', conversation: 'T1/D1', kind: 'personal' },
  });
  const click = (verb: string): Said => ({
    ...{ kind: 'click', verb, reference: 'run:1', revision: 0, inputs: {}, messageId: 'card' },
  });

  test.each([
    ['words', { kind: 'text', text: 'set up sso' }],
    ['a file', { kind: 'file', name: 'people.csv', read: () => Promise.reject(new Error('not to be read')) }],
    ['an arrival', { kind: 'arrived' }],
  ] as const)('is invited to link, whatever it says: %s', async (_what, what) => {
    const { router: bot, posted } = router();

    await expect(bot.handleUnlinked(said(what))).resolves.toBeUndefined();
    expect(posted).toEqual([expect.stringContaining('https://latchkey.example/link/secret')]);
  });

  test('is invited by the button of the app’s home, and not by opening it', async () => {
    const { router: bot, posted } = router();

    await bot.handleUnlinked(said({ kind: 'home' }));
    const before = [...posted];
    await bot.handleUnlinked(said({ kind: 'click', verb: 'begin-link', reference: 'link', revision: 0, inputs: {} }));

    expect([before, posted]).toEqual([[], [expect.stringContaining('https://latchkey.example/link/secret')]]);
  });

  test.each(['run-plan', 'intent', 'retry-run', 'dismiss', 'off-board', 'link-not-me', 'unlink', 'allow-linking'])(
    'acts on no button of others: %s',
    async (verb) => {
      const { router: bot, replaced, posted } = router();

      await expect(bot.handleUnlinked(said(click(verb)))).resolves.toMatchObject({ kind: 'refused' });
      expect([...replaced, ...posted]).toEqual([]);
    },
  );

  test('enters its number in a dialog, which says how many tries are left', async () => {
    const { router: bot } = router();
    const form = { kind: 'form', form: 'link-number', inputs: { number: '1' } } as const;

    expect(bot.opensDialog(click('link-number'))).toBe(true);
    await expect(bot.handleUnlinked(said(click('link-number')))).resolves.toMatchObject({ kind: 'form' });
    await expect(bot.handleUnlinked(said(form))).resolves.toMatchObject({
      form: { complaints: { number: expect.stringContaining('one more try') } },
    });
    await expect(bot.handleUnlinked(said({ ...form, form: 'set-up-sso' }))).resolves.toMatchObject({ kind: 'refused' });
  });

  test('sees in the app’s home that it is not linked, and nobody in a list', async () => {
    const { router: bot } = router({ suggest: async () => [{ id: '1', name: 'Ana', userPrincipalName: 'a@b' }] });

    await expect(bot.handleUnlinked(said({ kind: 'home' }))).resolves.toMatchObject({
      ...{ kind: 'view', view: { title: 'Link your account first' } },
    });
    await expect(bot.handleUnlinked(said({ kind: 'search', dataset: 'people', words: 'an' }))).resolves.toEqual({
      ...{ kind: 'choices', choices: [] },
    });
  });

  test('is answered once for each delivery', async () => {
    const { router: bot, posted } = router({ isNew: false });

    await bot.handleUnlinked(said({ kind: 'text', text: 'link' }));

    expect(posted).toEqual([]);
  });
});

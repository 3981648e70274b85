import { SLACK } from '../../sandbox/credentials.js';
import type { FilledForm } from '../../src/dialogs/forms/form.js';
import { until } from '../support/processes.js';
import { ada, commandOf, messageOf, silentServer, SlackStand, type Signed } from './slack-stand.js';

/* From before the acknowledgement until the end of the work a delivery stands in the inbox. */

let stand: SlackStand;

beforeEach(async () => {
  stand = await SlackStand.start();
});
afterEach(async () => {
  // What hangs in a test is waited for by nobody.
  await stand.stops(500);
  await stand.close();
});

const JSON_TYPE = 'application/json';
const RESPONSE_URL = 'http://127.0.0.1:9/response-of-slack';
const DIRECT = `D${ada.userId.slice(1)}`;
const TRIGGER = 'trigger-of-slack';
const who = { user: { id: ada.userId, team_id: SLACK.teamId }, team: { id: SLACK.teamId }, trigger_id: TRIGGER };

function payload(value: object): Signed {
  return { body: new URLSearchParams({ payload: JSON.stringify({ ...who, ...value }) }).toString() };
}

const command = (): Signed => ({ body: commandOf('help', { trigger_id: TRIGGER, response_url: RESPONSE_URL }) });
const message = (): Signed => ({ body: messageOf('help'), type: JSON_TYPE });
const mention = (): Signed => ({
  body: messageOf(`<@${SLACK.botUserId}> status`, { type: 'app_mention', channel: 'C0GENERAL01' }),
  type: JSON_TYPE,
});
const click = (): Signed =>
  payload({
    type: 'block_actions',
    response_url: RESPONSE_URL,
    actions: [
      {
        ...{ type: 'button', action_id: 'verb-0', text: { type: 'plain_text', text: 'Approve' } },
        value: JSON.stringify({ verb: 'a', reference: 'b', revision: 1 }),
      },
    ],
    container: { message_ts: '1.1', channel_id: DIRECT },
  });
const form = (viewId = 'V1'): Signed =>
  payload({
    type: 'view_submission',
    view: {
      ...{ id: viewId, callback_id: 'request-access' },
      private_metadata: JSON.stringify({ conversation: `${SLACK.teamId}/${DIRECT}`, reference: 'nonce' }),
      state: { values: { why: { why: { type: 'plain_text_input', value: 'On call' } } } },
    },
  });
const about = (): Signed => payload({ type: 'message_action', action_ts: '1', message: { user: ada.userId } });

const KINDS: readonly (readonly [string, () => Signed])[] = [
  ...([['command', command] as const, ['message', message] as const, ['mention', mention] as const] as const),
  ...([['click', click] as const, ['form', () => form()] as const, ['about', about] as const] as const),
];

function held(): { promise: Promise<void>; release: () => void } {
  let release = (): void => undefined;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}

test.each(KINDS)(
  'a %s is kept before it is acknowledged, without what was a right, and gone when answered',
  async (_, of) => {
    const [store, answer] = [held(), held()];
    stand.inbox.slowly = () => store.promise;
    stand.answers = async () => void (await answer.promise);
    let isAcknowledged = false;

    const sent = stand.send(of()).then((got) => {
      isAcknowledged = true;
      return got;
    });
    await until('it is being kept', async () => stand.inbox.asked === 1);
    // Longer than an acknowledgement that waits for nothing takes.
    await stand.send({ body: commandOf('x'), secret: 'wrong' });
    expect(isAcknowledged).toBe(false);
    store.release();

    expect((await sent).status).toBe(200);
    await until('it is worked on', async () => stand.turns.length === 1);
    const kept = JSON.stringify([...stand.inbox.kept]);
    expect(stand.inbox.kept.size).toBe(1);
    expect(kept).not.toContain(TRIGGER);
    expect(kept).not.toContain(RESPONSE_URL);
    expect(stand.turns).toMatchObject([{ isNoted: true, deliveryId: [...stand.inbox.kept.keys()][0] }]);
    answer.release();
    await stand.settled();
    expect(stand.inbox.kept.size).toBe(0);
  },
);

test.each(KINDS)(
  'a %s that is spooled is acknowledged while the database hangs, and worked on afterwards',
  async (_, of) => {
    const store = held();
    stand.inbox.spools = true;
    stand.inbox.slowly = () => store.promise;

    const { status, ms } = await stand.send(of());

    expect(status).toBe(200);
    // A store that is slow is waited for a second.
    expect(ms).toBeLessThan(900);
    expect(stand.turns).toEqual([]);
    store.release();
    await stand.settled();
    expect(stand.turns).toMatchObject([{ isNoted: true }]);
    expect(stand.log.text()).not.toContain('are not kept');
  },
);

test('what leads to nothing that could be lost is not kept, nor what is turned away', async () => {
  const home = { event: { type: 'app_home_opened', user: ada.userId, tab: 'home' }, event_id: 'Ev-home' };
  await stand.send({ body: messageOf('x', {}, home), type: JSON_TYPE });
  await stand.send(payload({ type: 'block_suggestion', action_id: 'person', value: 'ana' }));
  await stand.settled();
  await stand.send({ body: messageOf('help', {}, { team_id: 'T0OTHER' }), type: JSON_TYPE });
  await stand.settled();

  expect(stand.inbox.asked).toBe(0);
});

test('the six digits of an account link are worked on, and stored nowhere', async () => {
  const entered = payload({
    type: 'view_submission',
    view: {
      ...{ id: 'V2', callback_id: 'link-number' },
      private_metadata: JSON.stringify({ conversation: `${SLACK.teamId}/${DIRECT}` }),
      state: { values: { number: { number: { type: 'plain_text_input', value: '123456' } } } },
    },
  });

  expect((await stand.send(entered)).status).toBe(200);
  await stand.settled();

  expect(stand.turns).toMatchObject([{ said: { kind: 'form', inputs: { number: '123456' } } }]);
  expect(stand.inbox.asked).toBe(0);
});

test('what comes too fast is turned away before anything is stored', async () => {
  await stand.close();
  stand = await SlackStand.start({ turnsPerMinute: 1 });

  for (let count = 0; count < 5; count += 1) await stand.send({ body: commandOf('help') });
  await stand.settled();

  expect(stand.inbox.asked).toBe(2);
});

test('a store that is away stops nobody: what comes is worked on from memory, and the operator is told once', async () => {
  stand.inbox.slowly = async () => Promise.reject(new Error('the database is away'));

  for (const one of [command(), message(), click()]) expect((await stand.send(one)).status).toBe(200);
  await stand.settled();

  expect(stand.turns.map(({ said }) => said.kind).sort()).toEqual(['click', 'text', 'text']);
  // Whether one came before, the memory of conversations is asked instead.
  expect(stand.turns.filter(({ isNoted }) => isNoted)).toEqual([]);
  const warned = stand.log.lines().filter(({ msg }) => String(msg).startsWith('Deliveries of Slack are not kept'));
  expect(warned).toHaveLength(1);
});

test('a store that is slow is waited for a second, and what it keeps in the end is worked on once', async () => {
  const store = held();
  stand.inbox.slowly = () => store.promise;

  const [first, again] = await Promise.all([stand.send(form()), stand.send(form())]);
  expect(first.status).toBe(200);
  expect(Math.max(first.ms, again.ms)).toBeLessThan(2_500);
  expect(stand.turns).toEqual([]);
  store.release();
  await stand.settled();

  expect(stand.turns).toMatchObject([{ isNoted: true }]);
  expect(stand.inbox.kept.size).toBe(0);
});

test('a dialog that comes twice says so, and the work on the first goes on', async () => {
  const answer = held();
  stand.answers = async () => void (await answer.promise);
  await stand.send(form());

  // The timestamp of a retry is its own.
  const again = await stand.send({ ...form(), drift: -1 });

  expect(again.text).toContain('This was sent already');
  answer.release();
  await stand.settled();
  expect(stand.turns).toHaveLength(1);
});

/** Ada has a dialog open. @returns its id. */
async function opensForm(): Promise<string> {
  stand.opensDialog = () => true;
  stand.answers = async () => ({ kind: 'form', form: filled });
  await stand.do({ as: ada.userId, deed: 'command', channel: DIRECT, text: '/latchkey request' });
  await stand.settled();
  return stand.views().find(({ type, is_open }) => type === 'modal' && is_open)?.id ?? '';
}

test('a dialog of which the database says late that it came before says so in its place', async () => {
  stand.inbox.spools = true;
  const viewId = await opensForm();
  stand.answers = async () => ({ kind: 'message', text: 'Asked.' });
  await stand.send(form(viewId));
  await stand.settled();
  const before = stand.turns.length;

  const again = await stand.send({ ...form(viewId), drift: -1 });
  await stand.settled();

  expect(again.text).not.toContain('This was sent already');
  expect(JSON.stringify(stand.views().find(({ id }) => id === viewId))).toContain('This was sent already');
  expect(stand.turns).toHaveLength(before);
});

test('what is spooled and not taken by the database is worked on from memory, and no loss is told', async () => {
  stand.inbox.spools = true;
  stand.inbox.slowly = async () => Promise.reject(new Error('the database is away'));

  for (const one of [command(), message(), click()]) expect((await stand.send(one)).status).toBe(200);
  await stand.settled();

  expect(stand.turns).toHaveLength(3);
  expect(stand.turns.filter(({ isNoted }) => isNoted)).toEqual([]);
  expect(stand.log.text()).not.toContain('are not kept');
});

/** What a crash leaves of a delivery. */
async function leftOf(signed: Signed): Promise<{ deliveryId: string; delivery: never }> {
  stand.answers = () => new Promise(() => undefined);
  await stand.send(signed);
  await until('it is under way', async () => stand.turns.length === 1);
  const [entry] = [...stand.inbox.kept];
  stand.abandon();
  await stand.close();
  stand = await SlackStand.start();
  return { deliveryId: entry?.[0] ?? '', delivery: entry?.[1] as never };
}

const filled: FilledForm = {
  form: { name: 'request-access', title: 'Request access', questions: [] },
  ...{ typed: {}, complaints: {} },
} as unknown as FilledForm;

test.each(KINDS)(
  'a %s that was left behind is worked on again, under its id, and answered in words',
  async (kind, of) => {
    const left = await leftOf(of());
    stand.answers = async () => ({ kind: 'message', text: 'Here is what came of it.' });

    await stand.inbox.takeUp({ ...left, receivedAt: new Date(), tries: 1 });
    await stand.settled();

    expect(stand.turns).toMatchObject([
      { deliveryId: left.deliveryId, isNoted: true, account: { personId: ada.personId } },
    ]);
    const [told] = stand.messages().filter(({ text }) => text === 'Here is what came of it.');
    expect(told).toMatchObject({ channel: DIRECT });
    // In the direct messages it stays until somebody looks; a mention is told in them, too.
    expect(told?.visible_to).toBeUndefined();
    expect(stand.inbox.kept.size).toBe(0);
    expect(kind).toBeDefined();
  },
);

test('a form that was asked for before the crash stands behind a button in the direct messages', async () => {
  const left = await leftOf(command());
  stand.opensDialog = () => true;
  stand.answers = async () => ({ kind: 'form', form: filled });

  await stand.inbox.takeUp({ ...left, receivedAt: new Date(), tries: 1 });
  await stand.settled();

  expect(stand.views().filter(({ type }) => type === 'modal')).toEqual([]);
  expect(JSON.stringify(stand.messages())).toContain('Open the form');
});

test('a dialog that still stands open says what came of it', async () => {
  const viewId = await opensForm();
  stand.answers = async () => ({ kind: 'message', text: 'Asked.' });
  const delivery = {
    ...{ id: 'd1', userId: ada.userId, teamId: SLACK.teamId, isEnterprise: false, isShared: false },
    deed: {
      ...{ kind: 'form', form: 'request-access', inputs: {}, viewId },
      conversation: `${SLACK.teamId}/${DIRECT}`,
    },
  };

  await stand.inbox.takeUp({ deliveryId: 'd1', delivery, receivedAt: new Date(), tries: 1 });
  await stand.settled();

  expect(JSON.stringify(stand.views().find(({ id }) => id === viewId))).toContain('Asked.');
});

test.each([['refuses every connection', 'refuses'] as const, ['never answers', 'hangs'] as const])(
  'while Slack %s, what was left behind and what comes stays, and is taken up again after a pause',
  async (_, how) => {
    const left = await leftOf(message());
    await stand.close();
    const silent = await silentServer();
    if (how === 'refuses') await silent.close();
    stand = await SlackStand.start({ apiUrl: `${silent.url}/api` });

    await stand.inbox.takeUp({ ...left, receivedAt: new Date(), tries: 1 });
    const late = { ...(left.delivery as object), id: 'late' };
    await stand.inbox.takeUp({ deliveryId: 'late', delivery: late, receivedAt: new Date(0), tries: 1 });
    expect((await stand.send(click())).status).toBe(200);
    await stand.settled();

    expect(stand.turns).toEqual([]);
    expect(stand.inbox.kept.size).toBe(3);
    const pauses = [...stand.inbox.kept.keys()].map((deliveryId) => ({ deliveryId, afterS: 10 }));
    expect(stand.inbox.released).toHaveLength(3);
    expect(stand.inbox.released).toEqual(expect.arrayContaining(pauses));
    if (how === 'hangs') await silent.close();
  },
);

test('what is more than an hour old is not done: the person is told, and looks for themselves', async () => {
  const left = await leftOf(click());

  await stand.inbox.takeUp({ ...left, receivedAt: new Date(Date.now() - 61 * 60_000), tries: 1 });
  await stand.settled();

  expect(stand.turns).toEqual([]);
  expect(stand.messages()).toMatchObject([
    { channel: DIRECT, text: expect.stringMatching(/^On .+ you pressed “Approve”. Latchkey was away/) as string },
  ]);
  expect(stand.inbox.kept.size).toBe(0);
});

test('what never ends is begun three times, then given up: the operator and the person are told', async () => {
  const left = await leftOf(message());
  stand.answers = async () => undefined;

  await stand.inbox.takeUp({ ...left, receivedAt: new Date(), tries: 2 });
  await stand.settled();
  expect(stand.turns).toHaveLength(1);
  await stand.inbox.takeUp({ ...left, receivedAt: new Date(), tries: 3 });
  await stand.settled();

  expect(stand.turns).toHaveLength(1);
  expect(stand.messages()).toMatchObject([
    { channel: DIRECT, text: expect.stringMatching(/^On .+ you wrote “help”. .+ has given it up/) as string },
  ]);
  expect(stand.log.lines().filter(({ level }) => level === 'error' || level === 50)).toMatchObject([
    { deliveryId: left.deliveryId, tries: 3 },
  ]);
  expect(stand.inbox.kept.size).toBe(0);
});

test('what this release cannot read is dropped, and the operator is told', async () => {
  await stand.inbox.takeUp({ deliveryId: 'd1', delivery: { from: 'the future' }, receivedAt: new Date(), tries: 1 });

  expect(stand.inbox.kept.size).toBe(0);
  expect(stand.log.text()).toContain('cannot be read and is dropped');
});

test('a bot that is told to stop lets what has begun end; what takes too long stays for the next one', async () => {
  const answer = held();
  stand.answers = async ({ said }) => (said.kind === 'click' ? void (await answer.promise) : undefined);
  await stand.send(click());
  await stand.send(command());
  await until('the command is answered', async () => stand.turns.length === 2 && stand.inbox.kept.size === 1);

  await stand.stops(50);
  answer.release();

  expect(stand.inbox.hasLeft).toBe(true);
  expect([...stand.inbox.kept.values()]).toMatchObject([{ deed: { kind: 'click' } }]);
});

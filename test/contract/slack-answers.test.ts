import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SLACK, SLACK_ACCOUNTS, SLACK_COMMAND } from '../../sandbox/credentials.js';
import { numberForm } from '../../src/dialogs/forms/link-number.form.js';
import { setUpSsoForm } from '../../src/dialogs/forms/set-up-sso.form.js';
import type { View } from '../../src/dialogs/views/view.js';
import { GENESYS_REGIONS, type GenesysRegion } from '../../src/services/index.js';
import { until } from '../support/processes.js';
import { SandboxControl } from '../support/sandbox-control.js';
import { ada, commandOf, messageOf, SlackStand, type Signed } from './slack-stand.js';

let stand: SlackStand;
beforeEach(async () => (stand = await SlackStand.start()));
afterEach(() => stand.close());

const GENERAL = 'C0GENERAL01';
const direct = `D${ada.userId.slice(1)}`;
const interaction = { user: { id: ada.userId, team_id: SLACK.teamId }, team: { id: SLACK.teamId } };
const view: View = { title: 'Card', tone: 'neutral', elements: [], actions: [], fallback: 'Card.' };
let deeds = 0;

function payload(value: object): Signed {
  return { body: new URLSearchParams({ payload: JSON.stringify(value) }).toString() };
}

/** The answers of a dialog, sent from the direct messages. */
function submitted(viewId: string): Signed {
  const metadata = JSON.stringify({ conversation: `${SLACK.teamId}/${direct}` });
  const sent = { id: viewId, callback_id: 'set-up-sso', private_metadata: metadata };
  return payload({ type: 'view_submission', ...interaction, view: { ...sent, hash: String(++deeds) } });
}

function clicked(channel: string, verb: string): Signed {
  deeds += 1;
  const action = { type: 'button', action_id: 'verb-0', action_ts: String(deeds) };
  return payload({
    ...{ type: 'block_actions', ...interaction, container: { message_ts: '1.1', channel_id: channel } },
    actions: [{ ...action, value: JSON.stringify({ verb, reference: 'status', revision: 0 }) }],
  });
}

/** In a thread of its own, in #general. */
async function mention(text: string, outer: object = {}): Promise<Signed> {
  const { ts } = await stand.do({ deed: 'write', as: ada.userId, channel: GENERAL, text: ROOT });
  const event = { type: 'app_mention', channel: GENERAL, channel_type: undefined, ts };
  return { body: messageOf(`<@${SLACK.botUserId}> ${text}`, event, outer), type: 'application/json' };
}
const ROOT = 'Look at this.';

function said(text: string, changes: object = {}): Signed {
  return { body: messageOf(text, changes as Record<string, unknown>), type: 'application/json' };
}

async function works(...signed: Signed[]): Promise<void> {
  for (const one of signed) await stand.send(one);
  await stand.settled();
}

/** A dialog of ours that is open in front of Ada. */
async function openDialog(): Promise<string> {
  stand.opensDialog = () => true;
  stand.answers = async () => ({ kind: 'form', form: numberForm() });
  await stand.do({ deed: 'command', as: ada.userId, channel: direct, text: `${SLACK_COMMAND} set up sso` });
  await stand.settled();
  return stand.views().find(({ type, is_open }) => type === 'modal' && is_open)?.id ?? '';
}

const dialogWords = (): string => JSON.stringify(stand.views().filter(({ type }) => type === 'modal'));
const textsIn = (where: string): string[] =>
  stand.messages().flatMap(({ channel, text }) => (channel === where && text !== ROOT ? [text] : []));

describe('a dialog says what became of what was sent', () => {
  test.each([
    ['posted', 'The answer is in your direct messages with Latchkey.'],
    ['duplicate', 'This was sent already, and nothing was done a second time.'],
    ['too-fast', 'nothing was done with it'],
  ])('%s', async (outcome, words) => {
    const dialog = await openDialog();
    stand.outcome = outcome;
    stand.answers = async () => undefined;

    await works(submitted(dialog));

    expect(dialogWords()).toContain(words);
  });
});

test('what the card shows by itself is not said beside it, anything else is', async () => {
  stand.answers = async () => ({ kind: 'message', text: 'Started. This card shows it.', isOnCard: true });
  await works(clicked(direct, 'run-plan'));
  expect(stand.messages()).toEqual([]);

  stand.answers = async () => ({ kind: 'message', text: 'Ada has already started this.' });
  await works(clicked(direct, 'run-plan'));
  expect(textsIn(direct)).toEqual(['Ada has already started this.']);
});

describe('a form that cannot be shown in a dialog stands behind a button that opens it', () => {
  const [region] = GENESYS_REGIONS as readonly [GenesysRegion, ...GenesysRegion[]];
  const buttons = (): string => JSON.stringify(stand.messages().at(-1)?.blocks?.at(-1));

  test('after its trigger has run out', async () => {
    stand.sandbox.faults.set({ fault: 'trigger-expires', on: true, times: 'always' });
    stand.opensDialog = () => true;
    stand.answers = async () => ({ kind: 'form', form: numberForm() });

    await stand.do({ deed: 'command', as: ada.userId, channel: direct, text: `${SLACK_COMMAND} link` });
    await stand.settled();

    expect(textsIn(direct)).toEqual([expect.stringContaining('This is a form. Press the button')]);
    expect(buttons()).toContain(
      JSON.stringify(JSON.stringify({ verb: 'link-number', reference: 'link-number', revision: 0 })),
    );
  });

  test('and with what was wrong, when it was closed meanwhile', async () => {
    const dialog = await openDialog();
    const typed = { organization: 'contoso-xx' };
    stand.answers = async () => {
      await stand.do({ deed: 'close', as: ada.userId, view_id: dialog, all: true });
      return {
        kind: 'form',
        form: { form: setUpSsoForm(region), typed, complaints: { organization: 'That is another organisation.' } },
      };
    };

    await works(submitted(dialog));

    const card = JSON.stringify(stand.messages().at(-1));
    expect(card).toContain('That is another organisation.');
    expect(card).toContain('contoso-xx');
    expect(buttons()).toContain('set-up-sso');
  });

  test('which fills in again what was typed, as far as the button can carry it', async () => {
    const typed = { region: 'eu_central_1', organization: 'contoso-xx' };
    const form = { form: setUpSsoForm(region), complaints: {}, typed };
    stand.answers = async () => ({ kind: 'form', form });
    await works(said('set up sso'));
    const { ts, blocks } = stand.messages().at(-1)!;
    const block = blocks?.at(-1) as { block_id: string; elements: { action_id: string; value: string }[] };
    stand.opensDialog = () => true;
    stand.answers = async () => ({ kind: 'form', form: { ...form, typed: {} } });

    const press = { block_id: block.block_id, action_id: block.elements[0]?.action_id };
    await stand.do({ deed: 'press', as: ada.userId, at: { channel: direct, ts }, ...press, entered: {} });
    await stand.settled();

    const dialog = stand.views().find(({ type, is_open }) => type === 'modal' && is_open);
    expect(JSON.stringify(dialog)).toContain('"initial_value":"contoso-xx"');
    expect(JSON.stringify(dialog)).toContain('"value":"eu_central_1"');
  });
});

describe('what is asked in a channel', () => {
  beforeEach(() => {
    stand.answers = async ({ place }) => {
      await stand.channel.post(place, view);
      return undefined;
    };
  });

  test('is answered in the direct messages, and a line in the thread says so', async () => {
    await works(await mention('status'));

    expect(textsIn(direct)).toEqual(['Card.']);
    expect(textsIn(GENERAL)).toEqual(['The answer comes in your direct messages with Latchkey.']);
    expect(stand.turns).toMatchObject([{ place: { kind: 'personal' }, said: { kind: 'text', text: 'status' } }]);
  });

  test('is answered there where it is the help, unless another company reads along', async () => {
    await works(await mention('help'));
    expect(textsIn(GENERAL)).toEqual(['Card.']);

    await works(await mention('help', { is_ext_shared_channel: true }));
    expect(textsIn(GENERAL)).toEqual(['Card.', 'The answer comes in your direct messages with Latchkey.']);
    expect(textsIn(direct)).toEqual(['Card.']);
  });

  test('with a button of the help is answered in the direct messages, too', async () => {
    await works(clicked(GENERAL, 'intent'));

    expect(textsIn(direct)).toEqual(['Card.']);
    expect(stand.turns[0]?.said).not.toHaveProperty('messageId');
  });

  test('is remembered by its channel, not by each thread', async () => {
    await works(await mention('help'), await mention('help'));

    expect([...stand.places.places.keys()]).toEqual([`${SLACK.teamId}/${GENERAL}`]);
  });

  test('by an account that is not linked brings the invitation, and one line about it', async () => {
    stand.links.clear();
    stand.answersUnlinked = async ({ place, said: what }) => {
      if (what.kind !== 'text') return { kind: 'refused', text: 'Link your account first.' };
      await stand.channel.post(place, view);
      return undefined;
    };

    await works(clicked(GENERAL, 'run-plan'));

    expect(textsIn(direct)).toEqual(['Card.']);
    expect(textsIn(GENERAL)).toEqual([expect.stringContaining('It has written to you in your direct messages')]);
  });
});

describe('who is mentioned', () => {
  const ana = SLACK_ACCOUNTS.find(({ name }) => name.startsWith('Ana'));

  test('is the person behind that account, whatever the label says', async () => {
    stand.links.set(ana?.userId ?? '', { personId: 'object-id-of-ana', name: 'Ana' });

    await works({ body: commandOf(`assign <@${ana?.userId}|gale>`) });

    expect(stand.turns).toMatchObject([{ said: { kind: 'text', text: 'assign object-id-of-ana' } }]);
  });

  test('is nobody where the account is not linked', async () => {
    await works(said(`assign <@${ana?.userId}>`));

    expect(stand.turns).toEqual([]);
    expect(textsIn(direct)).toEqual([expect.stringContaining('Write the user principal name instead')]);
  });
});

describe('too much', () => {
  test('of one account is answered in words now and then, and nothing is done with it', async () => {
    const limited = await SlackStand.start({ turnsPerMinute: 2 });
    for (let turn = 0; turn < 10; turn += 1) await limited.send(said('status'));
    await limited.settled();

    expect(limited.turns).toHaveLength(4);
    expect(limited.messages().map(({ text }) => text)).toEqual([expect.stringContaining('That was a lot at once')]);
    await limited.close();
  });

  test('for Latchkey is told in the acknowledgement, and what was taken is done', async () => {
    const busy = await SlackStand.start({ turnsPerMinute: 10_000 });
    let goOn = (): void => undefined;
    const held = new Promise<undefined>((resolve) => (goOn = () => resolve(undefined)));
    busy.answers = () => held;
    const [TAKEN, AT_ONCE] = [532, 32];
    for (let sent = 0; sent < TAKEN; sent += 1) await busy.send(said('status'));
    await until('as many as may are at work', async () => busy.turns.length === AT_ONCE);

    const { text } = await busy.send({ body: commandOf('status') });

    expect(text).toContain('Latchkey has more to do than it can take just now');
    goOn();
    await busy.settled();
    expect(busy.turns).toHaveLength(TAKEN);
    await busy.close();
  });

  test('of a guest is told once, and of a sent dialog at once', async () => {
    const guest = { user: 'U0ONECHANNE', channel: 'D0ONECHANNE' };

    await works(said('a', guest), said('b', guest), said('c', guest));

    expect(stand.messages().map(({ text }) => text)).toEqual([expect.stringMatching(/your account is a guest/)]);
    expect(stand.refusals).toEqual(['a guest', 'a guest', 'a guest']);
  });
});

test('a dialog from another workspace is closed with a sentence', async () => {
  await works(said('status'));
  const foreign = submitted('V1').body.replaceAll(SLACK.teamId, 'T0OTHER');

  const { text } = await stand.send({ body: foreign });

  expect(text).toContain('Latchkey does not serve this account');
});

describe('a command is told where its answer comes', () => {
  /** The address that takes what is said where the command was typed, and what it took. */
  async function origin(): Promise<{ url: string; said: string[]; close: () => Promise<void> }> {
    const said: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        said.push((JSON.parse(body) as { text: string }).text);
        response.end('ok');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      ...{ url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/r`, said },
      close: async () => void (await once(server.close(), 'close')),
    };
  }

  test('not in the direct messages where it comes, also the first time', async () => {
    const where = await origin();
    const { text: acknowledged } = await stand.send({
      body: commandOf('status', { channel_id: direct, response_url: where.url }),
    });
    await stand.settled();
    await where.close();

    expect([acknowledged, where.said]).toEqual(['', []]);
    expect(stand.turns).toHaveLength(1);
  });

  test('in those of two people, as soon as it is known that they are not the bot’s', async () => {
    const where = await origin();
    const { text: acknowledged } = await stand.send({
      body: commandOf('status', { channel_id: 'D0ADAANDOMAR', response_url: where.url }),
    });
    await stand.settled();
    await where.close();

    expect([acknowledged, where.said]).toEqual(['', ['The answer comes in your direct messages with Latchkey.']]);
  });

  test('in a channel, at once', async () => {
    const { text: acknowledged } = await stand.send({ body: commandOf('status') });

    expect(JSON.parse(acknowledged)).toMatchObject({ text: 'The answer comes in your direct messages with Latchkey.' });
  });
});

describe('the app’s own page', () => {
  const home = (): string => JSON.stringify(stand.views().filter(({ type }) => type === 'home'));

  test('is shown anew when the account has become somebody, or nobody', async () => {
    stand.answers = async () => ({ kind: 'view', view: { ...view, title: 'Known' } });
    stand.answersUnlinked = async () => ({ kind: 'view', view: { ...view, title: 'Unknown' } });
    const account = { team: SLACK.teamId, channelUserId: ada.userId };

    await stand.channel.refreshHome?.(account);
    const known = home();
    stand.links.clear();
    await stand.channel.refreshHome?.(account);

    expect(known).toContain('Known');
    expect(home()).toContain('Unknown');
    expect(stand.turns.map(({ said: what }) => what.kind)).toEqual(['home']);
  });

  test('of another workspace is nobody’s business, and a page that Slack does not take is a problem', async () => {
    await stand.channel.refreshHome?.({ team: 'T0ELSEWHERE', channelUserId: ada.userId });
    await new SandboxControl(stand.addresses.slack).fault('token-revoked');

    await expect(stand.channel.refreshHome?.({ team: SLACK.teamId, channelUserId: ada.userId })).rejects.toMatchObject({
      facts: { system: 'slack' },
    });
    expect(stand.turns).toHaveLength(0);
  });
});

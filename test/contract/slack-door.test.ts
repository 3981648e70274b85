import { SLACK } from '../../sandbox/credentials.js';
import { ada, commandOf, FORM, messageOf, silentServer, SlackStand, type Signed } from './slack-stand.js';

let stand: SlackStand;
beforeEach(async () => (stand = await SlackStand.start()));
afterEach(() => stand.close());

const JSON_TYPE = 'application/json';

describe('T18: what is not from Slack, now and for the first time, is refused and nobody hears of it', () => {
  const TABLE: readonly (readonly [string, () => Signed, number, string])[] = [
    ['signed with another secret', () => ({ body: commandOf('help'), secret: 'x'.repeat(32) }), 401, 'signature'],
    ['signed an hour ago', () => ({ body: commandOf('help'), drift: -3_600 }), 401, 'timestamp'],
    ['signed six minutes ago', () => ({ body: commandOf('help'), drift: -360 }), 401, 'timestamp'],
    ['signed six minutes ahead', () => ({ body: commandOf('help'), drift: 360 }), 401, 'timestamp'],
    ['without a signature', () => unsigned({ 'X-Slack-Signature': undefined }), 401, 'no signature'],
    ['without a timestamp', () => unsigned({ 'X-Slack-Request-Timestamp': undefined }), 401, 'no signature'],
    ['with a timestamp of words', () => unsigned({ 'X-Slack-Request-Timestamp': 'now' }), 401, 'timestamp'],
    ['with an empty signature', () => unsigned({ 'X-Slack-Signature': 'v0=' }), 401, 'signature'],
    ['signed by another version', () => unsigned({ 'X-Slack-Signature': `v1=${'0'.repeat(64)}` }), 401, 'signature'],
    ['of another content type', () => ({ body: commandOf('help'), type: 'text/plain' }), 415, 'content type'],
    ['a form with a charset', () => ({ body: commandOf('help'), type: `${FORM}; charset=utf-8` }), 415, 'content type'],
    ['of no content type', () => unsigned({ 'Content-Type': undefined }), 415, 'content type'],
    ['compressed', () => unsigned({ 'Content-Encoding': 'gzip' }), 415, 'content type'],
    ['without a body', () => ({ body: '' }), 400, 'no body'],
    ['JSON that is none', () => ({ body: '{', type: JSON_TYPE }), 400, 'body'],
    ['a payload that is no JSON', () => ({ body: 'payload=%7B' }), 400, 'body'],
    ['two payloads', () => ({ body: 'payload=%7B%7D&payload=%7B%7D' }), 400, 'body'],
    ['nested too deeply', () => ({ body: '['.repeat(200) + ']'.repeat(200), type: JSON_TYPE }), 400, 'body'],
    ['too large', () => ({ body: commandOf('x'.repeat(300_000)) }), 413, 'body'],
  ];

  const unsigned = (headers: Signed['headers']): Signed => ({ body: commandOf('help'), headers });

  test.each(TABLE)('a request %s', async (_what, request, status, refusal) => {
    const sent = await stand.send(request());
    await stand.settled();

    expect(sent).toMatchObject({ status, text: '' });
    expect(sent.headers.get('x-slack-no-retry')).toBe('1');
    expect(stand.refusals).toEqual([refusal]);
    expect([...stand.turns, ...stand.unlinked]).toEqual([]);
  });

  test('the same signature twice: the second is a replay', async () => {
    const signed = { body: commandOf('help'), at: Math.floor(Date.now() / 1_000) };

    const [first, second] = [await stand.send(signed), await stand.send(signed)];
    await stand.settled();

    expect([first.status, second.status]).toEqual([200, 401]);
    expect(stand.turns).toHaveLength(1);
    expect(stand.refusals).toEqual(['replayed signature']);
  });

  test('a retry of Slack is signed anew, acknowledged, and worked on once', async () => {
    const body = messageOf('help');

    await stand.send({ body, type: JSON_TYPE });
    const again = await stand.send({ body, type: JSON_TYPE, drift: -1, headers: { 'X-Slack-Retry-Num': '1' } });
    await stand.settled();

    expect(again.status).toBe(200);
    expect(stand.turns).toHaveLength(1);
  });

  test('a good one is let in', async () => {
    expect(await stand.send({ body: commandOf('help') })).toMatchObject({ status: 200 });
    await stand.settled();

    expect(stand.turns).toMatchObject([
      {
        account: { channel: 'slack', channelUserId: ada.userId, personId: ada.personId, name: 'Ada Admin' },
        place: { channel: 'slack', conversation: `${SLACK.teamId}/D${ada.userId.slice(1)}`, kind: 'personal' },
        said: { kind: 'text', text: 'help' },
      },
    ]);
  });

  test('Slack’s look at the certificate is answered, with nothing smuggled along', async () => {
    const sent = await stand.send({
      body: `ssl_check=1&${commandOf('help')}`,
      headers: { 'X-Slack-Signature': 'v0=' },
    });
    await stand.settled();

    expect(sent).toMatchObject({ status: 200, text: '' });
    expect(stand.turns).toEqual([]);
  });

  test('Slack’s question for the address is answered, signed only', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });

    expect(await stand.send({ body, type: JSON_TYPE })).toMatchObject({ status: 200, text: '{"challenge":"abc"}' });
    expect(await stand.send({ body, type: JSON_TYPE, secret: 'y'.repeat(32) })).toMatchObject({ status: 401 });
  });
});

describe('who is not of this workspace is not served, however well it is signed', () => {
  const FOREIGN: readonly (readonly [string, () => Signed, string])[] = [
    ['another workspace', () => ({ body: commandOf('help', { team_id: 'T0OTHER' }) }), 'another workspace'],
    [
      'a whole organisation',
      () => ({ body: commandOf('help', { is_enterprise_install: 'true' }) }),
      'a whole organisation',
    ],
    ['a guest', () => ({ body: commandOf('help', { user_id: 'U0ONECHANNE' }) }), 'a guest'],
    ['somebody whom Slack does not know', () => ({ body: commandOf('help', { user_id: 'U0NOBODY' }) }), 'a stranger'],
    ['the bot itself', () => ({ body: messageOf('help', { user: SLACK.botUserId }), type: JSON_TYPE }), 'a bot'],
    [
      'a stranger in a shared channel',
      () => ({ body: messageOf('help', { user: 'U0STRANGER1', user_team: 'T0FABRIKAM' }), type: JSON_TYPE }),
      'a stranger',
    ],
  ];

  test.each(FOREIGN)('%s', async (_who, request, refusal) => {
    expect(await stand.send(request())).toMatchObject({ status: 200 });
    await stand.settled();

    expect(stand.refusals).toEqual([refusal]);
    expect([...stand.turns, ...stand.unlinked]).toEqual([]);
  });

  test('a guest is told in words, a bot hears nothing', async () => {
    await stand.send({ body: messageOf('help', { user: 'U0ONECHANNE', channel: 'D0ONECHANNE' }), type: JSON_TYPE });
    await stand.send({ body: messageOf('help', { bot_id: 'B0OTHER' }), type: JSON_TYPE });
    await stand.settled();

    expect(stand.messages().map(({ text }) => text)).toEqual([expect.stringMatching(/your account is a guest/)]);
    expect(stand.turns).toEqual([]);
  });

  test('an account that nobody has proven to be somebody may be linked, and nothing else', async () => {
    stand.links.clear();

    await stand.send({ body: messageOf('set up sso'), type: JSON_TYPE });
    await stand.settled();

    expect(stand.turns).toEqual([]);
    expect(stand.unlinked).toMatchObject([
      { user: { team: SLACK.teamId, channelUserId: ada.userId, name: 'Ada Admin' }, said: { text: 'set up sso' } },
    ]);
  });
});

describe('Slack waits three seconds', () => {
  test('each kind of delivery is acknowledged while everything behind the door hangs', async () => {
    stand.answers = () => new Promise(() => undefined);
    stand.inbox.slowly = () => new Promise(() => undefined);
    const interaction = { user: { id: ada.userId, team_id: SLACK.teamId }, team: { id: SLACK.teamId } };
    const click = {
      ...{ type: 'block_actions', ...interaction, trigger_id: 'x' },
      actions: [
        { type: 'button', action_id: 'verb-0', value: JSON.stringify({ verb: 'a', reference: 'b', revision: 1 }) },
      ],
      container: { message_ts: '1.1', channel_id: 'C0GENERAL01' },
    };
    const form = {
      ...{ type: 'view_submission', ...interaction },
      view: { id: 'V1', callback_id: 'f', private_metadata: JSON.stringify({ conversation: 'T/D1' }) },
    };
    const search = { type: 'block_suggestion', ...interaction, action_id: 'person', value: 'ana' };
    const payload = (value: object): Signed => ({
      body: new URLSearchParams({ payload: JSON.stringify(value) }).toString(),
    });

    const sent = await Promise.all(
      [
        { body: commandOf('help') },
        { body: messageOf('help'), type: JSON_TYPE },
        ...[click, form, search].map(payload),
      ].map((request) => stand.send(request)),
    );

    expect(sent.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(Math.max(...sent.map(({ ms }) => ms))).toBeLessThan(3_000);
    expect(JSON.parse(sent[3]?.text ?? '')).toMatchObject({ response_action: 'update' });
    expect(JSON.parse(sent[4]?.text ?? '')).toEqual({ options: [] });
    stand.abandon();
  }, 20_000);

  test('a Slack that does not answer stops nobody: what comes is acknowledged, and what goes fails in words', async () => {
    const silent = await silentServer();
    const lonely = await SlackStand.start({ apiUrl: `${silent.url}/api` });

    const sent = await lonely.send({ body: commandOf('help') });
    const here = { channel: 'slack', conversation: `${SLACK.teamId}/D1`, kind: 'personal' } as const;
    const written = lonely.channel.say(here, 'Hello');

    expect(sent).toMatchObject({ status: 200 });
    await expect(written).rejects.toMatchObject({ facts: { system: 'slack', answer: 'timeout' } });
    await lonely.settled();
    await lonely.close();
    await silent.close();
  }, 20_000);
});

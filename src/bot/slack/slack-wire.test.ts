import { isResponseUrl } from './response-url.js';
import { isFileUrl } from './slack-file.js';
import { readButton, readInputs, readMissing } from './slack-state.js';
import { decoded } from './slack-text.js';
import { readDelivery } from './slack-wire.js';
import { typedText, withoutMention } from './typed-text.js';

test.each([
  ['assign <mailto:b.simon@contoso.example|b.simon@contoso.example>', 'assign b.simon@contoso.example'],
  ['assign <@U1|ana> now', 'assign <@U1> now'],
  ['see <https://x.example/a?b=1&amp;c=2|x.example>', 'see x.example'],
  ['Smith &amp; Sons &lt;3', 'Smith & Sons <3'],
  ['&amp;lt;!channel&amp;gt;', '&lt;!channel&gt;'],
  ['a < b', 'a < b'],
])('%s was typed as %s', (sent, typed) => {
  expect(typedText(sent)).toBe(typed);
});

test('entities are decoded once, and the bot’s own mention is no word of the question', () => {
  expect(decoded('&amp;amp;')).toBe('&amp;');
  expect(withoutMention(typedText('<@U0LATCHKEY> status'), 'U0LATCHKEY')).toBe('status');
});

test.each([
  ['https://hooks.slack.com/actions/T1/2/x', true],
  ['https://hooks.slack.com:8443/x', false],
  ['https://hooks.slack.com.evil.example/x', false],
  ['https://me@hooks.slack.com/x', false],
  ['http://hooks.slack.com/x', false],
  ['http://127.0.0.1:4040/r', false],
  ['not an address', false],
])('T20: beside the real Slack, an answer may go to %s: %s', (url, isTaken) => {
  expect(isResponseUrl(url, false)).toBe(isTaken);
});

test('T20: in front of a sandbox only this machine is answered, and files only come from it', () => {
  expect(isResponseUrl('http://127.0.0.1:4040/r', true)).toBe(true);
  expect(isResponseUrl('https://hooks.slack.com/x', true)).toBe(false);
  expect(isFileUrl('http://127.0.0.1:4040/files/a', { isLoopbackOnly: true })).toBe(true);
  expect(isFileUrl('https://files.slack.com/a', { isLoopbackOnly: true })).toBe(false);
});

test.each([
  ['https://files.slack.com/files-pri/T1-F1/download/a.csv', true],
  ['https://slack-files.com/a.csv', false],
  ['https://files.slack.com.evil.example/a', false],
  ['https://files.slack.com:444/a', false],
  ['http://files.slack.com/a', false],
])('T20: the bot’s token goes to %s: %s', (url, isTaken) => {
  expect(isFileUrl(url, { isLoopbackOnly: false })).toBe(isTaken);
});

describe('what stands on a message', () => {
  test('a button that is not ours is none', () => {
    for (const value of [undefined, null, '', 'x', '{}', '{"verb":"a","reference":"\\u0000","revision":1}']) {
      expect(readButton(value)).toBeUndefined();
    }
    expect(readButton('{"verb":"a","reference":"b","revision":1}')).toEqual({ verb: 'a', reference: 'b', revision: 1 });
  });

  test('inputs are read by the id of our element, whatever their kind', () => {
    const values = {
      x: { org: { type: 'plain_text_input', value: 'contoso' } },
      y: { region: { selected_option: { value: 'de' } } },
      z: { roles: { selected_options: [{ value: 'a' }, { value: 'b' }] } },
      w: { empty: { value: null }, odd: 7 },
    };

    expect(readInputs(values)).toEqual({ org: 'contoso', region: 'de', roles: 'a,b' });
    expect(readInputs('x')).toEqual({});
  });

  test('an input that must be filled in and is not is asked for in its own words', () => {
    const input = (optional: boolean, hint?: object): object => ({
      ...{ type: 'input', optional, label: { text: 'Person' }, element: { action_id: 'who' } },
      ...(hint ? { hint } : {}),
    });

    expect(readMissing([input(false, { text: 'Choose the person.' })], {})).toBe('Choose the person.');
    expect(readMissing([input(false)], {})).toBe('“Person” is needed.');
    expect(readMissing([input(true)], {})).toBeUndefined();
    expect(readMissing([input(false)], { a: { who: { value: 'ana' } } })).toBeUndefined();
  });
});

describe('what is said by nobody is not answered', () => {
  const event = { type: 'message', channel_type: 'im', user: 'U1', channel: 'D1', text: 'x', ts: '1.1' };
  const callback = (changes: object): object => ({
    ...{ type: 'event_callback', team_id: 'T1', event_id: 'Ev1' },
    event: { ...event, ...changes },
  });

  test.each([
    ['an edited message', callback({ subtype: 'message_changed' })],
    ['what an app wrote', callback({ bot_id: 'B1' })],
    ['a message in a channel', callback({ channel_type: 'channel' })],
    [
      'a button of another app',
      { type: 'block_actions', user: { id: 'U1' }, actions: [{ type: 'button', action_id: 'a' }] },
    ],
    ['a closed dialog', { type: 'view_closed', user: { id: 'U1' }, view: { id: 'V1' } }],
    ['nothing', undefined],
  ])('%s', (_what, body) => {
    expect(readDelivery(body)).toBeUndefined();
  });

  test('a parent message is where it stands, not in a thread of its own', () => {
    const body = {
      ...{ type: 'block_actions', user: { id: 'U1' }, team: { id: 'T1' } },
      actions: [{ type: 'button', action_id: 'a', value: '{"verb":"a","reference":"b","revision":1}' }],
      ...{ channel: { id: 'D1' }, message: { ts: '1.1', thread_ts: '1.1' } },
    };

    expect(readDelivery(body)?.deed).toMatchObject({ surface: { channel: 'D1', ts: '1.1', thread: undefined } });
  });
});

test('a mention is heard in its thread, and begins one where there is none', () => {
  const event = { type: 'app_mention', user: 'U1', channel: 'C1', text: '<@U9> status', ts: '2.2' };
  const body = { type: 'event_callback', team_id: 'T1', event_id: 'Ev2', event };

  expect(readDelivery(body)?.deed).toMatchObject({
    kind: 'mention',
    text: '<@U9> status',
    channel: 'C1',
    thread: '2.2',
  });
  expect(readDelivery({ ...body, event: { ...event, thread_ts: '1.1' } })?.deed).toMatchObject({ thread: '1.1' });
});

import fc from 'fast-check';
import { SLACK } from '../../sandbox/credentials.js';
import { ada, commandOf, FORM, messageOf, SlackStand, type Signed } from './slack-stand.js';

let stand: SlackStand;
beforeAll(async () => (stand = await SlackStand.start()));
afterAll(() => stand.close());

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '',
    '\u0000',
    '\u202E',
    '<!channel>',
    '<@U1|x>',
    'x'.repeat(5_000),
    '%00',
  ),
);
const scalar = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null));
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
})).value;

const user = { id: ada.userId, team_id: SLACK.teamId };
const value = JSON.stringify({ verb: 'run-plan', reference: 'x', revision: 1 });
const view = { id: 'V1', hash: 'h', callback_id: 'set-up-sso', private_metadata: '{"conversation":"T/D1"}' };
const interaction = { user, team: { id: SLACK.teamId }, trigger_id: 't', response_url: 'http://127.0.0.1:9/r' };
/** Deliveries that would be let in, for the fields to be spoilt one by one. */
const GOOD: readonly Readonly<Record<string, unknown>>[] = [
  {
    ...{ type: 'block_actions', ...interaction, container: { message_ts: '1.1', channel_id: 'D1' } },
    ...{ actions: [{ type: 'button', action_id: 'verb-0', action_ts: '2.2', value }], message: { ts: '1.1' } },
    state: { values: { a: { person: { value: 'ana' } } } },
  },
  { type: 'view_submission', ...interaction, view: { ...view, state: { values: {} } } },
  { type: 'block_suggestion', ...interaction, action_id: 'person', value: 'ana' },
  { type: 'message_action', ...interaction, action_ts: '3.3', message: { user: 'U1' } },
  { type: 'view_closed', ...interaction, view },
  { type: 'shortcut', ...interaction, callback_id: 'x' },
  JSON.parse(messageOf('help')) as Record<string, unknown>,
];

const spoilt = fc
  .tuple(fc.constantFrom(...GOOD), fc.nat(), anything, fc.dictionary(word, anything, { maxKeys: 2 }))
  .map(([good, at, instead, more]) => {
    const names = Object.keys(good);
    return { ...good, ...more, [names[at % names.length] ?? '']: instead };
  });

const signed: fc.Arbitrary<Signed> = fc.oneof(
  spoilt.map((body) => ({ body: new URLSearchParams({ payload: JSON.stringify(body) }).toString(), type: FORM })),
  spoilt.map((body) => ({ body: JSON.stringify(body), type: 'application/json' })),
  anything.map((body) => ({ body: JSON.stringify(body) ?? '', type: 'application/json' })),
  fc.dictionary(word, word, { maxKeys: 5 }).map((fields) => ({ body: new URLSearchParams(fields).toString() })),
  word.map((text) => ({ body: commandOf(text) })),
  fc
    .tuple(fc.constantFrom('user_id', 'team_id', 'trigger_id', 'response_url', 'channel_id'), word)
    .map(([name, text]) => ({
      body: commandOf('help', { [name]: text }),
    })),
);

test('T21: whatever is signed and spoilt gets an answer below 500, at once, that tells nothing', async () => {
  await fc.assert(
    fc.asyncProperty(signed, async (request) => {
      const { status, text, ms } = await stand.send(request);

      expect(status).toBeLessThan(500);
      expect(status).not.toBe(404);
      expect(ms).toBeLessThan(2_500);
      expect(text).not.toMatch(/node_modules|Error\b|\bat .*:\d+:\d+/);
    }),
    { numRuns: 400 },
  );
  await stand.settled();

  expect(stand.log.text()).not.toContain('A route failed');
  expect(await stand.send({ body: commandOf('help') })).toMatchObject({ status: 200 });
}, 120_000);

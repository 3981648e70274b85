import fc from 'fast-check';
import { type InboundActivity, inboundActivity, readSaid, readSender } from './activity.js';

const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
const ADA = '0e0b1ec7-0000-4000-8000-000000000001';

const message = {
  type: 'message',
  id: '1',
  channelId: 'msteams',
  serviceUrl: 'http://127.0.0.1:4030',
  from: { id: '29:ada', name: 'Ada Admin', aadObjectId: ADA },
  recipient: { id: '28:latchkey' },
  conversation: { id: 'a:ada', conversationType: 'personal', tenantId: TENANT },
  channelData: { tenant: { id: TENANT } },
  text: 'help',
};

function activity(changes: object = {}): InboundActivity {
  return inboundActivity.parse({ ...message, ...changes });
}

describe('who sent it', () => {
  test('a member of our tenant is known by the object id, not by the name', () => {
    expect(readSender(activity(), TENANT)).toEqual({
      kind: 'known',
      account: { channel: 'teams', channelUserId: '29:ada', personId: ADA, name: 'Ada Admin' },
      place: { channel: 'teams', conversation: 'a:ada', kind: 'personal' },
    });
  });

  const conversation = { id: 'a:ada', conversationType: 'personal' };

  test.each([
    ['another channel than Teams', 'another channel', { channelId: 'emulator' }],
    ['another tenant in the channel data', 'another tenant', { channelData: { tenant: { id: ADA } } }],
    ['another tenant in the conversation', 'another tenant', { conversation: { ...conversation, tenantId: ADA } }],
    ['no tenant at all', 'another tenant', { channelData: {}, conversation }],
    ['no kind of conversation', 'unknown kind of conversation', { conversation: { id: 'a:ada', tenantId: TENANT } }],
    ['no object id', 'no object id', { from: { id: '29:ada', name: 'Ada Admin' } }],
    ['something else for an object id', 'no object id', { from: { id: '29:ada', aadObjectId: 'ada@contoso.example' } }],
  ])('%s is refused', (_what, why, changes) => {
    expect(readSender(activity(changes), TENANT)).toEqual({ kind: 'refused', why });
  });

  test('a channel conversation keeps its thread', () => {
    const conversation = { id: '19:x@thread.tacv2;messageid=5', conversationType: 'channel', tenantId: TENANT };

    expect(readSender(activity({ conversation }), TENANT)).toMatchObject({
      place: { conversation: conversation.id, kind: 'channel' },
    });
  });
});

describe('what was said', () => {
  test('in a channel the mention of the bot is not part of the sentence, that of another is', () => {
    const entities = [
      { type: 'mention', mentioned: { id: '28:latchkey' }, text: '<at>Latchkey</at>' },
      { type: 'mention', mentioned: { id: '29:ana' }, text: '<at>Ana</at>' },
      { type: 'clientInfo' },
    ];

    expect(readSaid(activity({ text: '<at>Latchkey</at> assign <at>Ana</at>\n', entities }))).toEqual({
      kind: 'text',
      text: 'assign <at>Ana</at>',
    });
  });

  test('whoever is mentioned stands there by object id where Teams says it, and only marked by name where it does not', () => {
    const aadObjectId = '33333333-AAAA-4000-8000-000000000004';
    const entities = [
      { type: 'mention', mentioned: { id: '29:ana', name: 'Ana', aadObjectId }, text: '<at>Ana</at>' },
      { type: 'mention', mentioned: { id: '29:zoe', aadObjectId: 'zoe@contoso.example' }, text: '<at>Zoe</at>' },
    ];

    expect(readSaid(activity({ text: 'request for <at>Ana</at> and <at>Zoe</at>', entities }))).toEqual({
      kind: 'text',
      text: 'request for 33333333-aaaa-4000-8000-000000000004 and <at>Zoe</at>',
    });
  });

  const mentionOf = (id: string, name: string, aadObjectId?: string) => ({
    ...{ type: 'mention', mentioned: { id, aadObjectId }, text: `<at>${name}</at>` },
  });
  const [ONE, OTHER] = ['33333333-0000-4000-8000-000000000004', '33333333-0000-4000-8000-000000000005'];
  const saidWith = (text: string, entities: object[]) => readSaid(activity({ text, entities }));

  test.each([
    ['two people', [mentionOf('29:a', 'Ana', ONE), mentionOf('29:b', 'Ana', OTHER)]],
    ['one whose account is known and one whose is not', [mentionOf('29:a', 'Ana', ONE), mentionOf('29:b', 'Ana')]],
  ])('mentions that read alike and mean %s stay marked, as nothing says which is which', (_whom, entities) => {
    const text = 'request for <at>Ana</at> because <at>Ana</at> asked';

    expect(saidWith(text, entities)).toEqual({ kind: 'text', text });
  });

  test('somebody who is mentioned twice is the same person twice; what merely looks like a mention is none', () => {
    const ana = mentionOf('29:a', 'Ana', ONE);

    expect(saidWith('for <at>Ana</at>, <at>Ana</at>', [ana, ana])).toMatchObject({ text: `for ${ONE}, ${ONE}` });
    expect(saidWith('for <at>Ana</at>, <at>Ana</at>', [ana])).toMatchObject({ text: `for ${ONE}, <at>Ana</at>` });
  });

  const button = { verb: 'run', reference: 'plan:1', revision: 3 };

  test('a pressed button is a click with its inputs and its message', () => {
    const value = {
      action: { type: 'Action.Execute', verb: 'run', data: { ...button, region: 'de', n: 5 } },
      trigger: 'manual',
    };

    expect(readSaid(activity({ type: 'invoke', name: 'adaptiveCard/action', replyToId: '77', value }))).toEqual({
      kind: 'click',
      ...button,
      inputs: { region: 'de' },
      messageId: '77',
    });
  });

  test('a card that refreshes itself presses "refresh", whatever the verb', () => {
    const value = { action: { type: 'Action.Execute', verb: 'run', data: button }, trigger: 'automatic' };

    expect(readSaid(activity({ type: 'invoke', name: 'adaptiveCard/action', value }))).toMatchObject({
      verb: 'refresh',
    });
  });

  test('a button of an old client arrives as a message and is the same click', () => {
    expect(readSaid(activity({ text: undefined, replyToId: '77', value: { ...button, region: 'de' } }))).toEqual({
      kind: 'click',
      ...button,
      inputs: { region: 'de' },
      messageId: '77',
    });
  });

  test.each([
    ['no data', { action: { type: 'Action.Execute', verb: 'run' } }],
    ['another action', { action: { type: 'Action.Submit', verb: 'run', data: button } }],
    [
      'a revision that is no number',
      { action: { type: 'Action.Execute', verb: 'run', data: { ...button, revision: '3' } } },
    ],
    ['nothing', undefined],
  ])('a button with %s is not one of ours', (_what, value) => {
    expect(readSaid(activity({ type: 'invoke', name: 'adaptiveCard/action', value }))).toBe('not-ours');
  });

  test('letters typed into a list that the bot fills are a search, cut where nobody types on', () => {
    const value = { queryText: ` sim${'x'.repeat(9_000)}`, queryOptions: { skip: 0, top: 15 }, dataset: 'people' };
    const said = readSaid(activity({ type: 'invoke', name: 'application/search', value }));

    expect(said).toMatchObject({ kind: 'search', dataset: 'people', words: expect.stringMatching(/^simx{3997}$/) });
  });

  test.each([
    ['no letters', { dataset: 'people' }],
    ['no dataset', { queryText: 'sim' }],
    ['nothing', undefined],
  ])('a search with %s is not one of ours', (_what, value) => {
    expect(readSaid(activity({ type: 'invoke', name: 'application/search', value }))).toBe('not-ours');
  });

  test.each([
    ['installed', { type: 'installationUpdate', action: 'add' }, { kind: 'arrived' }],
    ['upgraded', { type: 'installationUpdate', action: 'add-upgrade' }, { kind: 'arrived' }],
    ['added', { type: 'conversationUpdate', membersAdded: [{ id: '28:latchkey' }] }, { kind: 'arrived' }],
    ['removed', { type: 'installationUpdate', action: 'remove' }, undefined],
    ['somebody else added', { type: 'conversationUpdate', membersAdded: [{ id: '29:ana' }] }, undefined],
    ['liked', { type: 'messageReaction' }, undefined],
  ])('being %s says what it should', (_what, changes, said) => {
    expect(readSaid(activity(changes))).toEqual(said);
  });
});

test('nothing that passes the schema makes reading throw', () => {
  const arbitrary = fc.record(
    {
      type: fc.constantFrom('message', 'invoke', 'conversationUpdate', 'installationUpdate', 'x'),
      name: fc.constantFrom('adaptiveCard/action', 'application/search', 'other'),
      text: fc.string(),
      value: fc.anything(),
      entities: fc.array(fc.anything()),
      channelData: fc.anything(),
      conversation: fc.anything(),
      from: fc.anything(),
    },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(arbitrary, (changes) => {
      const parsed = inboundActivity.safeParse({ ...message, ...changes });
      if (!parsed.success) return;

      readSender(parsed.data, TENANT);
      readSaid(parsed.data);
    }),
    { numRuns: 500 },
  );
});

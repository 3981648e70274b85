import { createTeams, type Teams } from '../../src/bot/teams/teams.js';
import type { View } from '../../src/dialogs/views/view.js';
import { onRemoteCall } from '../../src/services/platform/remote-calls.js';
import { silentLog } from '../../src/services/platform/testing/test-parts.js';
import { card, ConnectorStub, MapStore, TENANT } from './teams-stand.js';

let connector: ConnectorStub;
let teams: Teams;

const placeOf = (conversation: string) => ({ channel: 'teams', conversation, kind: 'personal' }) as const;
const ada = placeOf('a:ada');

beforeEach(async () => {
  connector = new ConnectorStub();
  const serviceUrl = await connector.listen();
  const places = new MapStore();
  for (const conversation of ['a:ada', 'a:omar']) {
    const reference = {
      bot: { id: '28:latchkey' },
      conversation: { id: conversation },
      channelId: 'msteams',
      serviceUrl,
    };
    await places.save({ ...placeOf(conversation), reference });
  }
  const credentials = { kind: 'loopback-only' } as const;
  teams = createTeams({ credentials, tenantId: TENANT, places, log: silentLog, http: { timeoutMs: 1_000 } });
});

afterEach(() => connector.close());

const methods = (): string[] => connector.calls.map(({ method }) => method);
const titled = (title: string): View => ({ ...card, title, fallback: title });

describe('a new message', () => {
  test.each<[string, ConnectorStub['failures']]>([
    [
      'as Teams says when',
      [
        { status: 429, retryAfter: '0' },
        { status: 429, retryAfter: '0' },
      ],
    ],
    ['though Teams does not say when', [429]],
    ['after a conflict', [412]],
  ])('that was throttled arrives once, %s', async (_when, failures) => {
    connector.failures = [...failures];

    await expect(teams.channel.post(ada, card)).resolves.toBe(`out-${failures.length + 1}`);
    expect(connector.calls).toHaveLength(failures.length + 1);
  });

  test('waits for nobody who asks for a minute, and says so', async () => {
    connector.failures = [{ status: 429, retryAfter: '60' }];

    await expect(teams.channel.post(ada, card)).rejects.toMatchObject({ facts: { answer: 'throttled', status: 429 } });
    expect(methods()).toEqual(['POST']);
  });

  test('that is throttled for ever is given up', async () => {
    connector.failures = Array.from({ length: 9 }, () => ({ status: 429, retryAfter: '0' }));

    await expect(teams.channel.post(ada, card)).rejects.toMatchObject({ facts: { answer: 'throttled' } });
    expect(connector.calls).toHaveLength(3);
  });

  test.each<[string, ConnectorStub['failures'][number], string]>([
    ['whose answer is lost', 'lost', 'unavailable'],
    ['that is not answered', 'hang', 'timeout'],
    ['that Teams fails over', 500, 'unavailable'],
    ['that a gateway gives up on', 504, 'unavailable'],
  ])('%s may stand there already: it is not sent a second time', async (_what, failure, answer) => {
    connector.failures = [failure];

    await expect(teams.channel.post(ada, card)).rejects.toMatchObject({ facts: { system: 'teams', answer } });
    expect(methods()).toEqual(['POST']);
  });

  test('that nobody has taken is sent again, as it surely stands nowhere', async () => {
    const port = Number(new URL(await reopenedLater()).port);
    const ended = onRemoteCall(({ result }) => {
      if (result !== 'refused') return;
      ended();
      void connector.listen(port);
    });

    await teams.channel.post(ada, card);

    expect(methods()).toEqual(['POST']);
  });

  /** Closes the connector. @returns where it was. */
  async function reopenedLater(): Promise<string> {
    const { url } = connector;
    await connector.close();
    return url;
  }
});

describe('an update', () => {
  test.each<[string, ConnectorStub['failures'][number]]>([
    ['that Teams fails over', 500],
    ['whose answer is lost', 'lost'],
  ])('%s is sent again: twice is once', async (_what, failure) => {
    connector.failures = [failure];

    await teams.channel.replace(ada, '9', card);

    expect(methods()).toEqual(['PUT', 'PUT']);
  });

  test('of a message that is gone is a problem at once', async () => {
    connector.failures = [404];

    await expect(teams.channel.replace(ada, '9', card)).rejects.toMatchObject({ facts: { answer: 'not-found' } });
    expect(methods()).toEqual(['PUT']);
  });
});

describe('conversations', () => {
  test('what goes to one arrives in the order it was written, also when something in the middle has to be sent again', async () => {
    connector.failures = [429, 503];
    const titles = ['first', 'second', 'third', 'fourth'];

    await Promise.all(titles.map((title) => teams.channel.replace(ada, '9', titled(title))));

    expect(connector.bodies().map((body) => body['summary'])).toEqual(['first', 'first', 'first', ...titles.slice(1)]);
  });

  test('one that does not answer holds up no other', async () => {
    connector.stuck.add('a:ada');
    let isAdaDone = false;
    const stuck = teams.channel.post(ada, card).finally(() => (isAdaDone = true));

    await Promise.all([1, 2, 3].map((number) => teams.channel.post(placeOf('a:omar'), titled(String(number)))));

    expect(isAdaDone).toBe(false);
    await expect(stuck).rejects.toMatchObject({ facts: { answer: 'timeout' } });
  });

  test('one that is stuck takes a hundred messages and refuses the rest in words, so that memory stays bounded', async () => {
    connector.failures = [{ status: 429, retryAfter: '1' }];
    const waiting = Array.from({ length: 100 }, () => teams.channel.replace(ada, '9', card));

    await expect(teams.channel.post(ada, card)).rejects.toMatchObject({
      facts: { answer: 'throttled', why: expect.stringContaining('waiting') },
    });
    await Promise.all(waiting);
    await expect(teams.channel.post(ada, card)).resolves.toBe('out-102');
  });
});

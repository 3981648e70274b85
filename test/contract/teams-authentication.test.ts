import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { startHttpServer, type HttpServer } from '../../src/bot/http-server.js';
import { createTeams, type Teams } from '../../src/bot/teams/teams.js';
import type { Answer, Turn } from '../../src/dialogs/turn.js';
import { createConnectorTokens } from '../../src/services/entra/connector-tokens.js';
import { recordingLog } from '../../src/services/platform/testing/test-parts.js';
import { APP_ID, BotFrameworkStub, makeKey, PASSWORD } from './bot-framework-stub.js';
import { ADA, card, ConnectorStub, MapStore, messageOfAda, TENANT } from './teams-stand.js';

interface World {
  readonly framework: BotFrameworkStub;
  readonly connector: ConnectorStub;
  readonly serviceUrl: string;
  readonly places: MapStore;
  readonly teams: Teams;
  readonly bot: HttpServer;
  readonly turns: Turn[];
  answer: (turn: Turn) => Promise<Answer | undefined>;
  readonly logged: () => string;
  readonly refused: string[];
}

async function start(lookAgainMs: number, hosts: readonly string[] | 'loopback' = 'loopback'): Promise<World> {
  const framework = await BotFrameworkStub.start();
  const connector = new ConnectorStub();
  const serviceUrl = await connector.listen();
  const places = new MapStore();
  const { log, text: logged } = recordingLog();
  const proof = { kind: 'secret', password: { reveal: () => PASSWORD } } as const;
  const cloud = {
    openIdUrl: framework.openIdUrl,
    tokenIssuer: framework.url,
    loginUrl: framework.url,
    tokenScope: 'https://api.botframework.com/.default',
    serviceHosts: hosts,
    fileDomain: 'loopback' as const,
  };
  const registration = { kind: 'registered', appId: APP_ID, tenantId: TENANT, proof, cloud } as const;
  const refused: string[] = [];
  const teams = createTeams({
    credentials: {
      ...registration,
      tokens: createConnectorTokens(registration, { clock: { wall: () => new Date() } }),
    },
    tenantId: TENANT,
    places,
    log,
    http: { timeoutMs: 1_000, keys: { lookAgainMs, timeoutMs: 500 } },
    onRefused: (refusal) => refused.push(refusal),
  });
  const turns: Turn[] = [];
  const door = teams.openDoor((turn) => {
    turns.push(turn);
    return made.answer(turn);
  });
  const ready = async () => ({ ok: true, checks: {} });
  const secrets = { exists: async () => false, open: async () => undefined };
  const bot = await startHttpServer({ host: '127.0.0.1', port: 0, teams: door, ready, secrets, log });
  const answer = async (): Promise<Answer> => ({ kind: 'view', view: card });
  const made: World = { framework, connector, serviceUrl, places, teams, bot, turns, answer, logged, refused };
  return made;
}

let world: World;

async function stop(one: World): Promise<void> {
  await one.bot.close(0);
  await one.connector.close();
  await one.framework.close();
}

beforeEach(async () => {
  world = await start(0);
});

afterEach(() => stop(world));

function activity(changes: object = {}): Record<string, unknown> {
  return messageOfAda({ serviceUrl: world.serviceUrl, botId: APP_ID }, changes);
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

async function post(authorization: string | undefined, body: unknown = activity()): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${world.bot.port}/api/messages`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
  });
  return { status: response.status, text: await response.text() };
}

async function genuine(changes: Parameters<BotFrameworkStub['token']>[1] = {}): Promise<string> {
  return `Bearer ${await world.framework.token(world.serviceUrl, changes)}`;
}

const REFUSED = { status: 401, text: 'This message is not authenticated.' };

function expectNothingDone(): void {
  expect(world.turns).toEqual([]);
  expect(world.places.places.size).toBe(0);
  expect(world.connector.calls).toEqual([]);
  expect(world.framework.forms).toEqual([]);
}

test('a message with a good token is heard, and the answer carries the bot’s own token', async () => {
  const reply = await post(await genuine());

  expect(reply).toEqual({ status: 200, text: '' });
  expect(world.turns).toMatchObject([{ account: { personId: ADA }, said: { text: 'help' } }]);
  expect(world.connector.calls).toMatchObject([{ authorization: 'Bearer bot-token-1' }]);
  expect(Object.fromEntries(world.framework.forms[0] ?? [])).toEqual({
    client_id: APP_ID,
    client_secret: PASSWORD,
    grant_type: 'client_credentials',
    scope: 'https://api.botframework.com/.default',
  });
});

const MINUTES = 60;
const now = (): number => Math.floor(Date.now() / 1_000);
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const spki = (): string =>
  createPublicKey({ key: { ...world.framework.current.jwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();

const FORGERIES: readonly [string, string, () => Promise<string | undefined>][] = [
  ['none', 'no token', async () => undefined],
  ['an empty one', 'without a signed token', async () => 'Bearer '],
  ['garbage', 'without a signed token', async () => 'Bearer nonsense'],
  ['garbage in three parts', 'ERR_JWS_INVALID', async () => 'Bearer a.b.c'],
  ['another scheme', 'without a signed token', async () => `Basic ${Buffer.from('x:y').toString('base64')}`],
  ['two tokens', 'without a signed token', async () => `${await genuine()}, ${await genuine()}`],
  ['one for another bot', 'FAILED aud', () => genuine({ claims: { aud: ADA } })],
  ['one for nobody', 'FAILED aud', () => genuine({ claims: { aud: undefined } })],
  ['one of another issuer', 'FAILED iss', () => genuine({ claims: { iss: 'https://api.botframework.com' } })],
  [
    'one of the emulator’s issuer, which the SDK would take',
    'FAILED iss',
    () =>
      genuine({
        claims: { iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/', appid: APP_ID, ver: '1.0' },
      }),
  ],
  ['one without an issuer', 'FAILED iss', () => genuine({ claims: { iss: undefined } })],
  [
    'one for another service URL',
    'for another service URL',
    () => genuine({ claims: { serviceurl: 'https://smba.trafficmanager.net/emea/' } }),
  ],
  [
    'one for its service URL with a slash more',
    'for another service URL',
    () => genuine({ claims: { serviceurl: `${world.serviceUrl}/` } }),
  ],
  ['one without a service URL', 'FAILED serviceurl', () => genuine({ claims: { serviceurl: undefined } })],
  ['one with a list of service URLs', 'no text', () => genuine({ claims: { serviceurl: [world.serviceUrl] } })],
  [
    'one that has expired',
    'ERR_JWT_EXPIRED',
    () => genuine({ claims: { nbf: now() - 70 * MINUTES, exp: now() - 6 * MINUTES } }),
  ],
  ['one that never expires', 'FAILED exp', () => genuine({ claims: { exp: undefined } })],
  ['one that is not valid yet', 'FAILED nbf', () => genuine({ claims: { nbf: now() + 6 * MINUTES } })],
  [
    'one whose key speaks for another channel',
    'may not speak for Teams',
    async () => genuine({ key: await published('other', ['webchat']) }),
  ],
  ['one whose key speaks for nobody', 'may not speak for Teams', async () => genuine({ key: await published('none') })],
  ['one whose key is unknown', 'key is unknown', async () => genuine({ key: await makeKey('unknown', ['msteams']) })],
  ['one that names no key', 'key is unknown', () => genuine({ header: { kid: undefined } })],
  [
    'one with a bad signature',
    'SIGNATURE_VERIFICATION_FAILED',
    async () => genuine({ key: await makeKey('current', ['msteams']) }),
  ],
  [
    'one that was changed after it was signed',
    'SIGNATURE_VERIFICATION_FAILED',
    async () => {
      const [header, , signature] = (await genuine()).split('.');
      return [header, base64url({ ...world.framework.claims(world.serviceUrl), oid: ADA }), signature].join('.');
    },
  ],
  [
    'one that brings its own key',
    'SIGNATURE_VERIFICATION_FAILED',
    async () => {
      const key = await makeKey('current', ['msteams']);
      return genuine({ key, header: { jwk: key.jwk, jku: `${world.connector.calls.length}` } });
    },
  ],
  [
    'one that is signed with the public key as a secret (HS256)',
    'ALG_NOT_ALLOWED',
    async () =>
      `Bearer ${await new SignJWT(world.framework.claims(world.serviceUrl))
        .setProtectedHeader({ alg: 'HS256', kid: 'current' })
        .sign(Buffer.from(spki()))}`,
  ],
  [
    'one that is not signed (alg none)',
    'without a signed token',
    async () =>
      `Bearer ${base64url({ alg: 'none', kid: 'current' })}.${base64url(world.framework.claims(world.serviceUrl))}.`,
  ],
  [
    'one that says none and carries something for a signature',
    'ALG_NOT_ALLOWED',
    async () =>
      `Bearer ${base64url({ alg: 'none', kid: 'current' })}.${base64url(world.framework.claims(world.serviceUrl))}.AAAA`,
  ],
];

async function published(kid: string, endorsements?: readonly string[]) {
  const key = await makeKey(kid, endorsements);
  world.framework.keys.push(key);
  return key;
}

describe('a message is refused, in the same words, and nothing is done, when its token is', () => {
  test.each(FORGERIES)('%s', async (_what, why, forge) => {
    const authorization = await forge();
    const invoke = activity({ type: 'invoke', name: 'adaptiveCard/action', value: {} });

    const replies = [await post(authorization), await post(authorization, invoke)];

    expect(replies).toEqual([REFUSED, REFUSED]);
    expectNothingDone();
    expect(world.refused).toEqual(['not authenticated', 'not authenticated']);
    expect(world.logged()).toContain(why);
    expect(world.logged()).not.toContain(authorization?.split('.')[1] ?? 'eyJ');
  });

  test('whatever else the header and the body hold', async () => {
    const header = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)) });
    const part = fc.base64String({ maxLength: 40 }).map((text) => text.replace(/[+/=]/g, ''));
    const tokens = fc.tuple(part, part, part).map((parts) => `Bearer ${parts.join('.')}`);
    const body = fc.oneof(fc.json({ maxDepth: 4 }), fc.constant('x'.repeat(300_000)), fc.constant('{"type":'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(header, tokens), body, async (authorization, text) => {
        expect(await post(authorization, text)).toEqual(REFUSED);
      }),
      { numRuns: 200 },
    );
    expectNothingDone();
  });
});

test('a body is not read before its sender is known', async () => {
  const reply = await post(undefined, '['.repeat(60_000));

  expect(reply).toEqual(REFUSED);
});

describe('a genuine message is refused with 403 all the same, and nothing is done', () => {
  test.each<[string, string, object]>([
    ['of another tenant', 'another tenant', { channelData: { tenant: { id: ADA } } }],
    ['of another channel', 'another channel', { channelId: 'emulator' }],
    ['without an object id', 'no object id', { from: { id: '29:ada' } }],
    [
      'in an unknown kind of conversation',
      'unknown kind of conversation',
      { conversation: { id: 'a', tenantId: TENANT } },
    ],
  ])('%s', async (_what, refusal, changes) => {
    const reply = await post(await genuine(), activity(changes));

    expect(reply).toEqual({ status: 403, text: 'This message is not for Latchkey.' });
    expectNothingDone();
    expect(world.refused).toEqual([refusal]);
  });

  test.each([
    ['this machine', 'http://127.0.0.1:9/'],
    ['an address inside', 'http://169.254.169.254/latest'],
    ['a foreign host', 'https://attacker.example/'],
    ['a host that looks like Teams', 'https://smba.trafficmanager.net.attacker.example/'],
    ['Teams without encryption', 'http://smba.trafficmanager.net/emea/'],
    ['Teams on another port', 'https://smba.trafficmanager.net:8443/emea/'],
    ['Teams behind a user name', 'https://x@smba.trafficmanager.net/emea/'],
  ])('whose service URL leads to %s', async (_where, serviceUrl) => {
    await stop(world);
    world = await start(0, ['smba.trafficmanager.net']);

    const reply = await post(await genuine({ claims: { serviceurl: serviceUrl } }), activity({ serviceUrl }));

    expect(reply.status).toBe(403);
    expectNothingDone();
    expect(world.refused).toEqual(['service URL']);
  });
});

describe('the signing keys', () => {
  test('a new key is found with the first message that it signs, and a withdrawn one is not taken any more', async () => {
    const old = world.framework.current;
    expect((await post(await genuine())).status).toBe(200);

    world.framework.keys = [await makeKey('next', ['msteams'])];

    expect((await post(await genuine(), activity({ id: '2' }))).status).toBe(200);
    expect(await post(await genuine({ key: old }), activity({ id: '3' }))).toEqual(REFUSED);
  });

  test('many who come at once share one request for them, and tokens of unknown keys cause no storm', async () => {
    await stop(world);
    world = await start(60_000);
    const stranger = await makeKey('stranger', ['msteams']);
    const authorizations = await Promise.all(
      Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? genuine() : genuine({ key: stranger }))),
    );

    const replies = await Promise.all(authorizations.map((one, at) => post(one, activity({ id: String(at) }))));

    expect(replies.map(({ status }) => status)).toEqual(authorizations.map((_, at) => (at % 2 === 0 ? 200 : 401)));
    // One for all of them, and one more when a stranger has come after it.
    expect(world.framework.asked.filter((path) => path.endsWith('/keys')).length).toBeLessThanOrEqual(2);
  });

  test.each(['away', 'hang'] as const)(
    'while they are not to be had (%s) nobody is let in; afterwards people are',
    async (state) => {
      world.framework.state = state;
      const refused = await post(await genuine());
      expectNothingDone();
      world.framework.state = 'well';
      const heard = await post(await genuine());

      expect(refused).toEqual(REFUSED);
      expect(world.logged()).toContain('the signing keys could not be fetched');
      expect(heard.status).toBe(200);
    },
  );

  test('known ones serve on while no new ones are to be had', async () => {
    await post(await genuine());
    world.framework.state = 'away';
    const stranger = await post(await genuine({ key: await makeKey('stranger', ['msteams']) }));
    world.framework.state = 'well';
    const heard = await post(await genuine(), activity({ id: '2' }));

    expect(stranger).toEqual(REFUSED);
    expect(heard.status).toBe(200);
  });

  test('are not taken from another host than the one that is trusted', async () => {
    const foreign = await BotFrameworkStub.start();
    foreign.keys = world.framework.keys;
    world.framework.keysUrl = `${foreign.url}/v1/.well-known/keys`;

    const reply = await post(await genuine());
    await foreign.close();

    expect(reply).toEqual(REFUSED);
    expect(foreign.asked).toEqual([]);
  });
});

describe('the bot’s own token', () => {
  const place = { channel: 'teams', conversation: 'a:ada', kind: 'personal' } as const;

  async function meet(): Promise<void> {
    world.answer = async () => undefined as never;
    await post(await genuine());
    expect(world.connector.calls).toEqual([]);
  }

  test('is asked for once, however many write', async () => {
    await meet();

    await Promise.all([world.teams.channel.post(place, card), world.teams.channel.say(place, 'Hello.')]);

    expect(world.framework.forms).toHaveLength(1);
    expect(new Set(world.connector.calls.map((call) => call.authorization))).toEqual(new Set(['Bearer bot-token-1']));
  });

  test('is renewed once when Teams refuses it, and the message arrives', async () => {
    await meet();
    world.connector.failures = [401];

    await world.teams.channel.post(place, card);

    expect(world.connector.calls.map((call) => call.authorization)).toEqual([
      'Bearer bot-token-1',
      'Bearer bot-token-2',
    ]);
  });

  test('that is refused again is a problem, and no third try', async () => {
    await meet();
    world.connector.failures = [401, 401];

    await expect(world.teams.channel.post(place, card)).rejects.toMatchObject({
      facts: { system: 'teams', answer: 'unauthorized', status: 401 },
    });
    expect(world.connector.calls).toHaveLength(2);
  });

  test('that is not given because the secret has run out is a problem that says so, and the person is still heard', async () => {
    world.framework.refusal = {
      status: 401,
      error_description: 'AADSTS7000222: The provided client secret keys are expired.',
    };

    const reply = await post(await genuine());
    const posted = world.teams.channel.post(place, card);

    await expect(posted).rejects.toMatchObject({
      facts: {
        code: 'AADSTS7000222',
        why: expect.stringContaining('expired'),
        remedy: expect.stringContaining('MicrosoftAppPassword'),
      },
    });
    expect(reply.status).toBe(200);
    expect(world.turns).toHaveLength(1);
    expect(world.connector.calls).toEqual([]);
    expect(world.logged()).not.toContain(PASSWORD);
  });

  test('goes to no address but those of Teams, whatever is stored', async () => {
    await meet();
    const stored = world.places.places.get('a:ada');
    const reference = { ...(stored?.reference as object), serviceUrl: 'https://attacker.example' };
    world.places.places.set('a:moved', { ...place, conversation: 'a:moved', reference });

    await expect(world.teams.channel.post({ ...place, conversation: 'a:moved' }, card)).rejects.toMatchObject({
      facts: { code: 'ServiceUrlNotAllowed' },
    });
    expect(world.framework.forms).toEqual([]);
  });
});

test.each([
  ['app id', { appId: '' }],
  [
    'issuer',
    { cloud: { openIdUrl: 'http://127.0.0.1:9/', tokenIssuer: '', serviceHosts: 'loopback', fileDomain: 'loopback' } },
  ],
  [
    'address of the keys',
    { cloud: { openIdUrl: '', tokenIssuer: 'x', serviceHosts: 'loopback', fileDomain: 'loopback' } },
  ],
] as const)('an empty %s does not switch authentication off', (_what, changes) => {
  const cloud = {
    openIdUrl: 'http://127.0.0.1:9/',
    tokenIssuer: 'x',
    serviceHosts: 'loopback',
    fileDomain: 'loopback',
  } as const;
  const tokens = { get: async () => '', renew: () => undefined };
  const credentials = { kind: 'registered', appId: APP_ID, cloud, tokens, ...changes } as const;
  const { log } = recordingLog();

  expect(() => createTeams({ credentials, tenantId: TENANT, places: world.places, log })).toThrow(TypeError);
});

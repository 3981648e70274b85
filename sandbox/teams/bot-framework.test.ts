import { createPublicKey, createVerify, type JsonWebKey } from 'node:crypto';
import { TEAMS_APP, TENANT_ID } from '../credentials.js';
import { personalConversationId } from './chat.js';
import { person, TestWorld } from './test-world.js';

let world: TestWorld;

beforeEach(async () => {
  world = await TestWorld.start();
});

afterEach(() => world.close());

const text = { type: 'message', text: 'Good morning.' };
const chat = personalConversationId(person('Ada'));

async function tokenFor(changes: Record<string, string> = {}, tenant: string = TENANT_ID) {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: TEAMS_APP.appId,
    client_secret: TEAMS_APP.password,
    scope: 'https://api.botframework.com/.default',
    ...changes,
  });
  return world.call('POST', `/${tenant}/oauth2/v2.0/token`, form.toString(), {
    'Content-Type': 'application/x-www-form-urlencoded',
  });
}

const post = (authorization?: string) =>
  world.call(
    'POST',
    `/v3/conversations/${encodeURIComponent(chat)}/activities`,
    text,
    authorization === undefined ? {} : { Authorization: authorization },
  );

describe('what the bot is sent', () => {
  test('is signed with a published key that is endorsed for Teams, for the bot and the service URL', async () => {
    await world.send({ persona: person('Ada').id, conversation: 'personal', text: 'help' });

    const [header = '', payload = '', signature = ''] = (world.bot.authorizations[0] ?? '').slice(7).split('.');
    const { jwks_uri, issuer } = (await world.call('GET', '/v1/.well-known/openidconfiguration')).body;
    const { keys } = (await (await fetch(String(jwks_uri))).json()) as { keys: (JsonWebKey & { kid: string })[] };
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const key = keys.find((known) => known.kid === kid);
    const verified = createVerify('sha256')
      .update(`${header}.${payload}`)
      .verify(createPublicKey({ key: key ?? {}, format: 'jwk' }), signature, 'base64url');
    expect(verified).toBe(true);
    expect(key).toMatchObject({ endorsements: ['msteams'] });
    expect(key).not.toHaveProperty('d');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      aud: TEAMS_APP.appId,
      iss: issuer,
      serviceurl: world.addresses.teams,
    });
  });

  test('is signed with a new key once the fault asks for one', async () => {
    const kidOf = (authorization = ''): unknown =>
      (JSON.parse(Buffer.from(authorization.slice(7).split('.')[0] ?? '', 'base64url').toString()) as { kid: string })
        .kid;
    const say = () => world.send({ persona: person('Ada').id, conversation: 'personal', text: 'help' });
    await say();
    await world.call('POST', '/_sandbox/faults', { fault: 'new-signing-key', on: true });
    await say();
    await say();

    const [first, second, third] = world.bot.authorizations.map(kidOf);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
  });
});

describe('the bot’s own token', () => {
  test('opens the connector, also when the connector wants one', async () => {
    const { status, body } = await tokenFor();
    await world.call('POST', '/_sandbox/faults', { fault: 'token-required', on: true });

    expect(status).toBe(200);
    expect((await post(`Bearer ${String(body['access_token'])}`)).status).toBe(201);
    expect(await post()).toMatchObject({ status: 401, body: { error: { code: 'Unauthorized' } } });
  });

  test('is not needed by a bot without a registration, but a wrong one is refused', async () => {
    expect((await post()).status).toBe(201);
    expect((await post('Bearer nonsense')).status).toBe(401);
  });

  test.each<[string, number, Record<string, string>, string | undefined]>([
    ['a wrong secret', 7000215, { client_secret: 'wrong' }, undefined],
    ['another app', 700016, { client_id: TENANT_ID }, undefined],
    ['another scope', 70011, { scope: 'https://graph.microsoft.com/.default' }, undefined],
    ['another grant', 70003, { grant_type: 'password' }, undefined],
    ['another tenant', 90002, {}, TEAMS_APP.appId],
  ])('is refused for %s with AADSTS%i', async (_what, code, changes, tenant) => {
    const { status, body } = await tokenFor(changes, tenant);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toMatchObject({ error_codes: [code] });
  });

  test('is refused once the secret has run out', async () => {
    await world.call('POST', '/_sandbox/faults', { fault: 'bot-secret-expired', on: true });

    expect((await tokenFor()).body).toMatchObject({ error_codes: [7000222] });
  });
});

import { createPublicKey, createVerify, type JsonWebKey } from 'node:crypto';
import { BOT, BOT_PERMISSIONS, TENANT_ID } from '../credentials.js';
import { EXPIRED_BOT_SECRET } from './token-endpoint.js';
import { EntraWorld } from './testing/entra-world.js';

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

describe('the token endpoint', () => {
  it('gives the bot a token that its public keys verify and that names the granted permissions', async () => {
    const token = await world.token();

    const [header = '', payload = '', signature = ''] = token.split('.');
    const keys = (await (
      await fetch(`${world.base}/login.microsoftonline.com/${TENANT_ID}/discovery/v2.0/keys`)
    ).json()) as { keys: JsonWebKey[] };
    const key = createPublicKey({ key: keys.keys[0] as JsonWebKey, format: 'jwk' });
    expect(createVerify('sha256').update(`${header}.${payload}`).verify(key, signature, 'base64url')).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      aud: 'https://graph.microsoft.com',
      appid: BOT.clientId,
      oid: BOT.servicePrincipalId,
      tid: TENANT_ID,
      idtyp: 'app',
      roles: [...BOT_PERMISSIONS],
    });
  });

  it.each([
    ['a wrong secret', { client_secret: 'nope' }, 401, 'invalid_client', 7000215],
    ['an expired secret', { client_secret: EXPIRED_BOT_SECRET }, 401, 'invalid_client', 7000222],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
    ['an unknown client', { client_id: TENANT_ID }, 400, 'unauthorized_client', 700016],
    ['no grant type', { grant_type: undefined }, 400, 'invalid_request', 900144],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['a scope without /.default', { scope: 'User.Read.All' }, 400, 'invalid_scope', 70011],
    ['another resource', { scope: 'https://example.com/.default' }, 400, 'invalid_resource', 500011],
  ])('refuses %s', async (_, change, status, error, code) => {
    const response = await world.requestToken(change);

    const body = (await response.json()) as { error: string; error_codes: number[]; error_description: string };
    expect([response.status, body.error, body.error_codes]).toEqual([status, error, [code]]);
    expect(body.error_description).toMatch(
      new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: `),
    );
  });

  it('does not know another tenant', async () => {
    const response = await world.requestToken({}, '00000000-0000-0000-0000-000000000001');

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request', error_codes: [90002] });
  });

  it('publishes reachable endpoints and the real issuer', async () => {
    for (const base of [world.base, `${world.base}/login.microsoftonline.com`]) {
      const response = await fetch(`${base}/${TENANT_ID}/v2.0/.well-known/openid-configuration`);

      expect(await response.json()).toMatchObject({
        issuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
        token_endpoint: `${base}/${TENANT_ID}/oauth2/v2.0/token`,
      });
    }
  });
});

describe('Graph and tokens', () => {
  it.each([
    ['no token', ''],
    ['a word that is no token', 'Bearer hello'],
    ['a token with another signature', 'Bearer forged'],
  ])('answers %s with 401', async (_, authorization) => {
    const token = await world.token();
    const forged = `Bearer ${token.slice(0, -6)}AAAAAA`;
    const sent = authorization === 'Bearer forged' ? forged : authorization;

    const response = await world.raw('GET', '/v1.0/users', { headers: { authorization: sent } });

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'InvalidAuthenticationToken' } });
  });

  it('refuses a token whose claims were changed', async () => {
    const [header = '', payload = '', signature = ''] = (await world.token()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, roles: ['Application.ReadWrite.All'] })).toString(
      'base64url',
    );

    const response = await world.raw('GET', '/v1.0/users', {
      headers: { authorization: `Bearer ${header}.${changed}.${signature}` },
    });

    expect(response.status).toBe(401);
  });

  it('refuses every token issued before "expired now", and takes one issued after', async () => {
    await world.token();
    await world.control('faults', { fault: 'token-expired-now' });

    await expect(world.graph.api('/users').get()).rejects.toMatchObject({ statusCode: 401 });
    await expect(world.graph.api('/users').get()).rejects.toMatchObject({ statusCode: 401 });
    world.forgetToken();

    await expect(world.graph.api('/users').get()).resolves.toHaveProperty('value');
  });

  it('takes a token issued after "expired now" even when nobody has called Graph in between', async () => {
    await world.token();
    await world.control('faults', { fault: 'token-expired-now' });
    world.forgetToken();

    await expect(world.graph.api('/users').get()).resolves.toHaveProperty('value');
  });

  it.each([
    ['User.ReadWrite.All', 'POST', '/v1.0/users'],
    ['User.RevokeSessions.All', 'POST', '/v1.0/users/x/revokeSignInSessions'],
    ['Policy.ReadWrite.ApplicationConfiguration', 'PUT', '/beta/servicePrincipals/x/claimsPolicy'],
    ['Application.ReadWrite.OwnedBy', 'PATCH', '/v1.0/applications/x'],
    ['Application.ReadWrite.OwnedBy', 'POST', '/v1.0/applicationTemplates/x/instantiate'],
    ['Application.Read.All', 'POST', '/v1.0/servicePrincipals/x/appRoleAssignedTo'],
    ['AppRoleAssignment.ReadWrite.All', 'POST', '/v1.0/users/x/appRoleAssignments'],
    [
      'RoleManagement.Read.Directory',
      'GET',
      "/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq 'x'",
    ],
    [
      'RoleEligibilitySchedule.Read.Directory',
      'GET',
      "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances?$filter=principalId eq 'x'",
    ],
    ['Domain.Read.All', 'GET', '/v1.0/domains'],
    ['Directory.Read.All', 'GET', '/v1.0/groups'],
  ])('without %s it refuses %s %s, with a token from before too', async (permission, method, path) => {
    await world.token();
    await world.control('faults', { fault: 'permission-removed', permission });

    const response = await world.raw(method, path);

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      error: {
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
      },
    });
  });

  it('takes several permissions away at once', async () => {
    await world.control('faults', [
      { fault: 'permission-removed', permission: 'Domain.Read.All' },
      { fault: 'permission-removed', permission: 'User.ReadWrite.All' },
    ]);

    const { roles } = JSON.parse(Buffer.from((await world.token()).split('.')[1] ?? '', 'base64url').toString()) as {
      roles: string[];
    };

    expect(roles).toHaveLength(BOT_PERMISSIONS.length - 2);
  });

  it('is unavailable once, only where it was asked to be', async () => {
    await world.control('faults', { fault: 'unavailable-once', path: '/users', method: 'GET' });

    const elsewhere = await world.raw('GET', '/v1.0/groups');
    const first = await world.raw('GET', '/v1.0/users');
    const second = await world.raw('GET', '/v1.0/users');

    expect([elsewhere.status, first.status, await first.text(), second.status]).toEqual([200, 503, '', 200]);
  });
});

describe("Graph's envelope", () => {
  it('names the request in header and body, and echoes the client’s own id', async () => {
    const response = await world.raw('GET', '/v1.0/users/nobody', { headers: { 'client-request-id': 'mine' } });

    const body = (await response.json()) as { error: { innerError: Record<string, string> } };
    expect(response.headers.get('request-id')).toBe(body.error.innerError['request-id']);
    expect(response.headers.get('client-request-id')).toBe('mine');
    expect(body.error.innerError['client-request-id']).toBe('mine');
    expect(response.headers.get('content-type')).toContain('application/json;odata.metadata=minimal');
  });

  it.each([
    ['GET', '/v1.0/nothing', 400, 'BadRequest'],
    ['GET', '/v1.0/servicePrincipals/x/claimsPolicy', 400, 'BadRequest'],
    ['DELETE', '/v1.0/domains', 405, 'Request_BadRequest'],
    ['PATCH', '/v1.0/servicePrincipals/x/appRoleAssignedTo/y', 405, 'Request_BadRequest'],
  ])('answers %s %s with %i', async (method, path, status, code) => {
    const response = await world.raw(method, path);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
  });
});

import { BOT, TENANT_ID } from '../credentials.js';
import { EntraWorld, GENESYS_CLAIMS, userRoleOf, type GalleryApp } from './testing/entra-world.js';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const ANA = '0e0b1ec7-0000-4000-8000-000000000004';
const OMAR = '0e0b1ec7-0000-4000-8000-000000000002';
const NEW_USER = {
  accountEnabled: true,
  displayName: 'T.Simon',
  mailNickname: 't.simon',
  userPrincipalName: 't.simon@contoso.example',
  passwordProfile: { password: 'Gk7-vanilla-rain' },
};
const get = (path: string): Promise<Response> => world.raw('GET', path);
const patchNotes = (app: GalleryApp, notes: string): Promise<Response> =>
  world.raw('PATCH', `/v1.0/servicePrincipals/${app.principal.id}`, { body: { notes } });
const refusal = async (body: unknown): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${world.base}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
};
/** The names of the faults that are on, with their options. */
async function faultsOn(): Promise<unknown[]> {
  const { faults } = (await (await fetch(`${world.base}/_sandbox/faults`)).json()) as { faults: { on: unknown[] }[] };
  return faults.flatMap(({ on }) => on);
}

describe('a fault', () => {
  it.each([
    [{ fault: 'throttle' }, 'There is no fault'],
    [{ fault: 'throttled', after: '3' }, 'no option'],
    [{ fault: 'throttled', times: 3 }, 'must be text'],
    [{ fault: 'throttled', times: '0' }, 'a whole number from 1'],
    [{ fault: 'throttled', retryAfter: 'PT5S' }, 'a whole number of seconds'],
    [{ fault: 'replication-lag', seconds: 'PT5S' }, 'a number of seconds'],
    [{ fault: 'replication-lag', replicas: '0' }, 'a whole number from 1'],
    [{ fault: 'replication-lag', writes: 'never' }, 'one of primary, lag'],
    [{ fault: 'slow-replies', ms: '1.5' }, 'a whole number of milliseconds'],
    [{ fault: 'budgets', scale: '0' }, 'a number above 0'],
    [{ fault: 'identifier-policy', excludeSaml: 'yes' }, 'one of true, false'],
    [{ fault: 'clock-jumps-back', by: 'PT1H' }, 'a number of seconds'],
  ])('that does not exist or makes no sense is refused and nothing is switched: %j', async (wanted, text) => {
    const answer = await refusal([{ fault: 'not-owned' }, wanted]);

    expect(answer).toEqual({ status: 400, text: expect.stringContaining(text) });
    expect(await faultsOn()).toEqual([]);
  });

  it('is off after a reset', async () => {
    await world.fault('throttled', { times: 'always' });

    await world.reset();

    expect((await get('/v1.0/organization')).status).toBe(200);
  });
});

describe('throttling', () => {
  it('counts down, says how long to wait, and leaves everything undone', async () => {
    await world.fault('throttled', { retryAfter: '7', times: '2', match: '/users' });

    const first = await world.raw('POST', '/v1.0/users', { body: NEW_USER });
    const elsewhere = await get('/v1.0/organization');
    const left = await faultsOn();
    const second = await get('/v1.0/users');
    const third = await world.raw('POST', '/v1.0/users', { body: NEW_USER });

    expect([first.status, elsewhere.status, second.status, third.status]).toEqual([429, 200, 429, 201]);
    expect(first.headers.get('retry-after')).toBe('7');
    expect(await first.json()).toMatchObject({ error: { code: 'TooManyRequests' } });
    expect(left).toEqual([{ fault: 'throttled', retryAfter: '7', times: '1', match: '/users' }]);
    expect(await faultsOn()).toEqual([]);
  });

  it('may say nothing about waiting', async () => {
    await world.fault('throttled', { retryAfter: 'none' });

    const refused = await get('/v1.0/organization');

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, null]);
    expect((await get('/v1.0/organization')).status).toBe(200);
  });

  it('strikes single items of a batch, whose own answer is 200', async () => {
    await world.fault('throttled', { retryAfter: '9', match: 'GET /v1.0/organization' });
    const requests = ['/organization', '/users'].map((url, index) => ({ id: String(index), method: 'GET', url }));

    const response = await world.raw('POST', '/v1.0/$batch', { body: { requests } });

    const { responses } = (await response.json()) as {
      responses: { id: string; status: number; headers: Record<string, string> }[];
    };
    const byId = Object.fromEntries(responses.map((item) => [item.id, item]));
    expect([response.status, byId['0']?.status, byId['1']?.status]).toEqual([200, 429, 200]);
    expect(byId['0']?.headers['Retry-After']).toBe('9');
  });

  it('leaves the token endpoint and the pages alone; the token endpoint has a 400 of its own', async () => {
    await world.fault('throttled', { times: 'always' });
    await world.fault('token-throttled', { times: '2' });

    const answers = [await world.requestToken(), await world.requestToken(), await world.requestToken()];

    expect(answers.map((answer) => answer.status)).toEqual([400, 400, 200]);
    expect(await answers[0]?.json()).toMatchObject({ error_codes: [90055] });
  });
});

describe('the published budgets', () => {
  it('allow as many writes as the bucket holds, and then so many a second', async () => {
    await world.fault('budgets', { scale: '0.002' }); // 6 writes, then one in 25 s; 7 resource units and 0.7 a second
    const disable = async (): Promise<Response> =>
      world.raw('PATCH', `/v1.0/users/${ANA}`, { body: { accountEnabled: true } });

    const answers: Response[] = [];
    for (let time = 0; time < 7; time += 1) answers.push(await disable());
    const refused = answers[6];
    world.passWallTime(26);

    expect(answers.map((answer) => answer.status)).toEqual([204, 204, 204, 204, 204, 204, 429]);
    expect(refused?.headers.get('retry-after')).toBe('25');
    expect(refused?.headers.get('x-ms-throttle-information')).toBe('WriteLimitExceeded');
    expect(refused?.headers.get('x-ms-throttle-scope')).toBe(
      `Tenant_Application/ReadWrite/${BOT.clientId}/${TENANT_ID}`,
    );
    expect((await disable()).status).toBe(204);
    expect((await disable()).status).toBe(429);
  });

  it('limit reads of certificate keys apart from other reads', async () => {
    const app = await world.instantiate();
    await world.fault('budgets', { scale: '0.02' }); // 3 key reads, then one in 20 s
    const path = `/v1.0/servicePrincipals/${app.principal.id}`;

    const answers: number[] = [];
    for (let time = 0; time < 4; time += 1) answers.push((await get(`${path}?$select=keyCredentials`)).status);

    expect(answers).toEqual([200, 200, 200, 429]);
    expect((await get(path)).status).toBe(200);
  });
});

describe('an unavailable Graph', () => {
  it('answers 503 with nothing and does nothing', async () => {
    await world.fault('unavailable', { match: 'POST /v1.0/users' });

    const first = await world.raw('POST', '/v1.0/users', { body: NEW_USER });
    const second = await world.raw('POST', '/v1.0/users', { body: NEW_USER });

    expect([first.status, await first.text(), second.status]).toEqual([503, '', 201]);
  });
});

describe('an answer that gets lost after the work', () => {
  const post = async (path: string, body: unknown, method = 'POST'): Promise<Response> =>
    world.raw(method, path, { body });

  it('leaves exactly one app of the gallery behind', async () => {
    const { value } = (await (await get("/v1.0/applicationTemplates?$filter=displayName eq 'Zendesk'")).json()) as {
      value: { id: string }[];
    };
    await world.fault('gateway-timeout-after-commit');

    const lost = await post(`/v1.0/applicationTemplates/${value[0]?.id}/instantiate`, { displayName: 'Lost' });

    const { applications, servicePrincipals } = await world.state();
    const named = (objects: readonly Record<string, unknown>[]): number =>
      objects.filter((object) => object['displayName'] === 'Lost').length;
    expect([lost.status, await lost.text()]).toEqual([504, '']);
    expect([named(applications), named(servicePrincipals)]).toEqual([1, 1]);
  });

  it('leaves one certificate, one person, one assignment and the claims behind', async () => {
    const app = await world.readyApp();
    const sp = `servicePrincipals/${app.principal.id}`;
    const wish = { principalId: ANA, resourceId: app.principal.id, appRoleId: userRoleOf(app) };
    await world.fault('gateway-timeout-after-commit', { times: '4' });

    const lost = [
      await post(`/v1.0/${sp}/addTokenSigningCertificate`, { displayName: 'CN=Lost' }),
      await post('/v1.0/users', NEW_USER),
      await post(`/v1.0/users/${ANA}/appRoleAssignments`, wish),
      await post(`/beta/${sp}/claimsPolicy`, GENESYS_CLAIMS, 'PUT'),
    ];

    const state = await world.state();
    const principal = state.servicePrincipals.find(({ id }) => id === app.principal.id);
    expect(lost.map((answer) => answer.status)).toEqual([504, 504, 504, 504]);
    expect(principal?.['keyCredentials']).toHaveLength(4);
    expect(state.users.filter((user) => user['displayName'] === 'T.Simon')).toHaveLength(1);
    expect([state.appRoleAssignments.length, state.policies.length]).toEqual([1, 1]);
    expect(await faultsOn()).toEqual([]);
  });

  it('may be that of one item of a batch', async () => {
    const app = await world.readyApp();
    await world.fault('gateway-timeout-after-commit', { match: `POST /v1.0/users/${OMAR}` });
    const requests = [ANA, OMAR].map((principalId, index) => ({
      id: String(index),
      method: 'POST',
      url: `/users/${principalId}/appRoleAssignments`,
      headers: { 'Content-Type': 'application/json' },
      body: { principalId, resourceId: app.principal.id, appRoleId: userRoleOf(app) },
    }));

    const response = await post('/v1.0/$batch', { requests });

    const { responses } = (await response.json()) as { responses: { id: string; status: number }[] };
    const status = Object.fromEntries(responses.map((item) => [item.id, item.status]));
    expect([response.status, status]).toEqual([200, { '0': 201, '1': 504 }]);
    expect((await world.state()).appRoleAssignments).toHaveLength(2);
  });

  it('is not that of a refused write or of a read', async () => {
    await world.fault('gateway-timeout-after-commit');

    const refused = await post('/v1.0/users', { ...NEW_USER, displayName: undefined });
    const seen = await get('/v1.0/users');
    const lost = await post('/v1.0/users', NEW_USER);

    expect([refused.status, seen.status, lost.status]).toEqual([400, 200, 504]);
  });
});

describe('writes that overlap', () => {
  beforeEach(async () => {
    await world.token();
  });

  it('on one object: the second is told to wait and does nothing', async () => {
    const app = await world.instantiate();
    await world.fault('conflict-on-overlap');
    await world.fault('slow-replies', { ms: '300', match: 'PATCH' });

    const answers = await Promise.all([patchNotes(app, 'one'), patchNotes(app, 'two')]);
    const again = await patchNotes(app, 'three');

    const conflict = answers.find((answer) => answer.status === 409);
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, 409]);
    expect(await conflict?.json()).toMatchObject({
      error: {
        code: 'Directory_ConcurrencyViolation',
        message: 'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.',
      },
    });
    expect(again.status).toBe(204);
  });

  it('on different objects do not disturb each other, and reads disturb nobody', async () => {
    const [one, two] = [await world.instantiate(), await world.instantiate()];
    await world.fault('conflict-on-overlap');
    await world.fault('slow-replies', { ms: '200' });

    const answers = await Promise.all([
      patchNotes(one, 'x'),
      patchNotes(two, 'x'),
      get(`/v1.0/servicePrincipals/${one.principal.id}`),
    ]);

    expect(answers.map((answer) => answer.status)).toEqual([204, 204, 200]);
  });

  it('are allowed four at once for assignments of one app from the side of people', async () => {
    const app = await world.readyApp();
    const { users } = await world.state();
    const people = users.slice(0, 6).map((user) => user.id);
    await world.fault('conflict-on-overlap');
    await world.fault('slow-replies', { ms: '500', match: 'appRoleAssignments' });

    const answers = await Promise.all(
      people.map((principalId) =>
        world.raw('POST', `/v1.0/users/${principalId}/appRoleAssignments`, {
          body: { principalId, resourceId: app.principal.id, appRoleId: userRoleOf(app) },
        }),
      ),
    );

    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 201, 201, 201, 409, 409]);
  });
});

describe('slow replies', () => {
  it('outlast a caller who gives up, and the work is done all the same', async () => {
    await world.token();
    await world.fault('slow-replies', { ms: '60000', match: 'POST /v1.0/users' });

    const given = fetch(`${world.base}/v1.0/users`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await world.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify(NEW_USER),
      signal: AbortSignal.timeout(500),
    });

    await expect(given).rejects.toThrow('timeout');
    const { users } = await world.state();
    expect(users.filter((user) => user['displayName'] === 'T.Simon')).toHaveLength(1);
  });
});

describe('the clock', () => {
  it('jumps back and goes on where it would be when the fault is off', async () => {
    const offset = async (): Promise<number> =>
      ((await (await fetch(`${world.base}/_sandbox/clock`)).json()) as { offsetMs: number }).offsetMs;
    await world.control('clock', { advance: 'PT3H' });

    await world.fault('clock-jumps-back', { by: '7200' });
    const back = await offset();
    await world.control('faults', { fault: 'clock-jumps-back', on: false });

    expect([back, await offset()]).toEqual([3_600_000, 10_800_000]);
  });
});

import { createGenesysSandbox } from '../genesys/genesys-sandbox.js';
import { SandboxClock } from '../kit/clock.js';
import type { SandboxServer } from '../kit/server.js';
import { SandboxStore } from '../kit/store.js';
import { TestWorld, type Answer } from './test-world.js';

interface Listed {
  readonly fault: string;
  readonly on: readonly Record<string, string>[];
}

describe('trouble, made from the page', () => {
  let world: TestWorld;
  let genesys: SandboxServer;
  let store: SandboxStore;

  beforeEach(async () => {
    world = await TestWorld.start();
    store = new SandboxStore(':memory:');
    genesys = createGenesysSandbox({ store, clock: new SandboxClock(store), addresses: world.addresses });
    world.addresses.genesys = `http://127.0.0.1:${await genesys.listen(0)}`;
    // Entra is not the matter here; any server has the clock.
    world.addresses.entra = world.addresses.genesys;
  });
  afterEach(async () => {
    await world.close();
    await genesys.close();
    store.close();
  });

  const act = (what: string, wish: object): Promise<Answer> =>
    world.call('POST', `/sandbox/api/trouble/${what}`, wish, { 'X-Sandbox-Token': world.token });

  async function faultOf(server: string, fault: string): Promise<Listed | undefined> {
    const { servers } = (await world.call('GET', '/sandbox/api/trouble')).body as {
      servers: { server: string; faults?: Listed[] }[];
    };
    return servers.find((one) => one.server === server)?.faults?.find((one) => one.fault === fault);
  }

  test('every server lists its faults, and one is switched on with options and off again', async () => {
    const on = await act('faults', { server: 'genesys', fault: 'throttled', on: true, times: '3' });
    const listed = await faultOf('genesys', 'throttled');
    await act('faults', { server: 'genesys', fault: 'throttled', on: false });
    const later = await faultOf('genesys', 'throttled');

    expect(on.status).toBe(200);
    expect(listed?.on).toEqual([{ fault: 'throttled', times: '3' }]);
    expect(later?.on).toEqual([]);
    expect((await faultOf('teams', 'deliver-twice'))?.on).toEqual([]);
  });

  test('what a server refuses comes back in its own words', async () => {
    const wrong = await act('faults', { server: 'genesys', fault: 'throttled', on: true, times: 'often' });
    const unknown = await act('faults', { server: 'genesys', fault: 'earthquake', on: true });
    const nowhere = await act('faults', { server: 'salesforce', fault: 'throttled', on: true });
    const backwards = await act('clock', { advance: '-PT1H' });

    expect([wrong, unknown, nowhere, backwards].map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(wrong.body).toMatchObject({
      error: { message: 'The option times of throttled must be a whole number from 1, or "always", not "often".' },
    });
  });

  test('a server that is away is named, and the others are still listed', async () => {
    world.addresses.genesys = 'http://127.0.0.1:9';

    const { body } = await world.call('GET', '/sandbox/api/trouble');

    expect(body['servers']).toMatchObject([
      { server: 'entra' },
      { server: 'genesys', error: 'The server does not answer.' },
      { server: 'teams', faults: expect.any(Array) as unknown },
    ]);
  });

  test('time moves on, and the page learns the new time', async () => {
    const before = Date.now();

    await act('clock', { advance: 'P30D' });
    const { clock } = (await world.call('GET', '/sandbox/api/trouble')).body as { clock: { now: string } };

    expect(Date.parse(clock.now) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
  });

  test('starting over empties every server and switches every fault off', async () => {
    await act('faults', { server: 'genesys', fault: 'sso-only', on: true });
    await act('faults', { server: 'teams', fault: 'deliver-twice', on: true });
    await world.send({ persona: 'ada.admin@contoso.example', conversation: 'personal', text: 'help' });

    const reset = await act('reset', {});

    expect(reset).toMatchObject({ status: 200, body: { reset: ['entra', 'genesys', 'teams'] } });
    expect((await world.state()).activities).toEqual([]);
    expect([await faultOf('genesys', 'sso-only'), await faultOf('teams', 'deliver-twice')]).toMatchObject([
      { on: [] },
      { on: [] },
    ]);
  });

  test('starting over says which server could not', async () => {
    world.addresses.genesys = 'http://127.0.0.1:9';

    const reset = await act('reset', {});

    expect(reset).toMatchObject({
      status: 502,
      body: { error: { message: 'Not started over: genesys. The others were.' } },
    });
  });

  test.each(['faults', 'clock', 'reset'])('another web site cannot reach %s', async (what) => {
    const path = `/sandbox/api/trouble/${what}`;

    const foreign = await world.call('POST', path, {}, { 'X-Sandbox-Token': world.token, Origin: 'https://e.example' });
    const tokenless = await world.call('POST', path, {});
    const reading = await world.call('GET', '/sandbox/api/trouble', undefined, { Origin: 'https://e.example' });

    expect([foreign.status, tokenless.status, reading.status]).toEqual([403, 403, 403]);
    expect(reading.headers.get('access-control-allow-origin')).toBeNull();
  });
});

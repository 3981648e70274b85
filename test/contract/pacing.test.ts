import { GENESYS } from '../../sandbox/credentials.js';
import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { createGenesysSandbox } from '../../sandbox/genesys/genesys-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import { createGenesys } from '../../src/services/genesys/genesys-client.js';
import { regionByKey } from '../../src/services/sso/genesys-region.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, WaitingClock } from './remote-stand.js';

/** The server counts in the very time in which the client waits. */
class Stand {
  readonly clock = new WaitingClock();
  readonly store = new SandboxStore(':memory:');
  readonly #addresses: SandboxAddresses = { entra: '', genesys: '', teams: 'http://127.0.0.1:9' };
  readonly server: SandboxServer;
  url = '';

  constructor(create: typeof createEntraSandbox) {
    const clock = new SandboxClock(this.store, this.clock.wall);
    this.server = create({ store: this.store, clock, addresses: this.#addresses });
  }

  async listen(): Promise<this> {
    this.url = `http://127.0.0.1:${await this.server.listen(0)}`;
    Object.assign(this.#addresses, { entra: this.url, genesys: this.url });
    return this;
  }

  /** How the requests whose path fits were answered. */
  answers(path: RegExp): { count: number; refused: number } {
    const fitting = this.server.requests.list().filter((request) => path.test(request.path));
    return { count: fitting.length, refused: fitting.filter(({ status }) => status === 429).length };
  }

  waitedMs(): number {
    return this.clock.waits.reduce((sum, ms) => sum + ms, 0);
  }

  async close(): Promise<void> {
    await this.server.close();
    this.store.close();
  }
}

let stand: Stand;
afterEach(() => stand.close());

test('A burst of key reads keeps to the 150 a minute of a tenant, and Graph never has to refuse one', async () => {
  stand = await new Stand(createEntraSandbox).listen();
  const { clock, url } = stand;
  const entra = createEntra({
    ...{ ...BOT_AT_ENTRA, graphBaseUrl: url, loginUrl: url, reachable: createReachable({ entraLoginUrl: url }) },
    ...{ clock, sleep: clock.sleep, budgetMs: 5_000 },
  });
  const template = await entra.getGalleryTemplate('Genesys Cloud for Azure');
  const ids = await entra.addFromGallery(template, { since: new Date() });
  stand.server.faults.set({ fault: 'budgets' });

  for (let burst = 0; burst < 8; burst += 1) {
    await Promise.all(Array.from({ length: 20 }, () => entra.getSettings(ids)));
  }

  const { count, refused } = stand.answers(/\/servicePrincipals\/[^/]+\?.*keyCredentials/);
  expect({ count, refused }).toEqual({ count: 160, refused: 0 });
  expect(stand.waitedMs()).toBeGreaterThan(0);
}, 60_000);

test('A burst of calls keeps to the 300 a minute of a Genesys token, and Genesys never has to refuse one', async () => {
  stand = await new Stand(createGenesysSandbox).listen();
  const { clock, url } = stand;
  const genesys = createGenesys({
    ...{ region: regionByKey('eu_central_1'), clientId: GENESYS.clientId, clientSecret: GENESYS.clientSecret },
    ...{ gatewayUrl: url, clock, sleep: clock.sleep, budgetMs: 5_000 },
  });

  for (let burst = 0; burst < 32; burst += 1) {
    await Promise.all(Array.from({ length: 10 }, () => genesys.getOrganization()));
  }

  const { count, refused } = stand.answers(/organizations\/me$/);
  expect({ count, refused }).toEqual({ count: 320, refused: 0 });
  expect(stand.waitedMs()).toBeGreaterThan(30_000);
}, 60_000);

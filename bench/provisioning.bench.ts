import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { BOT, GENESYS, TENANT_ID } from '../sandbox/credentials.js';
import { HOME_DIVISION, ROLES } from '../sandbox/genesys/directory.js';
import { createEntra } from '../src/services/entra/entra-client.js';
import { MICROSOFT_CLOUDS } from '../src/services/entra/microsoft-clouds.js';
import type { Entra } from '../src/services/entra/entra.js';
import { createGenesys } from '../src/services/genesys/genesys-client.js';
import type { Genesys } from '../src/services/genesys/genesys.js';
import { mapAtOnce } from '../src/services/platform/at-once.js';
import type { Clock } from '../src/services/platform/clock.js';
import { openDatabase, type Database } from '../src/services/platform/database.js';
import { newId } from '../src/services/platform/ids.js';
import { createDurable } from '../src/services/platform/ledger-durable.js';
import { createLog } from '../src/services/platform/log.js';
import { bulkAssign } from '../src/services/provisioning/bulk-assign.js';
import { saveBulk, type BulkRow } from '../src/services/provisioning/bulk-store.js';
import { ensureGenesysUser } from '../src/services/provisioning/ensure-genesys-user.js';
import { regionByKey } from '../src/services/sso/genesys-region.js';
import { startSandboxApart } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { timed } from './support/statistics.js';

const SIZES = {
  full: { people: 1_000, alone: 20, latencyMs: 150 },
  tiny: { people: 20, alone: 3, latencyMs: 20 },
} satisfies Record<Size, object>;

/** The published default of a token (`client.credentials.token.rate.per.minute`). */
const CALLS_A_MINUTE = 300;

/**
 * What somebody new with one role takes, in order: whether the address is taken, the user, the user read back, the roles
 * before, the role, the roles after, and everything held, for a later restoring.
 */
const CALLS_OF_A_PERSON = [
  'POST /users/search',
  'POST /users',
  'GET /users/{id}',
  'GET /authorization/subjects/{id}',
  'POST /authorization/subjects/{id}/bulkadd',
  'GET /authorization/subjects/{id}',
  'GET /authorization/subjects/{id}',
] as const;

/** So many minutes pass in one: clock, pauses, latency and the window of Genesys alike. What work costs counts as often. */
const PACE = 4;
const AT_ONCE = 4;
const HOME = { divisionId: HOME_DIVISION.id, divisionName: HOME_DIVISION.name };

/**
 * Users and roles in Genesys for the rows of one file, by the very run that a bulk is, under Genesys's published limit and
 * with latency on each answer: against that limit, and against one call at a time (measured over some people, and scaled).
 */
export function benchProvisioning(size: Size): Promise<Figure[]> {
  const { people, alone, latencyMs } = SIZES[size];
  return withOpened(async (opened) => {
    const stage = await Stage.open(opened, latencyMs);
    const aloneMs = (await stage.provisionAlone(alone)) * (people / alone);
    const answers = noteAnswers(opened);
    const ours = await stage.provision(people);
    const refused = answers.filter((status) => status === 429).length;
    const missing = people - (await stage.countProvisioned());
    const boundMs = ((people * CALLS_OF_A_PERSON.length) / CALLS_A_MINUTE) * 60_000;
    const name = `provisioning: ${people.toLocaleString('en')} people`;
    return [
      {
        ...{ name: `${name}, against 300 calls a minute`, unit: 'ms', ours },
        ...(size === 'full' ? { baseline: boundMs, bar: { kind: 'ratio-at-most', value: 1.1 } as const } : {}),
      },
      { name: `${name}, one call at a time`, unit: 'ms', ours: aloneMs, baseline: boundMs },
      {
        ...{ name: 'provisioning: calls for a person', unit: 'calls', ours: (answers.length - refused) / people },
        bar: { kind: 'at-most', value: CALLS_OF_A_PERSON.length },
      },
      { name: 'provisioning: refused by the limit', unit: 'calls', ours: refused },
      { name: `${name}: not provisioned`, unit: 'people', ours: missing, bar: { kind: 'at-most', value: 0 } },
    ];
  });
}

class Stage {
  readonly #database: Database;
  readonly #urls: { readonly entra: string; readonly genesys: string };

  private constructor(database: Database, urls: { entra: string; genesys: string }) {
    this.#database = database;
    this.#urls = urls;
  }

  static async open(opened: Opened, latencyMs: number): Promise<Stage> {
    const { GRAPH_BASE_URL: entra = '', GENESYS_GATEWAY_URL: genesys = '' } = await startSandboxApart(opened);
    const database = await openDatabase({ dataDir: opened.folder(), log: createLog({ level: 'error' }) });
    opened.closeLater(() => database.close());
    const stage = new Stage(database, { entra, genesys });
    await stage.#fault({ fault: 'budgets', requests: String(CALLS_A_MINUTE), seconds: String(60 / PACE) });
    await stage.#fault({ fault: 'slow-replies', ms: String(Math.round(latencyMs / PACE)), match: '/api/v2/' });
    return stage;
  }

  /** One call after the other, each person after the one before. @returns milliseconds of the quickened time. */
  async provisionAlone(count: number): Promise<number> {
    const { genesys } = this.#clients();
    const kept = {
      user: <T>(find: () => Promise<T>) => find(),
      step: <T>(_name: string, deed: () => Promise<T>) => deed(),
    };
    const ms = await timed(async () => {
      for (const { email, name } of somebody(count, 'alone')) {
        const wish = { name, email, divisionId: HOME.divisionId, roles: [agent()], restoresOf: async () => [] };
        await ensureGenesysUser(genesys, wish, kept);
      }
    });
    return ms * PACE;
  }

  /** As a bulk whose people are assigned in Entra already. @returns milliseconds of the quickened time. */
  async provision(count: number): Promise<number> {
    const clock = quick();
    const bulkId = newId();
    const clients = this.#clients();
    const people = await mapAtOnce(somebody(count, 'bulk'), AT_ONCE, (one) => made(clients.entra, one));
    const asker = { personId: newId(), name: 'Ada Admin', channel: 'teams' };
    const target = { servicePrincipalId: 'none', templateId: 'none', appRoleIds: [] };
    const dates = { madeAt: clock.now(), expiresAt: clock.now() };
    await saveBulk(this.#database.db, {
      bulk: { id: bulkId, fileHash: bulkId, fileName: 'people.csv', asker, ...dates },
      rows: people.map(rowOf),
      content: { encoding: 'UTF-8', separator: ',', toAdd: count, there: 0, wrong: 0, inGenesys: count, ...target },
    });
    const { kind, version, run } = bulkAssign({ ...clients, database: this.#database, clock });
    const durable = createDurable({ database: this.#database, clock, log: createLog({ level: 'error' }) });
    durable.define({ kind, version, run });
    const input = { bulkId, askerId: asker.personId, fileName: 'people.csv', fileHash: bulkId, count, ...target };
    const runId = await this.#database.transaction((trx) =>
      durable.create(trx, { kind, version, input, actor: asker }),
    );
    const ms = await timed(async () => {
      const state = await durable.execute(runId);
      if (state !== 'done') throw new Error(`The run is ${state}.`);
    });
    return ms * PACE;
  }

  /** Active, and with the role. */
  async countProvisioned(): Promise<number> {
    const { users, grants } = (await (await fetch(`${this.#urls.genesys}/_sandbox/state`)).json()) as {
      users: { id: string; email: string; state: string }[];
      grants: { subjectId: string; role: { name: string } }[];
    };
    const agents = new Set(grants.filter(({ role }) => role.name === 'Agent').map(({ subjectId }) => subjectId));
    return users.filter(({ id, email, state }) => email.startsWith('bulk.') && state === 'active' && agents.has(id))
      .length;
  }

  /** Clients of their own, so that each measurement begins with a token of its own. */
  #clients(): { entra: Entra; genesys: Genesys } {
    const [clock, secret] = [quick(), { reveal: () => BOT.clientSecret }];
    const common = { clock, budgetMs: 120_000, sleep: (ms: number) => delay(ms / PACE) };
    const { clientId, clientSecret } = GENESYS;
    return {
      entra: createEntra({
        ...{ ...common, tenantId: TENANT_ID, cloud: MICROSOFT_CLOUDS.global, clientId: BOT.clientId },
        ...{ credential: { kind: 'secret', secret }, graphBaseUrl: this.#urls.entra, loginUrl: this.#urls.entra },
        reachable: (url) => url,
      }),
      genesys: createGenesys({
        ...{ ...common, clientId, clientSecret, gatewayUrl: this.#urls.genesys },
        region: regionByKey('eu_central_1'),
      }),
    };
  }

  async #fault(setting: Readonly<Record<string, string>>): Promise<void> {
    const body = JSON.stringify({ on: true, ...setting });
    const response = await fetch(`${this.#urls.genesys}/_sandbox/faults`, { method: 'POST', body });
    if (!response.ok) throw new Error(await response.text());
  }
}

/** The statuses that Genesys answers this process with from now on, as they come; its log of requests keeps the newest alone. */
function noteAnswers(opened: Opened): readonly number[] {
  const statuses: number[] = [];
  const note = (message: unknown): void => {
    const { request, response } = message as { request: { path: string }; response: { statusCode: number } };
    if (request.path.includes('/api/v2/')) statuses.push(response.statusCode);
  };
  subscribe('undici:request:headers', note);
  opened.closeLater(async () => void unsubscribe('undici:request:headers', note));
  return statuses;
}

/** Time that passes faster, from now on. */
function quick(): Clock {
  const start = Date.now();
  const now = (): Date => new Date(start + (Date.now() - start) * PACE);
  return { now, wall: now };
}

function agent(): { roleId: string; roleName: string } {
  const role = ROLES.find(({ name }) => name === 'Agent');
  if (!role) throw new Error('The sandbox has no role Agent.');
  return { roleId: role.id, roleName: role.name };
}

function somebody(count: number, prefix: string): { name: string; email: string }[] {
  return Array.from({ length: count }, (_, at) => `${prefix}.${String(at)}`).map((name) => ({
    ...{ name, email: `${name}@contoso.example` },
  }));
}

/** Whoever waits for Genesys is in Entra; the run asks whether they still are. */
async function made(
  entra: Entra,
  { name, email }: { name: string; email: string },
): Promise<{ id: string; name: string; email: string }> {
  const password = 'Only-For-This-Bench-2026!';
  const { id } = await entra.createPerson({ name, userPrincipalName: email, mailNickname: name, password });
  return { id, name, email };
}

function rowOf({ id: personId, name, email }: { id: string; name: string; email: string }, at: number): BulkRow {
  const { roleId: id, roleName } = agent();
  return {
    ...{ line: at + 2, upn: email, state: 'to-provision', note: 'Assigned in Entra as User.', wasAssigned: false },
    deed: {
      ...{ personId, personName: name, appRoleId: 'user', appRoleName: 'User' },
      genesys: { email, ...HOME, roles: [{ id, name: roleName }] },
    },
  };
}

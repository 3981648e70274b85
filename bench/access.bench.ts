import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { BOT, GENESYS, TENANT_ID } from '../sandbox/credentials.js';
import { HOME_DIVISION, ROLES } from '../sandbox/genesys/directory.js';
import { itemsOf, keyOfItem, type AccessGift } from '../src/services/access/gift.js';
import { LeaseService } from '../src/services/access/lease-service.js';
import { resolveGift } from '../src/services/access/resolve-gift.js';
import { createEntra } from '../src/services/entra/entra-client.js';
import { MICROSOFT_CLOUDS } from '../src/services/entra/microsoft-clouds.js';
import type { Entra } from '../src/services/entra/entra.js';
import { createGenesys } from '../src/services/genesys/genesys-client.js';
import type { Genesys } from '../src/services/genesys/genesys.js';
import { OperationRegistry } from '../src/services/operations/operation-registry.js';
import { outcomeRecorder } from '../src/services/operations/outcome-recorder.js';
import { Pipeline } from '../src/services/operations/run-operation.js';
import { mapAtOnce } from '../src/services/platform/at-once.js';
import type { Clock } from '../src/services/platform/clock.js';
import { openDatabase, type Database } from '../src/services/platform/database.js';
import { jsonText } from '../src/services/platform/json.js';
import { createDurable } from '../src/services/platform/ledger-durable.js';
import { createLog } from '../src/services/platform/log.js';
import { createWake } from '../src/services/platform/wake.js';
import { regionByKey } from '../src/services/sso/genesys-region.js';
import { SandboxGraph } from './support/graph.js';
import { startSandboxApart } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { timed } from './support/statistics.js';

const SIZES = {
  full: { live: 10_000, ending: 1_000, inGenesys: 200 },
  tiny: { live: 100, ending: 20, inGenesys: 5 },
} satisfies Record<Size, object>;

/** After the last lease ends nobody signs in by it any more. */
const G2_MS = 60_000;
/** The published default of a token. */
const CALLS_A_MINUTE = 300;
/** The sessions, the roles before, their removal, the roles after, and the user: read twice, written, and read back. */
const CALLS_OF_AN_END = 8;
/** So many minutes of Genesys's limit pass in one, with clock and pauses. */
const PACE = 4;

const log = createLog({ level: 'error' });

/**
 * Leases that end in the same minute beside many others that go on: how soon Entra says that nobody has the access any more,
 * how soon Genesys has followed within its own limit, and what the clock costs while nothing is due.
 */
export function benchAccess(size: Size): Promise<Figure[]> {
  const { live, ending, inGenesys } = SIZES[size];
  return withOpened(async (opened) => {
    const many = await Stage.open(opened, 1);
    await many.fill({ live: live / 10, ending: 0 });
    const fewIdleMs = await many.idleSweepMs();
    await many.fill({ live: live - live / 10 - ending, ending });
    const manyIdleMs = await many.idleSweepMs();
    const memoryBefore = process.memoryUsage().rss;
    const closedMs = await many.end(ending, 'closed');
    const memoryAfter = process.memoryUsage().rss;
    const left = await many.countAssigned();
    const few = await Stage.open(opened, PACE);
    await few.fill({ live: 0, ending: inGenesys });
    const endedMs = (await few.end(inGenesys, 'ended')) * PACE;
    const boundMs = ((inGenesys * CALLS_OF_AN_END) / CALLS_A_MINUTE) * 60_000;
    const name = `access: ${ending.toLocaleString('en')} of ${live.toLocaleString('en')} leases end in one minute`;
    return [
      {
        ...{ name: `${name}, until nobody signs in any more`, unit: 'ms', ours: closedMs, baseline: G2_MS },
        bar: { kind: 'ratio-at-most', value: 1 },
      },
      { name: `${name}: still assigned then`, unit: 'people', ours: left, bar: { kind: 'at-most', value: 0 } },
      {
        ...{
          name: `access: ${String(inGenesys)} ends, against 300 calls a minute of Genesys`,
          unit: 'ms',
          ours: endedMs,
        },
        // A few are over before the limit is reached.
        ...(size === 'full' ? { baseline: boundMs, bar: { kind: 'ratio-at-most', value: 1.1 } as const } : {}),
      },
      {
        name: 'access: a look while nothing is due, ten times the leases',
        unit: 'ms',
        ours: manyIdleMs,
        baseline: fewIdleMs,
      },
      { name: `${name}: memory meanwhile`, unit: 'MB', ours: (memoryAfter - memoryBefore) / 1e6 },
    ];
  });
}

class Stage {
  readonly #database: Database;
  readonly #urls: { readonly entra: string; readonly genesys: string };
  readonly #clients: { readonly entra: Entra; readonly genesys: Genesys };
  readonly #leases: LeaseService;
  readonly #clock: Clock;
  readonly #gift: AccessGift;
  readonly #graph: SandboxGraph;
  readonly #pace: number;
  #genesysToken: string | undefined;
  #filled = 0;

  private constructor(parts: {
    database: Database;
    urls: { entra: string; genesys: string };
    clients: { entra: Entra; genesys: Genesys };
    leases: LeaseService;
    clock: Clock;
    gift: AccessGift;
    pace: number;
  }) {
    this.#database = parts.database;
    this.#urls = parts.urls;
    this.#clients = parts.clients;
    this.#leases = parts.leases;
    this.#clock = parts.clock;
    this.#gift = parts.gift;
    this.#pace = parts.pace;
    this.#graph = new SandboxGraph(parts.urls.entra);
  }

  static async open(opened: Opened, pace: number): Promise<Stage> {
    const { GRAPH_BASE_URL: entraUrl = '', GENESYS_GATEWAY_URL: genesysUrl = '' } = await startSandboxApart(opened);
    const urls = { entra: entraUrl, genesys: genesysUrl };
    const clock = quick(pace);
    const clients = clientsOf(urls, clock, pace);
    const template = await clients.entra.getGalleryTemplate('Genesys Cloud for Azure');
    await clients.entra.addFromGallery(template, { since: clock.now() });
    const gives = {
      entra: { kind: 'app-role', role: 'User' },
      genesys: { division: 'Home', roles: ['Agent'] },
    } as const;
    const gift = await resolveGift(clients, gives);
    const database = await openDatabase({ dataDir: opened.folder(), log });
    const wake = createWake({ database, log });
    const operations = new OperationRegistry();
    const onOutcome = outcomeRecorder({ clock, operations });
    const durable = createDurable({ database, clock, log, wake, onOutcome });
    const pipeline = new Pipeline({ database, durable, clock, entra: clients.entra, log, operations });
    const leases = new LeaseService({ ...clients, pipeline, durable, database, clock, log });
    await wake.start((runId, kind) => durable.look(runId, kind));
    opened.closeLater(async () => {
      await Promise.all([wake.stop(), durable.stop()]);
      await database.close();
    });
    const stage = new Stage({ database, urls, clients, leases, clock, gift, pace });
    return stage;
  }

  /** Leases of so many people who have what they give, ended by the clock at once; the others are rows alone. */
  async fill({ live, ending }: { live: number; ending: number }): Promise<void> {
    await this.#limit({ requests: '1000000', seconds: '60' });
    const people = await this.#graph.makePeople(ending, `leased.${String(this.#filled)}`);
    await this.#insertLeases(live, sql`gen_random_uuid()::text`, { endsInMinutes: 10_000 });
    const ids = await mapAtOnce(people, 4, (name) => this.#give(name));
    for (const [at, { personId, userId }] of ids.entries()) {
      await this.#insertLeases(1, sql`${personId}::text`, { endsInMinutes: -1, userId, email: people[at] ?? '' });
    }
    this.#filled += 1;
    await this.#limit({ requests: String(CALLS_A_MINUTE), seconds: String(60 / this.#pace) });
  }

  /** Milliseconds of one look at the leases while none is due, the least of several. */
  async idleSweepMs(): Promise<number> {
    const before = new Date(this.#clock.now().getTime() - 86_400_000);
    const looks: number[] = [];
    for (let count = 0; count < 20; count += 1) looks.push(await timed(() => this.#leases.sweep.sweep(before)));
    return Math.min(...looks);
  }

  /** Lets the clock end what is due. @returns milliseconds until all of them are closed in Entra, or ended everywhere. */
  async end(count: number, until: 'closed' | 'ended'): Promise<number> {
    return timed(async () => {
      for (let done = 0; done < count; done = await this.#count(until)) {
        await this.#leases.sweep.sweep(this.#clock.now());
        await delay(200);
      }
    });
  }

  async countAssigned(): Promise<number> {
    const { entra } = this.#gift;
    return entra.kind === 'app-role' ? this.#clients.entra.countAssignments(entra.servicePrincipalId) : 0;
  }

  async #count(until: 'closed' | 'ended'): Promise<number> {
    const column = until === 'closed' ? 'closed_at' : 'ended_at';
    const { count } = await this.#database.db
      .selectFrom('access_lease')
      .select((row) => row.fn.countAll<string>().as('count'))
      .where(column, 'is not', null)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** By the APIs themselves: the limits that our clients keep have nothing to do with it. */
  async #give(name: string): Promise<{ personId: string; userId: string }> {
    const { entra: given } = this.#gift;
    const { id: personId } = (await this.#graph.ask('GET', `/v1.0/users/${name}`)) as { id: string };
    if (given.kind === 'app-role') {
      const body = { principalId: personId, resourceId: given.servicePrincipalId, appRoleId: given.appRoleId };
      await this.#graph.ask('POST', `/v1.0/users/${personId}/appRoleAssignments`, body);
    }
    const user = { name, email: name, divisionId: HOME_DIVISION.id, state: 'active' };
    const { id: userId } = (await this.#askGenesys('/api/v2/users', user)) as { id: string };
    const roleId = ROLES.find((role) => role.name === 'Agent')?.id;
    const grants = [{ roleId, divisionId: HOME_DIVISION.id }];
    await this.#askGenesys(`/api/v2/authorization/subjects/${userId}/bulkadd`, { grants });
    return { personId, userId };
  }

  async #askGenesys(path: string, body: object): Promise<unknown> {
    this.#genesysToken ??= await genesysToken(this.#urls.genesys);
    const headers = { Authorization: `Bearer ${this.#genesysToken}`, 'Content-Type': 'application/json' };
    const response = await fetch(`${this.#urls.genesys}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  async #insertLeases(
    count: number,
    person: ReturnType<typeof sql>,
    lease: { endsInMinutes: number; userId?: string; email?: string },
  ): Promise<void> {
    const now = this.#clock.now();
    const endsAt = new Date(now.getTime() + lease.endsInMinutes * 60_000);
    const gift = jsonText(this.#gift);
    const items = itemsOf(this.#gift).map(keyOfItem);
    await sql`
      with asked as (
        insert into access_request (id, kind, state, asker, asker_name, person, person_name, user_principal_name, role_id,
          rules, gift, minutes, why, stage_at, approvers, asked_at, changed_at)
        select gen_random_uuid(), 'access', 'granted', 'asker', 'Asker', ${person}, 'Somebody', 'somebody', 'agent',
          '{}', ${gift}::jsonb, 60, 'bench', ${now}::timestamptz, '[]', ${now}::timestamptz, ${now}::timestamptz
        from generate_series(1, ${count}::integer) returning id, person
      ), leased as (
        insert into access_lease (id, request, person, person_name, user_principal_name, role_id, role_name, gift, state,
          minutes, run, begins_at, ends_at, due_at, changed_at)
        select gen_random_uuid(), id, person, 'Somebody', 'somebody', 'agent', 'Agent', ${gift}::jsonb, 'active', 60,
          gen_random_uuid(), ${now}::timestamptz, ${endsAt}::timestamptz, ${endsAt}::timestamptz, ${now}::timestamptz
        from asked returning id, person
      )
      insert into access_item (person, item, lease, given_at, genesys_user, genesys_email)
      select person, item, id, ${now}::timestamptz, ${lease.userId ?? null}, ${lease.email ?? null}
      from leased, jsonb_array_elements_text(${jsonText(items)}::jsonb) as item`.execute(this.#database.db);
  }

  async #limit(setting: { requests: string; seconds: string }): Promise<void> {
    const body = JSON.stringify({ fault: 'budgets', on: true, ...setting });
    const response = await fetch(`${this.#urls.genesys}/_sandbox/faults`, { method: 'POST', body });
    if (!response.ok) throw new Error(await response.text());
  }
}

async function genesysToken(url: string): Promise<string> {
  const basic = Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64');
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const headers = { Authorization: `Basic ${basic}` };
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', headers, body });
  return ((await response.json()) as { access_token: string }).access_token;
}

function clientsOf(
  urls: { entra: string; genesys: string },
  clock: Clock,
  pace: number,
): { entra: Entra; genesys: Genesys } {
  const { clientId, clientSecret } = GENESYS;
  const common = { clock, budgetMs: 120_000, sleep: (ms: number) => delay(ms / pace) };
  const secret = { reveal: () => BOT.clientSecret };
  return {
    entra: createEntra({
      ...{ ...common, tenantId: TENANT_ID, cloud: MICROSOFT_CLOUDS.global, clientId: BOT.clientId },
      ...{ credential: { kind: 'secret', secret }, graphBaseUrl: urls.entra, loginUrl: urls.entra },
      reachable: (url) => url,
    }),
    genesys: createGenesys({
      ...{ ...common, clientId, clientSecret, gatewayUrl: urls.genesys },
      region: regionByKey('eu_central_1'),
    }),
  };
}

/** Time that passes faster, from now on. */
function quick(pace: number): Clock {
  const start = Date.now();
  const now = (): Date => new Date(start + (Date.now() - start) * pace);
  return { now, wall: now };
}

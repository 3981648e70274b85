import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PEOPLE } from '../../sandbox/credentials.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { AccessService } from '../../src/services/access/access-service.js';
import type { AccessWish } from '../../src/services/access/access-cards.js';
import type { AccessRequest } from '../../src/services/access/access-request.js';
import type { AccessGift } from '../../src/services/access/gift.js';
import type { Lease } from '../../src/services/access/lease.js';
import type { LeasePort } from '../../src/services/access/lease-port.js';
import { changeLease, findLease, insertLease, leasesOf } from '../../src/services/access/lease-store.js';
import { PolicySource } from '../../src/services/access/policy-source.js';
import type { RequestParts } from '../../src/services/access/request-parts.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import type { Entra } from '../../src/services/entra/entra.js';
import type { Actor } from '../../src/services/operations/operation.js';
import { testPipeline } from '../../src/services/operations/testing/test-pipeline.js';
import { listAudit } from '../../src/services/platform/audit.js';
import { savePlace } from '../../src/services/platform/conversation-store.js';
import type { Database } from '../../src/services/platform/database.js';
import { newId, newRunId } from '../../src/services/platform/ids.js';
import type { Log } from '../../src/services/platform/log.js';
import { createOutbox, type Outbox } from '../../src/services/platform/outbox.js';
import { StandingClock, silentLog } from '../../src/services/platform/testing/test-parts.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA } from '../contract/remote-stand.js';
import { Consoles } from './consoles.js';
import { SandboxControl } from './sandbox-control.js';

/** A person of the sandbox as whoever clicks. */
export function actor(givenName: string, channel: 'teams' | 'slack' = 'teams'): Actor {
  const found = PEOPLE.find((one) => one.givenName === givenName);
  if (!found) throw new Error(`Nobody is called ${givenName}.`);
  return { personId: found.id, name: found.displayName, channel };
}

export const [ANA, OMAR, DANA, ADA, MIA, SIMON, GALE] = ['Ana', 'Omar', 'Dana', 'Ada', 'Mia', 'B.', 'Gale'].map(
  (name) => actor(name),
) as [Actor, Actor, Actor, Actor, Actor, Actor, Actor];

export const upn = (name: string): string => `${name}@contoso.example`;

/** A policy file of one role or several; each as it is written, over what is usual. */
export function policyText(roles: Readonly<Record<string, object>>): string {
  const usual = {
    name: 'Agent',
    gives: { entraRole: 'User', genesys: { division: 'Home', roles: ['Agent'] } },
    mayAsk: 'everybody',
    approval: [{ people: [upn('omar.owner'), upn('dana.deputy')], quorum: 1 }],
    lasts: { usually: '8 hours', atMost: '30 days' },
  };
  const written = Object.entries(roles).map(([id, role]) => [id, { ...usual, name: id, ...role }]);
  // JSON is YAML.
  return JSON.stringify({ version: 1, timeZone: 'Europe/Berlin', roles: Object.fromEntries(written) });
}

const GIFT: AccessGift = {
  entra: {
    ...{ kind: 'app-role', servicePrincipalId: 'sp', appId: 'app', templateId: 'template' },
    ...{ appRoleId: 'user', appRoleName: 'User' },
  },
  genesys: { divisionId: 'home', divisionName: 'Home', roles: [{ roleId: 'agent', roleName: 'Agent' }] },
};

/**
 * Leases as rows without the runs behind them: what requests write together with their own changes, and nothing else. An
 * effect is a row that was not called off.
 */
class LeaseRows implements LeasePort {
  readonly wentOn: string[] = [];
  readonly #parts: { database: Database; clock: StandingClock };

  constructor(parts: { database: Database; clock: StandingClock }) {
    this.#parts = parts;
  }

  readonly plan: LeasePort['plan'] = async (trx, { request, minutes, startsAt }) => {
    const [id, runId] = [newId(), newRunId()];
    const { person, rules, gift } = request;
    const endsAt = new Date(startsAt.getTime() + minutes * 60_000);
    const at = this.#parts.clock.now();
    const { id: roleId, name: roleName } = rules.role;
    await insertLease(trx, {
      ...{ id, requestId: request.id, person, roleId, roleName, gift, minutes, endsAt, runId, startsAt, at },
    });
    return { leaseId: id, runId };
  };

  readonly callOff: LeasePort['callOff'] = (trx, id) =>
    changeLease(trx, {
      ...{ id, from: ['planned'], at: this.#parts.clock.now() },
      change: { state: 'ended', endReason: 'called-off', dueAt: null },
    });

  readonly end: LeasePort['end'] = async (trx, id, { reason, by, why = '' }) => {
    const change = { state: 'ending', endReason: reason, endedBy: by.name, endWhy: why, dueAt: null } as const;
    const isEnded = await changeLease(trx, { id, from: ['planned', 'active'], at: this.#parts.clock.now(), change });
    return isEnded ? [newRunId()] : [];
  };

  goOn(runId: string): void {
    this.wentOn.push(runId);
  }

  find(id: string): Promise<Lease | undefined> {
    return findLease(this.#parts.database.db, id);
  }

  liveOf(personId: string): Promise<readonly Lease[]> {
    return leasesOf(this.#parts.database.db, personId);
  }

  /** The access works from now on. */
  async begins(id: string): Promise<void> {
    const lease = await this.find(id);
    const now = this.#parts.clock.now();
    const endsAt = new Date(now.getTime() + (lease?.minutes ?? 0) * 60_000);
    const change = { state: 'active', beginsAt: now, endsAt } as const;
    await this.#parts.database.transaction(async (trx) => {
      await changeLease(trx, { id, from: ['planned'], at: now, change });
      await trx.updateTable('access_request').set({ state: 'granted' }).where('lease', '=', id).execute();
    });
  }
}

/** The service over a database, with the real directory of the sandbox behind it. */
export class RequestStand {
  readonly clock = new StandingClock();
  readonly leases: LeaseRows;
  readonly consoles: Consoles;
  readonly control: SandboxControl;
  /** What of the gift the people have without Latchkey. */
  standing: { hasAll: boolean; through: readonly string[] } = { hasAll: false, through: [] };
  readonly #server: SandboxServer;
  readonly #store: SandboxStore;
  readonly #folder = mkdtempSync(join(tmpdir(), 'latchkey-policy-'));
  readonly #database: Database;
  readonly #entra: Entra;
  #outbox: Outbox | undefined;

  private constructor(database: Database, server: SandboxServer, store: SandboxStore, url: string) {
    this.#database = database;
    this.#server = server;
    this.#store = store;
    this.leases = new LeaseRows({ database, clock: this.clock });
    this.control = new SandboxControl(url);
    this.consoles = new Consoles({ entra: this.control, genesys: this.control });
    this.#entra = createEntra({
      ...{ ...BOT_AT_ENTRA, graphBaseUrl: url, loginUrl: url, budgetMs: 5_000, retryBudgetMs: 300 },
      ...{
        reachable: createReachable({ entraLoginUrl: url }),
        clock: { now: () => new Date(), wall: () => new Date() },
      },
    });
  }

  static async open(database: Database): Promise<RequestStand> {
    const store = new SandboxStore(':memory:');
    const addresses = { entra: '', genesys: 'http://127.0.0.1:9', teams: 'http://127.0.0.1:9' };
    const server = createEntraSandbox({ store, clock: new SandboxClock(store), addresses });
    const url = `http://127.0.0.1:${String(await server.listen(0))}`;
    addresses.entra = url;
    return new RequestStand(database, server, store, url);
  }

  async close(): Promise<void> {
    await this.#server.close();
    this.#store.close();
    rmSync(this.#folder, { recursive: true });
  }

  get policyFile(): string {
    return join(this.#folder, 'policy.yaml');
  }

  /** A service that knows these rules. */
  service(roles: Readonly<Record<string, object>>, log?: Log): AccessService {
    return this.serviceOf(this.parts(roles, log));
  }

  serviceOf(parts: RequestParts): AccessService {
    const { clock, log } = parts;
    this.#outbox = createOutbox({ database: this.#database, clock, log });
    return new AccessService({ ...parts, outbox: this.#outbox });
  }

  /** Tells the service that was made last what has happened. */
  async delivers(): Promise<void> {
    await this.#outbox?.sweep.sweep(this.clock.now());
  }

  /** What a service with these rules works with. */
  parts(roles: Readonly<Record<string, object>>, log = silentLog): RequestParts {
    writeFileSync(this.policyFile, policyText(roles));
    const database = this.#database;
    const { clock, leases } = this;
    const { pipeline } = testPipeline({ database, clock, entra: this.#entra });
    return {
      ...{ database, clock, log, entra: this.#entra, pipeline, leases },
      policy: new PolicySource({ file: this.policyFile, canSignIn: true, log }),
      gifts: { resolve: () => Promise.resolve(GIFT), standingOf: () => Promise.resolve(this.standing) },
      chats: { isTeamsOn: true, isSlackOn: true, hasAdminChannel: false },
    };
  }

  /** A chat with Latchkey in Teams. */
  async hasChat(...people: readonly Actor[]): Promise<void> {
    for (const { personId } of people)
      await savePlace(this.#database.db, {
        ...{ channel: 'teams', conversation: `a:${personId}`, kind: 'personal', person: personId },
        ...{ reference: {}, changedAt: this.clock.now() },
      });
  }

  /** Changes a person as an administrator would. */
  async changes({ personId }: Actor, change: object): Promise<void> {
    await this.consoles.graph('PATCH', `/v1.0/users/${personId}`, change);
  }

  /** Every lease that was planned and not called off. */
  async effects(): Promise<string[]> {
    const rows = await this.#database.db
      .selectFrom('access_lease')
      .select('id')
      .where((row) => row.or([row('end_reason', 'is', null), row('end_reason', '!=', 'called-off')]))
      .execute();
    return rows.map(({ id }) => id);
  }

  /** What the audit says, the oldest first. */
  async audited(): Promise<
    { kind: string; operation?: string; what?: string; rule?: string; request?: string; actor?: { name: string } }[]
  > {
    const entries = await listAudit(this.#database.db, { limit: 200 });
    return entries.reverse().map(({ kind, body }) => ({ kind, ...(body as object) }));
  }

  async forgets(): Promise<void> {
    for (const table of ['access_item', 'access_lease', 'access_vote', 'access_request', 'place', 'outbox'] as const)
      await this.#database.db.deleteFrom(table).execute();
  }
}

let wishes = 0;

/** Ana asks for Agent for eight hours, or whatever is said instead. */
export function asks(
  service: AccessService,
  { by = ANA, ...wish }: Partial<AccessWish> & { by?: Actor } = {},
): Promise<AccessRequest> {
  const usual = { personId: by.personId, roleId: 'agent', minutes: 480, why: 'Covering the night shift' };
  wishes += 1;
  const claim = { reference: `wish-${String(wishes)}`, verb: 'ask', revision: 0 };
  return service.ask(by, { ...usual, kind: 'access', ...wish }, claim);
}

import { z } from 'zod';
import { GENESYS, PEOPLE } from '../../sandbox/credentials.js';
import type { AppRoleAssignment } from '../../sandbox/entra/directory-objects.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { GROUPS } from '../../sandbox/entra/seed.js';
import { createGenesysSandbox } from '../../sandbox/genesys/genesys-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import type { PolicyGift } from '../../src/services/access/access-policy.js';
import type { AccessRequest } from '../../src/services/access/access-request.js';
import type { AccessGift } from '../../src/services/access/gift.js';
import type { Lease } from '../../src/services/access/lease.js';
import { LeaseService } from '../../src/services/access/lease-service.js';
import type { RequestFacts } from '../../src/services/access/request-deeds.js';
import { findFacts } from '../../src/services/access/request-parts.js';
import { addRequest, findRequest, noteLease } from '../../src/services/access/request-store.js';
import { resolveGift } from '../../src/services/access/resolve-gift.js';
import { requestOf } from '../../src/services/access/testing/examples.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import type { Entra } from '../../src/services/entra/entra.js';
import { createGenesys } from '../../src/services/genesys/genesys-client.js';
import type { Genesys } from '../../src/services/genesys/genesys.js';
import type { Actor, Claim } from '../../src/services/operations/operation.js';
import type { Pipeline } from '../../src/services/operations/run-operation.js';
import { testPipeline } from '../../src/services/operations/testing/test-pipeline.js';
import type { Database } from '../../src/services/platform/database.js';
import type { Durable, RunRecord } from '../../src/services/platform/durable.js';
import { newId, parseRunId, type RunId } from '../../src/services/platform/ids.js';
import { jsonText } from '../../src/services/platform/json.js';
import { omar, recordingLog, StandingClock } from '../../src/services/platform/testing/test-parts.js';
import { AssignmentService } from '../../src/services/provisioning/assignment-service.js';
import { OffBoardService } from '../../src/services/provisioning/off-board-service.js';
import { ProvisioningService } from '../../src/services/provisioning/provisioning-service.js';
import { regionByKey } from '../../src/services/sso/genesys-region.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { Consoles } from '../support/consoles.js';
import { SandboxControl } from '../support/sandbox-control.js';
import { BOT_AT_ENTRA, FlakyWire, WaitingClock } from './remote-stand.js';

export const AGENT: PolicyGift = {
  entra: { kind: 'app-role', role: 'User' },
  genesys: { division: 'Home', roles: ['Agent'] },
};
export const SUPERVISOR: PolicyGift = { ...AGENT, genesys: { division: 'Home', roles: ['Supervisor'] } };

const TABLES = ['access_item', 'access_lease', 'access_request', 'step', 'signal', 'run', 'outbox', 'claim'] as const;

/** Leases over both sandboxes and a database, with business time that stands still until it is moved. */
export class LeaseStand {
  readonly clock = new StandingClock();
  /** What the operator reads. */
  readonly log = recordingLog();
  readonly entraSandbox: SandboxServer;
  readonly genesysSandbox: SandboxServer;
  readonly database: Database;
  readonly entraWire: FlakyWire;
  readonly genesysWire: FlakyWire;
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly consoles: Consoles;
  pipeline: Pipeline;
  durable: Durable;
  leases: LeaseService;
  readonly #stores: readonly SandboxStore[];
  #admins: Services['admins'];
  readonly #entraControl: SandboxControl;
  readonly #genesysControl: SandboxControl;

  private constructor(parts: {
    stores: readonly SandboxStore[];
    entraSandbox: SandboxServer;
    genesysSandbox: SandboxServer;
    wires: readonly [FlakyWire, FlakyWire];
    database: Database;
    controls: { readonly entra: SandboxControl; readonly genesys: SandboxControl };
  }) {
    this.#stores = parts.stores;
    this.entraSandbox = parts.entraSandbox;
    this.genesysSandbox = parts.genesysSandbox;
    [this.entraWire, this.genesysWire] = parts.wires;
    this.database = parts.database;
    ({ entra: this.#entraControl, genesys: this.#genesysControl } = parts.controls);
    this.consoles = new Consoles(parts.controls);
    const waiting = new WaitingClock();
    const loginUrl = this.entraWire.url;
    const timing = { clock: waiting, sleep: waiting.sleep, budgetMs: 10_000 };
    this.entra = createEntra({
      ...{ ...BOT_AT_ENTRA, graphBaseUrl: loginUrl, loginUrl, reachable: createReachable({ entraLoginUrl: loginUrl }) },
      ...timing,
    });
    this.genesys = createGenesys({
      ...{ region: regionByKey('eu_central_1'), clientId: GENESYS.clientId, clientSecret: GENESYS.clientSecret },
      ...{ gatewayUrl: this.genesysWire.url, ...timing },
    });
    ({ pipeline: this.pipeline, durable: this.durable, leases: this.leases, admins: this.#admins } = this.#services());
  }

  /** With the application there, as after a set-up. */
  static async open(database: Database): Promise<LeaseStand> {
    for (const table of TABLES) await database.db.deleteFrom(table).execute();
    const stores = [new SandboxStore(':memory:'), new SandboxStore(':memory:')] as const;
    const addresses = { entra: '', genesys: '', teams: 'http://127.0.0.1:9' };
    const [entraStore, genesysStore] = stores;
    const entraSandbox = createEntraSandbox({ store: entraStore, clock: new SandboxClock(entraStore), addresses });
    const genesysSandbox = createGenesysSandbox({
      store: genesysStore,
      clock: new SandboxClock(genesysStore),
      addresses,
    });
    const [entraUrl, genesysUrl] = [await urlOf(entraSandbox), await urlOf(genesysSandbox)];
    const wires = [await FlakyWire.to(entraUrl), await FlakyWire.to(genesysUrl)] as const;
    addresses.entra = wires[0].url;
    addresses.genesys = wires[1].url;
    const controls = { entra: new SandboxControl(entraUrl), genesys: new SandboxControl(genesysUrl) };
    const stand = new LeaseStand({ stores, entraSandbox, genesysSandbox, wires, database, controls });
    await stand.consoles.addsFromGallery();
    return stand;
  }

  async close(): Promise<void> {
    await this.durable.stop();
    for (const wire of [this.entraWire, this.genesysWire]) await wire.close();
    for (const server of [this.entraSandbox, this.genesysSandbox]) await server.close();
    for (const store of this.#stores) store.close();
  }

  /** As after a start of the process: nothing is remembered but what the database holds. @param database as the process sees it. */
  async restarts(database = this.database): Promise<void> {
    await this.durable.stop();
    const services = this.#services(database);
    ({ pipeline: this.pipeline, durable: this.durable, leases: this.leases, admins: this.#admins } = services);
  }

  resolve(gives: PolicyGift): Promise<AccessGift> {
    return resolveGift(this, gives);
  }

  /** Decided by Omar, and not begun yet. */
  async plan(
    givenName: string,
    { gives = AGENT, minutes = 480, by = omar, extendsLeaseId }: PlanOptions = {},
  ): Promise<{ leaseId: string; runId: RunId; requestId: string }> {
    const { id, displayName: name, userPrincipalName } = personOf(givenName);
    const startsAt = new Date(this.clock.now().getTime() + 10_000);
    const request: AccessRequest = {
      ...requestOf(
        { id: newId(), person: { id, name, userPrincipalName }, asker: { id, name }, minutes },
        { id: gives.genesys.roles.join('-').toLowerCase(), name: gives.genesys.roles.join(', '), gives },
      ),
      ...{ state: 'approved', gift: await this.resolve(gives), startsAt, askedAt: this.clock.now() },
      ...(extendsLeaseId === undefined ? {} : { kind: 'extension', extendsLeaseId }),
      decision: { kind: 'approved', by: { id: by.personId, name: by.name }, minutes },
    };
    const planned = await this.database.transaction(async (trx) => {
      await addRequest(trx, request);
      const lease = await this.leases.plan(trx, { request, minutes, by, startsAt });
      await noteLease(trx, request.id, lease.leaseId);
      return lease;
    });
    return { ...planned, requestId: request.id };
  }

  /** Planned, begun, and given. */
  async grant(givenName: string, options: PlanOptions = {}): Promise<{ lease: Lease; requestId: string }> {
    const { leaseId, runId, requestId } = await this.plan(givenName, options);
    this.clock.advance(1);
    await this.goesOn(runId);
    return { lease: await this.lease(leaseId), requestId };
  }

  /** Lets the run go on until it stands still, and gives it. */
  async goesOn(runId: RunId): Promise<RunRecord> {
    await this.durable.goOn(runId);
    const run = await this.durable.find(runId);
    if (!run) throw new Error('There is no such run.');
    return run;
  }

  /** Business time passes, and the clock does what is due; resolves when every run stands still. */
  async passes(minutes: number): Promise<void> {
    this.clock.advance(minutes);
    await this.sweeps();
  }

  async sweeps(): Promise<void> {
    await this.leases.sweep.sweep(this.clock.now());
    await this.standsStill();
  }

  async reconciles(): Promise<void> {
    await this.leases.reconciler.sweep(this.clock.now());
    await this.standsStill();
  }

  /** Resolves when no run is executed any more. @param isDead whether nobody would execute one. */
  async standsStill(isDead = (): boolean => false): Promise<void> {
    const running = this.database.db.selectFrom('run').select('id').where('state', '=', 'running');
    for (let rows = await running.execute(); rows.length > 0 && !isDead(); rows = await running.execute())
      for (const { id } of rows) await this.durable.goOn(parseRunId(id));
  }

  async lease(leaseId: string): Promise<Lease> {
    const lease = await this.leases.find(leaseId);
    if (!lease) throw new Error('There is no such lease.');
    return lease;
  }

  async requestState(requestId: string): Promise<string | undefined> {
    return (await findRequest(this.database.db, requestId))?.state;
  }

  /** What the directories say, read in the sandbox: how often the person is assigned, their user and roles in Genesys. */
  async has(givenName: string): Promise<{ assigned: number; user: string | undefined; roles: string[] }> {
    const { id, userPrincipalName } = personOf(givenName);
    const { appRoleAssignments } = await this.#entraControl.state<{ appRoleAssignments: AppRoleAssignment[] }>();
    const { users, grants } = await this.#genesysControl.state<{
      users: { id: string; email: string; state: string }[];
      grants: { subjectId: string; role: { name: string } }[];
    }>();
    const user = users.find(({ email }) => email === userPrincipalName);
    return {
      assigned: appRoleAssignments.filter(({ principalId }) => principalId === id).length,
      user: user?.state,
      roles: grants.flatMap(({ subjectId, role }) => (subjectId === user?.id ? [role.name] : [])).sort(),
    };
  }

  /** How many users Genesys has for the person. */
  async usersOf(givenName: string): Promise<number> {
    const { users } = await this.#genesysControl.state<{ users: { email: string }[] }>();
    return users.filter(({ email }) => email === personOf(givenName).userPrincipalName).length;
  }

  /** The run that ends it asks again at once. */
  async endsNow(leaseId: string): Promise<RunRecord> {
    return this.goesOn(parseRunId((await this.lease(leaseId)).endRunId ?? ''));
  }

  /** From now on, once, the list of who is assigned says that it was so since then, as after a restored backup. */
  async assignmentsAreSince(since: Date): Promise<void> {
    const { entra } = await this.resolve(AGENT);
    if (entra.kind !== 'app-role') return;
    const path = `/v1.0/servicePrincipals/${entra.servicePrincipalId}/appRoleAssignedTo`;
    const { value } = (await this.consoles.graph('GET', path)) as { value: object[] };
    const body = JSON.stringify({ value: value.map((one) => ({ ...one, createdDateTime: since.toISOString() })) });
    this.entraWire.answersFor((passing) => passing.path.includes('appRoleAssignedTo?'), { status: 200, body });
  }

  /** As a fault of ours would: the lease is over, and nothing was taken. */
  async forgetsTheEnd(leaseId: string): Promise<void> {
    const ended = { state: 'ended', end_reason: 'time', ended_at: this.clock.now(), due_at: null } as const;
    await this.database.db.updateTable('access_lease').set(ended).where('id', '=', leaseId).execute();
  }

  async home(): Promise<string> {
    return (await this.genesys.listDivisions()).find(({ isHome }) => isHome)?.id ?? '';
  }

  /** In the Entra admin center. */
  async assignsByHand(givenName: string): Promise<void> {
    const { entra } = await this.resolve(AGENT);
    if (entra.kind !== 'app-role') return;
    const body = {
      principalId: personOf(givenName).id,
      resourceId: entra.servicePrincipalId,
      appRoleId: entra.appRoleId,
    };
    await this.consoles.graph('POST', `/v1.0/users/${body.principalId}/appRoleAssignments`, body);
  }

  async takesByHand(givenName: string): Promise<void> {
    const { id } = personOf(givenName);
    const held = (await this.consoles.graph('GET', `/v1.0/users/${id}/appRoleAssignments`)) as {
      value: { id: string }[];
    };
    for (const { id: assignment } of held.value)
      await this.consoles.graph('DELETE', `/v1.0/users/${id}/appRoleAssignments/${assignment}`);
  }

  async groupHasApplication(name: keyof typeof GROUPS): Promise<void> {
    const { entra } = await this.resolve(AGENT);
    if (entra.kind !== 'app-role') return;
    const body = { principalId: GROUPS[name], resourceId: entra.servicePrincipalId, appRoleId: entra.appRoleId };
    await this.consoles.graph('POST', `/v1.0/groups/${GROUPS[name]}/appRoleAssignments`, body);
  }

  /** Ada assigns and provisions somebody through Latchkey, without an end. */
  async adminHasGiven(givenName: string): Promise<void> {
    const actor = { personId: personOf('Ada').id, name: 'Ada Admin', channel: 'teams' };
    const personId = personOf(givenName).id;
    const { role } = await this.#admins.assignments.propose(personId);
    const claim = (verb: string): Claim => ({ reference: newId(), verb, revision: 1 });
    await this.#admins.assignments.assign(actor, { personId, appRoleId: role.id }, claim('assign'));
    await this.standsStill();
    const { division, roles } = await this.#admins.provisioning.propose(personId);
    const roleIds = roles.filter(({ name }) => name === 'Agent').map(({ id }) => id);
    const wish = { personId, divisionId: division.id, roleIds, restores: [] };
    await this.#admins.provisioning.provision(actor, wish, claim('provision'));
    await this.standsStill();
  }

  /** Ada off-boards somebody. @param seal of the card that she confirms; her newest one. */
  async offBoards(givenName: string, seal?: string): Promise<void> {
    const actor = { personId: personOf('Ada').id, name: 'Ada Admin', channel: 'teams' };
    const personId = personOf(givenName).id;
    const card = await this.#admins.offBoarding.look(actor, personId);
    const claim = { reference: newId(), verb: 'off-board', revision: 1 };
    await this.#admins.offBoarding.offBoard(actor, { personId, seal: seal ?? card.seal }, claim);
    await this.standsStill();
  }

  /** Omar has it ended, as a review does; gives the runs. */
  async ends(leaseId: string, why?: string): Promise<readonly RunId[]> {
    const how = { reason: 'revoked', by: omar, ...(why === undefined ? {} : { why }) } as const;
    const runs = await this.database.transaction((trx) => this.leases.end(trx, leaseId, how));
    runs.forEach((runId) => this.leases.goOn(runId));
    return runs;
  }

  async forgetsNews(): Promise<void> {
    await this.database.db.deleteFrom('outbox').execute();
  }

  /** Ids of the requests whose cards say something else. */
  async news(): Promise<string[]> {
    const rows = await this.database.db.selectFrom('outbox').select('payload').execute();
    return rows.flatMap(({ payload }) => z.object({ requestId: z.string() }).safeParse(payload).data?.requestId ?? []);
  }

  /** As of a release that is not this one. */
  async cannotBeRead(leaseId: string): Promise<void> {
    const gift = jsonText({ of: 'another release' });
    await this.database.db.updateTable('access_lease').set({ gift }).where('id', '=', leaseId).execute();
  }

  /** She goes on with a run that failed. */
  async retriesAsAda(id: string): Promise<RunRecord | undefined> {
    const runId = parseRunId(id);
    const actor = { personId: personOf('Ada').id, name: 'Ada Admin', channel: 'teams' };
    const revision = (await this.durable.find(runId))?.revision ?? 0;
    await this.pipeline.retry(runId, { actor, claim: { reference: `run:${runId}`, verb: 'retry-run', revision } });
    await this.standsStill();
    return this.durable.find(runId);
  }

  facts(requestId: string): Promise<RequestFacts | undefined> {
    return findFacts(this, requestId);
  }

  async genesysUserIsCalled(email: string, other: string): Promise<void> {
    const user = await this.genesys.findUserByEmail(email);
    const { version } = (await this.consoles.genesys('GET', `/api/v2/users/${user?.id ?? ''}`)) as { version: number };
    await this.consoles.genesys('PATCH', `/api/v2/users/${user?.id ?? ''}`, { email: other, version });
  }

  /** Somebody whom Latchkey has never had to do with. */
  async inactiveUser(givenName: string): Promise<void> {
    const { displayName: name, userPrincipalName: email } = personOf(givenName);
    await this.consoles.genesys('POST', '/api/v2/users', { name, email, state: 'inactive' });
  }

  async givesRoleByHand(givenName: string, roleName: string): Promise<void> {
    const user = await this.genesys.findUserByEmail(personOf(givenName).userPrincipalName);
    const roleId = (await this.genesys.listRoles()).find(({ name }) => name === roleName)?.id ?? '';
    await this.genesys.ensureGrant(user?.id ?? '', { roleId, divisionId: await this.home() });
  }

  #services(database = this.database): Services {
    const { entra, genesys, clock } = this;
    const { pipeline, durable } = testPipeline({ entra, clock, database });
    const parts = { entra, genesys, clock, database, pipeline, durable, log: this.log.log };
    const leases = new LeaseService(parts);
    const admins = {
      assignments: new AssignmentService(parts),
      provisioning: new ProvisioningService(parts),
      offBoarding: new OffBoardService({
        ...parts,
        endLeases: (trx, personId, by) => leases.endAll(trx, personId, { reason: 'off-boarded', by }),
      }),
    };
    return { pipeline, durable, leases, admins };
  }
}

interface Services {
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly leases: LeaseService;
  readonly admins: {
    readonly assignments: AssignmentService;
    readonly provisioning: ProvisioningService;
    readonly offBoarding: OffBoardService;
  };
}

interface PlanOptions {
  readonly gives?: PolicyGift;
  readonly minutes?: number;
  readonly by?: Actor;
  readonly extendsLeaseId?: string;
}

export function personOf(givenName: string): (typeof PEOPLE)[number] {
  const person = PEOPLE.find((one) => one.givenName === givenName);
  if (!person) throw new Error(`There is nobody called ${givenName}.`);
  return person;
}

async function urlOf(server: SandboxServer): Promise<string> {
  return `http://127.0.0.1:${String(await server.listen(0))}`;
}

import { DIRECTORY_ROLES, GENESYS, PEOPLE } from '../../../sandbox/credentials.js';
import type { RoleAssignment } from '../../../sandbox/entra/directory-objects.js';
import { createEntraSandbox } from '../../../sandbox/entra/entra-sandbox.js';
import { startSandbox, type RunningSandbox } from '../../../sandbox/genesys/testing/running-sandbox.js';
import { SandboxClock } from '../../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../../sandbox/kit/server.js';
import { SandboxStore } from '../../../sandbox/kit/store.js';
import { BOT_AT_ENTRA, WaitingClock } from '../../../test/contract/remote-stand.js';
import { Consoles } from '../../../test/support/consoles.js';
import { SandboxControl } from '../../../test/support/sandbox-control.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import { createEntra } from '../entra/entra-client.js';
import type { Entra } from '../entra/entra.js';
import { createGenesys } from '../genesys/genesys-client.js';
import type { Genesys } from '../genesys/genesys.js';
import { OperationRegistry } from '../operations/operation-registry.js';
import type { Actor } from '../operations/operation.js';
import { outcomeRecorder } from '../operations/outcome-recorder.js';
import { Pipeline } from '../operations/run-operation.js';
import type { RemoveTestUserInput } from '../people/remove-test-user.js';
import { listAudit } from '../platform/audit.js';
import type { Database } from '../platform/database.js';
import type { Durable, RunRecord } from '../platform/durable.js';
import { newRunId, parseRunId } from '../platform/ids.js';
import { jsonText, type Json } from '../platform/json.js';
import { createDurable } from '../platform/ledger-durable.js';
import { silentLog } from '../platform/testing/test-parts.js';
import { createReachable } from '../sso/test-links.js';
import { regionByKey } from '../sso/genesys-region.js';
import { BulkService } from './bulk-service.js';
import type { OffBoardInput } from './off-board.js';
import type { UnassignInput } from './unassign.js';

/** Time that passes only by waiting. A wait may be held, so that something happens in the middle of it. */
class HeldClock extends WaitingClock {
  #hold: { begin: () => void; end: Promise<void> } | undefined;

  /** The next wait ends when `goOn` is called. */
  holdNextWait(): { begun: Promise<void>; goOn: () => void } {
    let [begin, goOn] = [(): void => undefined, (): void => undefined];
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const end = new Promise<void>((resolve) => (goOn = resolve));
    this.#hold = { begin, end };
    return { begun, goOn };
  }

  readonly wait = async (ms: number): Promise<void> => {
    const hold = this.#hold;
    this.#hold = undefined;
    await this.sleep(ms);
    hold?.begin();
    await hold?.end;
  };
}

let [server, store, sandbox]: [SandboxServer?, SandboxStore?, RunningSandbox?] = [];
let database: Database;
let durable: Durable;
let clock: HeldClock;
let entra: Entra;
let genesys: Genesys;
let consoles: Consoles;
let bulk: BulkService;
let servicePrincipalId: string;

function actorOf(givenName: string): Actor {
  const { id: personId = '', displayName: name = '' } = PEOPLE.find((one) => one.givenName === givenName) ?? {};
  return { personId, name, channel: 'teams' };
}
const [ada, omar, ana, dana, simon] = ['Ada', 'Omar', 'Ana', 'Dana', 'B.'].map(actorOf) as [
  ...[Actor, Actor, Actor, Actor, Actor],
];
const [OMAR, ANA, DANA, SIMON] = ['omar.owner', 'ana.agent', 'dana.deputy', 'b.simon'].map(
  (name) => `${name}@contoso.example`,
) as [string, string, string, string];

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

beforeEach(async () => {
  clock = new HeldClock();
  sandbox = await startSandbox();
  store = new SandboxStore(':memory:');
  const addresses = { entra: '', genesys: sandbox.url, teams: 'http://127.0.0.1:9' };
  server = createEntraSandbox({ store, clock: new SandboxClock(store), addresses });
  const url = `http://127.0.0.1:${String(await server.listen(0))}`;
  addresses.entra = url;
  const waits = { clock, sleep: clock.wait, budgetMs: 60_000 };
  const reachable = createReachable({ entraLoginUrl: url });
  entra = createEntra({ ...BOT_AT_ENTRA, ...waits, graphBaseUrl: url, loginUrl: url, reachable });
  const { clientId, clientSecret } = GENESYS;
  const region = regionByKey('eu_central_1');
  genesys = createGenesys({ ...waits, region, clientId, clientSecret, gatewayUrl: sandbox.url });
  consoles = new Consoles({ entra: new SandboxControl(url), genesys: new SandboxControl(sandbox.url) });
  ({ servicePrincipalId } = await consoles.addsFromGallery());
  for (const table of ['step', 'signal', 'run', 'claim', 'bulk'] as const)
    await database.db.deleteFrom(table).execute();
  const operations = new OperationRegistry();
  durable = createDurable({ database, clock, log: silentLog, onOutcome: outcomeRecorder({ clock, operations }) });
  const pipeline = new Pipeline({ database, durable, clock, entra, log: silentLog, operations });
  bulk = new BulkService({ entra, genesys, pipeline, durable, database, clock });
}, 60_000);

afterEach(async () => {
  await server?.close();
  await sandbox?.stop();
  store?.close();
});

async function planned(rows: string, name = 'people.csv'): Promise<string> {
  const plan = await bulk.plan(ada, { name, bytes: Buffer.from(`upn,role,genesysRoles\n${rows}`) });
  return plan.bulk.id;
}

async function reached(runId: string, ...states: readonly RunRecord['state'][]): Promise<RunRecord> {
  for (;;) {
    const run = await durable.find(parseRunId(runId));
    if (run && states.includes(run.state)) return run;
    if (run?.state === 'failed') throw new Error(JSON.stringify(run.problem));
    await new Promise(setImmediate);
  }
}

async function started(bulkId: string): Promise<string> {
  const { runId } = await bulk.start(ada, bulkId);
  if (!runId) throw new Error('Nothing was started.');
  return runId;
}

/** Ada's bulk, paused before anything was done for anybody: its first part has waited for Graph until it was over. */
async function paused(rows: string, delivery?: string): Promise<{ runId: string; bulkId: string }> {
  const bulkId = await planned(rows);
  server?.faults.set({
    fault: 'throttled',
    times: '1',
    retryAfter: '7',
    match: `servicePrincipals/${servicePrincipalId}`,
  });
  const wait = clock.holdNextWait();
  const runId = await started(bulkId);
  await wait.begun;
  await bulk.pause(ada, runId, delivery);
  wait.goOn();
  await reached(runId, 'waiting');
  return { runId, bulkId };
}

/** The rows by person: state and note. */
async function results(bulkId: string): Promise<Record<string, string>> {
  const { rows } = await bulk.report(bulkId);
  return Object.fromEntries(rows.map(({ upn, state, note }) => [upn, `${state}: ${note}`]));
}

async function assignedIds(): Promise<string[]> {
  return (await entra.listAssignments(servicePrincipalId)).map(({ principalId }) => principalId);
}

async function runOf(
  kind: string,
  { input = {}, outcome, startedAt }: { input?: Json; outcome?: Json; startedAt?: Date },
): Promise<void> {
  const at = clock.now();
  const json = {
    input: jsonText(input),
    actor: jsonText(omar),
    outcome: outcome === undefined ? null : jsonText(outcome),
  };
  await database.db
    .insertInto('run')
    .values({
      ...json,
      id: newRunId(),
      kind,
      version: 1,
      state: 'done',
      reference: kind,
      started_at: startedAt ?? at,
      changed_at: at,
    })
    .execute();
}

function makeAdmin({ personId }: Actor): void {
  const roleDefinitionId = DIRECTORY_ROLES['Cloud Application Administrator'];
  const role = { id: 'second-admin', principalId: personId, roleDefinitionId, directoryScopeId: '/', appScopeId: null };
  store?.collection<RoleAssignment>('roleAssignments').put(role.id, role);
}

test('Nobody goes on with a bulk that gives them access, while they may pause and stop it', async () => {
  makeAdmin(omar);
  const { runId, bulkId } = await paused(`${OMAR},,\n${ANA},,`);

  await expect(bulk.goOn(omar, runId)).rejects.toMatchObject({
    facts: { kind: 'refused', code: 'self', why: expect.stringContaining('Nobody can give access to themselves') },
  });

  expect((await reached(runId, 'waiting')).state).toBe('waiting');
  await expect(assignedIds()).resolves.toEqual([]);
  const refusals = (await listAudit(database.db, { limit: 20 })).filter(({ kind }) => kind === 'refusal');
  expect(refusals).toHaveLength(1);
  await bulk.stop(omar, runId);
  await reached(runId, 'done');
  await expect(results(bulkId)).resolves.toMatchObject({ [OMAR]: expect.stringMatching(/^left-out/) });
});

test('A click that is worked on once more steers nothing: what came after it holds', async () => {
  const { runId, bulkId } = await paused(`${ANA},,`, 'the pause');
  const wait = clock.holdNextWait();
  server?.faults.set({
    fault: 'throttled',
    times: '1',
    retryAfter: '7',
    match: `servicePrincipals/${servicePrincipalId}`,
  });
  await bulk.goOn(ada, runId, 'the first');
  await wait.begun;

  await expect(bulk.pause(ada, runId, 'the pause')).rejects.toMatchObject({ facts: { code: 'bulk-moved-on' } });

  await bulk.pause(ada, runId, 'another pause');
  await expect(bulk.goOn(ada, runId, 'the first')).rejects.toMatchObject({ facts: { code: 'bulk-moved-on' } });
  await bulk.goOn(ada, runId, 'the second');
  wait.goOn();
  await reached(runId, 'done');
  await expect(results(bulkId)).resolves.toEqual({ [ANA]: 'done: Assigned in Entra as User.' });
});

test('Whoever has nothing to gain from the rest of it goes on, and so does who asked', async () => {
  makeAdmin(omar);
  const first = await paused(`${ANA},,`);
  await bulk.goOn(omar, first.runId);
  await reached(first.runId, 'done');
  const second = await paused(`${OMAR},,\n${DANA},,`);
  await bulk.goOn(ada, second.runId);
  await reached(second.runId, 'done');

  expect((await assignedIds()).toSorted()).toEqual([omar, dana, ana].map(({ personId }) => personId).toSorted());
});

test('Whose access was taken away since the plan does not get it back, at whichever system the row is', async () => {
  const [principal, detail] = [{ kind: 'person', name: 'x' } as const, 'x'];
  const application = { servicePrincipalId, appId: 'a', templateId: 't' };
  const offBoarded = ({ personId }: Actor): OffBoardInput => ({
    ...{ personId, personName: 'x', userPrincipalName: 'x', mail: null },
  });
  const unassigned: UnassignInput = { principal: { ...principal, id: ana.personId, detail }, application, roles: [] };
  const removed: RemoveTestUserInput = {
    ...{ personId: dana.personId, displayName: 'x', userPrincipalName: 'x', genesysUser: null, genesysStays: null },
  };
  const [role] = (await entra.getAppRoles({ servicePrincipalId, appId: '', applicationObjectId: '' })).filter(
    ({ displayName }) => displayName === 'User',
  );
  await consoles.graph('POST', `/v1.0/users/${omar.personId}/appRoleAssignments`, {
    ...{ principalId: omar.personId, resourceId: servicePrincipalId, appRoleId: role?.id },
  });
  await runOf('off-board', { input: offBoarded(simon) });
  const beforePlan = clock.now();
  await clock.sleep(1_000);

  const { runId, bulkId } = await paused(`${OMAR},,Agent\n${ANA},,\n${DANA},,\n${SIMON},,`);
  await clock.sleep(1_000);
  await runOf('off-board', { input: offBoarded(omar) });
  await runOf('unassign-person', { input: unassigned });
  // Had failed before the plan was made, and was retried after.
  await runOf('remove-test-user', { input: removed, startedAt: beforePlan });
  await runOf('assign-person', { input: { personId: simon.personId } });
  await bulk.goOn(ada, runId);

  const { outcome } = await reached(runId, 'done');
  const taken = 'Access was taken away meanwhile by Omar Owner: give it again by hand if that is wanted.';
  await expect(results(bulkId)).resolves.toEqual({
    ...{ [OMAR]: `left-out: Was assigned in Entra already. ${taken}`, [ANA]: `left-out: ${taken}` },
    ...{ [DANA]: `left-out: ${taken}`, [SIMON]: 'done: Assigned in Entra as User.' },
  });
  expect(outcome).toMatchObject({ added: 1, leftOut: 3, isStopped: false });
  expect((await assignedIds()).toSorted()).toEqual([omar.personId, simon.personId].toSorted());
  await expect(genesys.findGrants((await genesys.findUserByEmail(OMAR))?.id ?? '')).resolves.not.toContainEqual(
    expect.objectContaining({ role: expect.objectContaining({ name: 'Agent' }) }),
  );
});

test('Whose account was disabled since the plan gets nothing, and the row says what to do', async () => {
  const { runId, bulkId } = await paused(`${ANA},,\n${DANA},,`);
  await consoles.graph('PATCH', `/v1.0/users/${ana.personId}`, { accountEnabled: false });

  await bulk.goOn(ada, runId);

  await reached(runId, 'done');
  await expect(results(bulkId)).resolves.toEqual({
    [ANA]: 'failed: The account has been disabled in Entra meanwhile. Enable it, then send this row again.',
    [DANA]: 'done: Assigned in Entra as User.',
  });
  await expect(assignedIds()).resolves.toEqual([dana.personId]);
});

describe('a Genesys user who is not active', () => {
  /** Somebody of that address, who left. */
  async function sleeper(name: string): Promise<string> {
    const divisionId = (await genesys.listDivisions()).find(({ isHome }) => isHome)?.id ?? '';
    const { user } = await genesys.ensureActiveUser({ name, email: ANA, divisionId });
    await genesys.deactivateUser(user.id);
    return user.id;
  }

  async function runs(): Promise<string | undefined> {
    const bulkId = await planned(`${ANA},,Agent`);
    await reached(await started(bulkId), 'done');
    return (await results(bulkId))[ANA];
  }

  test.each([
    ['nobody knows whose', undefined],
    ['was another one’s', dana.personId],
  ])('and %s is left as they are', async (_, owner) => {
    const id = await sleeper('Anton Agent');
    if (owner) await runOf('provision-person', { outcome: { personId: owner, genesysUserId: id, genesysRoles: [] } });

    const result = await runs();

    expect(result).toMatch(/^failed: Assigned in Entra as User\. Genesys has an inactive user “Anton Agent” with this/);
    expect(result).toContain(`Say “provision ${ANA}” and look at the card.`);
    await expect(genesys.findUserByEmail(ANA)).resolves.toMatchObject({ id, state: 'inactive' });
    await expect(genesys.findGrants(id)).resolves.toMatchObject([{ role: { name: 'employee' } }]);
  });

  test('and was this very person’s when Latchkey last had to do with them is made active', async () => {
    const id = await sleeper('Ana Agent');
    await runOf('provision-person', { outcome: { personId: dana.personId, genesysUserId: id, genesysRoles: [] } });
    await clock.sleep(1_000);
    await runOf('off-board', { outcome: { personId: ana.personId, genesysUserId: id, genesysRoles: [] } });

    await expect(runs()).resolves.toMatch(/^done: .*user activated; Agent given/);

    await expect(genesys.findUserByEmail(ANA)).resolves.toMatchObject({ id, state: 'active' });
  });
});

test('The name of a file is kept in one plain line, whichever door it came through', async () => {
  const name = `C:\\x\\night\u0000\u202e\r\n\u2028${'s'.repeat(1_000)}.csv`;

  const { bulk: made } = await bulk.report(await planned(`${ANA},,`, name));

  expect(made.fileName).toBe(`night${'s'.repeat(95)}`);
});

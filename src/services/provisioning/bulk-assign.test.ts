import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { findGenesysUserMadeHere } from '../people/created-here.js';
import type { Database } from '../platform/database.js';
import { newId, newRunId } from '../platform/ids.js';
import { jsonText, type Json } from '../platform/json.js';
import { Problem } from '../platform/problem.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { bulkAssign, pauseSignal, type BulkInput, type BulkOutcome } from './bulk-assign.js';
import { readRows, saveBulk, type BulkRow } from './bulk-store.js';
import type { UserWas } from './ensure-genesys-user.js';
import { rolesLastSeen, type HeldRole } from './role-snapshot.js';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

const clock = new StandingClock();
const AGENT: HeldRole = { roleId: 'agent', roleName: 'Agent', divisionId: 'home', divisionName: 'Home' };
const LEAD: HeldRole = { ...AGENT, roleId: 'lead', roleName: 'Lead' };
const GONE: HeldRole = { ...AGENT, roleId: 'gone', roleName: 'Gone' };

/** A Genesys that has one user, to whom things are done. */
function genesysWith({ id, was }: { id: string; was: UserWas }) {
  const held = new Map<string, HeldRole>();
  let [state, isAway]: [UserWas, boolean] = [was, false];
  const genesys = {
    ensureActiveUser: async () => {
      const before = state;
      state = 'active';
      return { user: { id }, was: before };
    },
    ensureGrant: async (_id: string, { roleId }: { roleId: string }) => {
      if (isAway) throw new Problem({ kind: 'remote', what: 'Away.', remedy: 'Wait.', answer: 'unavailable' });
      const isNew = !held.has(roleId);
      held.set(roleId, [AGENT, LEAD, GONE].find((role) => role.roleId === roleId) ?? AGENT);
      return isNew;
    },
    findGrants: async () =>
      [...held.values()].map(({ roleId, roleName, divisionId, divisionName }) => ({
        ...{ role: { id: roleId, name: roleName }, divisionId, divisionName },
      })),
    listRoles: async () => [AGENT, LEAD].map(({ roleId, roleName }) => ({ id: roleId, name: roleName })),
    listDivisions: async () => [{ id: 'home', name: 'Home', isHome: true }],
    findUserByEmail: async () => ({ id, state }),
    deactivateUser: async () => {
      state = 'inactive';
      return true;
    },
    revokeTokens: async () => undefined,
  } as unknown as Genesys;
  return { genesys, held, state: () => state, isAway: (away: boolean) => (isAway = away) };
}

/** An Entra that shows one person. */
function entraWith(id: string): Entra {
  return { findPeopleByIds: async () => [{ id, isEnabled: true }] } as unknown as Entra;
}

/** A bulk with rows of one person that wait for Genesys, and its run, which may be gone through several times. */
async function bulkOf(
  personId: string,
  { wasAssigned = false, count = 1, state = 'to-provision' as BulkRow['state'] } = {},
) {
  const [bulkId, runId, at] = [newId(), newRunId(), clock.now()];
  const row: BulkRow = {
    ...{ line: 2, upn: `${personId}@x.com`, state, note: 'Assigned in Entra as User.', wasAssigned },
    deed: {
      ...{ personId, personName: personId, appRoleId: 'user', appRoleName: 'User' },
      genesys: {
        ...{ email: `${personId}@x.com`, divisionId: 'home', divisionName: 'Home' },
        roles: [{ id: AGENT.roleId, name: AGENT.roleName }],
      },
    },
  };
  const target = { servicePrincipalId: 's', templateId: 't', appRoleIds: ['user'] };
  await saveBulk(database.db, {
    bulk: { id: bulkId, fileHash: 'h', fileName: 'a.csv', asker: ada, madeAt: at, expiresAt: at },
    rows: Array.from({ length: count }, (_, at) => ({ ...row, line: row.line + at })),
    content: { encoding: 'UTF-8', separator: ',', toAdd: 1, there: 0, wrong: 0, inGenesys: 1, ...target },
  });
  const input: BulkInput = { bulkId, askerId: ada.personId, fileName: 'a.csv', fileHash: 'h', count: 1, ...target };
  await insertRun(runId, { kind: 'bulk-assign', input, at, outcome: null });
  const run = (
    genesys: Genesys,
    { entra = entraWith(personId), isRepeated = false }: { entra?: Entra; isRepeated?: boolean } = {},
  ): Promise<BulkOutcome> =>
    bulkAssign({ database, clock, genesys, entra }).run({
      ...{ input, runId, actor: ada, waitFor: () => Promise.reject(new Error('Nothing is waited for.')) },
      step: (_name, deed) => deed({ startedAt: at, claim: 0, isRepeated }),
    });
  const rows = () => readRows(database.db, bulkId);
  return { run, rows, row: async () => (await rows())[0], bulkId, runId };
}

async function insertRun(
  id: string,
  { kind, input, at, outcome }: { kind: string; input: Json; at: Date; outcome: Json | null },
): Promise<void> {
  const json = { input: jsonText(input), actor: jsonText(ada), outcome: outcome === null ? null : jsonText(outcome) };
  const state = outcome ? 'done' : 'running';
  await database.db
    .insertInto('run')
    .values({ ...json, id, kind, version: 1, state, reference: id, started_at: at, changed_at: at })
    .execute();
}

async function offBoarded(genesysUserId: string, genesysRoles: readonly HeldRole[]): Promise<void> {
  const personId = genesysUserId.replace('u-', '');
  const outcome = { personId, genesysUserId, genesysRoles: [...genesysRoles] };
  await insertRun(newRunId(), { kind: 'off-board', input: {}, at: clock.now(), outcome });
  clock.advance(1);
}

test('a user whom the bulk has made counts as made here, with the roles they got, after the bulk is deleted, too', async () => {
  const { run, row, bulkId } = await bulkOf('new');

  await expect(run(genesysWith({ id: 'u-new', was: 'unknown' }).genesys)).resolves.toMatchObject({ added: 1 });
  await expect(row()).resolves.toMatchObject({
    ...{ state: 'done', note: 'Assigned in Entra as User. Genesys: user created; Agent given in Home.' },
  });
  await database.db.deleteFrom('bulk').where('id', '=', bulkId).execute();

  await expect(findGenesysUserMadeHere(database, 'new')).resolves.toEqual({ userId: 'u-new', email: 'new@x.com' });
  await expect(rolesLastSeen(database, { userId: 'u-new', personId: 'new' })).resolves.toEqual([AGENT]);
});

test('a deleted user gets back the noted roles that Genesys still has, and is not made here', async () => {
  await offBoarded('u-old', [LEAD, GONE]);
  const { run, row } = await bulkOf('old');
  const { genesys, held } = genesysWith({ id: 'u-old', was: 'deleted' });

  await run(genesys);

  expect([...held.keys()].toSorted()).toEqual(['agent', 'lead']);
  await expect(row()).resolves.toMatchObject({
    note: 'Assigned in Entra as User. Genesys: user restored; Lead (Home) given back; Agent given in Home.',
  });
  await expect(findGenesysUserMadeHere(database, 'old')).resolves.toBeUndefined();
  await expect(rolesLastSeen(database, { userId: 'u-old', personId: 'old' })).resolves.toEqual([LEAD, AGENT]);
});

test('what the user was before is still known after an attempt that ended in the middle', async () => {
  await offBoarded('u-cut', [LEAD]);
  const { run, row } = await bulkOf('cut');
  const { genesys, held, isAway } = genesysWith({ id: 'u-cut', was: 'deleted' });
  isAway(true);
  await expect(run(genesys)).rejects.toMatchObject({
    facts: { kind: 'waiting', what: 'Away.', remedy: expect.stringContaining('What is done is kept.') },
  });
  await expect(row()).resolves.toMatchObject({ state: 'to-provision' });
  await expect(rolesLastSeen(database, { userId: 'u-cut', personId: 'cut' })).resolves.toEqual([LEAD]);

  isAway(false);
  await run(genesys);

  expect([...held.keys()].toSorted()).toEqual(['agent', 'lead']);
  await expect(row()).resolves.toMatchObject({ state: 'done', note: expect.stringContaining('user restored') });
});

test.each([
  [true, 'already'],
  [false, 'done'],
])('whoever has all in Genesys, and was assigned in Entra (%s) before, is %s', async (wasAssigned, state) => {
  const name = `same-${String(wasAssigned)}`;
  const { run, row } = await bulkOf(name, { wasAssigned });
  const { genesys, held } = genesysWith({ id: name, was: 'active' });
  held.set(AGENT.roleId, AGENT);

  await run(genesys);

  await expect(row()).resolves.toMatchObject({
    state,
    note: expect.stringMatching(/user was there; roles were there\.$/),
  });
});

test('a pause in Genesys is found before the next person, not after the part', async () => {
  const { run, rows, runId } = await bulkOf('paused', { count: 7 });
  const { genesys } = genesysWith({ id: 'u-paused', was: 'active' });
  const pause = { run_id: runId, name: pauseSignal(1), value: jsonText(null), actor: jsonText(ada), at: clock.now() };
  const pausing: Genesys = {
    ...genesys,
    ensureActiveUser: async (wish) => {
      await database.db
        .insertInto('signal')
        .values(pause)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return genesys.ensureActiveUser(wish);
    },
  };

  await expect(run(pausing)).rejects.toThrow('Nothing is waited for.');

  // Four are under way at once.
  const left = (await rows()).filter(({ state }) => state === 'to-provision');
  expect(left.map(({ line }) => line)).toEqual([6, 7, 8]);
});

/** Somebody takes, or gives, that person's access while the bulk is at it. */
async function meanwhile(
  kind: 'off-board' | 'unassign-person' | 'assign-person' | 'grant-access',
  personId: string,
): Promise<void> {
  clock.advance(1);
  const input: Json = kind === 'off-board' || kind === 'grant-access' ? { personId } : { principal: { id: personId } };
  await insertRun(newRunId(), { kind, input, at: clock.now(), outcome: {} });
}

/** An Entra in which whoever is assigned loses the access at that very moment, as the request is on its way. */
function entraThatTakes(id: string, kinds: readonly Parameters<typeof meanwhile>[0][]) {
  const removed: unknown[] = [];
  const entra = {
    ...entraWith(id),
    openAssigning: async () => async (people: readonly unknown[]) => {
      for (const kind of kinds) await meanwhile(kind, id);
      return people.map(() => 'added');
    },
    removeAssignments: async (wish: unknown) => removed.push(wish),
  } as unknown as Entra;
  return { entra, removed };
}

test('who is off-boarded while the assignment is on its way loses it again, and is left out', async () => {
  const { run, row } = await bulkOf('raced', { state: 'to-assign' });
  const { entra, removed } = entraThatTakes('raced', ['off-board']);
  const { genesys, state } = genesysWith({ id: 'u-raced', was: 'active' });

  await run(genesys, { entra });

  expect(removed).toEqual([
    {
      principal: { kind: 'person', id: 'raced' },
      servicePrincipalId: 's',
      templateId: 't',
      appRoleIds: ['user'],
    },
  ]);
  expect(state()).toBe('inactive');
  await expect(row()).resolves.toMatchObject({ state: 'left-out', note: expect.stringContaining('Ada Admin') });
});

test('an unassignment leaves the Genesys user alone, and what was given by hand after it stays', async () => {
  const { run, row } = await bulkOf('given', { state: 'to-assign' });
  const { entra, removed } = entraThatTakes('given', ['unassign-person', 'assign-person']);
  const { genesys, state } = genesysWith({ id: 'u-given', was: 'active' });

  await run(genesys, { entra });

  expect([removed, state()]).toEqual([[], 'active']);
  await expect(row()).resolves.toMatchObject({ state: 'left-out' });
});

test('what was approved for somebody after their off-boarding stays, too', async () => {
  const { run, row } = await bulkOf('approved', { state: 'to-assign' });
  const { entra, removed } = entraThatTakes('approved', ['off-board', 'grant-access']);
  const { genesys, state } = genesysWith({ id: 'u-approved', was: 'active' });

  await run(genesys, { entra });

  expect([removed, state()]).toEqual([[], 'active']);
  await expect(row()).resolves.toMatchObject({ state: 'left-out' });
});

test('a user who was woken while their person was off-boarded is put to sleep again', async () => {
  const { run, row } = await bulkOf('woken');
  const { genesys, state } = genesysWith({ id: 'u-woken', was: 'unknown' });
  const { entra } = entraThatTakes('woken', []);
  const waking: Genesys = {
    ...genesys,
    ensureActiveUser: async (wish) => {
      await meanwhile('off-board', 'woken');
      return genesys.ensureActiveUser(wish);
    },
  };

  await run(waking, { entra });

  expect(state()).toBe('inactive');
  await expect(row()).resolves.toMatchObject({ state: 'left-out' });
});

test('what an attempt gave that died before it could look is taken back by the next one', async () => {
  const { run, row } = await bulkOf('died', { state: 'to-assign' });
  await meanwhile('off-board', 'died');
  const { entra, removed } = entraThatTakes('died', []);
  const { genesys } = genesysWith({ id: 'u-died', was: 'active' });

  await run(genesys, { entra, isRepeated: true });

  expect(removed).toHaveLength(1);
  await expect(row()).resolves.toMatchObject({ state: 'left-out' });
});

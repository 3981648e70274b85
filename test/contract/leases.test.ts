import { GROUPS } from '../../sandbox/entra/seed.js';
import type { PolicyGift } from '../../src/services/access/access-policy.js';
import { LATCHKEY_ACTOR } from '../../src/services/access/lease-port.js';
import { listAudit } from '../../src/services/platform/audit.js';
import type { Database } from '../../src/services/platform/database.js';
import { omar } from '../../src/services/platform/testing/test-parts.js';
import { openTestDatabase } from '../support/test-database.js';
import { AGENT, LeaseStand, personOf, SUPERVISOR } from './lease-stand.js';

let database: Database;
let stand: LeaseStand;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  stand = await LeaseStand.open(database);
});
afterEach(() => stand.close());

const NOTHING = { assigned: 0, user: undefined, roles: [] };
const AS_AGENT = { assigned: 1, user: 'active', roles: ['Agent', 'employee'] };
const ENDED = { assigned: 0, user: 'inactive', roles: ['employee'] };

describe('giving', () => {
  test('nothing is given before the time to take it back has passed, and then all of it, and the time begins', async () => {
    const { leaseId, runId, requestId } = await stand.plan('Ana');
    const waits = await stand.goesOn(runId);
    expect([waits.state, await stand.has('Ana')]).toEqual(['waiting', NOTHING]);

    stand.clock.advance(5);
    const run = await stand.goesOn(runId);

    expect(run).toMatchObject({ state: 'done', outcome: { state: 'given', personId: personOf('Ana').id } });
    expect(await stand.has('Ana')).toEqual(AS_AGENT);
    const now = stand.clock.now();
    const endsAt = new Date(now.getTime() + 480 * 60_000);
    expect(await stand.lease(leaseId)).toMatchObject({ state: 'active', beginsAt: now, endsAt });
    expect(await stand.requestState(requestId)).toBe('granted');
  });

  test('what is called off in time is never given, and its run ends at once', async () => {
    const { leaseId, runId } = await stand.plan('Ana');
    await stand.goesOn(runId);

    const isInTime = await stand.database.transaction((trx) => stand.leases.callOff(trx, leaseId, omar));
    const run = await stand.goesOn(runId);
    await stand.passes(10);

    expect(isInTime).toBe(true);
    expect(run).toMatchObject({ state: 'done', outcome: { state: 'called-off' } });
    expect(await stand.has('Ana')).toEqual(NOTHING);
    expect(await stand.lease(leaseId)).toMatchObject({
      state: 'ended',
      endReason: 'called-off',
      endedBy: 'Omar Owner',
    });
  });

  test('one that is called off while an earlier one left something to it leaves its request free for another', async () => {
    const first = await stand.grant('Ana', { minutes: 60 });
    const { leaseId, requestId } = await stand.plan('Ana', { minutes: 60, extendsLeaseId: first.lease.id });

    await stand.database.transaction((trx) => stand.leases.callOff(trx, leaseId, omar));

    expect((await stand.lease(leaseId)).state).toBe('ended');
    expect(await stand.requestState(requestId)).toBe('approved');
    await stand.passes(61);
    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('once it is being given, it is too late to call it off', async () => {
    const { lease } = await stand.grant('Ana');

    const isInTime = await stand.database.transaction((trx) => stand.leases.callOff(trx, lease.id, omar));

    expect([isInTime, (await stand.lease(lease.id)).state]).toEqual([false, 'active']);
  });

  test('nobody decides for themselves, whatever the caller has forgotten to ask', async () => {
    const { id, displayName } = personOf('Ana');

    await expect(stand.plan('Ana', { by: { ...omar, personId: id, name: displayName } })).rejects.toThrow('their own');
  });

  test('a rule decides as Latchkey itself, and its runs are found in the audit', async () => {
    const { runId } = await stand.plan('Ana', { by: LATCHKEY_ACTOR });
    stand.clock.advance(1);

    expect(await stand.goesOn(runId)).toMatchObject({ state: 'done', actor: { name: 'Latchkey' } });
  });

  test('what cannot be given fails the request, and whoever manages SSO goes on with it from anew', async () => {
    stand.genesysSandbox.faults.set({ fault: 'permission-removed', permission: 'directory:user:add' });
    const { leaseId, runId, requestId } = await stand.plan('Ana');
    stand.clock.advance(1);
    const failed = await stand.goesOn(runId);
    expect(failed).toMatchObject({ state: 'failed', problem: { missing: ['directory:user:add'] } });
    expect([(await stand.lease(leaseId)).state, await stand.requestState(requestId)]).toEqual(['failed', 'failed']);
    stand.genesysSandbox.faults.set({ fault: 'permission-removed', permission: 'directory:user:add', on: false });

    await stand.retriesAsAda(runId);

    expect(await stand.has('Ana')).toEqual(AS_AGENT);
    expect([(await stand.lease(leaseId)).state, await stand.requestState(requestId)]).toEqual(['active', 'granted']);
    await stand.passes(481);
    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('half of what could not be given is taken at the end that was known before', async () => {
    stand.genesysSandbox.faults.set({ fault: 'permission-removed', permission: 'directory:user:add' });
    const { leaseId, runId } = await stand.plan('Ana');
    stand.clock.advance(1);
    await stand.goesOn(runId);
    expect(await stand.has('Ana')).toMatchObject({ assigned: 1 });

    await stand.passes(481);

    expect(await stand.has('Ana')).toEqual(NOTHING);
    expect(await stand.lease(leaseId)).toMatchObject({ state: 'ended', endReason: 'failed' });
  });

  test('a disabled account is given nothing', async () => {
    const { runId } = await stand.plan('Ana');
    await stand.consoles.graph('PATCH', `/v1.0/users/${personOf('Ana').id}`, { accountEnabled: false });
    stand.clock.advance(1);

    expect(await stand.goesOn(runId)).toMatchObject({ state: 'failed', problem: { code: 'account-disabled' } });
    expect(await stand.has('Ana')).toEqual(NOTHING);
  });

  test('a database that cannot be used for a moment fails no giving', async () => {
    const { leaseId, runId } = await stand.plan('Ana');
    stand.clock.advance(1);
    let faults = 1;
    await stand.restarts({
      ...database,
      transaction: (work) => {
        faults -= 1;
        return faults < 0 ? database.transaction(work) : Promise.reject(new Error('The connection was lost.'));
      },
    });

    await stand.goesOn(runId);
    expect(await stand.goesOn(runId)).toMatchObject({ state: 'done' });

    expect((await stand.lease(leaseId)).state).toBe('active');
  });

  test('two at the same time for one person are both given', async () => {
    const [agent, supervisor] = [await stand.plan('Ana'), await stand.plan('Ana', { gives: SUPERVISOR })];
    stand.clock.advance(1);

    await Promise.all([stand.goesOn(agent.runId), stand.goesOn(supervisor.runId)]);
    await stand.goesOn(agent.runId);
    await stand.goesOn(supervisor.runId);

    expect(await stand.has('Ana')).toEqual({ assigned: 1, user: 'active', roles: ['Agent', 'Supervisor', 'employee'] });
    await stand.passes(481);
    expect(await stand.has('Ana')).toEqual(ENDED);
  });
});

describe('ending', () => {
  test('what was given is gone when the time is over, and the user is inactive', async () => {
    const { lease, requestId } = await stand.grant('Ana');
    await stand.passes(479);
    expect(await stand.has('Ana')).toEqual(AS_AGENT);

    await stand.passes(1);

    expect(await stand.has('Ana')).toEqual(ENDED);
    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ended', endReason: 'time', leftOver: [] });
    expect(await stand.requestState(requestId)).toBe('ended');
  });

  test('access is a union: it ends with the last lease, and each takes what only it needs', async () => {
    await stand.grant('Ana', { minutes: 60 });
    await stand.grant('Ana', { gives: SUPERVISOR, minutes: 120 });

    await stand.passes(60);
    expect(await stand.has('Ana')).toEqual({ assigned: 1, user: 'active', roles: ['Supervisor', 'employee'] });
    await stand.passes(61);

    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('an older grant’s end does not end a newer grant of the same', async () => {
    const first = await stand.grant('Ana', { minutes: 60 });
    const second = await stand.grant('Ana', { minutes: 60, extendsLeaseId: first.lease.id });
    expect(second.lease.beginsAt).toEqual(first.lease.endsAt);

    await stand.passes(61);
    expect((await stand.facts(first.requestId))?.extendedUntil).toEqual(second.lease.endsAt);
    expect(await stand.lease(first.lease.id)).toMatchObject({ state: 'ended', leftOver: [] });
    expect(await stand.has('Ana')).toEqual(AS_AGENT);
    expect(stand.genesysWire.count('DELETE', /tokens/)).toBe(0);

    await stand.passes(61);
    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('the request that is extended tells of it, and its card never goes back to an older one', async () => {
    const first = await stand.grant('Ana', { minutes: 60 });
    const planned = await stand.plan('Ana', { minutes: 60, extendsLeaseId: first.lease.id });
    const before = await stand.lease(first.lease.id);
    expect((await stand.facts(first.requestId))?.extendedUntil).toBeUndefined();
    await stand.forgetsNews();

    stand.clock.advance(1);
    await stand.goesOn(planned.runId);

    expect(await stand.news()).toEqual(expect.arrayContaining([first.requestId, planned.requestId]));
    const after = await stand.lease(first.lease.id);
    expect(after.revision).toBeGreaterThan(before.revision);
    await stand.forgetsNews();
    await stand.ends(planned.leaseId);
    await stand.standsStill();
    expect(await stand.news()).toContain(first.requestId);
    expect((await stand.lease(first.lease.id)).revision).toBeGreaterThan(after.revision);
    expect(await stand.has('Ana')).toEqual(AS_AGENT);
  });

  test('one that cannot be read keeps no other from its end', async () => {
    const [broken, other] = [await stand.grant('Ana', { minutes: 60 }), await stand.grant('Omar', { minutes: 60 })];
    await stand.cannotBeRead(broken.lease.id);

    await stand.passes(61);

    expect(await stand.lease(other.lease.id)).toMatchObject({ state: 'ended' });
    expect(stand.log.lines()).toContainEqual(expect.objectContaining({ lease: broken.lease.id }));
  });

  test('an extension that is approved while the end is under way leaves the person with access', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    stand.entraWire.answersFor(({ method }) => method === 'DELETE', { status: 503 }, Infinity);
    await stand.passes(60);
    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ending' });

    const extension = await stand.plan('Ana', { minutes: 60, extendsLeaseId: lease.id });
    stand.clock.advance(1);
    expect(await stand.goesOn(extension.runId)).toMatchObject({
      state: 'waiting',
      problem: { code: 'access-under-way' },
    });
    stand.entraWire.forgetsRules();
    await stand.endsNow(lease.id);
    await stand.goesOn(extension.runId);

    expect(await stand.has('Ana')).toEqual(AS_AGENT);
    expect(await stand.lease(extension.leaseId)).toMatchObject({ state: 'active', beginsAt: stand.clock.now() });
    await stand.passes(61);
    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('what was there before stays, and is named', async () => {
    await stand.assignsByHand('Ana');
    await stand.genesys.ensureActiveUser({
      name: 'Ana Agent',
      email: personOf('Ana').userPrincipalName,
      divisionId: await stand.home(),
    });
    const { lease } = await stand.grant('Ana');

    await stand.passes(481);

    expect(await stand.has('Ana')).toEqual({ assigned: 1, user: 'active', roles: ['employee'] });
    expect((await stand.lease(lease.id)).leftOver).toEqual(['an assignment of their own']);
  });

  test('where only the access in Entra was ours, the sessions of the user who was there end with it', async () => {
    const name = { name: 'Ana Agent', email: personOf('Ana').userPrincipalName, divisionId: await stand.home() };
    await stand.genesys.ensureActiveUser(name);
    await stand.givesRoleByHand('Ana', 'Agent');
    await stand.grant('Ana');

    await stand.passes(481);

    expect(await stand.has('Ana')).toEqual({ assigned: 0, user: 'active', roles: ['Agent', 'employee'] });
    expect(stand.genesysWire.count('DELETE', /tokens/)).toBe(1);
  });

  test('what an administrator has given for good since stays', async () => {
    const { lease } = await stand.grant('Ana');
    await stand.adminHasGiven('Ana');

    await stand.passes(481);

    expect(await stand.has('Ana')).toEqual(AS_AGENT);
    expect((await stand.lease(lease.id)).leftOver).toEqual(['an assignment of their own']);
  });

  test('what an administrator had given before a lease was given again is nobody’s for good', async () => {
    await stand.grant('Ana', { minutes: 60 });
    await stand.adminHasGiven('Ana');
    await stand.passes(61);
    await stand.takesByHand('Ana');
    const second = await stand.grant('Ana', { minutes: 60 });

    await stand.passes(61);

    expect(await stand.has('Ana')).toMatchObject({ assigned: 0 });
    expect((await stand.lease(second.lease.id)).leftOver).toEqual([]);
  });

  test('what somebody took that an administrator had given for good is a lease’s again, once a lease has given it anew', async () => {
    await stand.grant('Ana', { minutes: 120 });
    await stand.adminHasGiven('Ana');
    await stand.takesByHand('Ana');
    stand.clock.advance(1);
    await stand.grant('Ana', { gives: SUPERVISOR, minutes: 60 });

    await stand.passes(121);

    expect((await stand.has('Ana')).assigned).toBe(0);
  });

  test('while a group still gives access, that is said, and the group is left alone', async () => {
    const { lease } = await stand.grant('Omar');
    await stand.groupHasApplication('Contact Centre');

    await stand.passes(481);

    expect(await stand.has('Omar')).toMatchObject({ assigned: 0, roles: ['Supervisor', 'employee'] });
    expect((await stand.lease(lease.id)).leftOver).toEqual(['the group Contact Centre']);
  });

  test('throttled at the end: Entra is asked again until it is done, and the lease has not ended before', async () => {
    const { lease } = await stand.grant('Ana');
    stand.entraWire.answersFor(({ method }) => method === 'DELETE', { status: 429 }, Infinity);

    await stand.passes(481);
    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ending' });
    expect((await stand.lease(lease.id)).closedAt).toBeUndefined();
    expect(await stand.has('Ana')).toEqual({ assigned: 1, user: 'inactive', roles: ['employee'] });
    stand.entraWire.forgetsRules();
    await stand.endsNow(lease.id);

    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ended' });
    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('while Genesys is away, nobody signs in any more, and the lease says that sessions are still being ended', async () => {
    const { lease } = await stand.grant('Ana');
    stand.genesysWire.answersFor(() => true, { status: 503 }, Infinity);

    await stand.passes(481);
    const ending = await stand.lease(lease.id);
    expect(ending).toMatchObject({ state: 'ending', closedAt: stand.clock.now() });
    expect(await stand.has('Ana')).toEqual({ ...AS_AGENT, assigned: 0 });
    stand.genesysWire.forgetsRules();
    await stand.endsNow(lease.id);

    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('removed here, still there: a removal that Entra accepts and does not carry out is no end', async () => {
    const { lease } = await stand.grant('Ana');
    stand.entraWire.answersFor(({ method }) => method === 'DELETE', { status: 204 }, Infinity);

    await stand.passes(481);
    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ending' });
    stand.entraWire.forgetsRules();
    await stand.endsNow(lease.id);

    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('a refused end is no end: it is begun anew until somebody has given the permission', async () => {
    const { lease } = await stand.grant('Ana');
    stand.entraSandbox.faults.set({ fault: 'permission-removed', permission: 'AppRoleAssignment.ReadWrite.All' });
    await stand.passes(481);
    const { endRunId = '' } = await stand.lease(lease.id);
    await stand.database.db.updateTable('run').set({ state: 'failed' }).where('id', '=', endRunId).execute();
    stand.entraSandbox.faults.set({
      fault: 'permission-removed',
      permission: 'AppRoleAssignment.ReadWrite.All',
      on: false,
    });

    await stand.passes(6);

    expect((await stand.lease(lease.id)).endRunId).not.toBe(endRunId);
    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ended', endReason: 'time' });
    expect(await stand.has('Ana')).toEqual(ENDED);
  });

  test('a run that was replaced takes nothing, whoever goes on with it later', async () => {
    const { lease } = await stand.grant('Ana');
    stand.entraWire.answersFor(({ method }) => method === 'DELETE', { status: 503 }, Infinity);
    await stand.passes(481);
    const { endRunId = '' } = await stand.lease(lease.id);
    await stand.database.db.updateTable('run').set({ state: 'failed' }).where('id', '=', endRunId).execute();
    stand.entraWire.forgetsRules();
    await stand.passes(6);
    await stand.grant('Ana');

    const retried = await stand.retriesAsAda(endRunId);

    expect(retried).toMatchObject({ state: 'failed', problem: { code: 'ended-by-another' } });
    expect(await stand.has('Ana')).toEqual(AS_AGENT);
  });

  test('who was renamed meanwhile loses their own user, not the one of whoever has the address now', async () => {
    await stand.grant('Ana');
    const [old, renamed] = [personOf('Ana').userPrincipalName, 'ana.neu@contoso.example'];
    await stand.consoles.graph('PATCH', `/v1.0/users/${personOf('Ana').id}`, { userPrincipalName: renamed });
    await stand.genesysUserIsCalled(old, renamed);
    await stand.genesys.ensureActiveUser({ name: 'Another Ana', email: old, divisionId: await stand.home() });

    await stand.passes(481);

    expect(await stand.has('Ana')).toMatchObject({ assigned: 0, user: 'active' });
    expect(await stand.genesys.findUserByEmail(renamed)).toMatchObject({ state: 'inactive' });
  });

  test('a clock that jumps far ahead while nothing runs ends at the next start, and one that jumps back gives nothing again', async () => {
    const { lease } = await stand.grant('Ana');
    stand.clock.advance(60 * 24 * 40);
    await stand.restarts();
    await stand.sweeps();
    expect(await stand.has('Ana')).toEqual(ENDED);

    stand.clock.advance(-60 * 24 * 40);
    await stand.sweeps();

    expect(await stand.has('Ana')).toEqual(ENDED);
    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ended' });
  });

  test('after the end the same person is given access again, with the user that Latchkey knows as theirs', async () => {
    const first = await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);

    await stand.grant('Ana', { minutes: 60 });

    expect(await stand.has('Ana')).toEqual(AS_AGENT);
    expect((await stand.facts(first.requestId))?.extendedUntil).toBeUndefined();
  });
});

describe('ended early', () => {
  const ana = { personId: personOf('Ana').id, name: 'Ana Agent', channel: 'slack' };
  const dana = { personId: personOf('Dana').id, name: 'Dana Deputy', channel: 'slack' };

  test('given back: by the one who has it, and by nobody else', async () => {
    const { lease } = await stand.grant('Ana');

    await expect(stand.leases.giveBack(dana, lease.id)).rejects.toMatchObject({ facts: { code: 'not-your-lease' } });
    await stand.leases.giveBack(ana, lease.id);
    await stand.standsStill();

    expect(await stand.has('Ana')).toEqual(ENDED);
    expect(await stand.lease(lease.id)).toMatchObject({ endReason: 'given-back', endedBy: 'Ana Agent' });
  });

  test('revoked: by an approver of this moment or an administrator, never by the person, and by nobody else', async () => {
    const { lease } = await stand.grant('Ana');
    const revoke = (givenName: string): Promise<void> => {
      const { id, displayName: name } = personOf(givenName);
      return stand.leases.revoke({ personId: id, name, channel: 'teams' }, lease.id, 'No longer needed');
    };

    await expect(revoke('Ana')).rejects.toMatchObject({ facts: { code: 'self' } });
    await expect(revoke('B.')).rejects.toMatchObject({ facts: { code: 'role-missing' } });
    await revoke('Dana');
    await expect(revoke('Ada')).rejects.toMatchObject({ facts: { code: 'lease-ended' } });
    await stand.standsStill();

    expect(await stand.has('Ana')).toEqual(ENDED);
    const endWhy = 'No longer needed';
    expect(await stand.lease(lease.id)).toMatchObject({ endReason: 'revoked', endedBy: 'Dana Deputy', endWhy });
  });

  test.each(['', ' \n', 'x'.repeat(501)])('nobody revokes without words that somebody can read', async (why) => {
    const { lease } = await stand.grant('Ana');

    await expect(stand.leases.revoke(omar, lease.id, why)).rejects.toMatchObject({ facts: { code: 'no-reason' } });
    expect((await stand.lease(lease.id)).state).toBe('active');
  });

  test('what does not work yet is not given back, as its card has no such button', async () => {
    const { leaseId } = await stand.plan('Ana');

    await expect(stand.leases.giveBack(ana, leaseId)).rejects.toMatchObject({ facts: { code: 'lease-ended' } });

    expect((await stand.lease(leaseId)).state).toBe('planned');
  });

  test('an old request ends nothing that was given since, whoever says so', async () => {
    const old = await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    const since = await stand.grant('Ana');

    await expect(stand.leases.giveBack(ana, old.lease.id)).rejects.toMatchObject({ facts: { code: 'lease-ended' } });
    await expect(stand.leases.revoke(dana, old.lease.id, 'Too late')).rejects.toMatchObject({
      facts: { code: 'lease-ended' },
    });
    expect(await stand.ends(old.lease.id)).toEqual([]);

    expect((await stand.lease(since.lease.id)).state).toBe('active');
    expect(await stand.has('Ana')).toEqual(AS_AGENT);
  });

  test('one that has ended on time ends nothing of the extension that goes on', async () => {
    const first = await stand.grant('Ana', { minutes: 60 });
    const second = await stand.grant('Ana', { minutes: 60, extendsLeaseId: first.lease.id });
    await stand.passes(61);

    expect(await stand.ends(first.lease.id)).toEqual([]);

    expect((await stand.lease(second.lease.id)).state).toBe('active');
  });

  test('what another request gives of the same role goes on', async () => {
    const [one, other] = [await stand.grant('Ana', { minutes: 60 }), await stand.grant('Ana', { minutes: 120 })];

    await stand.leases.giveBack(ana, one.lease.id);
    await stand.standsStill();

    expect(await stand.lease(one.lease.id)).toMatchObject({ state: 'ended', endReason: 'given-back' });
    expect((await stand.lease(other.lease.id)).state).toBe('active');
    expect(await stand.has('Ana')).toEqual(AS_AGENT);
  });

  test('what is ended before it gave anything leaves a request that has ended, and its entry in the audit', async () => {
    const { leaseId, runId, requestId } = await stand.plan('Ana');

    expect(await stand.ends(leaseId, 'It was a mistake')).toEqual([]);
    const run = await stand.goesOn(runId);

    expect(run).toMatchObject({ state: 'done', outcome: { state: 'called-off' } });
    expect(await stand.lease(leaseId)).toMatchObject({
      state: 'ended',
      endReason: 'revoked',
      endWhy: 'It was a mistake',
    });
    expect(await stand.requestState(requestId)).toBe('ended');
    const entries = await listAudit(stand.database.db, { limit: 5 });
    expect(entries.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ operation: 'end-access', request: requestId, reason: 'It was a mistake' }),
    );
  });

  test('what goes on after it ends with it', async () => {
    const first = await stand.grant('Ana', { minutes: 60 });
    const second = await stand.grant('Ana', { minutes: 60, extendsLeaseId: first.lease.id });

    await stand.leases.giveBack(ana, first.lease.id);
    await stand.standsStill();

    expect(await stand.has('Ana')).toEqual(ENDED);
    expect((await stand.lease(second.lease.id)).state).toBe('ended');
  });

  test('while it is being given: what is on its way arrives, and is taken', async () => {
    const { leaseId, runId } = await stand.plan('Ana');
    stand.clock.advance(1);
    stand.genesysWire.answersFor(({ path }) => path.includes('/users/search'), { status: 503 }, Infinity);
    expect(await stand.goesOn(runId)).toMatchObject({ state: 'failed' });
    stand.genesysWire.forgetsRules();

    await stand.ends(leaseId);
    await stand.standsStill();

    expect(await stand.has('Ana')).toEqual(NOTHING);
    expect((await stand.lease(leaseId)).state).toBe('ended');
  });

  test('a giving that waits gives nothing more once it was ended', async () => {
    const { leaseId, runId } = await stand.plan('Ana');
    stand.clock.advance(1);
    const isListing = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'GET' && path.includes('/appRoleAssignments');
    stand.entraWire.answersFor(isListing, { status: 200, body: JSON.stringify({ value: [] }) }, Infinity);
    expect(await stand.goesOn(runId)).toMatchObject({ state: 'waiting' });
    expect(await stand.has('Ana')).toMatchObject({ assigned: 1 });
    stand.entraWire.forgetsRules();

    await stand.ends(leaseId);
    await stand.standsStill();
    const run = await stand.goesOn(runId);

    expect(run).toMatchObject({ state: 'failed', problem: { code: 'lease-over' } });
    expect(await stand.has('Ana')).toEqual(NOTHING);
    expect((await stand.lease(leaseId)).state).toBe('ended');
  });

  test('an off-boarding ends the leases in its own transaction, or neither', async () => {
    const { lease } = await stand.grant('Ana');

    await expect(stand.offBoards('Ana', 'an older card')).rejects.toMatchObject({ facts: { kind: 'stale' } });
    expect((await stand.lease(lease.id)).state).toBe('active');
    await stand.offBoards('Ana');

    expect(await stand.has('Ana')).toEqual(ENDED);
    expect(await stand.lease(lease.id)).toMatchObject({
      state: 'ended',
      endReason: 'off-boarded',
      endedBy: 'Ada Admin',
    });
  });

  test('every lease of somebody ends with their off-boarding', async () => {
    const leases = [await stand.grant('Ana'), await stand.grant('Ana', { gives: SUPERVISOR })];
    const planned = await stand.plan('Ana', { gives: { ...AGENT, genesys: { division: 'Berlin', roles: ['Agent'] } } });

    const runs = await stand.database.transaction((trx) =>
      stand.leases.endAll(trx, personOf('Ana').id, { reason: 'off-boarded', by: omar }),
    );
    runs.forEach((runId) => stand.leases.goOn(runId));
    await stand.standsStill();
    await stand.passes(10);

    expect(await stand.has('Ana')).toEqual(ENDED);
    for (const id of [...leases.map(({ lease }) => lease.id), planned.leaseId])
      expect(await stand.lease(id)).toMatchObject({ state: 'ended', endReason: 'off-boarded' });
  });
});

describe('Genesys users who were there', () => {
  test('one who is inactive and unknown to Latchkey is not woken, whoever’s they are', async () => {
    await stand.inactiveUser('Ana');
    const { runId } = await stand.plan('Ana');
    stand.clock.advance(1);

    expect(await stand.goesOn(runId)).toMatchObject({ state: 'failed', problem: { code: 'user-of-a-stranger' } });
    await stand.passes(481);
    expect(await stand.has('Ana')).toMatchObject({ assigned: 0, user: 'inactive' });
  });

  test('one who is inactive and holds more than was decided is not woken', async () => {
    await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    await stand.givesRoleByHand('Ana', 'admin');
    const { runId } = await stand.plan('Ana');
    stand.clock.advance(1);

    const run = await stand.goesOn(runId);

    expect(run).toMatchObject({ state: 'failed', problem: { code: 'would-give-more' } });
    expect(run.problem?.what).toContain('admin in Home');
  });
});

describe('a group as what gives access', () => {
  const gives: PolicyGift = { ...AGENT, entra: { kind: 'group', group: 'Genesys Agents' } };
  const isIn = async (givenName: string): Promise<boolean> =>
    (await stand.entra.listGroupsOf(personOf(givenName).id)).includes(GROUPS['Genesys Agents']);

  beforeEach(() =>
    stand.entraSandbox.faults.set({ fault: 'permission-added', permission: 'GroupMember.ReadWrite.All' }),
  );

  test('one that does not have the application gives nothing, and cannot be asked for', async () => {
    await expect(stand.resolve(gives)).rejects.toMatchObject({ facts: { code: 'group-without-application' } });
  });

  test.each(['Identity Operators', 'Contact Centre Leads'])('nobody is put into %s', async (group) => {
    await expect(stand.resolve({ ...gives, entra: { kind: 'group', group } })).rejects.toMatchObject({
      facts: { code: 'group-unusable' },
    });
  });

  test('somebody is in it for as long as the lease lasts, and a second lease of it keeps them in', async () => {
    await stand.groupHasApplication('Genesys Agents');
    await stand.grant('Ana', { gives, minutes: 60 });
    await stand.grant('Ana', { gives: { ...gives, genesys: SUPERVISOR.genesys }, minutes: 120 });

    await stand.passes(61);
    expect(await isIn('Ana')).toBe(true);
    await stand.passes(61);

    expect([await isIn('Ana'), await stand.has('Ana')]).toEqual([false, ENDED]);
  });

  test('somebody who was in it before stays in it', async () => {
    await stand.groupHasApplication('Genesys Agents');
    await stand.entra.addMember(GROUPS['Genesys Agents'], personOf('Ana').id);
    const { lease } = await stand.grant('Ana', { gives, minutes: 60 });

    await stand.passes(61);

    expect(await isIn('Ana')).toBe(true);
    expect((await stand.lease(lease.id)).leftOver).toEqual(['the group Genesys Agents']);
  });
});

describe('beside the directory', () => {
  const told = (): unknown[] => stand.log.lines().map(({ finding }) => finding);

  test('nothing is told while the directory says what the leases say', async () => {
    await stand.grant('Ana', { minutes: 60 });
    await stand.reconciles();
    await stand.passes(61);
    await stand.reconciles();

    expect([told(), await stand.has('Ana')]).toEqual([[], ENDED]);
  });

  test('removed here, there again as it was before: it is taken again', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    await stand.assignsByHand('Ana');
    await stand.assignmentsAreSince(lease.beginsAt ?? lease.endsAt);

    await stand.reconciles();

    expect([told(), await stand.has('Ana')]).toEqual([['still-there'], ENDED]);
    expect((await stand.lease(lease.id)).state).toBe('ended');
  });

  test('while it is being taken again, nobody says that it is over', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    await stand.assignsByHand('Ana');
    await stand.assignmentsAreSince(lease.beginsAt ?? lease.endsAt);
    stand.entraWire.answersFor(({ method }) => method === 'DELETE', { status: 503 }, Infinity);

    await stand.reconciles();

    expect(await stand.lease(lease.id)).toMatchObject({ state: 'ending' });
    expect((await stand.lease(lease.id)).closedAt).toBeUndefined();
  });

  test('what comes back after it was taken a second time is told, and left alone, each time once', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    const comesBack = async (): Promise<void> => {
      await stand.assignmentsAreSince(lease.beginsAt ?? lease.endsAt);
      await stand.reconciles();
    };
    await stand.assignsByHand('Ana');
    await comesBack();
    await stand.assignsByHand('Ana');

    await comesBack();
    await comesBack();

    expect([told(), (await stand.has('Ana')).assigned]).toEqual([['still-there', 'comes-back'], 1]);
  });

  test('what somebody has given between the removal and the end of the sessions is theirs', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    stand.genesysWire.answersFor(() => true, { status: 503 }, Infinity);
    await stand.passes(61);
    const { closedAt } = await stand.lease(lease.id);
    stand.genesysWire.forgetsRules();
    stand.clock.advance(10);
    await stand.endsNow(lease.id);
    await stand.assignsByHand('Ana');
    await stand.assignmentsAreSince(new Date((closedAt?.getTime() ?? 0) + 60_000));

    await stand.reconciles();

    expect([told(), (await stand.has('Ana')).assigned]).toEqual([['given-again'], 1]);
  });

  test('what somebody has given outside of Latchkey since is told, and left alone', async () => {
    await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    await stand.assignsByHand('Ana');

    await stand.reconciles();

    expect([told(), (await stand.has('Ana')).assigned]).toEqual([['given-again'], 1]);
  });

  test('what an administrator has given for good since is no finding', async () => {
    await stand.grant('Ana', { minutes: 60 });
    await stand.passes(61);
    await stand.adminHasGiven('Ana');
    await stand.assignmentsAreSince(new Date(0));

    await stand.reconciles();

    expect([told(), (await stand.has('Ana')).assigned]).toEqual([[], 1]);
  });

  test('a lease whose access somebody has taken is told', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    await stand.takesByHand('Ana');

    await stand.reconciles();

    expect([told(), (await stand.lease(lease.id)).state]).toEqual([['gone'], 'active']);
  });

  test('what is noted as given and no lease needs is taken', async () => {
    const { lease } = await stand.grant('Ana', { minutes: 60 });
    await stand.forgetsTheEnd(lease.id);

    await stand.reconciles();

    expect(await stand.has('Ana')).toEqual(ENDED);
  });
});

test('people are reminded a day and an hour before the end, once, and not where it goes on', async () => {
  const long = await stand.grant('Ana', { minutes: 60 * 72 });
  const short = await stand.grant('Omar', { minutes: 30 });
  const reminders = async (): Promise<number[]> => [
    (await stand.lease(long.lease.id)).reminders,
    (await stand.lease(short.lease.id)).reminders,
  ];

  await stand.passes(60 * 47);
  expect(await reminders()).toEqual([0, 0]);
  await stand.passes(60);
  await stand.passes(10);
  expect(await reminders()).toEqual([1, 0]);
  await stand.passes(60 * 23);
  expect(await reminders()).toEqual([2, 0]);
});

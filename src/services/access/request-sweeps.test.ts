import { ANA, asks, DANA, MIA, OMAR, RequestStand, SIMON, upn } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { jsonText, type Json } from '../platform/json.js';
import { recordingLog } from '../platform/testing/test-parts.js';
import type { AccessService } from './access-service.js';
import type { AccessRequest } from './access-request.js';

let database: Database;
let stand: RequestStand;

beforeAll(async () => {
  database = await openTestDatabase();
}, 60_000);
afterAll(() => database?.close());
beforeEach(async () => {
  // Its clock stands on a Tuesday, 10 o'clock in Berlin.
  stand = await RequestStand.open(database);
  await stand.forgets();
  await stand.hasChat(OMAR, DANA, MIA);
});
afterEach(() => stand?.close());

async function passes(service: AccessService, minutes: number): Promise<void> {
  stand.clock.advance(minutes);
  for (const { sweep } of service.sweeps) await sweep(stand.clock.now());
}

async function requestOf(service: AccessService, id: string): Promise<AccessRequest> {
  const card = await service.find(id, ANA.personId);
  if (!card) throw new Error(`There is no request ${id}.`);
  return card.request;
}

const events = async (): Promise<number> =>
  (await database.db.selectFrom('outbox').select('id').where('type', '=', 'access-changed:teams').execute()).length;

const STAGED = {
  agent: {
    approval: [
      { people: [upn('omar.owner')], escalateAfter: '2 hours' },
      { people: [upn('dana.deputy')], escalateAfter: '2 hours' },
      { people: [upn('mia.mailmismatch')] },
    ],
    unansweredFor: '1 day',
    remind: { first: '15 minutes', atMost: '4 hours' },
  },
};

test('reminders come after 15 minutes, then after twice as long, and each is told', async () => {
  const service = stand.service({ agent: {} });
  const { id } = await asks(service);
  const told: [number, number][] = [];
  for (let minute = 15; minute <= 240; minute += 15) {
    const before = await events();
    await passes(service, 15);
    if ((await events()) > before) told.push([minute, (await requestOf(service, id)).reminders]);
  }

  expect(told).toEqual([
    [15, 1],
    [45, 2],
    [105, 3],
    [225, 4],
  ]);
});

test('after hours nobody is reminded until the next working day, and once for all that was missed', async () => {
  const service = stand.service({ agent: {} });
  stand.clock.advance(7 * 60 + 50);
  const { id } = await asks(service);

  await passes(service, 15);
  expect(await requestOf(service, id)).toMatchObject({ reminders: 0, remindAt: new Date('2026-11-25T07:00:00Z') });
  await passes(service, 14 * 60);
  await passes(service, 1);

  expect(await requestOf(service, id)).toMatchObject({ reminders: 1, remindAt: new Date('2026-11-25T07:35:00Z') });
});

test('the next stage is asked in its time, each in turn, and reminders begin anew', async () => {
  const service = stand.service(STAGED);
  const { id } = await asks(service);
  await passes(service, 119);
  expect(await requestOf(service, id)).toMatchObject({ stage: 0 });

  await passes(service, 1);

  const asked = await requestOf(service, id);
  const soon = new Date(stand.clock.now().getTime() + 15 * 60_000);
  expect(asked).toMatchObject({ stage: 1, reminders: 0, remindAt: soon });
  expect(asked.approvers.map(({ name, stage }) => [name, stage])).toEqual([
    ['Omar Owner', 0],
    ['Dana Deputy', 1],
  ]);
  await passes(service, 120);
  expect((await requestOf(service, id)).stage).toBe(2);
  const escalated = (await stand.audited()).filter(({ operation }) => operation === 'escalate-request');
  expect(escalated.filter(({ request }) => request === id)).toHaveLength(2);
  // Whoever was asked first may still decide.
  await expect(service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' })).resolves.toMatchObject({
    outcome: { kind: 'approved' },
  });
});

test('where nobody of the next stages can be asked, the request waits for whoever was asked, and Entra is left alone', async () => {
  const service = stand.service(STAGED);
  const { id } = await asks(service);
  await database.db.deleteFrom('place').where('person', '!=', OMAR.personId).execute();
  await passes(service, 120);
  const asked = (await stand.control.requests()).length;

  await passes(service, 1);
  await passes(service, 1);

  expect(await requestOf(service, id)).toMatchObject({ state: 'open', stage: 2 });
  expect((await stand.control.requests()).length).toBe(asked);
});

test('what nobody has decided ends in its time, also when the clock jumps over everything before it (T25)', async () => {
  const service = stand.service(STAGED);
  const { id } = await asks(service);

  await passes(service, 3 * 1_440);
  const [after, told] = [await requestOf(service, id), await events()];
  await passes(service, 1_440);

  expect(after).toMatchObject({ state: 'expired', decision: { kind: 'expired', rule: 'unanswered' }, reminders: 0 });
  expect(await events()).toBe(told);
  await expect(service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' })).resolves.toMatchObject({
    outcome: { kind: 'late' },
  });
  expect(await stand.effects()).toEqual([]);
});

test('a clock that jumps back does nothing twice (T25)', async () => {
  const service = stand.service(STAGED);
  const { id } = await asks(service);
  await passes(service, 120);
  const before = await requestOf(service, id);

  await passes(service, -119);
  await passes(service, 119);

  expect(await requestOf(service, id)).toMatchObject({ stage: 1, approvers: before.approvers });
});

test('of two replicas that look at the same moment, one does it', async () => {
  const [one, other] = [stand.service(STAGED), stand.service(STAGED)];
  const ids = [await asks(one), await asks(one, { by: SIMON })].map(({ id }) => id);
  stand.clock.advance(120);
  const before = await events();

  await Promise.all([one, other].flatMap(({ sweeps }) => sweeps.map(({ sweep }) => sweep(stand.clock.now()))));

  expect(await events()).toBe(before + 2);
  const escalated = (await stand.audited()).filter(({ operation }) => operation === 'escalate-request');
  expect(escalated.map(({ request }) => request).filter((id) => ids.includes(id ?? ''))).toHaveLength(2);
  expect((await one.find(ids[1] ?? '', SIMON.personId))?.request).toMatchObject({ stage: 1 });
});

test('while Entra is away the next stage waits, says so in the log, and other requests go on', async () => {
  const { log, lines } = recordingLog();
  const service = stand.service({ ...STAGED, plain: { unansweredFor: '3 hours' } }, log);
  const staged = await asks(service);
  const plain = await asks(service, { roleId: 'plain' });
  await stand.control.fault('unavailable');

  await passes(service, 180);

  expect((await requestOf(service, plain.id)).state).toBe('expired');
  expect(await requestOf(service, staged.id)).toMatchObject({ state: 'open', stage: 0 });
  expect(lines().map(({ msg }) => msg)).toContain('A request for access could not be advanced yet');
});

test('a row that this release cannot read holds up no other one', async () => {
  const { log, lines } = recordingLog();
  const service = stand.service({ agent: { unansweredFor: '1 hour' }, later: { unansweredFor: '2 hours' } }, log);
  const unreadable = await asks(service);
  const { id } = await asks(service, { roleId: 'later' });
  await database.db
    .updateTable('access_request')
    .set({ rules: jsonText<Json>({ from: 'another release' }) })
    .where('id', '=', unreadable.id)
    .execute();

  await passes(service, 120);

  expect((await requestOf(service, id)).state).toBe('expired');
  expect(lines().map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['A request for access could not be advanced yet']),
  );
});

test('whoever becomes an approver is asked with the next reminder, which is not for them (T7)', async () => {
  const parts = stand.parts({ agent: { approval: [{ groups: ['Contact Centre Leads'] }] } });
  const mia = { kind: 'person', id: MIA.personId, name: MIA.name, isEnabled: true, isGuest: false } as const;
  let isMember = false;
  const listMembers: typeof parts.entra.listMembers = async (group) => {
    const members = await parts.entra.listMembers(group);
    return isMember ? [...members, mia] : members;
  };
  const service = stand.serviceOf({ ...parts, entra: { ...parts.entra, listMembers } });
  const { id } = await asks(service);
  isMember = true;

  await passes(service, 15);
  const joined = (await requestOf(service, id)).approvers.filter(({ id: approver }) => approver === MIA.personId);
  await passes(service, 30);

  expect(joined).toEqual([{ id: MIA.personId, name: 'Mia Mailmismatch', stage: 0, missed: 1 }]);
  const { approvers, reminders } = await requestOf(service, id);
  expect(approvers.filter(({ id: approver }) => approver === MIA.personId)).toEqual(joined);
  expect(reminders).toBe(2);
  expect((await service.workOf(MIA.personId)).waitingForMe.map(({ request }) => request.id)).toEqual([id]);
});

test('of a group of very many all are asked, fifty with each reminder', async () => {
  const parts = stand.parts({ agent: { approval: [{ groups: ['Contact Centre Leads'] }] } });
  const many = Array.from({ length: 120 }, (_, at) => ({
    ...{ kind: 'person' as const, id: `9f000000-0000-4000-8000-000000000${String(at + 100)}` },
    ...{ name: `Person ${String(at)}`, isEnabled: true, isGuest: false },
  }));
  const listMembers: typeof parts.entra.listMembers = async (id) => [...many, ...(await parts.entra.listMembers(id))];
  const service = stand.serviceOf({ ...parts, entra: { ...parts.entra, listMembers } });
  const { id } = await asks(service);
  const asked = async (): Promise<number> =>
    new Set((await requestOf(service, id)).approvers.map((one) => one.id)).size;

  const counts = [await asked()];
  for (const minutes of [15, 30, 60]) {
    await passes(service, minutes);
    counts.push(await asked());
  }

  expect(counts.slice(0, 2)).toEqual([50, 100]);
  expect(counts[2]).toBeGreaterThan(120);
  expect(counts[3]).toBe(counts[2]);
});

describe('Approvers who leave after they were asked (T3, T7)', () => {
  const TWO = { people: ['omar.owner', 'dana.deputy'].map(upn), quorum: 2 };

  async function withoutOmar(deed: () => Promise<void>): Promise<void> {
    await stand.changes(OMAR, { accountEnabled: false });
    await deed();
  }

  test('and leave nobody: the request ends with the next reminder, and says why', async () => {
    const service = stand.service({ agent: { approval: [{ people: [upn('omar.owner')] }] } });
    const { id } = await asks(service);

    await withoutOmar(() => passes(service, 15));

    expect(await requestOf(service, id)).toMatchObject({
      ...{ state: 'expired', decision: { kind: 'expired', rule: 'nobody-left' }, reminders: 0 },
    });
    expect((await stand.audited()).at(-1)).toMatchObject({ operation: 'abandon-request', actor: { name: 'Latchkey' } });
  });

  test('and leave a further stage: that one is asked at once', async () => {
    const approval = [{ people: [upn('omar.owner')], escalateAfter: '1 day' }, { people: [upn('dana.deputy')] }];
    const service = stand.service({ agent: { approval } });
    const { id } = await asks(service);

    await withoutOmar(() => passes(service, 15));

    expect(await requestOf(service, id)).toMatchObject({ state: 'open', stage: 1 });
    expect((await service.workOf(DANA.personId)).waitingForMe).toHaveLength(1);
  });

  test('and have voted: their vote counts with those who are left', async () => {
    const service = stand.service({ agent: { approval: [TWO] } });
    const { id } = await asks(service);
    await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });

    await withoutOmar(() => passes(service, 15));

    expect(await requestOf(service, id)).toMatchObject({ state: 'open', reminders: 1 });
  });

  test('and have not voted, where two must agree: nobody is left', async () => {
    const service = stand.service({ agent: { approval: [TWO] } });
    const { id } = await asks(service);

    await withoutOmar(() => passes(service, 15));

    expect(await requestOf(service, id)).toMatchObject({ state: 'expired', decision: { rule: 'nobody-left' } });
  });
});

describe('A break-glass', () => {
  const GLASS = {
    agent: {
      breakGlass: { people: [upn('ana.agent')], atMost: '8 hours' },
      lasts: { usually: '1 hour', atMost: '3 days' },
    },
  };

  async function taken(): Promise<{ service: AccessService; id: string; leaseId: string }> {
    const service = stand.service(GLASS);
    const { id, leaseId = '' } = await asks(service, { kind: 'break-glass', minutes: 60 });
    await stand.leases.begins(leaseId);
    return { service, id, leaseId };
  }

  test('that an approver finds right goes on, and is reviewed once', async () => {
    const { service, id, leaseId } = await taken();

    await service.review(OMAR, { requestId: id, verdict: 'right', reason: '' });
    await expect(service.review(DANA, { requestId: id, verdict: 'not-right', reason: 'no' })).rejects.toMatchObject({
      facts: { code: 'request-moved-on' },
    });
    await passes(service, 2 * 1_440);

    expect(await requestOf(service, id)).toMatchObject({
      review: { verdict: 'right', reviewer: { name: 'Omar Owner' } },
    });
    expect(await stand.leases.find(leaseId)).toMatchObject({ state: 'active' });
  });

  test('that an approver finds not right ends at once, with the reason', async () => {
    const { service, id, leaseId } = await taken();
    await expect(service.review(OMAR, { requestId: id, verdict: 'not-right', reason: '' })).rejects.toMatchObject({
      facts: { code: 'no-reason' },
    });

    await service.review(OMAR, { requestId: id, verdict: 'not-right', reason: 'There was no emergency' });

    expect(await stand.leases.find(leaseId)).toMatchObject({
      state: 'ending',
      endReason: 'revoked',
      endedBy: 'Omar Owner',
      endWhy: 'There was no emergency',
    });
    expect((await stand.audited()).at(-1)).toMatchObject({
      operation: 'review-access',
      reason: 'There was no emergency',
    });
  });

  test('is reviewed by nobody who is no approver, and not by whoever has taken it', async () => {
    const { service, id } = await taken();

    for (const [by, code] of [
      [ANA, 'own-request'],
      [SIMON, 'no-approver-of-it'],
    ] as const)
      await expect(service.review(by, { requestId: id, verdict: 'right', reason: '' })).rejects.toMatchObject({
        facts: { code },
      });
  });

  const again = (service: AccessService) => asks(service, { kind: 'break-glass', minutes: 60 });

  test('cannot be taken again before it is reviewed, and can be when it was right', async () => {
    const { service, id, leaseId } = await taken();
    await database.transaction((trx) => stand.leases.end(trx, leaseId, { reason: 'given-back', by: ANA }));

    await expect(again(service)).rejects.toMatchObject({ facts: { code: 'break-glass-unreviewed' } });
    expect(await stand.effects()).toHaveLength(1);
    expect((await service.offers(ANA))[0]).toMatchObject({ canBreakGlass: false });
    await service.review(OMAR, { requestId: id, verdict: 'right', reason: '' });

    expect((await service.offers(ANA))[0]).toMatchObject({ canBreakGlass: true });
    expect(await again(service)).toMatchObject({ state: 'approved' });
  });

  test('that was not right is followed by no other one for a day', async () => {
    const { service, id } = await taken();
    await service.review(OMAR, { requestId: id, verdict: 'not-right', reason: 'There was no emergency' });
    stand.clock.advance(1_439);

    await expect(again(service)).rejects.toMatchObject({
      facts: { code: 'break-glass-too-soon', what: expect.stringContaining('Wed 25 Nov 2026, 10:00') as string },
    });
    stand.clock.advance(1);

    expect(await again(service)).toMatchObject({ state: 'approved' });
  });

  test('that could not be given has nothing to review, and keeps nobody from trying again', async () => {
    const { service, id, leaseId } = await taken();
    await database.transaction((trx) => stand.leases.end(trx, leaseId, { reason: 'failed', by: ANA }));
    await database.db.updateTable('access_request').set({ state: 'failed' }).where('id', '=', id).execute();

    expect(await again(service)).toMatchObject({ state: 'approved' });
    await passes(service, 1_440);

    expect((await requestOf(service, id)).review).not.toHaveProperty('lapsedAt');
    const lapses = (await stand.audited()).filter(({ operation }) => operation === 'lapse-review');
    expect(lapses.filter(({ request }) => request === id)).toEqual([]);
  });

  test('that nobody has reviewed within a day is ended, once', async () => {
    const { service, id, leaseId } = await taken();
    await passes(service, 1_439);
    expect(await stand.leases.find(leaseId)).toMatchObject({ state: 'active' });

    await passes(service, 1);
    const told = await events();
    await passes(service, 1);

    expect(await stand.leases.find(leaseId)).toMatchObject({
      state: 'ending',
      endedBy: 'Latchkey',
      endWhy: 'Nobody has reviewed the break-glass in time.',
    });
    expect((await requestOf(service, id)).review).toMatchObject({ lapsedAt: new Date('2026-11-25T09:00:00Z') });
    expect(await events()).toBe(told);
    expect((await service.find(id, OMAR.personId))?.can).not.toContain('review');
    await expect(again(service)).rejects.toMatchObject({ facts: { code: 'break-glass-too-soon' } });
  });
});

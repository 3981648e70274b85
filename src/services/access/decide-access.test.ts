import { openTestDatabase } from '../../../test/support/test-database.js';
import {
  ADA,
  ANA,
  asks,
  DANA,
  GALE,
  MIA,
  OMAR,
  RequestStand,
  SIMON,
  upn,
} from '../../../test/support/request-stand.js';
import type { Actor } from '../operations/operation.js';
import type { Database } from '../platform/database.js';
import type { AccessRequest, VoteOutcome } from './access-request.js';
import type { AccessService } from './access-service.js';
import { approvalLinkUsed } from './step-up-refusals.js';

let database: Database;
let stand: RequestStand;

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});
beforeEach(async () => {
  await stand.forgets();
  await stand.hasChat(OMAR, DANA, ADA, MIA);
});

type Voted = { request: AccessRequest; outcome: VoteOutcome };
const approves = (service: AccessService, by: Actor, requestId: string, minutes?: number): Promise<Voted> =>
  service.vote(by, { requestId, vote: 'approve', minutes, reason: '' });
const denies = (service: AccessService, by: Actor, requestId: string): Promise<Voted> =>
  service.vote(by, { requestId, vote: 'deny', reason: 'Not this week' });

const refused = (code: string) => ({ facts: { code } });
/** Two must agree. */
const TWO = { agent: { approval: [{ people: ['omar.owner', 'dana.deputy', 'ada.admin'].map(upn), quorum: 2 }] } };

describe('An approval', () => {
  test('plans the access, says by whom, and begins after the commit', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);

    const { request, outcome } = await approves(service, OMAR, id);

    expect(outcome).toMatchObject({ kind: 'approved', minutes: 480 });
    expect(request).toMatchObject({ state: 'approved', decision: { kind: 'approved', by: { name: 'Omar Owner' } } });
    const [leaseId] = await stand.effects();
    expect(request.leaseId).toBe(leaseId);
    expect(await stand.leases.find(leaseId ?? '')).toMatchObject({ requestId: id, minutes: 480, state: 'planned' });
    expect(stand.leases.wentOn).toContain((await stand.leases.find(leaseId ?? ''))?.runId);
    expect((await stand.audited()).at(-1)).toMatchObject({
      ...{ kind: 'outcome', operation: 'approve-request', what: 'approve the request for agent for Ana Agent' },
      ...{ concerns: [ANA.personId], request: id },
    });
  });

  test('for less gives that much, and nothing else is taken for less', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);

    for (const minutes of [0, -1, 480, 481, 1.5, NaN, Infinity])
      await expect(approves(service, OMAR, id, minutes)).rejects.toMatchObject(refused('not-less'));
    await approves(service, OMAR, id, 60);

    const [leaseId = ''] = await stand.effects();
    expect(await stand.leases.find(leaseId)).toMatchObject({ minutes: 60 });
  });
});

describe('An approval that needs a sign-in', () => {
  const proofOf = (revision: number) => ({
    signIn: { at: new Date('2026-11-24T09:00:20Z') },
    revision,
    spend: jest.fn(() => Promise.resolve()),
  });

  test('gives nothing by the click alone, and counts with it, as the audit tells', async () => {
    const service = stand.service({ agent: { stepUp: true } });
    const { id, revision } = await asks(service);
    const proof = proofOf(revision);

    const clicked = await approves(service, OMAR, id);
    const unproven = await stand.effects();
    const proven = await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '', proof });

    expect([clicked.outcome, clicked.request.revision, unproven]).toEqual([{ kind: 'unproven' }, revision, []]);
    expect(proven.outcome).toMatchObject({ kind: 'approved' });
    expect(proof.spend).toHaveBeenCalledTimes(1);
    expect((await service.find(id, OMAR.personId))?.votes).toMatchObject([{ signIn: proof.signIn }]);
    expect((await stand.audited()).at(-1)).toMatchObject({ provenBy: { signedInAt: '2026-11-24T09:00:20.000Z' } });
  });

  test('counts for the request as it was shown, and for no other', async () => {
    const service = stand.service({ agent: { ...TWO.agent, stepUp: true } });
    const { id, revision } = await asks(service);
    await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '', proof: proofOf(revision) });
    const proof = proofOf(revision);

    const { outcome } = await service.vote(DANA, { requestId: id, vote: 'approve', reason: '', proof });

    expect([outcome, await stand.effects()]).toEqual([{ kind: 'changed' }, []]);
    expect(proof.spend).not.toHaveBeenCalled();
  });

  test('leaves nothing behind where the proof was used before', async () => {
    const service = stand.service({ agent: { stepUp: true } });
    const { id, revision } = await asks(service);
    const proof = { ...proofOf(revision), spend: () => Promise.reject(approvalLinkUsed()) };

    const voted = service.vote(OMAR, { requestId: id, vote: 'approve', reason: '', proof });

    await expect(voted).rejects.toMatchObject(refused('approval-link-used'));
    expect(await service.find(id, OMAR.personId)).toMatchObject({ request: { state: 'open', revision }, votes: [] });
  });
});

test('a denial needs a reason, decides at once and gives nothing', async () => {
  const service = stand.service(TWO);
  const { id } = await asks(service);
  await approves(service, OMAR, id);

  await expect(service.vote(DANA, { requestId: id, vote: 'deny', reason: '  ' })).rejects.toMatchObject(
    refused('no-reason'),
  );
  const { request, outcome } = await denies(service, DANA, id);

  expect(outcome).toEqual({ kind: 'denied' });
  expect(request).toMatchObject({
    state: 'denied',
    decision: { by: { name: 'Dana Deputy' }, reason: 'Not this week' },
  });
  expect(await stand.effects()).toEqual([]);
});

test('the same delivery twice, with the same and with a new id, is one vote and one effect (G1)', async () => {
  const service = stand.service(TWO);
  const { id } = await asks(service);

  const first = await Promise.all([approves(service, OMAR, id), approves(service, OMAR, id)]);
  const later = await approves(service, { ...OMAR, channel: 'slack' }, id);

  expect(first.map(({ outcome }) => outcome.kind).sort()).toEqual(['again', 'counted']);
  expect(later.outcome).toMatchObject({ kind: 'again', vote: { channel: 'teams' } });
  expect((await service.find(id, OMAR.personId))?.votes).toHaveLength(1);
  await approves(service, DANA, id);
  expect((await approves(service, DANA, id)).outcome).toEqual({ kind: 'late' });
  expect(await stand.effects()).toHaveLength(1);
});

test('a stale card: whoever clicks what was decided meanwhile changes nothing and is told', async () => {
  const service = stand.service({ agent: {} });
  const { id } = await asks(service);
  await denies(service, OMAR, id);

  const { request, outcome } = await approves(service, DANA, id);

  expect(outcome).toEqual({ kind: 'late' });
  expect(request).toMatchObject({ state: 'denied', decision: { by: { name: 'Omar Owner' } } });
  expect(await stand.effects()).toEqual([]);
});

describe('A button that somebody forges or forwards (T1, T10)', () => {
  test.each([
    ['a colleague', MIA],
    ['an administrator who is no approver', ADA],
    ['somebody who may only look', GALE],
    ['somebody of nowhere', { ...MIA, personId: '99999999-0000-4000-8000-000000000001' }],
    ['somebody who has no id at all', { ...MIA, personId: 'omar.owner@contoso.example' }],
  ])('%s decides nothing, and it is recorded', async (_who, forger) => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);

    await expect(approves(service, forger, id)).rejects.toMatchObject({ facts: { kind: 'refused' } });
    await expect(denies(service, forger, id)).rejects.toMatchObject({ facts: { kind: 'refused' } });

    expect((await service.find(id, ANA.personId))?.request).toMatchObject({ state: 'open', revision: 0 });
    // Whoever has no part in it is told nothing of it.
    await expect(service.cancel(forger, id)).rejects.toMatchObject({
      facts: { what: 'You cannot act on that request.' },
    });
    const refusals = (await stand.audited()).slice(-3);
    expect(refusals.map(({ kind }) => kind)).toEqual(['refusal', 'refusal', 'refusal']);
    expect(JSON.stringify(refusals.map(({ what }) => what))).not.toMatch(/Ana|gent for/);
    // Found on the page of whom it was about, too.
    expect(refusals).toMatchObject(refusals.map(() => ({ concerns: [forger.personId, ANA.personId] })));
  });

  test('of a request that is over, a stranger is refused all the same, and sees nothing of it', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await denies(service, OMAR, id);

    await expect(approves(service, MIA, id)).rejects.toMatchObject(refused('no-approver-of-it'));
    expect(await service.find(id, MIA.personId)).toBeUndefined();
  });

  test.each(['', 'x', '99999999-0000-4000-8000-000000000001', "'; drop table access_request; --", '../..'])(
    'a request that there is not: %p',
    async (id) => {
      const service = stand.service({ agent: {} });

      await expect(approves(service, OMAR, id)).rejects.toMatchObject(refused('no-such-request'));
      await expect(service.takeBack(OMAR, id)).rejects.toMatchObject(refused('no-such-request'));
      await expect(service.cancel(OMAR, id)).rejects.toMatchObject(refused('no-such-request'));
      await expect(service.review(OMAR, { requestId: id, verdict: 'right', reason: '' })).rejects.toMatchObject(
        refused('no-such-request'),
      );
      expect(await service.find(id, OMAR.personId)).toBeUndefined();
    },
  );
});

describe('An approver who has left between the question and the click (T3)', () => {
  test('whose account is disabled decides nothing; when it is enabled again, they do', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await stand.changes(OMAR, { accountEnabled: false });

    await expect(approves(service, OMAR, id)).rejects.toMatchObject(refused('account-disabled'));
    await stand.changes(OMAR, { accountEnabled: true });

    expect((await approves(service, OMAR, id)).outcome.kind).toBe('approved');
  });

  test('who was renamed is nobody whom the policy names (G6)', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await stand.changes(OMAR, { userPrincipalName: upn('omar.former') });
    try {
      await expect(approves(service, OMAR, id)).rejects.toMatchObject(refused('no-approver-of-it'));
    } finally {
      await stand.changes(OMAR, { userPrincipalName: upn('omar.owner') });
    }
  });

  test('one whose address alone is an approver’s is none (T2)', async () => {
    const service = stand.service({
      agent: { approval: [{ people: ['mia@mail.contoso.example', upn('omar.owner')] }] },
    });
    const { id } = await asks(service);

    await expect(approves(service, MIA, id)).rejects.toMatchObject(refused('no-approver-of-it'));
  });
});

describe('Nobody decides for themselves (T8)', () => {
  test('neither whoever asked nor whom it is for, whatever the policy says', async () => {
    const service = stand.service({
      agent: { approval: [{ people: ['omar.owner', 'ana.agent', 'dana.deputy'].map(upn) }] },
    });
    const own = await asks(service);
    const forAna = await asks(service, { by: OMAR, personId: SIMON.personId });

    await expect(approves(service, ANA, own.id)).rejects.toMatchObject(refused('own-request'));
    await expect(approves(service, OMAR, forAna.id)).rejects.toMatchObject(refused('own-request'));
    expect(own.approvers.map(({ name }) => name)).toEqual(['Omar Owner', 'Dana Deputy']);
    expect(forAna.approvers.map(({ name }) => name)).toEqual(['Ana Agent', 'Dana Deputy']);
    expect(await stand.effects()).toEqual([]);
  });

  test('where the only approver is the requester, nothing is asked and the reason is said', async () => {
    const service = stand.service({ agent: { approval: [{ people: [upn('omar.owner')] }] } });

    await expect(asks(service, { by: OMAR })).rejects.toMatchObject(refused('nobody-decides'));
  });
});

describe('A quorum of two of three, in stages', () => {
  const STAGED = {
    agent: {
      approval: [
        { people: ['omar.owner', 'dana.deputy', 'ada.admin'].map(upn), quorum: 2, escalateAfter: '1 hour' },
        { people: [upn('mia.mailmismatch')], quorum: 1 },
      ],
    },
  };

  test('one is not enough, in whichever chat, and the second decides', async () => {
    const service = stand.service(STAGED);
    const { id } = await asks(service);

    const one = await approves(service, OMAR, id);
    const two = await approves(service, { ...DANA, channel: 'slack' }, id);

    expect(one.outcome).toEqual({ kind: 'counted', agreed: 1, needed: 2 });
    expect(two.outcome.kind).toBe('approved');
    expect(await stand.effects()).toHaveLength(1);
  });

  test('the next stage is asked in its time, and then either decides', async () => {
    const service = stand.service(STAGED);
    const { id, approvers } = await asks(service);
    expect(approvers.map(({ name }) => name)).not.toContain('Mia Mailmismatch');
    await expect(approves(service, MIA, id)).rejects.toMatchObject(refused('no-approver-of-it'));
    await approves(service, OMAR, id);

    stand.clock.advance(60);
    await dueWork(service);

    const asked = (await service.find(id, MIA.personId))?.request;
    expect(asked).toMatchObject({ stage: 1, stageAt: stand.clock.now() });
    expect((await approves(service, MIA, id)).outcome.kind).toBe('approved');
    expect(await stand.effects()).toHaveLength(1);
  });
});

describe('Whoever has decided', () => {
  test('can take it back until it starts: the request is open, they may decide anew, and nothing was given', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await approves(service, OMAR, id);

    const open = await service.takeBack(OMAR, id);

    expect(open.state).toBe('open');
    expect(open).not.toHaveProperty('decision');
    expect(open).not.toHaveProperty('leaseId');
    expect(await stand.effects()).toEqual([]);
    expect((await denies(service, OMAR, id)).outcome.kind).toBe('denied');
  });

  test('and takes it back and approves anew has one effect', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    for (let again = 0; again < 3; again += 1) {
      await approves(service, OMAR, id);
      await service.takeBack(OMAR, id);
    }

    await approves(service, DANA, id);

    expect(await stand.effects()).toHaveLength(1);
  });

  test.each(['approve', 'deny'] as const)(
    'and whose click to %s is worked on once more changes nothing',
    async (deed) => {
      const service = stand.service({ agent: {} });
      const { id } = await asks(service);
      const ballot = { requestId: id, vote: deed, reason: 'So it is', delivery: `the ${deed}` };
      await service.vote(OMAR, ballot);
      if (deed === 'approve') await service.takeBack(OMAR, id, 'the take-back');
      const before = await service.find(id, OMAR.personId);

      const { outcome } = await service.vote(OMAR, ballot);

      expect(outcome.kind).toBe('late');
      expect(await service.find(id, OMAR.personId)).toEqual(before);
      expect(await stand.effects()).toEqual([]);
    },
  );

  test('and takes it back by a click that is worked on once more keeps what they approved since', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await approves(service, OMAR, id);
    await service.takeBack(OMAR, id, 'the first');
    await approves(service, OMAR, id);

    await expect(service.takeBack(OMAR, id, 'the first')).rejects.toMatchObject(refused('request-moved-on'));

    expect(await stand.effects()).toHaveLength(1);
    await service.takeBack(OMAR, id, 'the second');
    expect(await stand.effects()).toEqual([]);
  });

  test('is too late once it has started, and everybody else is refused', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await approves(service, OMAR, id);
    await expect(service.takeBack(DANA, id)).rejects.toMatchObject(refused('not-your-request'));
    await expect(service.takeBack(ANA, id)).rejects.toMatchObject(refused('not-your-request'));

    stand.clock.advance(1);

    await expect(service.takeBack(OMAR, id)).rejects.toMatchObject(refused('request-moved-on'));
    expect(await stand.effects()).toHaveLength(1);
  });

  test('is too late where the access is being given already: the approval stands', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    const { request } = await approves(service, OMAR, id);
    await stand.leases.begins(request.leaseId ?? '');
    await database.db.updateTable('access_request').set({ state: 'approved' }).where('id', '=', id).execute();

    await expect(service.takeBack(OMAR, id)).rejects.toMatchObject(refused('request-moved-on'));

    expect((await service.find(id, OMAR.personId))?.request).toMatchObject({ state: 'approved' });
    expect((await service.find(id, OMAR.personId))?.votes).toHaveLength(1);
  });
});

describe('Cancelling', () => {
  test('ends an open request, by whoever asked or whom it is for, and nobody else', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service, { by: MIA, personId: ANA.personId });
    await expect(service.cancel(OMAR, id)).rejects.toMatchObject(refused('not-your-request'));

    const request = await service.cancel(ANA, id);

    expect(request).toMatchObject({ state: 'cancelled', decision: { kind: 'cancelled', by: { name: 'Ana Agent' } } });
    expect((await approves(service, OMAR, id)).outcome).toEqual({ kind: 'late' });
    await expect(service.cancel(MIA, id)).rejects.toMatchObject(refused('request-moved-on'));
  });

  test('at the moment of a vote that does not decide yet ends it all the same', async () => {
    const parts = stand.parts(TWO);
    const service = stand.serviceOf(parts);
    const { id } = await asks(service);
    let isFirst = true;
    const late = stand.serviceOf({
      ...parts,
      database: {
        ...database,
        transaction: async (work) => {
          if (isFirst) await approves(service, OMAR, id);
          isFirst = false;
          return database.transaction(work);
        },
      },
    });

    expect(await late.cancel(ANA, id)).toMatchObject({ state: 'cancelled' });
    expect(await stand.effects()).toEqual([]);
  });

  test('calls off what was approved, until it starts', async () => {
    const service = stand.service({ agent: {} });
    const { id } = await asks(service);
    await approves(service, OMAR, id);

    await service.cancel(ANA, id);

    expect(await stand.effects()).toEqual([]);
  });

  test('all of somebody who is off-boarded cancels what waits for them and what they have asked for', async () => {
    const service = stand.service({ agent: {} });
    const own = await asks(service);
    const byThem = await asks(service, { personId: SIMON.personId });
    const others = await asks(service, { by: MIA });
    await approves(service, OMAR, own.id);

    await database.transaction((trx) => service.cancelAllOf(trx, ANA.personId, ADA));

    const states = await Promise.all(
      [own, byThem, others].map(async ({ id }) => (await service.find(id, OMAR.personId))?.request.state),
    );
    expect(states).toEqual(['cancelled', 'cancelled', 'open']);
    expect(await stand.effects()).toEqual([]);
  });
});

test('of somebody who is off-boarded nothing is left that was reminded of at the same moment', async () => {
  const parts = stand.parts({ agent: {} });
  const service = stand.serviceOf(parts);
  const { id } = await asks(service);
  await approves(service, OMAR, id);
  const callOff: typeof parts.leases.callOff = async (trx, leaseId, by) => {
    const isOff = await parts.leases.callOff(trx, leaseId, by);
    await trx
      .updateTable('access_request')
      .set((row) => ({ revision: row('revision', '+', 1) }))
      .where('id', '=', id)
      .execute();
    return isOff;
  };
  const leases = Object.assign(Object.create(parts.leases) as typeof parts.leases, { callOff });

  await database.transaction((trx) => stand.serviceOf({ ...parts, leases }).cancelAllOf(trx, ANA.personId, ADA));

  expect((await service.find(id, OMAR.personId))?.request.state).toBe('cancelled');
  expect(await stand.effects()).toEqual([]);
});

describe('A vote that comes after the time to decide', () => {
  test('is late, although no sweep has come by', async () => {
    const service = stand.service({ agent: { unansweredFor: '1 day' } });
    const { id } = await asks(service);
    stand.clock.advance(24 * 60);

    expect((await approves(service, OMAR, id)).outcome).toEqual({ kind: 'late' });

    expect((await service.find(id, OMAR.personId))?.request).toMatchObject({ state: 'expired' });
    expect(await stand.effects()).toEqual([]);
  });
});

async function dueWork(service: AccessService): Promise<void> {
  for (const { sweep } of service.sweeps) await sweep(stand.clock.now());
}

import fc from 'fast-check';
import type { AccessRequest, RequestState } from './access-request.js';
import { readerOf } from './access-cards.js';
import type { LeaseState } from './lease.js';
import { deedsOf, REQUEST_DEEDS, type Reader, type RequestFacts } from './request-deeds.js';
import { ANA, DANA, leaseOf, NOW, OMAR, requestOf, voteOf } from './testing/examples.js';

const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);
const ADA = { id: '0e0b1ec7-0000-4000-8000-000000000001', name: 'Ada Admin' };

function can(facts: RequestFacts, { id }: { id: string }, extra: Partial<Reader> = {}, now = NOW): readonly string[] {
  return deedsOf(facts, { ...readerOf(facts.request, id), ...extra }, now);
}

const open = { request: requestOf(), votes: [] };
const approved: RequestFacts = {
  request: requestOf({
    ...{ state: 'approved', decidedAt: NOW, startsAt: after(10) },
    decision: { kind: 'approved', by: OMAR, minutes: 480 },
  }),
  votes: [voteOf(OMAR)],
};
const granted: RequestFacts = { ...approved, request: { ...approved.request, state: 'granted' }, lease: leaseOf() };

describe('Of an open request', () => {
  test('whoever was asked can decide, once', () => {
    expect(can(open, OMAR)).toEqual(['approve', 'approve-less', 'deny']);
    expect(can({ ...open, votes: [voteOf(OMAR)] }, OMAR)).toEqual([]);
    expect(can({ ...open, votes: [voteOf(OMAR)] }, DANA)).toEqual(['approve', 'approve-less', 'deny']);
  });

  test('whoever asked can only cancel it', () => {
    expect(can(open, ANA)).toEqual(['cancel']);
  });

  test('somebody else can do nothing, an administrator included', () => {
    expect(can(open, ADA, { isAdmin: true })).toEqual([]);
  });

  test('an approver who asked, or whom it is for, cannot decide (T8)', () => {
    expect(can({ ...open, request: requestOf({ asker: OMAR }) }, OMAR)).toEqual(['cancel']);
    expect(can({ ...open, request: requestOf({ person: { ...ANA, ...OMAR } }) }, OMAR)).toEqual(['cancel']);
  });
});

test('an account that nobody has proven to be theirs can withdraw and give back, and nothing else of what they could', () => {
  const proof = 'email' as const;
  for (const facts of [open, approved, granted]) {
    for (const reader of [ANA, OMAR, DANA, ADA]) {
      const all = can(facts, reader, { isAdmin: true });
      expect(can(facts, reader, { isAdmin: true, proof })).toEqual(
        all.filter((deed) => deed === 'cancel' || deed === 'give-back'),
      );
    }
  }
  expect(can(granted, ANA, { proof })).toEqual(['give-back']);
});

describe('Of an approval that starts in some seconds', () => {
  test('whoever has decided can take it back, and whoever asked can cancel', () => {
    expect(can(approved, OMAR)).toEqual(['take-back']);
    expect(can(approved, DANA)).toEqual([]);
    expect(can(approved, ANA)).toEqual(['cancel']);
  });

  test('nobody can do either once it has started', () => {
    for (const reader of [OMAR, DANA, ANA]) expect(can(approved, reader, {}, after(10))).toEqual([]);
  });
});

describe('Of access that works', () => {
  test('whoever has it can extend it and give it back', () => {
    expect(can(granted, ANA)).toEqual(['extend', 'give-back']);
    expect(can({ ...granted, extendedUntil: after(99) }, ANA)).toEqual(['give-back']);
  });

  test('whoever asked for somebody else can extend it', () => {
    expect(can({ ...granted, request: { ...granted.request, asker: ADA } }, ADA)).toEqual(['extend']);
  });

  test('an extension whose time has not come yet cannot be extended again, and can be ended', () => {
    const next = { ...granted, lease: leaseOf({ beginsAt: after(60) }) };

    expect(can(next, ANA)).toEqual(['give-back']);
    expect(can(next, ANA, {}, after(60))).toEqual(['extend', 'give-back']);
  });

  test('approvers and administrators can revoke it', () => {
    expect(can(granted, DANA)).toEqual(['revoke']);
    expect(can(granted, ADA)).toEqual([]);
    expect(can(granted, ADA, { isAdmin: true })).toEqual(['revoke']);
  });

  test('an administrator who has it cannot revoke it', () => {
    expect(can(granted, ANA, { isAdmin: true })).toEqual(['extend', 'give-back']);
  });

  test('a break-glass waits for a review by an approver, until somebody has reviewed it or the time is over', () => {
    const glass = (review: AccessRequest['review']): RequestFacts => ({
      ...granted,
      request: { ...granted.request, kind: 'break-glass', review },
    });

    expect(can(glass({ by: after(99) }), OMAR)).toEqual(['review', 'revoke']);
    expect(can(glass({ by: after(99) }), ANA)).toEqual(['extend', 'give-back']);
    expect(can(glass({ by: after(99), verdict: 'right' }), OMAR)).toEqual(['revoke']);
    expect(can(glass({ by: after(99), lapsedAt: after(99) }), OMAR)).toEqual(['revoke']);
  });
});

test('whatever the state: nobody decides, revokes or reviews for themselves, and what is over has no buttons', () => {
  const states: RequestState[] = [
    ...(['open', 'approved', 'granted', 'denied', 'cancelled', 'expired', 'failed', 'ended'] as const),
  ];
  const leases: (LeaseState | 'none')[] = ['none', 'planned', 'active', 'ending', 'ended', 'failed'];
  const everybody = [ANA, OMAR, DANA, ADA];
  fc.assert(
    fc.property(
      fc.record({
        state: fc.constantFrom(...states),
        lease: fc.constantFrom(...leases),
        asker: fc.constantFrom(...everybody),
        person: fc.constantFrom(...everybody),
        reader: fc.constantFrom(...everybody),
        stages: fc.subarray([0, 1]),
        isAdmin: fc.boolean(),
        isReviewed: fc.constantFrom(undefined, 'right' as const),
        seconds: fc.integer({ min: 0, max: 40_000 }),
      }),
      ({ state, lease, asker, person, reader, stages, isAdmin, isReviewed, seconds }) => {
        const request = requestOf({
          ...{ state, asker, person: { ...ANA, ...person }, startsAt: after(10) },
          ...{ review: { by: after(86_400), verdict: isReviewed }, decision: { kind: 'approved', by: OMAR } },
        });
        const facts = { request, votes: [], ...(lease === 'none' ? {} : { lease: leaseOf({ state: lease }) }) };

        const deeds = deedsOf(facts, { id: reader.id, stages, isAdmin }, after(seconds));

        const judging = ['approve', 'approve-less', 'deny', 'revoke', 'review'] as const;
        if (reader.id === person.id) expect(judging.filter((deed) => deeds.includes(deed))).toEqual([]);
        if (stages.length === 0 && !isAdmin) expect(judging.filter((deed) => deeds.includes(deed))).toEqual([]);
        const isOver = ['denied', 'cancelled', 'expired', 'failed'].includes(state) && lease !== 'active';
        if (isOver) expect(deeds).toEqual([]);
        expect(deeds.every((deed) => REQUEST_DEEDS.includes(deed))).toBe(true);
      },
    ),
  );
});

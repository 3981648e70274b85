import fc from 'fast-check';
import { decideVote, dueAt, TAKE_BACK_S, tallyOf, type AccessRequest, type Vote } from './access-request.js';
import { DANA, NOW, OMAR, requestOf, stageOf, voteOf } from './testing/examples.js';

const after = (minutes: number): Date => new Date(NOW.getTime() + minutes * 60_000);

describe('A vote', () => {
  test('of one of one approves, for as long as was asked, and starts when it can no longer be taken back', () => {
    expect(decideVote(requestOf(), [], voteOf(OMAR))).toEqual({
      ...{ kind: 'approved', minutes: 480 },
      startsAt: new Date(NOW.getTime() + TAKE_BACK_S * 1_000),
    });
  });

  test('of two approvals for less, the shorter counts', () => {
    const request = requestOf({}, { approval: [stageOf([], 2)] });

    const outcome = decideVote(request, [voteOf(OMAR, { minutes: 60 })], voteOf(DANA, { minutes: 120 }));

    expect(outcome).toMatchObject({ kind: 'approved', minutes: 60 });
  });

  test('that lacks another one counts, and says how many have agreed', () => {
    const request = requestOf({}, { approval: [stageOf([], 2)] });

    expect(decideVote(request, [], voteOf(OMAR))).toEqual({ kind: 'counted', agreed: 1, needed: 2 });
  });

  test('against it decides at once, whatever others have said', () => {
    const request = requestOf({}, { approval: [stageOf([], 3)] });

    expect(decideVote(request, [voteOf(OMAR)], voteOf(DANA, { vote: 'deny' }))).toEqual({ kind: 'denied' });
  });

  test('of a stage that was not asked yet decides nothing', () => {
    const request = requestOf({}, { approval: [stageOf([], 1, 60), stageOf([], 1)] });

    expect(decideVote(request, [], voteOf(OMAR, { stages: [1] }))).toMatchObject({ kind: 'counted' });
    expect(decideVote({ ...request, stage: 1 }, [], voteOf(OMAR, { stages: [1] }))).toMatchObject({ kind: 'approved' });
  });
});

const people = ['p1', 'p2', 'p3', 'p4', 'p5'].map((id) => ({ id, name: id }));
const votes = fc
  .uniqueArray(fc.constantFrom(...people), { minLength: 1, maxLength: 5, selector: ({ id }) => id })
  .chain((voters) =>
    fc.tuple(
      ...voters.map((person) =>
        fc
          .record({
            vote: fc.constantFrom('approve', 'approve', 'approve', 'deny'),
            stages: fc.subarray([0, 1, 2], { minLength: 1 }),
            minutes: fc.option(fc.integer({ min: 1, max: 480 }), { nil: undefined }),
          })
          .map((vote) => voteOf(person, vote as Partial<Vote>)),
      ),
    ),
  );
const requests = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }), fc.integer({ min: 0, max: 2 }))
  .map(([quorums, stage]) => requestOf({ stage }, { approval: quorums.map((quorum) => stageOf([], quorum, 60)) }));

/** Votes one after the other, as they are counted: nothing after the one that has decided. */
function decide(request: AccessRequest, all: readonly Vote[]) {
  const counted: Vote[] = [];
  for (const vote of all) {
    const outcome = decideVote(request, counted, vote);
    if (outcome.kind === 'approved' || outcome.kind === 'denied') return { outcome, counted: [...counted, vote] };
    counted.push(vote);
  }
  return { outcome: undefined, counted };
}

test('whatever the votes: approved exactly when a stage that was asked has its quorum and nobody has denied', () => {
  fc.assert(
    fc.property(requests, votes, (request, all) => {
      const { outcome, counted } = decide(request, all);

      const isReached = request.rules.role.approval
        .slice(0, request.stage + 1)
        .some(
          ({ quorum }, at) =>
            counted.filter(({ vote, stages }) => vote === 'approve' && stages.includes(at)).length >= quorum,
        );
      const isDenied = counted.some(({ vote }) => vote === 'deny');
      expect(outcome?.kind).toBe(isDenied ? 'denied' : isReached ? 'approved' : undefined);
      if (outcome?.kind === 'approved') {
        expect(outcome.minutes).toBe(Math.min(480, ...counted.map(({ minutes }) => minutes ?? 480)));
        expect(outcome.minutes).toBeGreaterThan(0);
      }
    }),
  );
});

test('whatever the votes: a second vote of a person, and any vote on what is decided, change nothing', () => {
  fc.assert(
    fc.property(requests, votes, fc.constantFrom('approve', 'deny'), (request, all, second) => {
      const { counted } = decide(request, all);
      const [first = voteOf(OMAR)] = counted;
      const again = voteOf(first.person, { vote: second as Vote['vote'] });

      expect(decideVote(request, counted, again)).toEqual({ kind: 'again', vote: first });
      for (const state of ['approved', 'granted', 'denied', 'cancelled', 'expired', 'failed', 'ended'] as const)
        expect(decideVote({ ...request, state }, counted, again)).toEqual({ kind: 'late' });
    }),
  );
});

test('whatever the votes: what is shown of the quorum is what decides', () => {
  fc.assert(
    fc.property(requests, votes, (request, all) => {
      const agreeing = all.filter(({ vote }) => vote === 'approve');
      const { outcome, counted } = decide(request, agreeing);
      const { agreed, needed } = tallyOf(request, counted);

      expect(agreed >= needed).toBe(outcome?.kind === 'approved');
    }),
  );
});

describe('The clock has something to do with a request', () => {
  const staged = requestOf({ remindAt: after(15) }, { approval: [stageOf([], 1, 60), stageOf([], 1)] });

  test.each([
    ['to remind', staged, after(15)],
    ['to ask the next stage', { ...staged, remindAt: after(90) }, after(60)],
    ['to end it unanswered', { ...staged, stage: 1, remindAt: undefined }, after(4_320)],
    ['nothing, once it is decided', { ...staged, state: 'denied' as const }, undefined],
    ['to look whether it was reviewed', { ...staged, state: 'granted' as const, review: { by: after(99) } }, after(99)],
    [
      'nothing, once it was reviewed',
      { ...staged, state: 'granted' as const, review: { by: after(99), verdict: 'right' as const } },
      undefined,
    ],
    [
      'nothing, once its review has lapsed',
      { ...staged, state: 'ended' as const, review: { by: after(99), lapsedAt: after(99) } },
      undefined,
    ],
  ])('%s', (_what, request, due) => {
    expect(dueAt(request)).toEqual(due);
  });
});

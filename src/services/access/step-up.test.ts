import { decideVote } from './access-request.js';
import { isProven, judgeSignIn } from './step-up.js';
import { DANA, NOW, OMAR, requestOf, stageOf, voteOf } from './testing/examples.js';

const CLICKED = NOW;
const seconds = (count: number): Date => new Date(CLICKED.getTime() + count * 1_000);
const wanted = { personId: OMAR.id, clickedAt: CLICKED, now: seconds(25), rule: {} };
const signedIn = { personId: OMAR.id, at: seconds(20), contexts: [] };

describe('A sign-in proves the approval', () => {
  test('of the one who has clicked, made since the click', () => {
    expect(judgeSignIn(signedIn, wanted)).toEqual({ at: seconds(20) });
  });

  test('of nobody else', () => {
    expect(judgeSignIn({ ...signedIn, personId: DANA.id }, wanted)).toBe('somebody-else');
  });

  test('only if Entra says when it was', () => {
    expect(judgeSignIn({ personId: OMAR.id, contexts: [] }, wanted)).toBe('no-time');
  });

  test.each([
    [-31, 'not-fresh'],
    [-30, { at: seconds(-30) }],
    [0, { at: seconds(0) }],
    [25 + 30, { at: seconds(55) }],
    [25 + 31, 'not-fresh'],
    [Number.NaN, 'not-fresh'],
  ])('not if it was before the click, or is yet to be, clocks of 30 s apart aside (%d s)', (after, verdict) => {
    expect(judgeSignIn({ ...signedIn, at: seconds(after) }, wanted)).toEqual(verdict);
  });

  test('only if it has met the context that the rule names', () => {
    const strict = { ...wanted, rule: { authenticationContext: 'c1' } };

    expect(judgeSignIn(signedIn, strict)).toBe('no-context');
    expect(judgeSignIn({ ...signedIn, contexts: ['c11'] }, strict)).toBe('no-context');
    expect(judgeSignIn({ ...signedIn, contexts: ['c2', 'c1'] }, strict)).toEqual({
      ...{ at: seconds(20), authenticationContext: 'c1' },
    });
  });
});

describe('An approval under a rule with step-up', () => {
  const signIn = { at: seconds(20) };

  test('counts with a sign-in, and without one changes nothing', () => {
    const request = requestOf({}, { stepUp: {} });

    expect(decideVote(request, [], voteOf(OMAR))).toEqual({ kind: 'unproven' });
    expect(decideVote(request, [], voteOf(OMAR, { minutes: 60 }))).toEqual({ kind: 'unproven' });
    expect(decideVote(request, [], voteOf(OMAR, { signIn }))).toMatchObject({ kind: 'approved' });
  });

  test('needs one of each who agrees', () => {
    const request = requestOf({}, { stepUp: {}, approval: [stageOf([], 2)] });
    const first = voteOf(OMAR, { signIn });

    expect(decideVote(request, [], first)).toEqual({ kind: 'counted', agreed: 1, needed: 2 });
    expect(decideVote(request, [first], voteOf(DANA))).toEqual({ kind: 'unproven' });
    expect(decideVote(request, [first], voteOf(DANA, { signIn }))).toMatchObject({ kind: 'approved' });
  });

  test('needs the context that it names', () => {
    const rule = { authenticationContext: 'c1' };

    expect(isProven(rule, signIn)).toBe(false);
    expect(isProven(rule, { ...signIn, authenticationContext: 'c2' })).toBe(false);
    expect(isProven(rule, { ...signIn, authenticationContext: 'c1' })).toBe(true);
  });

  test('a Deny needs none, and what was decided or said before needs none to be told so', () => {
    const request = requestOf({}, { stepUp: {} });
    const first = voteOf(OMAR, { signIn });

    expect(decideVote(request, [], voteOf(OMAR, { vote: 'deny' }))).toEqual({ kind: 'denied' });
    expect(decideVote(request, [first], voteOf(OMAR))).toEqual({ kind: 'again', vote: first });
    expect(decideVote({ ...request, state: 'denied' }, [], voteOf(OMAR))).toEqual({ kind: 'late' });
  });
});

import type { AccessRequest, RequestCard } from '../../../services/index.js';
import { accessRequestView } from '../access-request.view.js';
import { accessToldView, TOLD, type Told } from '../access-told.view.js';
import {
  ANA_ID,
  approved,
  card,
  DANA_ID,
  forSimon,
  inMinutes,
  lease,
  OMAR_ID,
  request,
  vote,
} from './access-fixtures.js';
import type { Examples, Said } from './example.js';
import { LINKS, NOW } from './fixtures.js';
import { provenRequest } from './step-up.examples.js';

const asAna = { readerId: ANA_ID, now: NOW };
const asOmar = { readerId: OMAR_ID, now: NOW };
const asDana = { readerId: DANA_ID, now: NOW };
const signIn = { links: LINKS, tileMode: 'signs-straight-in' };

export const accessRequestExamples: Examples = (said) => ({
  accessRequestView: { ...openOnes(said), ...decidedOnes(said), ...sharpOnes(said) },
});

function openOnes(said: Said) {
  const votes = [vote(said, { minutes: 240, reason: said('Until midnight only') })];
  return {
    'open, for whoever asked': accessRequestView(card(request(said), {}, 'cancel'), asAna),
    'open, for an approver': accessRequestView(card(request(said), {}, 'approve', 'approve-less', 'deny'), asOmar),
    'open, for somebody else, second stage': accessRequestView(
      card(
        request(said, {
          ...forSimon(said),
          stage: 1,
          approvers: [{ id: OMAR_ID, name: said('Omar Owner'), stage: 1 }],
        }),
        {},
        ...(['approve', 'deny'] as const),
      ),
      asOmar,
    ),
    'one of two has agreed': accessRequestView(card(request(said, {}, 2), { votes }, 'approve', 'deny'), asDana),
    'open, an approval needs a sign-in': accessRequestView(
      card(provenRequest(said), {}, 'approve', 'approve-less', 'deny'),
      asOmar,
    ),
    'one of two has agreed, signed in for it': accessRequestView(
      card(
        provenRequest(said, {}, 2),
        { votes: [vote(said, { signIn: { at: NOW } })] },
        ...(['approve', 'deny'] as const),
      ),
      asDana,
    ),
    'for everybody in a channel': accessRequestView(card(request(said), {}, 'approve', 'deny'), { now: NOW }),
    'more time': accessRequestView(card(request(said, { kind: 'extension' }), {}, 'approve'), asOmar),
    'more time, for whoever asked': accessRequestView(card(request(said, { kind: 'extension' }), {}, 'cancel'), asAna),
  };
}

function decidedOnes(said: Said) {
  const granted = request(said, approved(said, { state: 'granted' }));
  const less = approved(said, {
    decision: {
      kind: 'approved',
      by: { id: OMAR_ID, name: said('Omar Owner') },
      minutes: 240,
      reason: said('Less will do'),
    },
  });
  const over = request(said, approved(said, { state: 'ended' }));
  const ended = (more: Parameters<typeof lease>[1]) =>
    accessRequestView(card(over, { lease: lease(said, { state: 'ended', endedAt: inMinutes(60), ...more }) }), asAna);
  return {
    'approved, can be taken back': accessRequestView(card(request(said, approved(said)), {}, 'take-back'), asOmar),
    'approved for less, being given': accessRequestView(card(request(said, less)), { ...asAna, now: inMinutes(1) }),
    'works, with links': accessRequestView(card(granted, { lease: lease(said) }, 'extend', 'give-back'), {
      ...asAna,
      signIn,
    }),
    'works, SSO is not set up': accessRequestView(card(granted, { lease: lease(said) }), asAna),
    'works, ends soon': accessRequestView(card(granted, { lease: lease(said, { reminders: 1 }) }, 'extend'), asAna),
    'works, goes on by an extension': accessRequestView(
      card(granted, { lease: lease(said, { reminders: 1 }), extendedUntil: inMinutes(900) }),
      asAna,
    ),
    'works, for an approver': accessRequestView(card(granted, { lease: lease(said) }, 'revoke'), asOmar),
    'ends, sessions stay for a moment': accessRequestView(
      card(granted, { lease: lease(said, { state: 'ending' }) }),
      asOmar,
    ),
    'ended on time': ended({ endReason: 'time' }),
    'ended, with something left': ended({ endReason: 'time', leftOver: [said('the group Agents')] }),
    'given back': ended({ endReason: 'given-back' }),
    revoked: ended({ endReason: 'revoked', endedBy: said('Omar Owner'), endWhy: said('The shift is over') }),
    'off-boarded': ended({ endReason: 'off-boarded' }),
    'called off': ended({ endReason: 'called-off' }),
    'ended, as it could not be given': ended({ endReason: 'failed' }),
    denied: accessRequestView(
      card(
        request(said, {
          ...{ state: 'denied', decidedAt: NOW },
          decision: { kind: 'denied', by: { id: OMAR_ID, name: said('Omar Owner') }, reason: said('Not this week') },
        }),
      ),
      asAna,
    ),
    cancelled: accessRequestView(
      card(
        request(said, {
          state: 'cancelled',
          decision: { kind: 'cancelled', by: { id: ANA_ID, name: said('Ana Agent') } },
        }),
      ),
      asOmar,
    ),
    unanswered: accessRequestView(
      card(request(said, { state: 'expired', decision: { kind: 'expired', rule: 'unanswered' } })),
      asAna,
    ),
    'nobody is left': accessRequestView(
      card(request(said, { state: 'expired', decision: { kind: 'expired', rule: 'nobody-left' } })),
      asAna,
    ),
    'could not be given': accessRequestView(
      card(request(said, approved(said, { state: 'failed' })), { lease: lease(said, { state: 'failed' }) }),
      asAna,
    ),
    'approved by the policy': accessRequestView(
      card(request(said, approved(said, { decision: { kind: 'approved', rule: 'auto-approve', minutes: 480 } }))),
      asAna,
    ),
  };
}

function sharpOnes(said: Said) {
  const taken = (review: Parameters<typeof approved>[1]) =>
    request(said, {
      ...approved(said, { state: 'granted', decision: { kind: 'approved', rule: 'break-glass', minutes: 60 } }),
      ...{ kind: 'break-glass', ...review },
    });
  const reviewer = { id: OMAR_ID, name: said('Omar Owner') };
  const shown = (review: Parameters<typeof approved>[1], ...can: readonly ('review' | 'revoke')[]) =>
    accessRequestView(card(taken(review), { lease: lease(said) }, ...can), asOmar);
  return {
    'break-glass, to be reviewed': shown({ review: { by: inMinutes(1_440) } }, 'review', 'revoke'),
    'break-glass, right': shown({ review: { by: NOW, verdict: 'right', reviewer, reason: said('The line was down') } }),
    'break-glass, not right': shown({
      review: { by: NOW, verdict: 'not-right', reviewer, reason: said('No emergency') },
    }),
    'break-glass, unreviewed': shown({ review: { by: NOW, lapsedAt: NOW } }),
    'break-glass, no review yet': shown({}),
  };
}

export const accessToldExamples: Examples = (said) => {
  const granted = request(said, approved(said, { state: 'granted' }));
  const denied = request(said, {
    state: 'denied',
    decision: { kind: 'denied', by: { id: OMAR_ID, name: said('Omar Owner') }, reason: said('Not this week') },
  });
  const others = TOLD.flatMap((told) =>
    [asked(said), sharp(said), more(said)].map((of) => [
      `${told}, for somebody else: ${of.kind}`,
      accessToldView(told, cardAt(told, said, of), asAna),
    ]),
  );
  return {
    accessToldView: {
      'granted, with links': accessToldView('granted', card(granted, { lease: lease(said) }), { ...asAna, signIn }),
      'granted, no links': accessToldView('granted', card(granted, { lease: lease(said) }), asAna),
      denied: accessToldView('denied', card(denied), asAna),
      'ends soon': accessToldView('ends-soon', card(granted, { lease: lease(said) }), asAna),
      reminder: accessToldView('reminder', card(request(said)), asOmar),
      ...Object.fromEntries(others),
    },
  };
};

const asked = (said: Said): AccessRequest => request(said, forSimon(said));
const more = (said: Said): AccessRequest => request(said, { ...forSimon(said), kind: 'extension' });
const sharp = (said: Said): AccessRequest =>
  request(said, { ...forSimon(said), kind: 'break-glass', review: { by: inMinutes(1_440) } });

/** In the state in which that is told, with the lease that it has then. */
function cardAt(told: Told, said: Said, of: AccessRequest): RequestCard {
  const by = { id: OMAR_ID, name: said('Omar Owner') };
  const given = (state: 'granted' | 'failed' | 'ended', has: Parameters<typeof lease>[1]): RequestCard =>
    card({ ...of, ...approved(said, { state }) }, { lease: lease(said, { person: of.person, ...has }) });
  switch (told) {
    case 'granted':
      return given('granted', {});
    case 'ends-soon':
      return given('granted', { reminders: 1 });
    case 'failed':
      return given('failed', { state: 'failed' });
    case 'ended':
      return given('ended', { state: 'ended', endReason: 'time', endedAt: inMinutes(480) });
    case 'denied':
      return card({
        ...of,
        state: 'denied',
        decidedAt: NOW,
        decision: { kind: 'denied', by, reason: said('Not now') },
      });
    case 'expired':
      return card({ ...of, state: 'expired', decision: { kind: 'expired', rule: 'unanswered' } });
    case 'reminder':
      return card({ ...of, reminders: 1 });
  }
}

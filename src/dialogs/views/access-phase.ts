import { TAKE_BACK_S, tallyOf, type AccessRequest, type RequestCard } from '../../services/index.js';
import { minutesText, zonedText } from './access-words.js';
import type { Tone } from './view.js';

/**
 * What a reader tells apart: `approved`: it can still be taken back · `being-given` · `granted`: the access works ·
 * `ending`: it is being taken away, and then open sessions are being ended
 */
export type AccessPhase =
  'open' | 'approved' | 'being-given' | 'granted' | 'ending' | 'ended' | 'denied' | 'cancelled' | 'expired' | 'failed';

export function accessPhase({ request, lease }: Pick<RequestCard, 'request' | 'lease'>, now: Date): AccessPhase {
  const { state, startsAt } = request;
  if (state === 'approved') return startsAt && startsAt > now ? 'approved' : 'being-given';
  if (state === 'granted' && lease?.state === 'ending') return 'ending';
  return state;
}

export function phaseTone(phase: AccessPhase, { kind, review }: AccessRequest): Tone {
  const isDoubtful = kind === 'break-glass' && review?.verdict !== 'right';
  switch (phase) {
    case 'open':
      return 'neutral';
    case 'approved':
    case 'being-given':
    case 'ending':
      return isDoubtful ? 'warning' : 'working';
    case 'granted':
      return isDoubtful ? 'warning' : 'good';
    case 'failed':
      return 'problem';
    case 'ended':
    case 'denied':
    case 'cancelled':
    case 'expired':
      return 'neutral';
  }
}

/** The state in one sentence or two. @param readerId of whom "you" is said. */
export function phaseLine(phase: AccessPhase, card: RequestCard, readerId?: string): string {
  const { request } = card;
  const { decision, person } = request;
  switch (phase) {
    case 'open':
      return openLine(card);
    case 'approved':
      return `${approvedBy(request)}. It starts in ${String(TAKE_BACK_S)} seconds.`;
    case 'being-given':
      return `${approvedBy(request)}. The access is being given.`;
    case 'granted':
      return grantedLine(card, readerId);
    case 'denied':
      return `Denied by ${decision?.by?.name ?? 'the policy'}.`;
    case 'cancelled':
      return `Cancelled by ${decision?.by?.name ?? person.name}. Nothing was given.`;
    case 'expired':
      return expiredLine(request);
    case 'failed':
      return 'Approved, but the access could not be given.';
    case 'ending':
      return endingLine(card);
    case 'ended':
      return endedLine(card);
  }
}

function openLine({ request, votes }: RequestCard): string {
  const { agreed, needed } = tallyOf(request, votes);
  if (needed < 2) return 'Waits for a decision.';
  return `Waits for a decision: ${String(agreed)} of ${String(needed)} have agreed.`;
}

function approvedBy({ decision, minutes }: AccessRequest): string {
  if (decision?.rule === 'break-glass') return 'Taken by break-glass';
  if (decision?.rule === 'auto-approve') return 'Approved by the policy';
  const less =
    decision?.minutes !== undefined && decision.minutes < minutes ? ` for ${minutesText(decision.minutes)}` : '';
  return `Approved by ${decision?.by?.name ?? 'the policy'}${less}`;
}

function grantedLine({ request, lease }: RequestCard, readerId: string | undefined): string {
  const { person, rules } = request;
  const who = person.id === readerId ? 'You have' : `${person.name} has`;
  const until = lease ? ` until ${zonedText(lease.endsAt, rules.timeZone)}` : '';
  return `${who} access${until}. ${approvedBy(request)}.`;
}

/** While Entra has not taken it, they can still sign in, and nobody is told otherwise. */
function endingLine({ lease }: RequestCard): string {
  return lease?.closedAt
    ? 'The access has ended: no new sign-ins. Open sessions are being ended.'
    : 'The access is being taken away. Until that is done, new sign-ins may still work.';
}

function expiredLine({ decision, rules }: AccessRequest): string {
  if (decision?.rule === 'nobody-left') return 'Ended without a decision: nobody is left who could decide.';
  if (decision?.rule === 'access-ended')
    return 'Ended without a decision: the access of which it asked for more was ended.';
  return `Ended without a decision: nobody decided within ${minutesText(rules.role.unansweredFor.minutes)}.`;
}

function endedLine({ request, lease }: RequestCard): string {
  const { person, rules } = request;
  const at = lease?.endedAt ? ` on ${zonedText(lease.endedAt, rules.timeZone)}` : '';
  switch (lease?.endReason) {
    case 'given-back':
      return `Access ended${at}: ${person.name} gave it back.`;
    case 'revoked':
      // Nobody has revoked it: it was taken as nobody has reviewed it.
      if (request.review?.lapsedAt) return `Access ended${at}: nobody said in time whether the break-glass was right.`;
      return `Access ended${at}: revoked by ${lease.endedBy ?? 'an approver'}.`;
    case 'off-boarded':
      return `Access ended${at}: ${person.name} was off-boarded.`;
    case 'called-off':
      return 'The approval was taken back before anything was given.';
    case 'failed':
      return `Access ended${at}: it could not be given in full.`;
    case 'time':
    case undefined:
      return `Access ended${at}: its time is over.`;
  }
}

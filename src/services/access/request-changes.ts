import type { Actor } from '../operations/operation.js';
import type { AccessRequest, AskedApprover, Review } from './access-request.js';
import { nextWorkingMoment, reminderWait } from './working-hours.js';

/** How requests change with time. Pure. */

/** When the approvers are reminded next, counted from then on: within their working hours. */
export function remindAtOf({ rules, reminders }: Pick<AccessRequest, 'rules' | 'reminders'>, from: Date): Date {
  const wait = reminderWait(rules.role.remind, reminders);
  return nextWorkingMoment(new Date(from.getTime() + wait * 60_000), rules);
}

/** As it was before somebody approved it. */
export function reopened(request: AccessRequest, at: Date): AccessRequest {
  return {
    ...request,
    ...{ state: 'open', decidedAt: undefined, decision: undefined, startsAt: undefined, leaseId: undefined },
    remindAt: remindAtOf(request, at),
  };
}

export function cancelled(request: AccessRequest, { personId: id, name }: Actor, at: Date): AccessRequest {
  const decision = { kind: 'cancelled', by: { id, name } } as const;
  const nothing = { startsAt: undefined, remindAt: undefined, leaseId: undefined };
  return { ...request, ...nothing, state: 'cancelled', decidedAt: at, decision };
}

/** Why a request ends without a decision. `access-ended`: what it asks more of was taken or given back. */
export type ExpiryRule = 'unanswered' | 'nobody-left' | 'access-ended';

export function expired(request: AccessRequest, rule: ExpiryRule, at: Date): AccessRequest {
  const decision = { kind: 'expired', rule } as const;
  return { ...request, state: 'expired', decidedAt: at, decision, remindAt: undefined };
}

/** One reminder more, and whoever is asked since; those that were missed meanwhile are not made up for. */
export function reminded(request: AccessRequest, joined: readonly AskedApprover[], at: Date): AccessRequest {
  const reminders = request.reminders + 1;
  const approvers = [...request.approvers, ...joined];
  return { ...request, approvers, reminders, remindAt: remindAtOf({ ...request, reminders }, at) };
}

/** The next approvers are asked: their reminders begin anew. */
export function escalated(
  request: AccessRequest,
  next: Pick<AccessRequest, 'stage' | 'approvers'>,
  at: Date,
): AccessRequest {
  const before = request.approvers.map(({ id, name, stage }) => ({ id, name, stage }));
  const asked = { ...request, stage: next.stage, stageAt: at, approvers: [...before, ...next.approvers], reminders: 0 };
  return { ...asked, remindAt: remindAtOf(asked, at) };
}

const REVIEW_WITHIN_HOURS = 24;

/** Until when an approver has to say whether a break-glass was right that is given from then on. */
export function reviewBy(from: Date): Date {
  return new Date(from.getTime() + REVIEW_WITHIN_HOURS * 3_600_000);
}

/** An approver has said whether the break-glass was right. */
export function reviewed(
  request: AccessRequest,
  given: Pick<Review, 'verdict' | 'reviewer' | 'reason' | 'at'>,
): AccessRequest {
  return request.review ? { ...request, review: { ...request.review, ...given } } : request;
}

/** Nobody has reviewed the break-glass in time. */
export function lapsed(request: AccessRequest, at: Date): AccessRequest {
  return request.review ? { ...request, review: { ...request.review, lapsedAt: at } } : request;
}

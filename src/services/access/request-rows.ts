import type { Selectable } from 'kysely';
import { z } from 'zod';
import { WEEKDAYS } from './access-policy.js';
import type { AccessRequest, AgreedRules, AskedApprover, Decision, Review, Vote } from './access-request.js';
import { dueAt } from './access-request.js';
import { accessGift } from './gift.js';
import type { VoteSignIn } from './step-up.js';
import { jsonText, type Json } from '../platform/json.js';
import type { AccessRequestTable, AccessVoteTable } from '../platform/schema-access.js';

/** Requests and votes as rows. What jsonb columns hold is parsed, as rows outlive releases. */

const span = z.object({ minutes: z.number() });
const named = { people: z.array(z.string()), groups: z.array(z.string()) };
const person = z.object({ id: z.string(), name: z.string() });
const time = z.iso.datetime().transform((text) => new Date(text));

const rules = z.object({
  timeZone: z.string(),
  workingHours: z.object({ days: z.array(z.enum(WEEKDAYS)), fromMinute: z.number(), untilMinute: z.number() }),
  role: z.object({
    id: z.string(),
    name: z.string(),
    explains: z.string().optional(),
    gives: z.object({
      entra: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('app-role'), role: z.string() }),
        z.object({ kind: z.literal('group'), group: z.string() }),
      ]),
      genesys: z.object({ division: z.string(), roles: z.array(z.string()) }),
    }),
    mayAsk: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('everybody') }),
      z.object({ kind: z.literal('named'), ...named }),
    ]),
    approval: z.array(z.object({ ...named, manager: z.boolean(), quorum: z.number(), escalateAfter: span.optional() })),
    stepUp: z.object({ authenticationContext: z.string().optional() }).optional(),
    lasts: z.object({ usually: span, atMost: span }),
    autoApprove: z.object({ ...named, atMost: span }).optional(),
    unansweredFor: span,
    remind: z.object({ first: span, atMost: span }),
    breakGlass: z.object({ ...named, atMost: span }).optional(),
  }),
}) satisfies z.ZodType<AgreedRules>;

const approvers = z.array(person.extend({ stage: z.number(), missed: z.number().optional() })) satisfies z.ZodType<
  AskedApprover[]
>;

const decision = z.object({
  kind: z.enum(['approved', 'denied', 'cancelled', 'expired']),
  by: person.optional(),
  minutes: z.number().optional(),
  reason: z.string().optional(),
  rule: z.enum(['auto-approve', 'break-glass', 'unanswered', 'nobody-left', 'access-ended']).optional(),
}) satisfies z.ZodType<Decision>;

const review = z.object({
  by: time,
  verdict: z.enum(['right', 'not-right']).optional(),
  reviewer: person.optional(),
  reason: z.string().optional(),
  at: time.optional(),
  lapsedAt: time.optional(),
}) satisfies z.ZodType<Review>;

export function toRequest(row: Selectable<AccessRequestTable>): AccessRequest {
  return {
    ...{ id: row.id, revision: row.revision, kind: row.kind, state: row.state },
    asker: { id: row.asker, name: row.asker_name },
    person: { id: row.person, name: row.person_name, userPrincipalName: row.user_principal_name },
    ...{ rules: rules.parse(row.rules), gift: accessGift.parse(row.gift), minutes: row.minutes, why: row.why },
    ...{ stage: row.stage, stageAt: row.stage_at, approvers: approvers.parse(row.approvers), askedAt: row.asked_at },
    ...(row.decided_at ? { decidedAt: row.decided_at } : {}),
    ...(row.decision === null ? {} : { decision: decision.parse(row.decision) }),
    ...(row.starts_at ? { startsAt: row.starts_at } : {}),
    ...(row.remind_at ? { remindAt: row.remind_at } : {}),
    reminders: row.reminders,
    ...(row.review === null ? {} : { review: review.parse(row.review) }),
    ...(row.lease === null ? {} : { leaseId: row.lease }),
    ...(row.extends_lease === null ? {} : { extendsLeaseId: row.extends_lease }),
  };
}

/** What stays as it was asked. */
export function askedColumns(request: AccessRequest) {
  const { id, kind, asker, person: of, rules: agreed, gift, minutes, why, askedAt, extendsLeaseId } = request;
  return {
    ...{ id, kind, asker: asker.id, asker_name: asker.name, person: of.id, person_name: of.name },
    ...{ user_principal_name: of.userPrincipalName, role_id: agreed.role.id, rules: json(agreed), gift: json(gift) },
    ...{ minutes, why, asked_at: askedAt, extends_lease: extendsLeaseId ?? null },
  };
}

/** What changes. */
export function changingColumns(request: AccessRequest) {
  const { state, stage, stageAt, approvers: asked, decidedAt, startsAt, remindAt, reminders, leaseId } = request;
  return {
    ...{ state, stage, stage_at: stageAt, approvers: json(asked), decided_at: decidedAt ?? null },
    decision: request.decision ? json(request.decision) : null,
    ...{ starts_at: startsAt ?? null, remind_at: remindAt ?? null, reminders, due_at: dueAt(request) ?? null },
    ...{ review: request.review ? json(request.review) : null, lease: leaseId ?? null },
  };
}

export function toVote(row: Selectable<AccessVoteTable>): Vote {
  return {
    person: { id: row.person, name: row.person_name },
    ...{ vote: row.vote, stages: z.array(z.number()).parse(row.stages), reason: row.reason },
    ...(row.minutes === null ? {} : { minutes: row.minutes }),
    ...{ channel: row.channel, at: row.at },
    ...(row.signed_in_at ? { signIn: signInOf(row.signed_in_at, row.authentication_context) } : {}),
  };
}

function signInOf(at: Date, context: string | null): VoteSignIn {
  return { at, ...(context === null ? {} : { authenticationContext: context }) };
}

export function voteColumns(requestId: string, vote: Vote) {
  const { person: by, vote: kind, stages, minutes, reason, channel, at, signIn } = vote;
  return {
    ...{ request: requestId, person: by.id, person_name: by.name, vote: kind, stages: json(stages) },
    ...{ minutes: minutes ?? null, reason, channel, at },
    ...{ signed_in_at: signIn?.at ?? null, authentication_context: signIn?.authenticationContext ?? null },
  };
}

/** Dates become ISO texts. */
function json(value: object) {
  return jsonText(value as unknown as Json);
}

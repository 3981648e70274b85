import type { Actor } from '../operations/operation.js';
import { judgeMember } from '../operations/permissions.js';
import { parseRunId } from '../platform/ids.js';
import type { Transaction } from '../platform/schema.js';
import { decideVote, type AccessRequest, type Vote, type VoteOutcome } from './access-request.js';
import { findStages } from './approvers.js';
import { deedWords, recordChange } from './request-audit.js';
import { reopened } from './request-changes.js';
import { deedsOf, type Reader, type RequestDeed, type RequestFacts } from './request-deeds.js';
import { expireRequest } from './request-expiry.js';
import { findFacts, type RequestParts } from './request-parts.js';
import {
  noApproverOfIt,
  noReason,
  notLess,
  notYourDecision,
  notYourRequest,
  ownRequest,
  requestGone,
  tooBusy,
  tooLate,
} from './request-refusals.js';
import { addVote, noteLease, removeVote, saveRequest } from './request-store.js';

export interface Ballot {
  readonly requestId: string;
  readonly vote: Vote['vote'];
  /** Of an approval for less than was asked for. */
  readonly minutes?: number | undefined;
  /** Needed to deny; may be empty of an approval. */
  readonly reason: string;
}

/** What somebody writes is cut by nobody: it is refused when it is longer. */
export const LONGEST_REASON = 500;
/** Each vain try means that somebody else has changed the request meanwhile, and there are only so many. */
const MOST_TRIES = 50;

/**
 * One person's vote. The verdict is of this moment: whether Entra has them enabled, and as an approver of a stage that was
 * asked. Nothing is written beside the revision that the outcome was computed from.
 */
export async function vote(
  parts: RequestParts,
  actor: Actor,
  ballot: Ballot,
): Promise<{ request: AccessRequest; outcome: VoteOutcome }> {
  const reason = ballot.reason.trim();
  if (reason.length > LONGEST_REASON || (ballot.vote === 'deny' && reason === '')) throw noReason();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const facts = await findFacts(parts, ballot.requestId);
    if (!facts) throw requestGone();
    const before = decidedBefore(facts, actor);
    if (before) return { request: facts.request, outcome: before };
    if (await expireRequest(parts, facts.request)) continue;
    const reader = await judgeVoter(parts, actor, { facts, ballot });
    const cast = { ...voteOf(parts, actor, reader), ...ballotOf(facts.request, ballot), reason };
    const outcome = decideVote(facts.request, facts.votes, cast);
    if (outcome.kind === 'late' || outcome.kind === 'again') return { request: facts.request, outcome };
    const request = await count(parts, { ...actor, name: reader.name }, { facts, cast, outcome });
    if (request) return { request, outcome };
  }
  throw tooBusy();
}

/** Nothing has to be asked of Entra to say that a click of somebody who was asked comes too late. */
function decidedBefore({ request, votes }: RequestFacts, { personId }: Actor): VoteOutcome | undefined {
  const own = votes.find(({ person }) => person.id === personId);
  if (request.state === 'open') return own && { kind: 'again', vote: own };
  return own !== undefined || request.approvers.some(({ id }) => id === personId) ? { kind: 'late' } : undefined;
}

type Voter = Reader & { readonly name: string };

async function judgeVoter(
  parts: RequestParts,
  actor: Actor,
  { facts, ballot }: { facts: RequestFacts; ballot: Ballot },
): Promise<Voter> {
  const deed = ballot.vote === 'approve' ? 'approve-request' : 'deny-request';
  return judgeNow(parts, actor, { facts, wanted: deedWords(deed, facts.request) });
}

/** Whether they are, at this moment, an approver of a stage that was asked. Throws the refusal, recorded. */
async function judgeNow(
  { entra, pipeline }: RequestParts,
  actor: Actor,
  { facts: { request }, wanted }: { facts: RequestFacts; wanted: string },
): Promise<Voter> {
  const { person, stages } = await findStages(entra, request, actor.personId);
  await pipeline.abide(actor, wanted, judgeMember(person));
  const isOwn = request.asker.id === actor.personId || request.person.id === actor.personId;
  if (isOwn) await pipeline.abide(actor, wanted, ownRequest());
  if (stages.length === 0) await pipeline.abide(actor, wanted, noApproverOfIt());
  return { id: actor.personId, name: person?.name ?? actor.name, stages };
}

function voteOf(
  { clock }: RequestParts,
  { channel }: Actor,
  { id, name, stages }: Voter,
): Omit<Vote, 'vote' | 'reason'> {
  return { person: { id, name }, stages, channel, at: clock.now() };
}

function ballotOf({ minutes: asked }: AccessRequest, { vote: kind, minutes }: Ballot): Pick<Vote, 'vote' | 'minutes'> {
  if (minutes === undefined || kind === 'deny') return { vote: kind };
  if (!Number.isInteger(minutes) || minutes < 1 || minutes >= asked) throw notLess(asked);
  return { vote: kind, minutes };
}

/** `undefined`, and nothing is written: somebody else was faster. */
async function count(
  { database, leases }: RequestParts,
  actor: Actor,
  {
    facts,
    cast,
    outcome,
  }: { facts: RequestFacts; cast: Vote; outcome: Extract<VoteOutcome, { kind: 'counted' | 'approved' | 'denied' }> },
): Promise<AccessRequest | undefined> {
  const { at, reason } = cast;
  const written = await database.transaction(async (trx) => {
    const saved = await saveRequest(trx, afterVote(facts.request, cast, outcome), at);
    if (!saved) return undefined;
    await addVote(trx, saved.id, cast);
    const deed = cast.vote === 'approve' ? 'approve-request' : 'deny-request';
    if (outcome.kind !== 'approved') {
      await recordChange(trx, saved, { deed, actor, at, reason });
      return { request: saved };
    }
    const { minutes, startsAt } = outcome;
    const { leaseId, runId } = await leases.plan(trx, { request: saved, minutes, by: actor, startsAt });
    await noteLease(trx, saved.id, leaseId);
    await recordChange(trx, saved, { deed, actor, at, reason });
    return { request: { ...saved, leaseId }, runId };
  });
  if (written?.runId) leases.goOn(written.runId);
  return written?.request;
}

function afterVote(request: AccessRequest, { person: by, at, reason }: Vote, outcome: VoteOutcome): AccessRequest {
  const decided = { ...request, decidedAt: at, remindAt: undefined };
  if (outcome.kind === 'approved') {
    const { minutes, startsAt } = outcome;
    return { ...decided, state: 'approved', decision: { kind: 'approved', by, minutes, reason }, startsAt };
  }
  return outcome.kind === 'denied'
    ? { ...decided, state: 'denied', decision: { kind: 'denied', by, reason } }
    : request;
}

/** The deciding approval of this person, before it starts: the request is open again, as if they had not voted. */
export async function takeBack(parts: RequestParts, actor: Actor, requestId: string): Promise<AccessRequest> {
  const { facts, now } = await judgeOwn(parts, actor, { requestId, deed: 'take-back' });
  const { request } = facts;
  return changeBeforeStart(parts, actor, {
    ...{ facts, at: now, deed: 'take-back-approval' },
    changed: reopened(request, now),
    alongside: (trx) => removeVote(trx, request.id, actor.personId),
  });
}

/** By whoever asked or whom it is for, while it is open or before it starts. */
export async function cancel(parts: RequestParts, actor: Actor, requestId: string): Promise<AccessRequest> {
  const { facts, now } = await judgeOwn(parts, actor, { requestId, deed: 'cancel' });
  return changeBeforeStart(parts, actor, {
    ...{ facts, at: now, deed: 'cancel-request' },
    changed: cancelled(facts.request, actor, now),
  });
}

export function cancelled(request: AccessRequest, { personId: id, name }: Actor, at: Date): AccessRequest {
  const decision = { kind: 'cancelled', by: { id, name } } as const;
  const nothing = { startsAt: undefined, remindAt: undefined, leaseId: undefined };
  return { ...request, ...nothing, state: 'cancelled', decidedAt: at, decision };
}

/** A deed that needs no approver. Throws where the request, or who clicks, does not allow it. */
async function judgeOwn(
  parts: RequestParts,
  actor: Actor,
  { requestId, deed }: { requestId: string; deed: Extract<RequestDeed, 'take-back' | 'cancel'> },
): Promise<{ facts: RequestFacts; now: Date }> {
  const facts = await findFacts(parts, requestId);
  if (!facts) throw requestGone();
  const now = parts.clock.now();
  if (deedsOf(facts, { id: actor.personId, stages: [] }, now).includes(deed)) return { facts, now };
  const { request } = facts;
  const wanted = deedWords(deed === 'cancel' ? 'cancel-request' : 'take-back-approval', request);
  const isConcerned = request.asker.id === actor.personId || request.person.id === actor.personId;
  const decider = request.decision?.by;
  if (deed === 'cancel' && !isConcerned) await parts.pipeline.abide(actor, wanted, notYourRequest());
  if (deed === 'take-back' && decider && decider.id !== actor.personId)
    await parts.pipeline.abide(actor, wanted, notYourDecision(decider.name));
  throw tooLate(wanted);
}

/** Saves the change and calls off what an approval has planned, both or neither. Throws where it is too late for that. */
async function changeBeforeStart(
  { database, leases }: RequestParts,
  actor: Actor,
  change: {
    readonly facts: RequestFacts;
    readonly changed: AccessRequest;
    readonly at: Date;
    readonly deed: 'take-back-approval' | 'cancel-request';
    readonly alongside?: (trx: Transaction) => Promise<void>;
  },
): Promise<AccessRequest> {
  const { facts, changed, at, deed } = change;
  const { request, lease } = facts;
  const saved = await database.transaction(async (trx) => {
    const written = await saveRequest(trx, changed, at);
    const isInTime = written !== undefined && (!lease || (await leases.callOff(trx, lease.id, actor)));
    // What was written up to here goes with the transaction.
    if (!isInTime) throw tooLate(deedWords(deed, request));
    await change.alongside?.(trx);
    await recordChange(trx, written, { deed, actor, at });
    return written;
  });
  if (lease) leases.goOn(parseRunId(lease.runId));
  return saved;
}

export interface ReviewGiven {
  readonly requestId: string;
  readonly verdict: 'right' | 'not-right';
  readonly reason: string;
}

/** An approver says whether a break-glass was right; where it was not, what it gave ends at once. */
export async function review(parts: RequestParts, actor: Actor, given: ReviewGiven): Promise<AccessRequest> {
  const reason = given.reason.trim();
  if (reason.length > LONGEST_REASON || (given.verdict === 'not-right' && reason === '')) throw noReason();
  const facts = await findFacts(parts, given.requestId);
  if (!facts?.request.review) throw requestGone();
  const wanted = deedWords('review-access', facts.request);
  const reader = await judgeNow(parts, actor, { facts, wanted });
  const at = parts.clock.now();
  if (!deedsOf(facts, reader, at).includes('review')) throw tooLate(wanted);
  const { database, leases } = parts;
  const reviewer = { id: reader.id, name: reader.name };
  const reviewed = { ...facts.request.review, verdict: given.verdict, reviewer, reason };
  const { saved, runs } = await database.transaction(async (trx) => {
    const written = await saveRequest(trx, { ...facts.request, review: reviewed }, at);
    if (!written) throw tooLate(wanted);
    const by = { ...actor, name: reader.name };
    const ending = given.verdict === 'not-right' && written.leaseId !== undefined;
    const ended = ending ? await leases.end(trx, written.leaseId ?? '', { reason: 'revoked', by }) : [];
    await recordChange(trx, written, { deed: 'review-access', actor: by, at, reason });
    return { saved: written, runs: ended };
  });
  for (const run of runs) leases.goOn(run);
  return saved;
}

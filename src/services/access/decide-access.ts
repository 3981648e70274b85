import type { Actor } from '../operations/operation.js';
import { isFirstTime, wasDone, type DeliveredDeed } from '../platform/claim-store.js';
import type { RunId } from '../platform/ids.js';
import type { Transaction } from '../platform/schema.js';
import { judgeMember, type Verdict } from '../operations/permissions.js';
import { decideVote, LONGEST_REASON, type AccessRequest, type Vote, type VoteOutcome } from './access-request.js';
import { findStages } from './approvers.js';
import { recordChange, wantedWords } from './request-audit.js';
import { deedsOf, type Reader, type RequestFacts } from './request-deeds.js';
import { endWithAccess, expireRequest } from './request-expiry.js';
import { changeFor, findFacts, MOST_TRIES, MovedOn, unlessMovedOn, type RequestParts } from './request-parts.js';
import { noApproverOfIt, noReason, notLess, ownRequest, requestGone, tooBusy } from './request-refusals.js';
import { addVote, isOutlived, noteLease, saveRequest } from './request-store.js';
import type { VoteSignIn } from './step-up.js';

export interface Ballot {
  readonly requestId: string;
  readonly vote: Vote['vote'];
  /** Of an approval for less than was asked for. */
  readonly minutes?: number | undefined;
  /** Needed to deny; may be empty of an approval. */
  readonly reason: string;
  /** Of a click in a chat, by its id: it counts once, also after it was taken back. */
  readonly delivery?: string | undefined;
  /** Of an approval for which the approver has signed in anew. */
  readonly proof?: BallotProof | undefined;
}

/** A sign-in that counts for one approval. */
export interface BallotProof {
  readonly signIn: VoteSignIn;
  /** Of the request as it was shown to whoever has signed in. */
  readonly revision: number;
  /** Uses it up, in the transaction of the vote. Throws the refusal where it was used. */
  spend(trx: Transaction): Promise<void>;
}

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
    // Since the request was read, so that a vote that comes between the two is found by the revision.
    if (await wasDone(parts.database.db, deedOf(ballot))) return { request: facts.request, outcome: { kind: 'late' } };
    if (await expireRequest(parts, facts.request)) continue;
    if (await endWithAccess(parts, facts.request)) continue;
    const reader = await judgeVoter(parts, actor, { facts, ballot });
    const { proof } = ballot;
    if (proof && proof.revision !== facts.request.revision) return { request: facts.request, outcome: CHANGED };
    const signIn = proof ? { signIn: proof.signIn } : {};
    const cast = { ...voteOf(parts, actor, reader), ...ballotOf(facts.request, ballot), ...signIn, reason };
    // What a card offers and what counts here is the same.
    const isOffered = deedsOf(facts, reader, cast.at).includes(cast.vote);
    const outcome: VoteOutcome = isOffered ? decideVote(facts.request, facts.votes, cast) : { kind: 'late' };
    if (!hasCounted(outcome)) return { request: facts.request, outcome };
    const request = await count(parts, { ...actor, name: reader.name }, { facts, cast, outcome, ballot });
    if (request) return { request, outcome };
  }
  throw tooBusy();
}

const CHANGED: VoteOutcome = { kind: 'changed' };

type CountedOutcome = Extract<VoteOutcome, { kind: 'counted' | 'approved' | 'denied' }>;

function hasCounted(outcome: VoteOutcome): outcome is CountedOutcome {
  return outcome.kind === 'counted' || outcome.kind === 'approved' || outcome.kind === 'denied';
}

/** Nothing has to be asked of Entra to say that a click of somebody who was asked comes too late. */
function decidedBefore({ request, votes }: RequestFacts, { personId }: Actor): VoteOutcome | undefined {
  const own = votes.find(({ person }) => person.id === personId);
  if (request.state === 'open') return own && { kind: 'again', vote: own };
  return own !== undefined || request.approvers.some(({ id }) => id === personId) ? { kind: 'late' } : undefined;
}

export type Voter = Reader & { readonly name: string };

async function judgeVoter(
  parts: RequestParts,
  actor: Actor,
  { facts, ballot }: { facts: RequestFacts; ballot: Ballot },
): Promise<Voter> {
  const deed = ballot.vote === 'approve' ? 'approve-request' : 'deny-request';
  return judgeNow(parts, actor, { facts, wanted: wantedWords(deed, facts.request, actor.personId) });
}

/** Whether they are, at this moment, an approver of a stage that was asked. Throws the refusal, recorded. */
export async function judgeNow(
  { entra, pipeline }: RequestParts,
  actor: Actor,
  { facts: { request }, wanted }: { facts: RequestFacts; wanted: string },
): Promise<Voter> {
  const { person, stages } = await findStages(entra, request, actor.personId);
  const abide = (verdict: Verdict): Promise<void> =>
    pipeline.abide(actor, wanted, verdict, [request.person.id, request.asker.id]);
  await abide(judgeMember(person));
  const isOwn = request.asker.id === actor.personId || request.person.id === actor.personId;
  if (isOwn) await abide(ownRequest());
  if (stages.length === 0) await abide(noApproverOfIt());
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

function deedOf({ requestId: reference, vote: verb, delivery }: Ballot): DeliveredDeed {
  return { reference, verb, delivery };
}

/** `undefined`, and nothing is written: somebody else was faster. */
async function count(
  parts: RequestParts,
  actor: Actor,
  { facts, cast, outcome, ballot }: { facts: RequestFacts; cast: Vote; outcome: CountedOutcome; ballot: Ballot },
): Promise<AccessRequest | undefined> {
  const { leases } = parts;
  const { at, reason, signIn } = cast;
  const change = changeFor(parts, facts.request.person.id, async (trx) => {
    const isOver = await isOutlived(trx, facts.request);
    const saved = isOver ? undefined : await saveRequest(trx, afterVote(facts.request, cast, outcome), at);
    if (!saved || !(await isFirstTime(trx, deedOf(ballot), { actor, at }))) throw new MovedOn();
    await ballot.proof?.spend(trx);
    await addVote(trx, saved.id, cast);
    const deed = cast.vote === 'approve' ? 'approve-request' : 'deny-request';
    if (outcome.kind !== 'approved') {
      await recordChange(trx, saved, { deed, actor, at, reason, signIn });
      return { request: saved };
    }
    const { minutes, startsAt } = outcome;
    const { leaseId, runId } = await leases.plan(trx, { request: saved, minutes, by: actor, startsAt });
    await noteLease(trx, saved.id, leaseId);
    await recordChange(trx, saved, { deed, actor, at, reason, signIn });
    return { request: { ...saved, leaseId }, runId };
  });
  const written = await unlessMovedOn<{ request: AccessRequest; runId?: RunId }>(change);
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

import { accessInEntra, holdAccess } from '../operations/access-clash.js';
import type { Actor } from '../operations/operation.js';
import { isFirstTime } from '../platform/claim-store.js';
import { parseRunId } from '../platform/ids.js';
import type { Transaction } from '../platform/schema.js';
import type { AccessRequest } from './access-request.js';
import { deedWords, recordChange, wantedWords } from './request-audit.js';
import { cancelled, reopened } from './request-changes.js';
import { deedsOf, type RequestFacts } from './request-deeds.js';
import { changeFor, findFacts, MOST_TRIES, MovedOn, unlessMovedOn, type RequestParts } from './request-parts.js';
import { notYourDecision, notYourRequest, requestGone, tooBusy, tooLate } from './request-refusals.js';
import { findPendingOf, removeVote, saveRequest } from './request-store.js';

/** Taking back an approval, and cancelling: both until something has been given. */

type Withdrawal = 'take-back' | 'cancel';

const CHANGES = { 'take-back': 'take-back-approval', cancel: 'cancel-request' } as const;

/**
 * The deciding approval of this person, before it starts: the request is open again, as if they had not voted.
 * @param delivery of the click, by its id: it takes back no approval that came after it.
 */
export function takeBack(
  parts: RequestParts,
  actor: Actor,
  requestId: string,
  delivery?: string,
): Promise<AccessRequest> {
  return withdraw(parts, actor, { requestId, deed: 'take-back', delivery });
}

/** By whoever asked or whom it is for, while it is open or before it starts. */
export function cancel(parts: RequestParts, actor: Actor, requestId: string): Promise<AccessRequest> {
  return withdraw(parts, actor, { requestId, deed: 'cancel' });
}

async function withdraw(
  parts: RequestParts,
  actor: Actor,
  { requestId, deed, delivery }: { requestId: string; deed: Withdrawal; delivery?: string | undefined },
): Promise<AccessRequest> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const facts = await findFacts(parts, requestId);
    if (!facts) throw requestGone();
    await judgeWithdrawal(parts, actor, { facts, deed });
    const saved = await write(parts, actor, { facts, deed, delivery });
    if (!saved) continue;
    if (facts.lease) parts.leases.goOn(parseRunId(facts.lease.runId));
    return saved;
  }
  throw tooBusy();
}

/** Throws where the request, or who clicks, does not allow it. */
async function judgeWithdrawal(
  { clock, pipeline }: RequestParts,
  actor: Actor,
  { facts, deed }: { facts: RequestFacts; deed: Withdrawal },
): Promise<void> {
  if (deedsOf(facts, { id: actor.personId, stages: [] }, clock.now()).includes(deed)) return;
  const { asker, person, decision } = facts.request;
  const wanted = wantedWords(CHANGES[deed], facts.request, actor.personId);
  const concerned = [person.id, asker.id];
  const isConcerned = asker.id === actor.personId || person.id === actor.personId;
  if (deed === 'cancel' && !isConcerned) await pipeline.abide(actor, wanted, notYourRequest(), concerned);
  if (deed === 'take-back' && decision?.by && decision.by.id !== actor.personId)
    await pipeline.abide(actor, wanted, notYourDecision(decision.by.name), concerned);
  throw tooLate(wanted);
}

/**
 * The change, and the end of what an approval has planned, both or neither. `undefined`, and nothing was written: somebody
 * else has changed it meanwhile.
 */
async function write(
  parts: RequestParts,
  actor: Actor,
  {
    facts: { request, lease },
    deed,
    delivery,
  }: { facts: RequestFacts; deed: Withdrawal; delivery: string | undefined },
): Promise<AccessRequest | undefined> {
  const { leases } = parts;
  const at = parts.clock.now();
  const changed = deed === 'cancel' ? cancelled(request, actor, at) : reopened(request, at);
  return unlessMovedOn(
    changeFor(parts, request.person.id, async (trx) => {
      const isFirst = await isFirstTime(trx, { reference: request.id, verb: deed, delivery }, { actor, at });
      if (!isFirst) throw tooLate(deedWords(CHANGES[deed], request));
      if (lease && !(await leases.callOff(trx, lease.id, actor))) throw tooLate(deedWords(CHANGES[deed], request));
      const saved = await saveRequest(trx, changed, at);
      if (!saved) throw new MovedOn();
      if (deed === 'take-back') await removeVote(trx, request.id, actor.personId);
      await recordChange(trx, saved, { deed: CHANGES[deed], actor, at });
      return saved;
    }),
  );
}

/**
 * Cancels what somebody has asked for, and what others have asked for them. What is being given already is left to whoever
 * ends their leases.
 */
export async function cancelAllOf(
  { clock, leases }: Pick<RequestParts, 'clock' | 'leases'>,
  trx: Transaction,
  { personId, by }: { personId: string; by: Actor },
): Promise<void> {
  const at = clock.now();
  const concerned = (await findPendingOf(trx, personId)).map(({ person }) => person.id);
  await holdAccess(trx, [personId, ...new Set(concerned)].map(accessInEntra));
  const done: AccessRequest[] = [];
  const left = new Set<string>();
  const calledOff = new Set<string>();
  const pending = async (): Promise<AccessRequest[]> =>
    (await findPendingOf(trx, personId)).filter(({ id }) => !left.has(id));
  // Reminders hold nobody: what one has changed meanwhile is read again.
  for (let open = await pending(); open.length > 0; open = await pending()) {
    for (const request of open) {
      const { id, leaseId } = request;
      if (leaseId !== undefined && !calledOff.has(id) && !(await leases.callOff(trx, leaseId, by))) {
        left.add(id);
        continue;
      }
      calledOff.add(id);
      const saved = await saveRequest(trx, cancelled(request, by, at), at);
      if (saved) done.push(saved);
    }
  }
  for (const request of done) await recordChange(trx, request, { deed: 'cancel-request', actor: by, at });
}

import { cardOf, MOST_WORK, readerOf, type LeaseCard, type RequestCard, type Work } from './access-cards.js';
import type { AccessRequest } from './access-request.js';
import { isSomebodyUnreached } from './ask-approvers.js';
import type { Reader, RequestFacts } from './request-deeds.js';
import { factsOf, findFacts, type RequestParts } from './request-parts.js';
import { findRequest, findRequestsFor, findRequestsOf } from './request-store.js';

type Parts = Pick<RequestParts, 'database' | 'clock' | 'leases' | 'chats'>;

/** The card of a request for one reader; `undefined`: there is none, or it is nobody's business of theirs. */
export async function findCard(
  parts: Parts,
  requestId: string,
  readerId: string,
  proof?: Reader['proof'],
): Promise<RequestCard | undefined> {
  const facts = await findFacts(parts, requestId);
  return facts && isConcerned(facts, readerId) ? ownCard(parts, facts, readerId, proof) : undefined;
}

/** The card for a channel that several read, with what an approver could do; each click is judged by who clicks. */
export async function findSharedCard(parts: Parts, requestId: string): Promise<RequestCard | undefined> {
  const facts = await findFacts(parts, requestId);
  return facts && cardOf(facts, anyApprover(facts.request), parts.clock.now());
}

export async function findWork(parts: Parts, personId: string): Promise<Work> {
  const { database, leases } = parts;
  const [asked, own, live] = await Promise.all([
    findRequestsFor(database.db, personId, MOST_WORK),
    findRequestsOf(database.db, personId, MOST_WORK),
    leases.liveOf(personId),
  ]);
  const waiting = await Promise.all(asked.requests.map((request) => cardFor(parts, request, personId)));
  const mine = await Promise.all(own.requests.map((request) => cardFor(parts, request, personId)));
  const access = await Promise.all(
    live.slice(0, MOST_WORK).map(({ requestId }) => findCard(parts, requestId, personId)),
  );
  return {
    waitingForMe: waiting.filter(({ can }) => can.some((deed) => deed === 'approve' || deed === 'review')),
    mine,
    access: access
      .filter((card) => card !== undefined)
      .filter(hasLease)
      .sort(newestFirst),
    totals: { waitingForMe: asked.total, mine: own.total, access: live.length },
  };
}

/**
 * Whether it belongs into the channel of the administrators: a break-glass does, and so does a request of which somebody
 * who was asked can be sent no message, as they count as asked there.
 */
export async function isForAdmins({ database, chats }: Parts, requestId: string): Promise<boolean> {
  const request = await findRequest(database.db, requestId);
  if (!request || !chats.hasAdminChannel) return false;
  if (request.kind === 'break-glass') return true;
  return request.decision?.rule === undefined && isSomebodyUnreached({ database, chats }, request.approvers);
}

async function cardFor(parts: Parts, request: AccessRequest, readerId: string): Promise<RequestCard> {
  return ownCard(parts, await factsOf(parts, request), readerId);
}

function ownCard({ clock }: Parts, facts: RequestFacts, readerId: string, proof?: Reader['proof']): RequestCard {
  return cardOf(facts, readerOf(facts.request, readerId, proof), clock.now());
}

function anyApprover({ stage }: AccessRequest): Reader {
  return { id: '', stages: Array.from({ length: stage + 1 }, (_, at) => at) };
}

function isConcerned({ request, votes }: RequestFacts, readerId: string): boolean {
  const { asker, person, approvers } = request;
  return [asker, person, ...approvers, ...votes.map((vote) => vote.person)].some(({ id }) => id === readerId);
}

function hasLease(card: RequestCard): card is LeaseCard {
  return card.lease !== undefined;
}

function newestFirst({ request: one }: RequestCard, { request: other }: RequestCard): number {
  return other.askedAt.getTime() - one.askedAt.getTime();
}

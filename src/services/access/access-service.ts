import { z } from 'zod';
import type { EntraPerson } from '../entra/entra.js';
import type { Actor, Claim } from '../operations/operation.js';
import { judgeMember, judgeProof } from '../operations/permissions.js';
import { lookForNamesakes, type PersonFound } from '../people/person.js';
import type { Outbox } from '../platform/outbox.js';
import type { ChannelName, Transaction } from '../platform/schema.js';
import type { Sweep } from '../platform/tick.js';
import { audienceOf, type AccessOffer, type AccessWish, type RequestCard, type Work } from './access-cards.js';
import { ACCESS_CHANGED } from './access-changed.js';
import { findOffers } from './access-offers.js';
import type { AccessRequest, NamedPerson, VoteOutcome } from './access-request.js';
import { findCard, findSharedCard, findWork, isForAdmins } from './access-work.js';
import { ask, extend } from './ask-access.js';
import { vote, type Ballot } from './decide-access.js';
import type { PolicyStanding } from './policy-source.js';
import type { RequestParts } from './request-parts.js';
import { dueRequests } from './request-sweeps.js';
import { review, type ReviewGiven } from './review-access.js';
import { cancel, cancelAllOf, takeBack } from './withdraw-request.js';

const accessChanged = z.object({ requestId: z.string() });

/**
 * Access that is asked for, decided and reviewed (docs/decisions/0028-access-requests.md). What it leads to, leases give and
 * end. People are known by their Entra object ids; every deed throws a `Problem` that says why not, and each refusal of who
 * may not is recorded.
 */
export class AccessService {
  readonly #parts: RequestParts & { readonly outbox: Outbox };
  /** What the clock does with requests. */
  readonly sweeps: readonly Sweep[];

  constructor(parts: RequestParts & { readonly outbox: Outbox }) {
    this.#parts = parts;
    this.sweeps = [parts.policy.sweep, dueRequests(parts)];
  }

  /** How the policy file stands. */
  policyStanding(): PolicyStanding {
    return this.#parts.policy.standing();
  }

  /** In which times are said; an IANA name. Throws where no policy is in force. */
  timeZone(): string {
    return this.#parts.policy.current().timeZone;
  }

  /** What the actor can ask for. Throws where no policy is in force. */
  offers(actor: Actor): Promise<readonly AccessOffer[]> {
    return findOffers(this.#parts, lowered(actor));
  }

  /** Whom the words mean, for somebody who asks for somebody else. Throws the refusal of a stranger. */
  async lookFor(actor: Actor, words: string): Promise<PersonFound> {
    await this.#proven(actor, 'look people up');
    await this.#permitMember(actor);
    return lookForNamesakes(this.#parts.entra, words);
  }

  /** People for a list that fills itself while somebody types, at most fifteen; a stranger gets nobody. */
  async suggest(actor: Actor, words: string): Promise<readonly EntraPerson[]> {
    const { entra } = this.#parts;
    if (!judgeProof(actor).isAllowed) return [];
    if (Array.from(words.trim()).length < FEWEST_LETTERS) return [];
    const asker = await entra.findPerson(actor.personId);
    return judgeMember(asker).isAllowed ? entra.suggestPeople(words.trim()) : [];
  }

  /** The same claim, and the same wish while it waits, give the same request. */
  async ask(actor: Actor, wish: AccessWish, claim: Claim): Promise<AccessRequest> {
    if (wish.kind === 'break-glass') await this.#proven(actor, 'take access by break-glass');
    if (wish.personId.toLowerCase() !== actor.personId.toLowerCase())
      await this.#proven(actor, 'ask for access for somebody else', wish.personId.toLowerCase());
    return ask(this.#parts, lowered(actor), { ...wish, personId: wish.personId.toLowerCase() }, claim);
  }

  /** More of a lease, without a gap. */
  async extend(
    actor: Actor,
    wish: { readonly leaseId: string; readonly minutes: number; readonly why: string },
    claim: Claim,
  ): Promise<AccessRequest> {
    await this.#proven(actor, 'ask for more of that access');
    return extend(this.#parts, lowered(actor), wish, claim);
  }

  /** One vote. What came of it is told also to whoever comes later, or again: then nothing has changed. */
  async vote(actor: Actor, ballot: Ballot): Promise<{ request: AccessRequest; outcome: VoteOutcome }> {
    await this.#proven(actor, 'decide about a request');
    return vote(this.#parts, lowered(actor), ballot);
  }

  /** By whoever has decided, until it starts: their vote is gone, and the request is open. @param delivery of the click. */
  async takeBack(actor: Actor, requestId: string, delivery?: string): Promise<AccessRequest> {
    await this.#proven(actor, 'take back an approval');
    return takeBack(this.#parts, lowered(actor), requestId, delivery);
  }

  /** By whoever asked or whom it is for, until it starts. */
  cancel(actor: Actor, requestId: string): Promise<AccessRequest> {
    return cancel(this.#parts, lowered(actor), requestId);
  }

  /** Of a break-glass. `not-right` ends the access at once. */
  async review(actor: Actor, given: ReviewGiven): Promise<AccessRequest> {
    await this.#proven(actor, 'review a break-glass');
    return review(this.#parts, lowered(actor), given);
  }

  /** Every request that concerns the person and is not being given yet; in the transaction of an off-boarding. */
  cancelAllOf(trx: Transaction, personId: string, by: Actor): Promise<void> {
    return cancelAllOf(this.#parts, trx, { personId: personId.toLowerCase(), by });
  }

  /**
   * `undefined`: there is no such request, or it does not concern that reader.
   * @param requestId anything. @param proof how their account is known; absent: they have proven it.
   */
  find(requestId: string, readerId: string, proof?: 'email'): Promise<RequestCard | undefined> {
    return findCard(this.#parts, requestId, readerId.toLowerCase(), proof);
  }

  /** As everybody sees it in a channel of several: its buttons are judged by who clicks. */
  findShared(requestId: string): Promise<RequestCard | undefined> {
    return findSharedCard(this.#parts, requestId);
  }

  workOf(personId: string): Promise<Work> {
    return findWork(this.#parts, personId.toLowerCase());
  }

  /** Who has a card of it: whoever asked, whom it is for, and everybody who was asked. */
  audienceOf(request: AccessRequest): readonly NamedPerson[] {
    return audienceOf(request);
  }

  /** Whether it belongs into the channel of the administrators, where there is one. */
  isForAdmins(requestId: string): Promise<boolean> {
    return isForAdmins(this.#parts, requestId);
  }

  /**
   * Calls for each request whose cards say something else now, and each chat, also after a crash, until the listener has
   * resolved; for several at once, and perhaps twice for one.
   */
  onChanged(listener: (requestId: string, chat: ChannelName) => Promise<void>): void {
    for (const { type, chat } of ACCESS_CHANGED)
      this.#parts.outbox.on(type, (payload) => listener(accessChanged.parse(payload).requestId, chat), AT_ONCE);
  }

  /** What is not for whoever is known by an e-mail alone. Throws the refusal, recorded. */
  async #proven(actor: Actor, wanted: string, ...concerned: readonly string[]): Promise<void> {
    await this.#parts.pipeline.abide(lowered(actor), wanted, judgeProof(actor), concerned);
  }

  async #permitMember(actor: Actor): Promise<void> {
    const { entra, pipeline } = this.#parts;
    await pipeline.abide(actor, 'look people up', judgeMember(await entra.findPerson(actor.personId)));
  }
}

/** So many requests are told of side by side in each chat: when many leases end together, one shall not hold up the others. */
const AT_ONCE = 8;
/** One letter would find everybody. */
const FEWEST_LETTERS = 2;

/** One person, one spelling. */
function lowered(actor: Actor): Actor {
  return { ...actor, personId: actor.personId.toLowerCase() };
}

import { appendAudit } from '../platform/audit.js';
import { randomToken } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import type { Transaction } from '../platform/schema.js';
import type { Sweep } from '../platform/tick.js';
import { tokenHash } from '../platform/token-key.js';
import type { Entra } from '../entra/entra.js';
import type { SignedIn } from '../entra/person-sign-in.js';
import type { Actor } from '../operations/operation.js';
import { auditedActor } from '../operations/outcome-recorder.js';
import { BrowserSignIn, type BrowserSignInParts, type SignInUse } from '../people/browser-sign-in.js';
import { codeOf, isSameHash, URL_MINUTES } from '../people/link-rules.js';
import type { RequestCard } from './access-cards.js';
import type { AccessRequest, VoteOutcome } from './access-request.js';
import type { AccessService } from './access-service.js';
import type { Ballot } from './decide-access.js';
import { deedWords } from './request-audit.js';
import { judgeSignIn } from './step-up.js';
import { approvalLinkUsed, approvalOtherBrowser, unproven } from './step-up-refusals.js';
import {
  createStepUp,
  deleteExpiredStepUps,
  deleteStepUp,
  findOpenStepUp,
  findProven,
  findStepUp,
  proveStepUp,
  spendStepUp,
  type ProvenAttempt,
  type StepUpAttempt,
} from './step-up-store.js';

/** What whoever has clicked is given: a one-time URL, and the code by which its pages are known again. */
export interface StepUpInvitation {
  readonly url: string;
  readonly until: Date;
  readonly code: string;
  readonly request: AccessRequest;
  readonly minutes?: number | undefined;
}

/** What the page shows to whoever has signed in, and what its button would do. */
export interface StepUpCard {
  readonly card: RequestCard;
  /** Who approves. */
  readonly person: { readonly id: string; readonly name: string };
  readonly minutes?: number | undefined;
  readonly reason: string;
  /** Where it was clicked. */
  readonly channel: string;
  readonly code: string;
  /** It has counted: there is no button any more. */
  readonly isUsed: boolean;
  /** Business time. */
  readonly now: Date;
}

/** From the sign-in to the press of the last button. */
const PAGE_MINUTES = 5;

const USE: SignInUse = {
  ...{ purpose: 'approve', table: 'step_up', key: 'step-up' },
  without: 'nobody can approve this request',
};

export interface StepUpParts extends BrowserSignInParts {
  readonly access: Pick<AccessService, 'vote' | 'find' | 'findShared'>;
  readonly entra: Pick<Entra, 'findPerson'>;
}

/**
 * Approvals that need a fresh sign-in (docs/decisions/0029-step-up-sign-in.md). The click does not count, and gives whoever
 * clicked a one-time link; in one browser they sign in at Microsoft anew, see what is to be approved, and press the button
 * there. That press is the vote, and is judged as every click.
 */
export class StepUpService {
  readonly #parts: StepUpParts;
  readonly #browser: BrowserSignIn;
  #counted: (requestId: string) => void = () => undefined;

  constructor(parts: StepUpParts) {
    this.#parts = parts;
    this.#browser = new BrowserSignIn(parts, USE);
  }

  /** A vote, or the way to it: with an invitation nothing has counted yet. Throws as `AccessService.vote`. */
  async vote(
    actor: Actor,
    ballot: Omit<Ballot, 'proof'>,
  ): Promise<{ request: AccessRequest; outcome: VoteOutcome; invitation?: StepUpInvitation }> {
    const voted = await this.#parts.access.vote(actor, ballot);
    if (voted.outcome.kind !== 'unproven') return voted;
    return { ...voted, invitation: await this.#invite(actor, ballot, voted.request) };
  }

  /** The origins that the page's form may lead to. */
  get origins(): readonly string[] {
    return this.#browser.origins;
  }

  publicUrl(): string {
    return this.#browser.publicUrl();
  }

  /** Whose link it is. Changes nothing: link previews ask this too. */
  async look(token: string): Promise<{ name: string; code: string } | undefined> {
    const attempt = await findOpenStepUp(this.#parts.database.db, tokenHash(token), this.#parts.clock.now());
    return attempt && { name: attempt.actor.name, code: attempt.code };
  }

  /**
   * Uses the link up. `undefined`: it was used, has run out or never was.
   * @returns where the browser goes, and what it must bring back in the cookie of that attempt.
   */
  async signIn(token: string): Promise<{ url: string; attempt: string; browser: string } | undefined> {
    const { database, clock, entra } = this.#parts;
    const hash = tokenHash(token);
    const attempt = await findOpenStepUp(database.db, hash, clock.now());
    if (!attempt) return undefined;
    const person = await entra.findPerson(attempt.actor.personId);
    const authenticationContext = (await this.#ruleOf(attempt))?.authenticationContext;
    return this.#browser.begin(hash, { loginHint: person?.userPrincipalName, authenticationContext });
  }

  /** Whether the answer of Microsoft is to a sign-in for an approval. */
  isFor(answer: URLSearchParams): boolean {
    return this.#browser.isFor(answer);
  }

  /** Which attempt an answer is for: tells nothing of its state. */
  attemptOf(answer: URLSearchParams): string {
    return this.#browser.attemptOf(answer);
  }

  /**
   * The browser is back. Approves nothing. Throws a `Problem`; another browser leaves the attempt as it is.
   * @param browser what the cookie held.
   * @returns the page's id, and what the browser has to hold for it.
   */
  async callback(answer: URLSearchParams, browser: string | undefined): Promise<{ id: string; browser: string }> {
    const { database } = this.#parts;
    const back = await this.#browser.take(answer, browser);
    const attempt = back.kind === 'gone' ? undefined : await findStepUp(database.db, back.id);
    if (back.kind === 'gone' || !attempt) throw approvalLinkUsed();
    if (back.kind === 'other-browser') throw await this.#recorded(attempt, approvalOtherBrowser());
    let signedInAs: string | undefined;
    try {
      const signedIn = await this.#browser.finish(answer, back.secrets);
      signedInAs = signedIn.personId;
      return await this.#prove(attempt, signedIn);
    } catch (error) {
      await deleteStepUp(database.db, attempt.id);
      const isRefusal = error instanceof Problem && error.facts.kind === 'refused';
      throw isRefusal ? await this.#recorded(attempt, error, signedInAs) : error;
    }
  }

  async #prove(attempt: StepUpAttempt, signedIn: SignedIn): Promise<{ id: string; browser: string }> {
    const { actor, clickedAt, id } = attempt;
    const rule = await this.#ruleOf(attempt);
    const verdict = judgeSignIn(signedIn, { personId: actor.personId, clickedAt, now: this.#parts.clock.wall(), rule });
    if (typeof verdict === 'string') throw unproven(verdict);
    const browser = randomToken(32);
    const proof = { id, signIn: verdict, browserHash: tokenHash(browser), until: this.#in(PAGE_MINUTES) };
    if (!(await proveStepUp(this.#parts.database.db, proof))) throw approvalLinkUsed();
    return { id, browser };
  }

  /** What is to be approved, for the browser that has signed in. Throws a `Problem`. @param id anything. */
  async show(id: string, browser: string | undefined): Promise<StepUpCard> {
    const attempt = await this.#proven(id, browser);
    const { access, clock } = this.#parts;
    const { requestId, actor, minutes, reason, code, isUsed } = attempt;
    const card = (await access.find(requestId, actor.personId)) ?? (await access.findShared(requestId));
    if (!card) throw approvalLinkUsed();
    const person = { id: actor.personId, name: actor.name };
    return { card, person, minutes, reason, channel: actor.channel, code, isUsed, now: clock.now() };
  }

  /**
   * The press of the page's button. `late`: it was pressed before. `changed`, and nothing has: the request is not as the
   * page has shown it. Throws the refusal, as a click does.
   * @param revision of the request as that page has shown it.
   */
  async approve(id: string, browser: string | undefined, revision: number): Promise<VoteOutcome> {
    const { actor, requestId, minutes, reason, signIn, isUsed } = await this.#proven(id, browser);
    if (isUsed) return { kind: 'late' };
    const used = approvalLinkUsed();
    const spend = async (trx: Transaction): Promise<void> => {
      if (!(await spendStepUp(trx, id, revision))) throw used;
    };
    try {
      const proof = { signIn, revision, spend };
      const { outcome } = await this.#parts.access.vote(actor, { requestId, vote: 'approve', minutes, reason, proof });
      if (outcome.kind === 'counted' || outcome.kind === 'approved') this.#counted(requestId);
      return outcome;
    } catch (error) {
      if (error === used) return { kind: 'late' };
      throw error;
    }
  }

  /** Calls at once for each request of which an approval has just counted by its page; a crash swallows it. */
  onCounted(listener: (requestId: string) => void): void {
    this.#counted = listener;
  }

  /** What leaves when its time is over; every reader checks the time. */
  readonly sweep: Sweep = {
    name: 'expired links of approvals',
    everySeconds: 60,
    sweep: (now) => deleteExpiredStepUps(this.#parts.database.db, now),
  };

  async #invite(actor: Actor, ballot: Omit<Ballot, 'proof'>, request: AccessRequest): Promise<StepUpInvitation> {
    const { database, clock, publicUrl } = this.#parts;
    this.#browser.requireClient();
    const token = randomToken(32);
    const hash = tokenHash(token);
    const [at, until] = [clock.now(), this.#in(URL_MINUTES)];
    const { minutes } = ballot;
    const wish = { requestId: request.id, actor, minutes, reason: ballot.reason.trim(), clickedAt: clock.wall() };
    await database.transaction((trx) => createStepUp(trx, { ...wish, tokenHash: hash, at, until }));
    return { url: `${publicUrl()}/step-up/${token}`, until, code: codeOf(hash), request, minutes };
  }

  async #proven(id: string, browser: string | undefined): Promise<ProvenAttempt> {
    const { database, clock } = this.#parts;
    const attempt = await findProven(database.db, id, clock.now());
    if (!attempt) throw approvalLinkUsed();
    if (browser === undefined || !isSameHash(tokenHash(browser), attempt.browserHash)) throw approvalOtherBrowser();
    return attempt;
  }

  /** As it was agreed when it was asked. */
  async #ruleOf({ requestId }: StepUpAttempt) {
    return (await this.#parts.access.findShared(requestId))?.request.rules.role.stepUp;
  }

  #in(minutes: number): Date {
    return new Date(this.#parts.clock.now().getTime() + minutes * 60_000);
  }

  /** The problem, once the audit knows of it. @param signedIn who has signed in, where that is known. */
  async #recorded(attempt: StepUpAttempt, problem: Problem, signedIn?: string): Promise<Problem> {
    const { database, clock, access } = this.#parts;
    const request = (await access.findShared(attempt.requestId))?.request;
    const { personId } = attempt.actor;
    const concerns = [...new Set([personId, signedIn ?? personId, ...(request ? [request.person.id] : [])])];
    await database.transaction((trx) =>
      appendAudit(trx, {
        at: clock.now(),
        kind: 'refusal',
        body: {
          actor: auditedActor(attempt.actor),
          what: request ? deedWords('approve-request', request) : 'approve a request',
          rule: problem.facts.code ?? problem.facts.kind,
          request: attempt.requestId,
          ...{ concerns, ...(signedIn === undefined ? {} : { signedInAs: signedIn }) },
        },
      }),
    );
    return problem;
  }
}

import type { Entra } from '../entra/entra.js';
import type { PersonSignIn } from '../entra/person-sign-in.js';
import type { Actor } from '../operations/operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import { randomToken } from '../platform/ids.js';
import type { Keys } from '../platform/keys.js';
import { Problem } from '../platform/problem.js';
import { tokenHash } from '../platform/token-key.js';
import { BrowserSignIn } from './browser-sign-in.js';
import {
  createAttempt,
  deleteAttemptsOf,
  endAttempt,
  findAttempt,
  findOpen,
  takeTry,
  waitForNumber,
  type LinkAttempt,
  type NumberTry,
} from './link-attempts.js';
import { auditLink, auditRefusedLink, deedText } from './link-audit.js';
import { forgetGiven } from './link-leftovers.js';
import { publishChange, publishNews } from './link-news.js';
import { barred, linkUsed, otherBrowser, unfit } from './link-refusals.js';
import {
  codeOf,
  hashNumber,
  isSameHash,
  judgePerson,
  newNumber,
  NUMBER_MINUTES,
  NUMBER_TRIES,
  parseNumber,
  URL_MINUTES,
  type ChatUser,
  type SignedInPerson,
} from './link-rules.js';
import { isBarred } from './link-bars.js';
import { findLinkOf, saveLink, type AccountLink } from './link-store.js';

export type NumberEntered =
  | { readonly kind: 'linked'; readonly link: AccountLink }
  /** `left`: how many tries there still are. With none, the number is worth nothing any more. */
  | { readonly kind: 'wrong'; readonly left: number }
  /** No number waits for this account: never shown, run out, or its tries are used. */
  | { readonly kind: 'none' };

/** What an account is given to be linked: a one-time URL, and the code by which its pages are known again. */
export interface LinkInvitation {
  readonly url: string;
  readonly until: Date;
  readonly code: string;
}

/** Who has signed in for an account, and the number that it has to enter. */
export interface ProvenPerson {
  readonly user: ChatUser;
  readonly code: string;
  readonly person: SignedInPerson;
  readonly number: string;
}

/** The key's name. */
const KEY = 'account-link';

export interface LinkProofParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly entra: Pick<Entra, 'findPerson'>;
  /** Absent: the operator has given no client to sign people in with. */
  readonly signIn: PersonSignIn | undefined;
  /** What people can reach, without a trailing slash. */
  readonly publicUrl: () => string;
  /** Whether people can be told of a link in Teams. */
  readonly isTeamsOn: boolean;
}

/**
 * How somebody proves that a chat account is theirs: a one-time URL given to the account, a sign-in at Microsoft in one
 * browser, and the number of its last page entered where the account is. The sign-in alone links nothing: the URL may
 * have been sent on.
 */
export class LinkProof {
  readonly #parts: LinkProofParts;
  readonly #browser: BrowserSignIn;

  constructor(parts: LinkProofParts) {
    this.#parts = parts;
    const use = { purpose: 'link', table: 'link_attempt', key: KEY, without: 'no account can be linked' } as const;
    this.#browser = new BrowserSignIn(parts, use);
  }

  /** The origins that the page's form may lead to. */
  get origins(): readonly string[] {
    return this.#browser.origins;
  }

  publicUrl(): string {
    return this.#browser.publicUrl();
  }

  async begin(user: ChatUser): Promise<LinkInvitation> {
    const { database, clock, publicUrl } = this.#parts;
    this.#browser.requireClient();
    if (await isBarred(database.db, user)) throw barred('account');
    const token = randomToken(32);
    const hash = tokenHash(token);
    const at = clock.now();
    const until = minutesAfter(at, URL_MINUTES);
    await database.transaction((trx) => createAttempt(trx, { user, tokenHash: hash, at, until }));
    return { url: `${publicUrl()}/link/${token}`, until, code: codeOf(hash) };
  }

  /** Whose link it is. Changes nothing: link previews ask this too. */
  async look(token: string): Promise<LinkAttempt | undefined> {
    const { database, clock } = this.#parts;
    return findOpen(database.db, tokenHash(token), clock.now());
  }

  /**
   * Uses the link up. `undefined`: it was used, has run out or never was.
   * @returns where the browser goes, and what it must bring back in the cookie of that attempt.
   */
  signIn(token: string): Promise<{ url: string; attempt: string; browser: string } | undefined> {
    return this.#browser.begin(tokenHash(token));
  }

  /** Which attempt an answer is for: tells nothing of its state. */
  attemptOf(answer: URLSearchParams): string {
    return this.#browser.attemptOf(answer);
  }

  /**
   * The browser is back. Returns the number to enter, and of whom; nothing is linked. Throws a `Problem`. Another browser
   * leaves the attempt as it is.
   * @param browser what the cookie held.
   */
  async callback(answer: URLSearchParams, browser: string | undefined): Promise<ProvenPerson> {
    const { database } = this.#parts;
    const back = await this.#browser.take(answer, browser);
    const attempt = back.kind === 'gone' ? undefined : await findAttempt(database.db, back.id);
    if (back.kind === 'gone' || !attempt) throw linkUsed();
    if (back.kind === 'other-browser') throw await this.#recorded(attempt.user, otherBrowser());
    let personId: string | undefined;
    try {
      ({ personId } = await this.#browser.finish(answer, back.secrets));
      return await this.#showNumber(attempt, personId);
    } catch (error) {
      await endAttempt(database.db, attempt.id);
      const isRefusal = error instanceof Problem && error.facts.kind === 'refused';
      throw isRefusal ? await this.#recorded(attempt.user, error, personId) : error;
    }
  }

  async enterNumber(user: ChatUser, typed: string): Promise<NumberEntered> {
    const { database, clock } = this.#parts;
    // Counted first, compared then: however many clicks come at once, no more than three are compared.
    const attempt = await takeTry(database.db, user, clock.now());
    if (!attempt) return { kind: 'none' };
    if (!this.#isRight(typed, attempt)) return this.#wrong(attempt);
    const entered = await this.#link(user, attempt);
    if (entered === 'barred') throw await this.#recorded(user, barred('account'), attempt.person.id);
    return entered;
  }

  async #showNumber(attempt: LinkAttempt, personId: string): Promise<ProvenPerson> {
    const { database, clock, keys, entra } = this.#parts;
    const person = await entra.findPerson(personId);
    const verdict = judgePerson(person);
    if (verdict !== 'fit' || !person) throw unfit(verdict === 'fit' ? 'not-in-tenant' : verdict);
    const { user, code } = attempt;
    const { id, name, userPrincipalName } = person;
    if (await isBarred(database.db, user, id)) throw barred('person');
    const number = newNumber();
    const numberHash = hashNumber(number, { key: keys.derive(KEY), attempt: attempt.id });
    const until = minutesAfter(clock.now(), NUMBER_MINUTES);
    const signedIn = { id: id.toLowerCase(), name, userPrincipalName };
    const wait = { attempt, person: signedIn, numberHash, until };
    if (!(await database.transaction((trx) => waitForNumber(trx, wait)))) throw linkUsed();
    return { user, code, person: signedIn, number };
  }

  #isRight(typed: string, { id, numberHash }: NumberTry): boolean {
    const number = parseNumber(typed) ?? '';
    return this.#parts.keys
      .candidates(KEY)
      .map((key) => isSameHash(hashNumber(number, { key, attempt: id }), numberHash))
      .includes(true);
  }

  async #wrong({ id, user, person, tries }: NumberTry): Promise<NumberEntered> {
    const { database, clock } = this.#parts;
    const left = Math.max(NUMBER_TRIES - tries, 0);
    const what = deedText('link', { user, person });
    await database.transaction(async (trx) => {
      if (left === 0) await endAttempt(trx, id);
      const refusal = { at: clock.now(), user, what, rule: 'wrong-number', concerns: [person.id] };
      await auditRefusedLink(trx, refusal);
    });
    return { kind: 'wrong', left };
  }

  async #link(user: ChatUser, { id, person }: NumberTry): Promise<NumberEntered | 'barred'> {
    const { database, clock, isTeamsOn } = this.#parts;
    return database.transaction(async (trx) => {
      const at = clock.now();
      if (!(await endAttempt(trx, id))) {
        // The same number came twice at once: the other one has linked.
        const link = await findLinkOf(trx, user);
        return link?.person.id === person.id ? { kind: 'linked', link } : { kind: 'none' };
      }
      await deleteAttemptsOf(trx, user);
      if (await isBarred(trx, user, person.id)) return 'barred';
      const { link, former } = await saveLink(trx, { user, person, at });
      for (const other of former) if (other.person.id !== person.id) await forgetGiven(trx, other, at);
      await publishChange(trx, link, at);
      await publishNews(trx, link, { isTeamsOn });
      await auditLink(trx, { at, operation: 'link-account', deed: 'link', link, actor: actorOf(person) });
      return { kind: 'linked', link };
    });
  }

  /** The problem, once the audit knows of it. @param personId who has signed in, where that is known. */
  async #recorded(user: ChatUser, problem: Problem, personId?: string): Promise<Problem> {
    const { database, clock } = this.#parts;
    const refusal = {
      at: clock.now(),
      user,
      what: deedText('link', { user }),
      rule: problem.facts.code ?? problem.facts.kind,
      concerns: personId === undefined ? [] : [personId.toLowerCase()],
    };
    await database.transaction((trx) => auditRefusedLink(trx, refusal));
    return problem;
  }
}

function actorOf({ id, name }: SignedInPerson): Actor {
  return { personId: id, name, channel: 'slack' };
}

function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}

import { createHash, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { PersonSignIn, SignInSecrets } from '../entra/person-sign-in.js';
import type { Actor } from '../operations/operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import { randomToken } from '../platform/ids.js';
import type { Keys } from '../platform/keys.js';
import { Problem } from '../platform/problem.js';
import { seal, unseal } from '../platform/seal.js';
import {
  beginSignIn,
  createAttempt,
  deleteAttemptsOf,
  endAttempt,
  findOpen,
  takeSignIn,
  takeTry,
  waitForNumber,
  type LinkAttempt,
  type NumberTry,
} from './link-attempts.js';
import { auditLink, auditRefusedLink, deedText } from './link-audit.js';
import { publishNews } from './link-news.js';
import { barred, linkUsed, notConfigured, otherBrowser, unfit } from './link-refusals.js';
import {
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

export interface LinkProofParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: Keys;
  readonly entra: Pick<Entra, 'findPerson'>;
  /** Absent: the operator has given no client to sign people in with. */
  readonly signIn: PersonSignIn | undefined;
  /** What people can reach, without a trailing slash. */
  readonly publicUrl: () => string;
}

/**
 * How somebody proves that a chat account is theirs: a one-time URL given to the account, a sign-in at Microsoft in one
 * browser, and the number of its last page entered where the account is. The sign-in alone links nothing: the URL may
 * have been sent on.
 */
export class LinkProof {
  readonly #parts: LinkProofParts;

  constructor(parts: LinkProofParts) {
    this.#parts = parts;
  }

  /** The origins that the page's form may lead to. */
  get origins(): readonly string[] {
    return this.#parts.signIn?.origins ?? [];
  }

  publicUrl(): string {
    return this.#parts.publicUrl();
  }

  async begin(user: ChatUser): Promise<{ url: string; until: Date }> {
    const { database, clock, publicUrl } = this.#parts;
    this.#signIn();
    if (await isBarred(database.db, user)) throw barred('account');
    const token = randomToken(32);
    const at = clock.now();
    const until = minutesAfter(at, URL_MINUTES);
    await database.transaction((trx) => createAttempt(trx, { user, tokenHash: hashOf(token), at, until }));
    return { url: `${publicUrl()}/link/${token}`, until };
  }

  /** Whose link it is. Changes nothing: link previews ask this too. */
  async look(token: string): Promise<ChatUser | undefined> {
    const { database, clock } = this.#parts;
    return (await findOpen(database.db, hashOf(token), clock.now()))?.user;
  }

  /**
   * Uses the link up. `undefined`: it was used, has run out or never was.
   * @returns where the browser goes, and what it must bring back in its cookie.
   */
  async signIn(token: string): Promise<{ url: string; browser: string } | undefined> {
    const { database, clock } = this.#parts;
    const tokenHash = hashOf(token);
    if (!(await findOpen(database.db, tokenHash, clock.now()))) return undefined;
    const { url, secrets } = await this.#signIn().begin(this.#redirectUri());
    const browser = randomToken(32);
    const stateHash = hashOf(secrets.state);
    const key = sealingKey(browser, this.#parts.keys.derive('account-link'));
    const sealed = seal(JSON.stringify(secrets), key, purposeOf(stateHash));
    const begun = await beginSignIn(database.db, { tokenHash, stateHash, sealed, now: clock.now() });
    return begun ? { url, browser } : undefined;
  }

  /**
   * The browser is back. Returns the number to enter, and of whom; nothing is linked. Throws a `Problem`.
   * @param browser what the cookie held.
   */
  async callback(answer: URLSearchParams, browser: string | undefined): Promise<{ user: ChatUser; number: string }> {
    const { database, clock } = this.#parts;
    const stateHash = hashOf(answer.get('state') ?? '');
    const attempt = await takeSignIn(database.db, stateHash, clock.now());
    if (!attempt) throw linkUsed();
    try {
      const secrets = this.#open(attempt.sealed, browser, stateHash);
      if (!secrets) throw otherBrowser();
      const personId = await this.#signIn().finish({ answer, redirectUri: this.#redirectUri(), secrets });
      return await this.#showNumber(attempt, personId);
    } catch (error) {
      await endAttempt(database.db, attempt.id);
      const isRefusal = error instanceof Problem && error.facts.kind === 'refused';
      throw isRefusal ? await this.#recorded(attempt.user, error) : error;
    }
  }

  async enterNumber(user: ChatUser, typed: string): Promise<NumberEntered> {
    const { database, clock } = this.#parts;
    // Counted first, compared then: however many clicks come at once, no more than three are compared.
    const attempt = await takeTry(database.db, user, clock.now());
    if (!attempt) return { kind: 'none' };
    if (!this.#isRight(typed, attempt)) return this.#wrong(attempt);
    const entered = await this.#link(user, attempt);
    if (entered === 'barred') throw await this.#recorded(user, barred('account'), attempt.person);
    return entered;
  }

  #signIn(): PersonSignIn {
    if (!this.#parts.signIn) throw notConfigured();
    return this.#parts.signIn;
  }

  #redirectUri(): string {
    return `${this.#parts.publicUrl()}/link/callback`;
  }

  #open(sealed: Buffer, browser: string | undefined, stateHash: string): SignInSecrets | undefined {
    if (browser === undefined) return undefined;
    for (const deploymentKey of this.#parts.keys.candidates('account-link')) {
      const text = unseal(sealed, sealingKey(browser, deploymentKey), purposeOf(stateHash));
      if (text !== undefined) return signInSecrets.parse(JSON.parse(text));
    }
    return undefined;
  }

  async #showNumber(attempt: LinkAttempt, personId: string): Promise<{ user: ChatUser; number: string }> {
    const { database, clock, keys, entra } = this.#parts;
    const person = await entra.findPerson(personId);
    const verdict = judgePerson(person);
    if (verdict !== 'fit' || !person) throw unfit(verdict === 'fit' ? 'not-in-tenant' : verdict);
    const { user } = attempt;
    const { id, name, userPrincipalName } = person;
    if (await isBarred(database.db, user, id)) throw barred('person');
    const number = newNumber();
    const numberHash = hashNumber(number, { key: keys.derive('account-link'), attempt: attempt.id });
    const until = minutesAfter(clock.now(), NUMBER_MINUTES);
    const signedIn = { id: id.toLowerCase(), name, userPrincipalName };
    const wait = { attempt, person: signedIn, numberHash, until };
    if (!(await database.transaction((trx) => waitForNumber(trx, wait)))) throw linkUsed();
    return { user, number };
  }

  #isRight(typed: string, { id, numberHash }: NumberTry): boolean {
    const number = parseNumber(typed) ?? '';
    return this.#parts.keys
      .candidates('account-link')
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
    const { database, clock } = this.#parts;
    return database.transaction(async (trx) => {
      const at = clock.now();
      if (!(await endAttempt(trx, id))) {
        // The same number came twice at once: the other one has linked.
        const link = await findLinkOf(trx, user);
        return link?.person.id === person.id ? { kind: 'linked', link } : { kind: 'none' };
      }
      await deleteAttemptsOf(trx, user);
      if (await isBarred(trx, user, person.id)) return 'barred';
      const link = await saveLink(trx, { user, person, at });
      await publishNews(trx, link);
      await auditLink(trx, { at, operation: 'link-account', deed: 'link', link, actor: actorOf(person) });
      return { kind: 'linked', link };
    });
  }

  /** The problem, once the audit knows of it. */
  async #recorded(user: ChatUser, problem: Problem, person?: SignedInPerson): Promise<Problem> {
    const { database, clock } = this.#parts;
    const refusal = {
      at: clock.now(),
      user,
      what: deedText('link', { user, ...(person ? { person } : {}) }),
      rule: problem.facts.code ?? problem.facts.kind,
      concerns: person ? [person.id] : [],
    };
    await database.transaction((trx) => auditRefusedLink(trx, refusal));
    return problem;
  }
}

const signInSecrets = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

function actorOf({ id, name }: SignedInPerson): Actor {
  return { personId: id, name, channel: 'slack' };
}

/** Opens with the browser's cookie and the deployment key together. */
function sealingKey(browser: string, deploymentKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', browser, deploymentKey, 'latchkey account link', 32));
}

/** A row sealed for one sign-in cannot be passed off for another. */
function purposeOf(stateHash: string): string {
  return `account-link ${stateHash}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}

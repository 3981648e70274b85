import { z } from 'zod';
import {
  purposeOf,
  type FreshSignIn,
  type PersonSignIn,
  type SignedIn,
  type SignInSecrets,
} from '../entra/person-sign-in.js';
import type { SignInPurpose } from '../entra/person-sign-in-problems.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import { randomToken } from '../platform/ids.js';
import type { KeyPurpose, Keys } from '../platform/keys.js';
import { seal, unseal } from '../platform/seal.js';
import { tokenHash, tokenKey } from '../platform/token-key.js';
import { notConfigured } from './link-refusals.js';
import { beginSignIn, findSignIn, isOpen, takeSignIn, type SignInTable } from './sign-in-attempts.js';

export interface BrowserSignInParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: Keys;
  /** Absent: the operator has given no client to sign people in with. */
  readonly signIn: PersonSignIn | undefined;
  /** What people can reach, without a trailing slash. */
  readonly publicUrl: () => string;
}

/** What it is for: where its rows are, and the name of the key that opens nothing of another use. */
export interface SignInUse {
  readonly purpose: SignInPurpose;
  readonly table: SignInTable;
  readonly key: KeyPurpose;
  /** What cannot be done where nobody can sign in, in words that follow "so". */
  readonly without: string;
}

/** What a browser has come back with. `taken`: for the first time, in the browser that was sent there. */
export type BrowserBack =
  | { readonly kind: 'taken'; readonly id: string; readonly secrets: SignInSecrets }
  | { readonly kind: 'other-browser'; readonly id: string }
  | { readonly kind: 'gone' };

/**
 * Who sits at a browser. A one-time link is used up by the press of a button; that browser signs in at Microsoft, and what
 * it comes back with counts once, and in that browser alone: state, nonce and verifier are sealed with a key from the
 * deployment key and the browser's cookie together (docs/decisions/0025-account-link.md).
 */
export class BrowserSignIn {
  readonly #parts: BrowserSignInParts;
  readonly #use: SignInUse;

  constructor(parts: BrowserSignInParts, use: SignInUse) {
    this.#parts = parts;
    this.#use = use;
  }

  /** The origins that the page's form may lead to. */
  get origins(): readonly string[] {
    return this.#parts.signIn?.origins ?? [];
  }

  publicUrl(): string {
    return this.#parts.publicUrl();
  }

  /** Throws a `Problem` where nobody can be signed in. */
  requireClient(): PersonSignIn {
    if (!this.#parts.signIn) throw notConfigured(this.#use.without);
    return this.#parts.signIn;
  }

  /**
   * Uses the link up. `undefined`: it was used, has run out or never was.
   * @returns where the browser goes, and what it must bring back in the cookie of that attempt.
   */
  async begin(
    hash: string,
    fresh?: FreshSignIn,
  ): Promise<{ url: string; attempt: string; browser: string } | undefined> {
    const { database, clock, keys } = this.#parts;
    const { purpose, table, key } = this.#use;
    if (!(await isOpen(database.db, table, { tokenHash: hash, now: clock.now() }))) return undefined;
    const { url, secrets } = await this.requireClient().begin(this.#redirectUri(), { purpose, fresh });
    const browser = randomToken(32);
    const stateHash = tokenHash(secrets.state);
    const sealed = seal(JSON.stringify(secrets), tokenKey(browser, keys.derive(key), key), this.#sealFor(stateHash));
    const begun = await beginSignIn(database.db, table, { tokenHash: hash, stateHash, sealed, now: clock.now() });
    return begun ? { url, attempt: attemptOf(stateHash), browser } : undefined;
  }

  /** Whether the answer is to a sign-in of this use: all come back to one address. Tells nothing of its state. */
  isFor(answer: URLSearchParams): boolean {
    return purposeOf(answer) === this.#use.purpose;
  }

  /** Which attempt an answer is for: tells nothing of its state. */
  attemptOf(answer: URLSearchParams): string {
    return attemptOf(stateHashOf(answer));
  }

  /** Another browser leaves the attempt as it is. @param browser what the cookie held. */
  async take(answer: URLSearchParams, browser: string | undefined): Promise<BrowserBack> {
    const { database, clock } = this.#parts;
    const { table } = this.#use;
    const stateHash = stateHashOf(answer);
    const attempt = await findSignIn(database.db, table, { stateHash, now: clock.now() });
    if (!attempt) return { kind: 'gone' };
    const secrets = this.#open(attempt.sealed, browser, stateHash);
    if (!secrets) return { kind: 'other-browser', id: attempt.id };
    const isTaken = await takeSignIn(database.db, table, attempt.id);
    return isTaken ? { kind: 'taken', id: attempt.id, secrets } : { kind: 'gone' };
  }

  /** Who has signed in, as Entra vouches for it. Throws a `Problem`. */
  finish(answer: URLSearchParams, secrets: SignInSecrets): Promise<SignedIn> {
    const { purpose } = this.#use;
    return this.requireClient().finish({ answer, redirectUri: this.#redirectUri(), secrets, purpose });
  }

  #redirectUri(): string {
    return `${this.#parts.publicUrl()}/link/callback`;
  }

  #open(sealed: Buffer, browser: string | undefined, stateHash: string): SignInSecrets | undefined {
    if (browser === undefined) return undefined;
    const { key } = this.#use;
    for (const deploymentKey of this.#parts.keys.candidates(key)) {
      const text = unseal(sealed, tokenKey(browser, deploymentKey, key), this.#sealFor(stateHash));
      if (text !== undefined) return signInSecrets.parse(JSON.parse(text));
    }
    return undefined;
  }

  /** A row sealed for one sign-in cannot be passed off for another. */
  #sealFor(stateHash: string): string {
    return `${this.#use.key} ${stateHash}`;
  }
}

const signInSecrets = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

function stateHashOf(answer: URLSearchParams): string {
  return tokenHash(answer.get('state') ?? '');
}

/** The head of the hash: enough to tell the attempts of one browser apart. */
function attemptOf(stateHash: string): string {
  return stateHash.slice(0, 8);
}

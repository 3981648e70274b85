import { randomBytes, randomUUID } from 'node:crypto';
import type { SandboxRequest } from '../kit/server.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import { AadstsError } from './aadsts.js';
import type { Directory } from './directory.js';
import type { User } from './directory-objects.js';
import type { Authorization } from './authorization.js';
import type { AuthnRequest } from './saml-request.js';

/** A sign-in under way: what was asked, by whom, and how far it got. The browser only knows its id. */
export interface SignInContext {
  readonly id: string;
  /** My Apps when absent. */
  readonly appId: string | undefined;
  /** Absent when nobody asked: identity-provider-initiated. */
  readonly request: AuthnRequest | undefined;
  readonly relayState: string | undefined;
  /** An application that asks by OpenID Connect; then there is no SAML request. */
  readonly authorization?: Authorization;
  readonly correlationId: string;
  /** The person who proved the password and now must choose another. */
  readonly changingUserId: string | undefined;
}

interface Session {
  readonly id: string;
  readonly userId: string;
  readonly passwordVersion: number;
  readonly signedInAt: string;
  readonly authTime: string;
}

export interface SignedIn {
  readonly user: User;
  /** When the password was entered, in business time. */
  readonly at: Date;
  /** The same in wall time, as OpenID Connect says it. */
  readonly authTime: Date;
}

const COOKIE = 'ESTSAUTH';
const MOST_CONTEXTS = 500;
const MOST_SESSIONS = 1_000;

/** Sign-ins under way and browsers that are signed in. Both are bounded, the oldest goes first. */
export class Sessions {
  readonly #contexts: Collection<SignInContext>;
  readonly #sessions: Collection<Session>;
  readonly #directory: Directory;

  constructor(store: SandboxStore, directory: Directory) {
    this.#contexts = store.collection('signInContexts');
    this.#sessions = store.collection('sessions');
    this.#directory = directory;
  }

  start(
    wish: Pick<SignInContext, 'appId' | 'request' | 'relayState' | 'authorization' | 'correlationId'>,
  ): SignInContext {
    const context = { ...wish, id: randomBytes(24).toString('base64url'), changingUserId: undefined };
    bound(this.#contexts, MOST_CONTEXTS);
    return this.#contexts.put(context.id, context);
  }

  /** The sign-in with that id. Throws AADSTS90013 when it is over or was never begun. */
  resume(id: string | null): SignInContext {
    const context = this.#contexts.get(id ?? '');
    if (!context) throw new AadstsError(90013);
    return context;
  }

  update(context: SignInContext): SignInContext {
    return this.#contexts.put(context.id, context);
  }

  finish(context: SignInContext): void {
    this.#contexts.delete(context.id);
  }

  /** Whoever is signed in with this browser; nobody after a change of password or when the account was switched off. */
  current(request: SandboxRequest): SignedIn | undefined {
    const session = this.#sessions.get(request.cookie(COOKIE) ?? '');
    const user = session && this.#directory.users.get(session.userId);
    if (!session || !user?.accountEnabled) return undefined;
    if (this.#directory.passwords.get(user.id)?.version !== session.passwordVersion) return undefined;
    return { user, at: new Date(session.signedInAt), authTime: new Date(session.authTime) };
  }

  /** @returns the header that makes the browser remember. */
  open({ user, at, authTime }: SignedIn): { 'Set-Cookie': string } {
    const id = randomUUID() + randomBytes(16).toString('base64url');
    const passwordVersion = this.#directory.passwords.get(user.id)?.version ?? 0;
    bound(this.#sessions, MOST_SESSIONS);
    const times = { signedInAt: at.toISOString(), authTime: authTime.toISOString() };
    this.#sessions.put(id, { id, userId: user.id, passwordVersion, ...times });
    return { 'Set-Cookie': `${COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax` };
  }

  /** Signs that person out of every browser. */
  revoke(userId: string): void {
    for (const { id } of this.#sessions.filter((session) => session.userId === userId)) this.#sessions.delete(id);
  }

  close(request: SandboxRequest): { 'Set-Cookie': string } {
    this.#sessions.delete(request.cookie(COOKIE) ?? '');
    return { 'Set-Cookie': `${COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0` };
  }
}

function bound<T extends { readonly id: string }>(collection: Collection<T>, most: number): void {
  while (collection.size >= most) {
    const oldest = collection.find(() => true);
    if (!oldest) return;
    collection.delete(oldest.id);
  }
}

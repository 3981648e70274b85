import { createHash } from 'node:crypto';
import type { SandboxClock } from '../kit/clock.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import { EMPLOYEE_ROLE, HOME_DIVISION } from './directory.js';
import { FormerValues, type Lagging } from './former-values.js';

export type UserState = 'active' | 'inactive' | 'deleted';

export interface StoredUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly divisionId: string;
  readonly state: UserState;
  readonly version: number;
  readonly department?: string | undefined;
  readonly title?: string | undefined;
  readonly managerId?: string | undefined;
  readonly addresses: readonly object[];
  readonly stateChangeReason?: string | undefined;
  readonly stateChangeDate?: string | undefined;
  readonly lastTokenIssued?: string | undefined;
}

export interface StoredGrant {
  readonly subjectId: string;
  readonly roleId: string;
  readonly divisionId: string;
  readonly grantMadeAt: string;
}

/** The settings of a provider as they were sent; certificates are base64 DER without line breaks. */
export interface StoredProvider {
  /** Name of the slot, such as `adfs`, or a UUID. */
  readonly id: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly issuerURI: string;
  readonly ssoTargetURI: string;
  readonly relyingPartyIdentifier: string;
  readonly certificates: readonly string[];
  readonly sloURI?: string | undefined;
  readonly sloBinding?: string | undefined;
  readonly ssoBinding?: string | undefined;
  readonly nameIdentifierFormat?: string | undefined;
  readonly logoImageData?: string | undefined;
  readonly providerName?: string | undefined;
  readonly displayOnLogin?: boolean | undefined;
  readonly metadataURL?: string | undefined;
  readonly signAuthnRequests?: boolean | undefined;
  readonly forceAuthn?: boolean | undefined;
  readonly endpointCompression?: boolean | undefined;
}

/** The platform's own password login; `disabled` is what its admin pages call "Disable Genesys Cloud Login". */
export interface PasswordLogin {
  readonly disabled: boolean;
}

/** An access token, kept under the SHA-256 of its value; times are wall time in milliseconds. */
export interface StoredToken {
  readonly id: string;
  readonly expiresAt: number;
}

/** An AuthnRequest that nobody has answered yet; business time in milliseconds. */
export interface PendingRequest {
  readonly id: string;
  readonly issuedAt: number;
}

/** An assertion that was accepted, kept until it could no longer be accepted anyway. */
export interface SeenAssertion {
  readonly id: string;
  readonly until: number;
}

export interface SignInSession {
  readonly id: string;
  readonly userId: string;
  readonly flow: 'SP-initiated' | 'IdP-initiated';
  readonly signedInAt: string;
  /** SHA-256 of the cookie's value. */
  readonly cookieHash: string;
  readonly correlationId: string;
}

export interface AuditRecord {
  readonly id: string;
  readonly eventDate: string;
  readonly serviceName: string;
  readonly entityType: string;
  readonly action: string;
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly level: 'SYSTEM' | 'USER';
  readonly userHomeOrgId: string;
  readonly user: object;
  readonly client: { readonly id: string };
  readonly remoteIp: readonly string[];
  readonly entity: { readonly id: string; readonly name: string };
  readonly message: { readonly localizableMessageCode: string; readonly message: string };
  readonly context: Readonly<Record<string, string>>;
  readonly propertyChanges: readonly object[];
}

export interface StoredAuditQuery {
  readonly id: string;
  readonly request: object;
  readonly startDate: string;
}

/** Everything that the Genesys Cloud sandbox remembers. */
export class GenesysData {
  readonly users: Collection<StoredUser>;
  readonly grants: Collection<StoredGrant>;
  readonly providers: Collection<StoredProvider>;
  readonly tokens: Collection<StoredToken>;
  readonly pendingRequests: Collection<PendingRequest>;
  readonly seenAssertions: Collection<SeenAssertion>;
  readonly sessions: Collection<SignInSession>;
  readonly audits: Collection<AuditRecord>;
  readonly auditQueries: Collection<StoredAuditQuery>;
  readonly clock: SandboxClock;
  readonly #passwordLogin: Collection<PasswordLogin>;
  readonly #formerUsers: FormerValues<StoredUser>;
  readonly #formerProviders: FormerValues<StoredProvider>;

  /** @param lagMs for how long changes stay unseen by searches and sign-ins; `undefined` when they are seen at once */
  constructor(store: SandboxStore, clock: SandboxClock, lagMs: (of: Lagging) => number | undefined = () => undefined) {
    this.clock = clock;
    this.#formerUsers = new FormerValues({ store, clock, name: 'users', lagMs: () => lagMs('users') });
    this.#formerProviders = new FormerValues({ store, clock, name: 'providers', lagMs: () => lagMs('providers') });
    this.#passwordLogin = store.collection('passwordLogin');
    this.users = store.collection('users');
    this.grants = store.collection('grants');
    this.providers = store.collection('identityProviders');
    this.tokens = store.collection('tokens');
    this.pendingRequests = store.collection('samlRequests');
    this.seenAssertions = store.collection('samlAssertions');
    this.sessions = store.collection('sessions');
    this.audits = store.collection('audits');
    this.auditQueries = store.collection('auditQueries');
  }

  /** E-mail addresses are unique over all states, deleted people included. */
  findUserByEmail(email: string): StoredUser | undefined {
    const wanted = foldAscii(email);
    return this.users.find((user) => foldAscii(user.email) === wanted);
  }

  grantsOf(subjectId: string): StoredGrant[] {
    return this.grants.filter((grant) => grant.subjectId === subjectId);
  }

  grant(subjectId: string, roleId: string, divisionId: string): void {
    const key = grantKey(subjectId, roleId, divisionId);
    if (this.grants.get(key)) return;
    this.grants.put(key, { subjectId, roleId, divisionId, grantMadeAt: this.clock.now().toISOString() });
  }

  revoke(subjectId: string, roleId: string, divisionId: string): void {
    this.grants.delete(grantKey(subjectId, roleId, divisionId));
  }

  /** Adds a person with the role that everybody gets. */
  addUser(user: StoredUser): StoredUser {
    this.grant(user.id, EMPLOYEE_ROLE.id, HOME_DIVISION.id);
    this.#formerUsers.note(user.id, undefined);
    return this.users.put(user.id, user);
  }

  /** Stores a change under the next version. */
  changeUser(user: StoredUser, change: Partial<StoredUser>): StoredUser {
    this.#formerUsers.note(user.id, user);
    return this.users.put(user.id, { ...user, ...change, version: user.version + 1 });
  }

  /** Deletion is soft: the person keeps the e-mail address and loses every role and session. */
  deleteUser(user: StoredUser): StoredUser {
    for (const grant of this.grantsOf(user.id)) this.revoke(user.id, grant.roleId, grant.divisionId);
    this.endSessionsOf(user.id);
    return this.changeUser(user, { state: 'deleted' });
  }

  /** Everybody as the search index shows them. */
  searchableUsers(): StoredUser[] {
    return this.#formerUsers.seen(new Map(this.users.list().map((user) => [user.id, user])));
  }

  /** The providers as readers and sign-ins see them. */
  shownProviders(): StoredProvider[] {
    return this.#formerProviders.seen(new Map(this.providers.list().map((provider) => [provider.id, provider])));
  }

  findShownProvider(id: string): StoredProvider | undefined {
    return this.shownProviders().find((provider) => provider.id === id);
  }

  storeProvider(provider: StoredProvider): StoredProvider {
    this.#formerProviders.note(provider.id, this.providers.get(provider.id));
    return this.providers.put(provider.id, provider);
  }

  removeProvider(provider: StoredProvider): void {
    this.#formerProviders.note(provider.id, provider);
    this.providers.delete(provider.id);
  }

  get isPasswordLoginDisabled(): boolean {
    return this.#passwordLogin.get('purecloud')?.disabled ?? false;
  }

  disablePasswordLogin(disabled: boolean): void {
    this.#passwordLogin.put('purecloud', { disabled });
  }

  endSessionsOf(userId: string): void {
    for (const session of this.sessions.filter((known) => known.userId === userId)) this.sessions.delete(session.id);
  }
}

/**
 * Lower case for A to Z only: a full Unicode fold would turn look-alikes such as the Kelvin sign into a plain k,
 * and with it one person into another.
 */
export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Tokens and cookie values are stored under their SHA-256 only. */
export function hashSecret(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** Keeps the newest entries of a collection, so that link previews and long test runs cannot fill it. */
export function keepNewest<T extends { readonly id: string }>(collection: Collection<T>, count: number): void {
  const surplus = collection.size - count;
  if (surplus > 0) for (const item of collection.list().slice(0, surplus)) collection.delete(item.id);
}

function grantKey(subjectId: string, roleId: string, divisionId: string): string {
  return `${subjectId} ${roleId} ${divisionId}`;
}

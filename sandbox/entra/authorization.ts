import { createHash, randomBytes } from 'node:crypto';
import { BOT, TENANT_ID } from '../credentials.js';
import { oneOfWords } from '../kit/fault-options.js';
import type { FaultKind, Faults } from '../kit/faults.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Reply } from '../kit/server.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import { AadstsError } from './aadsts.js';
import { TOKEN_LIFETIME_SECONDS, type AccessTokens } from './access-tokens.js';
import type { Directory } from './directory.js';
import type { User } from './directory-objects.js';

/** What an application asks the sign-in for: OpenID Connect, code flow. */
export interface Authorization {
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  /** S256 of the code verifier. */
  readonly challenge: string | undefined;
  readonly loginHint: string | undefined;
  /** The person is asked also where the browser is signed in already. */
  readonly mustAsk: boolean;
  /** Seconds since the person was asked last; where it is said, the `id_token` says `auth_time`. */
  readonly maxAge?: number | undefined;
  /** The authentication context that the sign-in has to meet. */
  readonly context?: string | undefined;
}

/** Somebody who has signed in. */
interface Known {
  readonly user: User;
  /** When they last typed their password, in wall time. */
  readonly authTime: Date;
}

interface IssuedCode {
  readonly id: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
  /** Seconds; null: the token does not say. */
  readonly authTime: number | null;
  readonly context: string | null;
  readonly issuedAt: string;
  readonly isRedeemed: boolean;
}

/** Wall seconds in which a code can be redeemed; Entra gives some minutes. */
const CODE_LIFETIME_S = 120;
const MOST_CODES = 500;

export const AUTHORIZATION_FAULTS = {
  'id-token-wrong': {
    describe: 'The next id_token is wrong in one point.',
    options: {
      in: 'nonce, tenant, audience, signature or time; auth-time (a day old), no-auth-time or no-context (it is left out)',
    },
    forms: {
      in: oneOfWords(
        ...['nonce', 'tenant', 'audience', 'signature', 'time'],
        ...['auth-time', 'no-auth-time', 'no-context'],
      ),
    },
    once: true,
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** Reads a request for sign-in of the bot's app registration. Throws the AADSTS error that its page shows. */
export function parseAuthorization(query: URLSearchParams, registered: readonly string[]): Authorization {
  const clientId = required(query, 'client_id').toLowerCase();
  if (clientId !== BOT.clientId) throw new AadstsError(700016, { value: clientId, tenant: TENANT_ID });
  const redirectUri = required(query, 'redirect_uri');
  if (!isRegistered(redirectUri, registered)) throw new AadstsError(50011, { value: redirectUri, appId: clientId });
  const type = required(query, 'response_type');
  if (type !== 'code') throw new AadstsError(700054, { value: type });
  const mode = query.get('response_mode') ?? 'query';
  if (mode !== 'query') throw new AadstsError(90023, { value: 'response_mode' });
  if (!required(query, 'scope').split(' ').includes('openid')) throw new AadstsError(90023, { value: 'scope' });
  const challenge = query.get('code_challenge') ?? undefined;
  if (challenge !== undefined && query.get('code_challenge_method') !== 'S256') {
    throw new AadstsError(90023, { value: 'code_challenge_method' });
  }
  const maxAge = query.get('max_age') ?? undefined;
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) throw new AadstsError(90023, { value: 'max_age' });
  return {
    ...{ redirectUri, challenge },
    state: query.get('state') ?? undefined,
    nonce: query.get('nonce') ?? undefined,
    loginHint: query.get('login_hint') ?? undefined,
    mustAsk: ['login', 'select_account'].includes(query.get('prompt') ?? ''),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    context: contextIn(query.get('claims')),
  };
}

/** `{ "id_token": { "acrs": { "essential": true, "value": "c1" } } }` */
function contextIn(claims: string | null): string | undefined {
  if (claims === null) return undefined;
  try {
    const asked = (JSON.parse(claims) as { id_token?: { acrs?: { value?: unknown } } }).id_token?.acrs?.value;
    if (asked === undefined || (typeof asked === 'string' && /^c\d{1,2}$/.test(asked))) return asked;
  } catch {
    // Answered as any value that is none.
  }
  throw new AadstsError(90023, { value: 'claims' });
}

/** To the letter; of an address of this machine the port does not count, as with Entra. */
function isRegistered(redirectUri: string, registered: readonly string[]): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const url = new URL(redirectUri);
  if (!['localhost', '127.0.0.1'].includes(url.hostname)) return registered.includes(redirectUri);
  url.port = '';
  return registered.includes(url.href);
}

export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new AadstsError(900144, { value: name });
  return value;
}

/** The codes of the code flow, and what they are exchanged for. Codes age in wall time, as transport does. */
export class AuthorizationCodes {
  readonly #codes: Collection<IssuedCode>;
  readonly #directory: Directory;
  readonly #tokens: AccessTokens;
  readonly #clock: SandboxClock;

  constructor(store: SandboxStore, parts: { directory: Directory; tokens: AccessTokens; clock: SandboxClock }) {
    this.#codes = store.collection('authorizationCodes');
    this.#directory = parts.directory;
    this.#tokens = parts.tokens;
    this.#clock = parts.clock;
  }

  /** Sends the browser back with a code. */
  answer(authorization: Authorization, { user, authTime }: Known, headers: Reply['headers'] = {}): Reply {
    const { redirectUri, state, nonce, challenge, maxAge, context } = authorization;
    const code = `0.${randomBytes(48).toString('base64url')}`;
    while (this.#codes.size >= MOST_CODES) this.#codes.delete(this.#codes.find(() => true)?.id ?? '');
    this.#codes.put(code, {
      ...{ id: code, userId: user.id, redirectUri, nonce: nonce ?? null, challenge: challenge ?? null },
      authTime: maxAge === undefined ? null : Math.floor(authTime.getTime() / 1_000),
      context: context ?? null,
      ...{ issuedAt: this.#clock.wall().toISOString(), isRedeemed: false },
    });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    if (state !== undefined) back.searchParams.set('state', state);
    back.searchParams.set('session_state', randomBytes(16).toString('hex'));
    return { status: 303, headers: { ...headers, Location: back.href } };
  }

  /** The answer of the token endpoint to `grant_type=authorization_code`. Throws the AADSTS error. */
  redeem(form: URLSearchParams, faults: Faults): object {
    const issued = this.#codes.get(required(form, 'code'));
    if (!issued) throw new AadstsError(9002313);
    if (issued.isRedeemed) throw new AadstsError(54005);
    this.#codes.put(issued.id, { ...issued, isRedeemed: true });
    if (this.#clock.wall().getTime() - Date.parse(issued.issuedAt) > CODE_LIFETIME_S * 1_000) {
      throw new AadstsError(70008);
    }
    if (required(form, 'redirect_uri') !== issued.redirectUri) throw new AadstsError(500112);
    this.#requireVerifier(issued.challenge, form.get('code_verifier'));
    const user = this.#directory.users.get(issued.userId);
    if (!user?.accountEnabled) throw new AadstsError(50057);
    const { id_token } = this.#idToken(user, issued, faults);
    return {
      ...{ token_type: 'Bearer', scope: 'openid profile', expires_in: TOKEN_LIFETIME_SECONDS },
      ...{ ext_expires_in: TOKEN_LIFETIME_SECONDS, access_token: randomBytes(48).toString('base64url'), id_token },
    };
  }

  #requireVerifier(challenge: string | null, verifier: string | null): void {
    if (challenge === null) return;
    const given = createHash('sha256')
      .update(verifier ?? '')
      .digest('base64url');
    if (given !== challenge) throw new AadstsError(50148);
  }

  #idToken(user: User, { nonce, authTime, context }: IssuedCode, faults: Faults): { id_token: string } {
    const wrong = faults.strike('id-token-wrong')?.['in'];
    const now = Math.floor(this.#clock.wall().getTime() / 1_000) - (wrong === 'time' ? 7_200 : 0);
    const tenant = wrong === 'tenant' ? FOREIGN_TENANT : TENANT_ID;
    const token = this.#tokens.sign({
      aud: wrong === 'audience' ? FOREIGN_TENANT : BOT.clientId,
      iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
      ...{ iat: now, nbf: now, exp: now + TOKEN_LIFETIME_SECONDS },
      ...{ name: user.displayName, oid: user.id, preferred_username: user.userPrincipalName, tid: tenant },
      ...(nonce === null ? {} : { nonce: wrong === 'nonce' ? 'another' : nonce }),
      ...(authTime === null || wrong === 'no-auth-time'
        ? {}
        : { auth_time: authTime - (wrong === 'auth-time' ? 86_400 : 0) }),
      ...(context === null || wrong === 'no-context' ? {} : { acrs: [context] }),
      sub: createHash('sha256').update(`${user.id} ${BOT.clientId}`).digest('base64url'),
      ver: '2.0',
    });
    return { id_token: wrong === 'signature' ? `${token.slice(0, -6)}AAAAAA` : token };
  }
}

const FOREIGN_TENANT = '9d0f6c11-0000-4000-8000-00000000beef';

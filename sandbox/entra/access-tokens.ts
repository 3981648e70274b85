import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomUUID,
  type JsonWebKey,
} from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Faults } from '../kit/faults.js';
import type { Collection, SandboxStore } from '../kit/store.js';

export const TOKEN_LIFETIME_SECONDS = 3_599;
export const GRAPH_AUDIENCE = 'https://graph.microsoft.com';

/** Who calls Graph, as a verified token says. */
export interface Caller {
  readonly appId: string;
  readonly servicePrincipalId: string;
  readonly roles: ReadonlySet<string>;
}

/** Why a token is refused. */
export class TokenRefusal extends Error {}

interface Claims {
  readonly aud: string;
  readonly appid: string;
  readonly oid: string;
  readonly exp: number;
  readonly nbf: number;
  readonly roles: readonly string[];
  /** Number of the token, so that "all tokens issued so far" means something. */
  readonly seq: number;
}

/** Issues and checks RS256 tokens. They age in wall time, as transport does. */
export class AccessTokens {
  readonly #keys: Collection<{ kid: string; privateKeyPem: string }>;
  readonly #counters: Collection<{ issued: number; expiredUpTo: number }>;
  readonly #clock: SandboxClock;

  constructor(store: SandboxStore, clock: SandboxClock) {
    this.#keys = store.collection('tokenKeys');
    this.#counters = store.collection('tokenCounters');
    this.#clock = clock;
  }

  /** A token for Graph with the permissions that are granted now. */
  issue(client: { appId: string; servicePrincipalId: string; roles: readonly string[] }): string {
    const counter = this.#counter();
    this.#counters.put('counter', { ...counter, issued: counter.issued + 1 });
    const issuedAt = Math.floor(this.#clock.wall().getTime() / 1000);
    return this.sign({
      aud: GRAPH_AUDIENCE,
      iss: `https://sts.windows.net/${TENANT_ID}/`,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + TOKEN_LIFETIME_SECONDS + 1,
      appid: client.appId,
      appidacr: '1',
      idp: `https://sts.windows.net/${TENANT_ID}/`,
      idtyp: 'app',
      oid: client.servicePrincipalId,
      sub: client.servicePrincipalId,
      tid: TENANT_ID,
      roles: client.roles,
      seq: counter.issued + 1,
      uti: randomUUID(),
      ver: '1.0',
    });
  }

  /** A JWT with these claims, signed with the key that the keys document shows. */
  sign(claims: object): string {
    const key = this.#key();
    const header = { typ: 'JWT', alg: 'RS256', kid: key.kid, x5t: key.kid };
    const body = `${base64url(header)}.${base64url(claims)}`;
    const signature = createSign('sha256').update(body).sign(key.privateKeyPem, 'base64url');
    return `${body}.${signature}`;
  }

  /** Who a token stands for. Throws a TokenRefusal with Graph's words. */
  verify(token: string): Caller {
    const claims = this.#read(token);
    const now = this.#clock.wall().getTime() / 1000;
    if (now >= claims.exp || now < claims.nbf - 300 || claims.seq <= this.#counter().expiredUpTo) {
      throw new TokenRefusal('Lifetime validation failed, the token is expired.');
    }
    if (claims.aud !== GRAPH_AUDIENCE) throw new TokenRefusal('Access token validation failure. Invalid audience.');
    return { appId: claims.appid, servicePrincipalId: claims.oid, roles: new Set(claims.roles) };
  }

  /** Ends every token issued so far when the fault asks for it. Called before a token is issued or accepted. */
  expireAllIf(faults: Faults): void {
    if (!faults.strikes('token-expired-now')) return;
    const counter = this.#counter();
    this.#counters.put('counter', { ...counter, expiredUpTo: counter.issued });
  }

  /** The public keys, as the keys document shows them. */
  publicKeys(): JsonWebKey[] {
    const { kid, privateKeyPem } = this.#key();
    const jwk = createPublicKey(createPrivateKey(privateKeyPem)).export({ format: 'jwk' });
    return [{ ...jwk, kid, x5t: kid, use: 'sig', alg: 'RS256' }];
  }

  #read(token: string): Claims {
    const [header, payload, signature, ...rest] = token.split('.');
    if (!header || !payload || !signature || rest.length > 0) throw new TokenRefusal('JWT is not well formed.');
    const verified = createVerify('sha256')
      .update(`${header}.${payload}`)
      .verify(createPublicKey(this.#key().privateKeyPem), signature, 'base64url');
    // The algorithm in the header is not asked: whatever it says, only our own RS256 signature counts.
    if (!verified) throw new TokenRefusal('Access token validation failure. Signature is invalid.');
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  }

  #counter(): { issued: number; expiredUpTo: number } {
    return this.#counters.get('counter') ?? { issued: 0, expiredUpTo: 0 };
  }

  #key(): { kid: string; privateKeyPem: string } {
    const known = this.#keys.get('key');
    if (known) return known;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return this.#keys.put('key', { kid: randomUUID().replaceAll('-', ''), privateKeyPem });
  }
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

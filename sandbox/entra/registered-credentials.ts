import {
  constants,
  createHash,
  createPublicKey,
  verify,
  X509Certificate,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { BOT, TENANT_ID } from '../credentials.js';
import { refusable, type SandboxServer } from '../kit/server.js';
import type { Collection } from '../kit/store.js';
import { AadstsError } from './aadsts.js';

/** A federated credential of the bot's app registration, with the keys that its issuer publishes. */
interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly keys: readonly JsonWebKey[];
}

interface Assertion {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

/** Seconds by which clocks may differ. */
const LEEWAY_S = 300;

/**
 * The certificates and federated credentials of the bot's app registration, and what they vouch for. An administrator
 * uploads them in the portal; here that is `POST /_sandbox/bot-credentials`, `{ certificate: <PEM> }` or
 * `{ federated: { issuer, subject, audience, keys } }`. An assertion may be used again while it is valid, as MSAL does.
 */
export class RegisteredCredentials {
  readonly #certificates: Collection<{ pem: string }>;
  readonly #federated: Collection<FederatedCredential>;

  constructor(server: SandboxServer) {
    this.#certificates = server.options.store.collection('botCertificates');
    this.#federated = server.options.store.collection('botFederatedCredentials');
    server.control('POST', 'bot-credentials', (request) =>
      refusable(
        () => this.#register(request.json()),
        () => ({ certificates: this.#certificates.size, federated: this.#federated.size }),
      ),
    );
  }

  /** Throws an AadstsError unless the assertion proves, at `now`, that the caller is the bot. */
  verify(jwt: string, now: Date): void {
    const assertion = parse(jwt);
    const certificate = this.#named(assertion);
    if (certificate) return verifyOwn(assertion, certificate, now);
    if (assertion.claims['iss'] === BOT.clientId) {
      throw new AadstsError(700027, { value: 'the certificate is not registered' });
    }
    this.#verifyFederated(assertion, now);
  }

  #register(body: unknown): void {
    const { certificate, federated } = body as { certificate?: string; federated?: FederatedCredential };
    if (certificate) {
      const parsed = new X509Certificate(certificate);
      this.#certificates.put(thumbprint(parsed, 'sha256'), { pem: parsed.toString() });
    } else if (federated) {
      this.#federated.put(`${federated.issuer}\n${federated.subject}`, federated);
    } else {
      throw new RangeError('Name a certificate or a federated credential.');
    }
  }

  /** The registered certificate that the header names by its SHA-256 or its SHA-1. */
  #named({ header }: Assertion): X509Certificate | undefined {
    return this.#certificates
      .filter(() => true)
      .map(({ pem }) => new X509Certificate(pem))
      .find((one) => thumbprint(one, 'sha256') === header['x5t#S256'] || thumbprint(one, 'sha1') === header['x5t']);
  }

  #verifyFederated(assertion: Assertion, now: Date): void {
    const { iss, sub, aud } = assertion.claims;
    const ofIssuer = this.#federated.filter(({ issuer }) => issuer === iss);
    if (ofIssuer.length === 0) throw new AadstsError(700211, { value: String(iss) });
    const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
    if (ofSubject.length === 0) throw new AadstsError(700213, { value: String(sub) });
    const found = ofSubject.find(({ audience }) => audience === aud);
    if (!found) throw new AadstsError(700212, { value: String(aud) });
    requireTime(assertion, now);
    const keys = found.keys.filter(({ kid }) => kid === undefined || kid === assertion.header['kid']);
    if (!keys.some((key) => isSignedBy(assertion, createPublicKey({ key, format: 'jwk' }))))
      throw new AadstsError(50013);
  }
}

function verifyOwn(assertion: Assertion, certificate: X509Certificate, now: Date): void {
  const { iss, sub, aud, jti } = assertion.claims;
  if (!isSignedBy(assertion, certificate.publicKey)) {
    throw new AadstsError(700027, { value: 'the signature is not that of the named certificate' });
  }
  if (now >= certificate.validToDate) throw new AadstsError(700027, { value: 'the certificate has expired' });
  if (iss !== BOT.clientId || sub !== BOT.clientId) throw new AadstsError(700021);
  if (!isOurEndpoint(aud)) throw new AadstsError(700023, { value: String(aud) });
  if (typeof jti !== 'string' || jti === '') throw new AadstsError(50027, { value: 'jti is missing' });
  requireTime(assertion, now);
}

/** The token endpoint, under its real name or as it is reached on this machine. */
function isOurEndpoint(audience: unknown): boolean {
  if (typeof audience !== 'string' || !URL.canParse(audience)) return false;
  const { hostname, pathname } = new URL(audience);
  const endpoint = `/${TENANT_ID}/oauth2/v2.0/token`;
  if (hostname === 'login.microsoftonline.com') return pathname === endpoint;
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return isHere && [endpoint, `/login.microsoftonline.com${endpoint}`].includes(pathname);
}

function requireTime({ claims }: Assertion, now: Date): void {
  const seconds = now.getTime() / 1_000;
  const { exp, nbf = 0 } = claims;
  const isInTime = typeof exp === 'number' && typeof nbf === 'number' && seconds < exp && nbf <= seconds + LEEWAY_S;
  if (!isInTime) throw new AadstsError(700024);
}

/** The algorithms that Entra takes, whatever the header says beside: an RSA signature with SHA-256. */
function isSignedBy({ header, signed, signature }: Assertion, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return false;
  const padding = { PS256: constants.RSA_PKCS1_PSS_PADDING, RS256: constants.RSA_PKCS1_PADDING }[String(header['alg'])];
  if (padding === undefined)
    throw new AadstsError(50027, { value: `the algorithm ${String(header['alg'])} is not supported` });
  const salt = padding === constants.RSA_PKCS1_PSS_PADDING ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
  return verify('sha256', Buffer.from(signed), { key, padding, ...salt }, signature);
}

function parse(jwt: string): Assertion {
  const [header = '', claims = '', signature = '', ...rest] = jwt.split('.');
  try {
    if (!header || !claims || !signature || rest.length > 0) throw new SyntaxError('three parts');
    return {
      header: decode(header),
      claims: decode(claims),
      signed: `${header}.${claims}`,
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    throw new AadstsError(50027, { value: 'it is not three parts of JSON and signature' });
  }
}

function decode(part: string): Record<string, unknown> {
  const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  if (typeof value !== 'object' || value === null) throw new SyntaxError('no object');
  return { ...value };
}

function thumbprint(certificate: X509Certificate, hash: 'sha1' | 'sha256'): string {
  return createHash(hash).update(certificate.raw).digest('base64url');
}

import { randomUUID } from 'node:crypto';
import type { SandboxServer } from '../kit/server.js';
import { createSelfSignedCertificate } from '../saml/certificate.js';
import { BY_APP_ID, BY_ID, WRITE_APPLICATIONS } from './applications.js';
import { badRequest } from './graph-problem.js';
import type { GraphCall, GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { KeyCredential, ServicePrincipal } from './directory-objects.js';
import { addressedServicePrincipal, requireOwnership } from './service-principal-view.js';

const LONGEST_YEARS = 3;
const DAY_MS = 24 * 60 * 60 * 1000;

/** `POST /servicePrincipals/{id}/addTokenSigningCertificate`: a real key pair, inactive until its thumbprint is chosen. */
export function tokenSigningCertificateRoutes(graph: GraphGateway, directory: Directory, server: SandboxServer): void {
  for (const key of [BY_ID, BY_APP_ID]) {
    const path = `/v1.0/servicePrincipals${key}/addTokenSigningCertificate`;
    graph.on('POST', path, WRITE_APPLICATIONS, (call) => {
      const principal = addressedServicePrincipal(call, directory);
      requireOwnership(call, directory, principal.appId);
      const wish = readWish(call, directory.clock.now());
      return {
        status: 200,
        body: addCertificate(principal, server.faults.active('certificate-expired') ? expired(wish) : wish, directory),
      };
    });
  }
}

interface Wish {
  readonly displayName: string;
  readonly start: Date;
  readonly end: Date;
}

function readWish(call: GraphCall, now: Date): Wish {
  const { displayName, endDateTime, ...rest } = call.body();
  const unknown = Object.keys(rest).find((name) => !name.startsWith('@odata.'));
  if (unknown !== undefined) {
    throw badRequest(`The parameter '${unknown}' is not a parameter of the action 'addTokenSigningCertificate'.`);
  }
  const name = displayName ?? 'CN=Microsoft Azure Federated SSO Certificate';
  if (typeof name !== 'string' || !/^CN=./.test(name) || name.length > 64 + 'CN='.length) {
    throw badRequest("Invalid value specified for property 'displayName': it must start with 'CN='.");
  }
  const latest = yearsAfter(now, LONGEST_YEARS);
  const end = endDateTime === undefined || endDateTime === null ? latest : readDate(endDateTime);
  // A minute of grace: the caller computes three years from its own clock.
  if (end.getTime() > latest.getTime() + 60_000 || end <= now) {
    throw badRequest("Invalid value specified for property 'endDateTime': it must lie in the next three years.");
  }
  return { displayName: name, start: now, end };
}

function readDate(value: unknown): Date {
  const date = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime())) {
    throw badRequest('Property endDateTime in payload has a value that does not match schema.');
  }
  return date;
}

function yearsAfter(date: Date, years: number): Date {
  const later = new Date(date);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

/** The same certificate as if it had run out yesterday. */
function expired(wish: Wish): Wish {
  const end = new Date(wish.start.getTime() - DAY_MS);
  return { ...wish, start: new Date(end.getTime() - 365 * DAY_MS), end };
}

/** Adds the three entries that Graph adds, and keeps the private key apart. The answer's `keyId` is that of the private key. */
function addCertificate(principal: ServicePrincipal, wish: Wish, directory: Directory): object {
  const made = createSelfSignedCertificate({
    commonName: wish.displayName.slice('CN='.length),
    notBefore: wish.start,
    notAfter: wish.end,
  });
  const customKeyIdentifier = Buffer.from(made.thumbprint, 'hex').toString('base64');
  const signKeyId = randomUUID();
  const shared = {
    customKeyIdentifier,
    displayName: wish.displayName,
    startDateTime: withTicks(wish.start),
    endDateTime: wholeSeconds(wish.end),
  };
  const key = made.der.toString('base64');
  const entry = (keyId: string, usage: KeyCredential['usage']): KeyCredential => ({
    ...shared,
    key: usage === 'Verify' ? key : null,
    keyId,
    type: usage === 'Verify' ? 'AsymmetricX509Cert' : 'X509CertAndPassword',
    usage,
  });
  directory.servicePrincipals.put(principal.id, {
    ...principal,
    keyCredentials: [...principal.keyCredentials, entry(signKeyId, 'Sign'), entry(randomUUID(), 'Verify')],
    passwordCredentials: [
      ...principal.passwordCredentials,
      { ...shared, hint: null, keyId: signKeyId, secretText: null },
    ],
  });
  directory.signingKeys.put(`${principal.id}/${customKeyIdentifier}`, {
    servicePrincipalId: principal.id,
    customKeyIdentifier,
    certificate: key,
    privateKeyPem: made.privateKeyPem,
  });
  return {
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#microsoft.graph.selfSignedCertificate',
    ...shared,
    key,
    keyId: signKeyId,
    thumbprint: made.thumbprint,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
  };
}

/** Graph stores the start with seven decimals: a client that rounds it cannot echo it later. */
function withTicks(date: Date): string {
  return date.toISOString().replace('Z', '0763Z');
}

function wholeSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

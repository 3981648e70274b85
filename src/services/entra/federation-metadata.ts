import { DOMParser, onErrorStopParsing, type Document, type Element } from '@xmldom/xmldom';
import {
  fetchWithin,
  isDistrust,
  isPassing,
  NoAnswer,
  parseRetryAfter,
  withRetries,
  type Pace,
} from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import type { FederationMetadata } from './entra.js';
import { parseCertificate } from './entra-certificates.js';
import { notUnderstood, unreachableProblem } from './entra-problems.js';
import { isGuid } from './graph-query.js';
import { federationMetadataUrl, type MicrosoftCloud } from './microsoft-clouds.js';
import type { Replication } from './replication.js';

interface Parts {
  readonly tenantId: string;
  readonly cloud: MicrosoftCloud;
  readonly reachable: (url: string) => string;
  readonly timeoutMs: number;
  readonly retryBudgetMs: number;
  readonly pace: Pace;
  readonly replication: Pick<Replication, 'shown'>;
}

const TO = 'read the federation metadata';
/** Entra answers a page with this code where it does not know the application, or not yet. */
const UNKNOWN_APPLICATION = /AADSTS700016/;

class Busy extends Error {
  constructor(readonly afterMs: number | undefined) {
    super('The metadata is not available now.');
  }
}

/** Reads the metadata that Entra publishes for one application, anonymously, as any service provider would. */
export function createFederationMetadata(parts: Parts): (appId: string) => Promise<FederationMetadata> {
  return async (appId) => {
    if (!isGuid(appId)) throw new RangeError('Not an application id.');
    // Without `appid` it would hold the keys of the tenant, not those of the application.
    const url = federationMetadataUrl(parts.cloud, parts.tenantId, appId);
    // The sign-in pages are copied like everything else: an application of this minute may be unknown to them.
    return parts.replication.shown('the application for the sign-in', () => readPatiently(parts.reachable(url), parts));
  };
}

/** `undefined`: the sign-in does not know the application. */
function readPatiently(url: string, parts: Parts): Promise<FederationMetadata | undefined> {
  return withRetries(() => readOnce(url, parts), {
    pace: parts.pace,
    from: 'Entra',
    budgetMs: parts.retryBudgetMs,
    judge: (error) => {
      if (error instanceof Busy) return { againAfterMs: error.afterMs };
      return error instanceof NoAnswer && !isDistrust(error.silence) ? { againAfterMs: undefined } : 'give-up';
    },
  }).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw unreachableProblem(TO, error.silence);
    if (error instanceof Busy) throw unreachableProblem(TO, 'busy');
    throw error;
  });
}

async function readOnce(url: string, { timeoutMs, pace }: Parts): Promise<FederationMetadata | undefined> {
  const answer = await fetchWithin(url, { timeoutMs, system: 'entra' });
  if (isPassing(answer.status)) throw new Busy(parseRetryAfter(answer.headers.get('retry-after'), pace.wall()));
  const requestId = answer.headers.get('x-ms-request-id') ?? undefined;
  if ([400, 404].includes(answer.status) && UNKNOWN_APPLICATION.test(answer.text)) return undefined;
  if (answer.status !== 200) throw notPublished(answer.status, requestId);
  const metadata = parseFederationMetadata(answer.text);
  if (!metadata) throw notUnderstood(TO, requestId, undefined);
  return metadata;
}

export function notPublished(status: number, requestId: string | undefined): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'not-found',
    status,
    code: 'no-federation-metadata',
    what: 'Entra publishes no federation metadata for the application.',
    remedy: 'Check in the Entra admin center that the application exists and uses SAML, then try again.',
    ...(requestId ? { requestId } : {}),
  });
}

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/**
 * Entity id, sign-on URL and signing certificates of the identity provider in it. `undefined` for anything that is not
 * such a document; a DOCTYPE is refused.
 */
export function parseFederationMetadata(xml: string): FederationMetadata | undefined {
  const document = parseXml(xml);
  const root = document?.documentElement;
  if (!root || root.localName !== 'EntityDescriptor' || root.namespaceURI !== METADATA) return undefined;
  // WS-Federation role descriptors carry keys as well; only the SAML one counts.
  const [provider] = within(root, METADATA, 'IDPSSODescriptor');
  if (!provider) return undefined;
  const services = within(provider, METADATA, 'SingleSignOnService');
  const service = services.find((one) => one.getAttribute('Binding') === REDIRECT) ?? services[0];
  const entityId = root.getAttribute('entityID');
  const signOnUrl = service?.getAttribute('Location');
  if (!entityId || !signOnUrl) return undefined;
  return { entityId, signOnUrl, thumbprints: signingThumbprints(provider) };
}

function parseXml(xml: string): Document | undefined {
  if (/<!DOCTYPE/i.test(xml)) return undefined;
  try {
    return new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml');
  } catch {
    return undefined;
  }
}

function signingThumbprints(provider: Element): string[] {
  const certificates = within(provider, METADATA, 'KeyDescriptor')
    .filter((key) => key.getAttribute('use') !== 'encryption')
    .flatMap((key) => within(key, SIGNATURE, 'X509Certificate'))
    .map((element) => parseCertificate((element.textContent ?? '').replace(/\s/g, '')))
    .filter((certificate) => certificate !== undefined);
  return [...new Set(certificates.map(({ thumbprint }) => thumbprint))];
}

function within(element: Element, namespace: string, name: string): Element[] {
  return [...element.getElementsByTagNameNS(namespace, name)];
}

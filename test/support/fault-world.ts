import { X509Certificate } from 'node:crypto';
import { TENANT_ID } from '../../sandbox/credentials.js';
import type { SandboxControl } from './sandbox-control.js';
import type { World } from './world.js';

export const GALLERY_NAME = 'Genesys Cloud for Azure';
const SAML_URL = 'https://login.mypurecloud.de/saml';

/** One switch of one sandbox server, with its options. */
export interface Fault {
  readonly at: 'entra' | 'genesys';
  readonly fault: string;
  readonly options?: Readonly<Record<string, string>>;
}

export async function switchOn(world: World, faults: readonly Fault[]): Promise<void> {
  for (const { at, fault, options = {} } of faults) await world[at].fault(fault, options);
}

export async function switchOff(world: World, faults: readonly Fault[]): Promise<void> {
  for (const { at, fault } of faults) await world[at].fault(fault, { on: false });
}

/** Entra and Genesys as on the first day; the chat and the bot's own database stay. */
export async function startOver(world: World): Promise<void> {
  for (const { url } of [world.entra, world.genesys]) {
    const response = await fetch(`${url}/_sandbox/reset`, { method: 'POST' });
    if (!response.ok) throw new Error(`Not reset: ${await response.text()}`);
  }
}

/** The names of the faults that a server knows. */
export async function faultNames({ url }: SandboxControl): Promise<string[]> {
  const response = await fetch(`${url}/_sandbox/faults`);
  const { faults } = (await response.json()) as { faults: { fault: string }[] };
  return faults.map(({ fault }) => fault);
}

interface EntraState {
  readonly applications: {
    readonly displayName: string;
    readonly appId: string;
    readonly identifierUris: string[];
    readonly web: { readonly redirectUris: string[] };
  }[];
  readonly servicePrincipals: {
    readonly id: string;
    readonly displayName: string;
    readonly appId: string;
    readonly accountEnabled: boolean;
    readonly preferredSingleSignOnMode: string | null;
    readonly loginUrl: string | null;
    readonly preferredTokenSigningKeyThumbprint: string | null;
    readonly keyCredentials: { readonly usage: string; readonly key: string | null }[];
  }[];
}

interface GenesysState {
  readonly identityProviders: {
    readonly id: string;
    readonly disabled?: boolean;
    readonly issuerURI?: string;
    readonly ssoTargetURI?: string;
    readonly relyingPartyIdentifier?: string;
    readonly certificate?: string;
    readonly certificates?: string[];
  }[];
}

/** Both sides in the words of the promise: how many there are of what must be there once, and whether they fit. */
export interface EndState {
  readonly applications: number;
  readonly servicePrincipals: number;
  readonly isEnabled: boolean;
  readonly mode: string | null;
  readonly signOnUrl: string | null;
  readonly identifiers: readonly string[];
  readonly replyUrls: readonly string[];
  /** Certificates that have not run out. */
  readonly certificates: number;
  readonly isCertificateActive: boolean;
  readonly providers: number;
  readonly isProviderEnabled: boolean;
  readonly issuer: string | undefined;
  readonly target: string | undefined;
  readonly isForThisApplication: boolean;
  readonly trustsExactly: 'the active certificate' | 'something else';
}

export const SET_UP: EndState = {
  applications: 1,
  servicePrincipals: 1,
  isEnabled: true,
  mode: 'saml',
  signOnUrl: null,
  identifiers: [SAML_URL],
  replyUrls: [SAML_URL],
  certificates: 1,
  isCertificateActive: true,
  providers: 1,
  isProviderEnabled: true,
  issuer: `https://sts.windows.net/${TENANT_ID}/`,
  target: `https://login.microsoftonline.com/${TENANT_ID}/saml2`,
  isForThisApplication: true,
  trustsExactly: 'the active certificate',
};

export async function endStateOf(world: World): Promise<EndState & { appId: string | undefined }> {
  const entra = await world.entra.state<EntraState>();
  const { identityProviders } = await world.genesys.state<GenesysState>();
  const applications = entra.applications.filter(({ displayName }) => displayName === GALLERY_NAME);
  const principals = entra.servicePrincipals.filter(({ displayName }) => displayName === GALLERY_NAME);
  const [application, principal] = [applications[0], principals[0]];
  const provider = identityProviders.find(({ id }) => id === 'adfs');
  const active = principal?.preferredTokenSigningKeyThumbprint?.toUpperCase();
  const own = (principal?.keyCredentials ?? []).filter(({ usage, key }) => usage === 'Verify' && key && isValid(key));
  const trusted = [
    ...new Set([...(provider?.certificates ?? []), ...(provider?.certificate ? [provider.certificate] : [])]),
  ];
  return {
    appId: application?.appId,
    applications: applications.length,
    servicePrincipals: principals.length,
    isEnabled: principal?.accountEnabled === true,
    mode: principal?.preferredSingleSignOnMode ?? null,
    signOnUrl: principal?.loginUrl ?? null,
    identifiers: application?.identifierUris ?? [],
    replyUrls: application?.web.redirectUris ?? [],
    certificates: own.length,
    isCertificateActive: active !== undefined && own.some(({ key }) => key !== null && thumbprint(key) === active),
    providers: identityProviders.filter(({ id }) => id !== 'purecloud').length,
    isProviderEnabled: provider !== undefined && provider.disabled !== true,
    issuer: provider?.issuerURI,
    target: provider?.ssoTargetURI,
    isForThisApplication: provider?.relyingPartyIdentifier === application?.appId,
    trustsExactly:
      trusted.length === 1 && trusted.every((one) => thumbprint(one) === active)
        ? 'the active certificate'
        : 'something else',
  };
}

function isValid(base64: string): boolean {
  return new Date(new X509Certificate(Buffer.from(base64, 'base64')).validTo) > new Date();
}

function thumbprint(base64: string): string {
  return new X509Certificate(Buffer.from(base64, 'base64')).fingerprint.replaceAll(':', '');
}

/** How often Entra was asked to create an application and a certificate. */
export async function creations(world: World): Promise<{ applications: number; certificates: number }> {
  const posts = (await world.entra.requests()).filter(({ method, status }) => method === 'POST' && status !== 429);
  const count = (end: string): number => posts.filter(({ path }) => path.endsWith(end)).length;
  return { applications: count('/instantiate'), certificates: count('/addTokenSigningCertificate') };
}

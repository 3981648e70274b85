import type { Secret } from '../secret.js';
import { readBaseUrl } from './addresses.js';
import { GUID, type SettingsReader } from './settings-reader.js';
import { TEAMS_CLOUDS, type TeamsCloud } from './teams-clouds.js';

/** With what the bot proves who it is when it asks for a token. */
export type BotProof =
  | { readonly kind: 'secret'; readonly password: Secret }
  /** `privateKey`: PEM, or the path of a PEM file. Without a thumbprint that file must hold the certificate too. */
  | { readonly kind: 'certificate'; readonly privateKey: Secret; readonly thumbprint?: string | undefined }
  | { readonly kind: 'managed-identity' };

/** The bot as it is registered in Azure: every message must be signed for it. */
export interface TeamsRegistration {
  readonly kind: 'registered';
  readonly appId: string;
  readonly tenantId: string;
  readonly proof: BotProof;
  readonly cloud: TeamsCloud;
}

/** How the Teams door knows that a message is genuine. Without a registration only loopback traffic is taken. */
export type TeamsCredentials = TeamsRegistration | { readonly kind: 'loopback-only' };

/** What the bot's registration has to agree with. */
export interface TeamsSurroundings {
  /** The tenant whose sign-in is managed; the bot must be of the same. */
  readonly tenantId: string;
  /** `AZURE_CLOUD`. */
  readonly cloud: string;
  /** Whether Entra and Genesys are replaced by something on this machine. */
  readonly hasStandIns: boolean;
}

/** Teams is on as soon as one of its settings is set. */
export function isTeamsOn(settings: SettingsReader): boolean {
  return NAMES.some((name) => settings.find(name) !== undefined);
}

/**
 * The bot's registration, live; `undefined`: Teams is off. Whatever is missing is noted; there is no way through here to an
 * unauthenticated bot.
 */
export function readTeams(settings: SettingsReader, around: TeamsSurroundings): TeamsRegistration | undefined {
  if (!isTeamsOn(settings)) return undefined;
  const teams: TeamsRegistration = {
    kind: 'registered',
    appId: settings.guid('MicrosoftAppId'),
    tenantId: settings.guid('MicrosoftAppTenantId'),
    proof: readProof(settings),
    cloud: readCloud(settings, around),
  };
  const tenants = [teams.tenantId, around.tenantId];
  if (tenants.every((tenant) => GUID.test(tenant)) && teams.tenantId !== around.tenantId) {
    settings.wrong(
      'MicrosoftAppTenantId',
      'and AZURE_TENANT_ID name two tenants. Whoever writes in Teams is judged by their roles in Entra: both must be one',
    );
  }
  return teams;
}

/** In sandbox mode nothing is authenticated, so an address for authenticating is a mistake about the mode. */
export function refuseTeamsStandIn(settings: SettingsReader): void {
  for (const name of STAND_IN_SETTINGS.filter((known) => settings.find(known) !== undefined)) {
    settings.wrong(name, 'is for live mode, and this is sandbox mode, where no message is authenticated: remove it');
  }
}

/** What must not be logged. */
export function secretsOfTeams(teams: TeamsCredentials): Secret[] {
  if (teams.kind === 'loopback-only' || teams.proof.kind === 'managed-identity') return [];
  return [teams.proof.kind === 'secret' ? teams.proof.password : teams.proof.privateKey];
}

const APP_TYPES = ['SingleTenant', 'UserAssignedMSI'] as const;

/** Bot Framework compares it without regard to case. */
function readAppType(settings: SettingsReader): (typeof APP_TYPES)[number] {
  const text = settings.find('MicrosoftAppType') ?? 'SingleTenant';
  const type = APP_TYPES.find((known) => known.toLowerCase() === text.toLowerCase());
  if (type === undefined) settings.wrong('MicrosoftAppType', `must be ${APP_TYPES.join(' or ')}, not "${text}"`);
  return type ?? 'SingleTenant';
}

const PROOFS = ['MicrosoftAppPassword', 'CertificateThumbprint', 'CertificatePrivateKey'] as const;

function readProof(settings: SettingsReader): BotProof {
  const given = PROOFS.filter((name) => settings.find(name) !== undefined);
  if (readAppType(settings) === 'UserAssignedMSI') {
    for (const name of given) settings.wrong(name, 'must not be set: a managed identity has no secret. Remove it');
    return { kind: 'managed-identity' };
  }
  if (!given.some((name) => name !== 'MicrosoftAppPassword')) {
    return { kind: 'secret', password: settings.secret('MicrosoftAppPassword') };
  }
  if (given.includes('MicrosoftAppPassword')) {
    settings.wrong('MicrosoftAppPassword', 'is set beside a certificate. Remove the one that is not used');
  }
  const privateKey = settings.secret('CertificatePrivateKey');
  return { kind: 'certificate', privateKey, thumbprint: readThumbprint(settings) };
}

function readThumbprint(settings: SettingsReader): string | undefined {
  const thumbprint = settings.find('CertificateThumbprint')?.replace(/[\s:]/g, '').toUpperCase();
  if (thumbprint !== undefined && !/^[0-9A-F]{40}$/.test(thumbprint)) {
    settings.wrong('CertificateThumbprint', 'must be the SHA-1 thumbprint of the certificate, 40 hexadecimal digits');
  }
  return thumbprint;
}

const STAND_IN_SETTINGS = ['TEAMS_OPENID_URL', 'TEAMS_TOKEN_ISSUER', 'TEAMS_LOGIN_URL'] as const;
const NAMES = [
  ...(['MicrosoftAppId', 'MicrosoftAppTenantId', 'MicrosoftAppType'] as const),
  ...PROOFS,
  ...STAND_IN_SETTINGS,
] as const;

function readCloud(settings: SettingsReader, { cloud, hasStandIns }: TeamsSurroundings): TeamsCloud {
  const given = STAND_IN_SETTINGS.filter((name) => settings.find(name) !== undefined);
  if (given.length > 0) return readStandIn(settings, hasStandIns);
  const known = isKnown(cloud) ? TEAMS_CLOUDS[cloud] : undefined;
  if (known === undefined) {
    settings.wrong(
      'AZURE_CLOUD',
      `is "${cloud}", where Latchkey does not know Teams. It knows it in ${KNOWN}: set one of these`,
    );
  }
  return known ?? TEAMS_CLOUDS.global;
}

const KNOWN = Object.keys(TEAMS_CLOUDS).join(', ');

function isKnown(cloud: string): cloud is keyof typeof TEAMS_CLOUDS {
  return Object.hasOwn(TEAMS_CLOUDS, cloud);
}

/** Authentication stays on, but who runs something on this machine can sign: never in front of the real systems. */
function readStandIn(settings: SettingsReader, hasStandIns: boolean): TeamsCloud {
  for (const name of STAND_IN_SETTINGS) {
    const isSet = settings.find(name) !== undefined;
    if (!isSet)
      settings.wrong(name, `is missing: ${STAND_IN_SETTINGS.join(', ')} belong together. Set all of them, or none`);
    else if (!hasStandIns) {
      settings.wrong(
        name,
        'must not be set in front of the real systems, as this machine could then forge messages: remove it',
      );
    }
  }
  return {
    openIdUrl: readBaseUrl(settings, 'TEAMS_OPENID_URL') ?? '',
    tokenIssuer: readBaseUrl(settings, 'TEAMS_TOKEN_ISSUER') ?? '',
    loginUrl: readBaseUrl(settings, 'TEAMS_LOGIN_URL') ?? '',
    tokenScope: TEAMS_CLOUDS.global.tokenScope,
    serviceHosts: 'loopback',
    fileDomain: 'loopback',
  };
}

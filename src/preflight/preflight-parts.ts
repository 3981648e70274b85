import {
  databaseName,
  type EntraCredential,
  type LinkSettings,
  type SettingsByPart,
  type TeamsRegistration,
} from '../config.js';
import { policyNeeds, type PolicyNeeds } from '../services/access/policy-needs.js';
import { readSigningCertificate } from '../services/entra/client-assertion.js';
import { readClientCertificate } from '../services/entra/client-certificate.js';
import { createConnectorTokens } from '../services/entra/connector-tokens.js';
import { createEntra } from '../services/entra/entra-client.js';
import { graphUrl, loginUrl } from '../services/entra/microsoft-clouds.js';
import { createGenesys } from '../services/genesys/genesys-client.js';
import type { Clock } from '../services/platform/clock.js';
import type { EntraArea } from '../services/preflight/entra-area.js';
import type { LinkClient } from '../services/preflight/link-client.js';
import type { CredentialOwner } from '../services/preflight/own-credentials.js';
import type { PreflightParts } from '../services/preflight/preflight.js';
import { apiHost, loginHost } from '../services/sso/genesys-region.js';
import { createReachable } from '../services/sso/test-links.js';

type Settings = SettingsByPart & { readonly problems: readonly string[] };

/** Somebody waits at a terminal, and can ask again: shorter than where a run waits. */
const PATIENCE = { timeoutMs: 10_000, retryBudgetMs: 8_000, budgetMs: 8_000 } as const;

/** Clients and addresses for whatever the settings name. Contacts nobody. */
export function preflightParts(settings: Settings, clock: Clock): PreflightParts {
  const { mode, common, teams, slack, isOn, problems, clockUrl, standIns, lookAlikes } = settings;
  return {
    mode,
    settings: { problems, clockUrl, standIns, lookAlikes },
    publicUrl: publicUrlOf(settings),
    database: common && {
      dataDir: common.dataDir,
      postgres: common.database && { server: common.database, title: databaseName(common.database) },
    },
    hosts: hostsOf(settings),
    entra: entraArea(settings, clock),
    genesys: genesysReads(settings, clock),
    signInToTeams: teams && (async () => createConnectorTokens(teams, { clock }).get()),
    isOn,
    slack: slack && {
      ...{ token: slack.botToken.reveal(), apiUrl: slack.apiUrl ?? 'https://slack.com/api' },
      readsEmail: common?.slackRequestersByEmail === true,
    },
    clock,
  };
}

function publicUrlOf({ common }: Settings): string | undefined {
  if (!common || common.publicUrl !== undefined) return common?.publicUrl;
  return common.port === 0 ? undefined : `http://localhost:${String(common.port)}`;
}

/** Nobody links an account where Slack is off, and nobody signs in to approve where the policy does not say so. */
function linkClient(settings: Settings, clock: Clock, { stepUpRoles }: PolicyNeeds): LinkClient | undefined {
  const { tenantId, entra, link, isOn } = settings;
  if (!entra || !link || tenantId === undefined || !(isOn.slack || stepUpRoles.length > 0)) return undefined;
  const { clientId, proof } = link;
  const publicUrl = publicUrlOf(settings);
  const deeds = [...(isOn.slack ? [LINKING] : []), ...(stepUpRoles.length > 0 ? [APPROVING] : [])].join(' or ');
  const client = { clientId, deeds, redirectUri: publicUrl && `${publicUrl}/link/callback` };
  // What calls Graph is looked at anyway.
  if (proof === entra.credential) return client;
  const reachable = createReachable({ entraLoginUrl: entra.loginUrl });
  const signedIn = createEntra({ tenantId, ...entra, clientId, credential: proof, reachable, clock, ...PATIENCE });
  return { ...client, own: { credential: linkOwner(proof, clock), signIn: () => signedIn.getOwnStanding() } };
}

const LINKING = 'link their Slack account';
const APPROVING = 'approve what needs a sign-in';
const NO_NEEDS: PolicyNeeds = { groups: false, stepUpRoles: [] };

function entraArea(settings: Settings, clock: Clock): EntraArea | undefined {
  const { tenantId, entra, genesys, teams, common } = settings;
  if (!entra || tenantId === undefined) return undefined;
  const needs = common ? policyNeeds(common.policyFile) : NO_NEEDS;
  const reachable = createReachable({ entraLoginUrl: entra.loginUrl, genesysGatewayUrl: genesys?.gatewayUrl });
  return {
    entra: createEntra({ tenantId, ...entra, reachable, clock, ...PATIENCE }),
    clientId: entra.clientId,
    credential: entraOwner(entra.credential, clock),
    bot: teams && { appId: teams.appId, credential: teamsOwner(teams, clock) },
    givesGroups: needs.groups,
    stepUp: { roles: needs.stepUpRoles, hasClient: settings.link !== undefined },
    link: linkClient(settings, clock, needs),
  };
}

function genesysReads({ genesys }: Settings, clock: Clock): PreflightParts['genesys'] {
  if (!genesys) return undefined;
  const { region, clientId, clientSecret, gatewayUrl } = genesys;
  return createGenesys({ region, clientId, clientSecret: clientSecret.reveal(), gatewayUrl, clock, ...PATIENCE });
}

const ENTRA_SETTINGS = {
  secret: 'AZURE_CLIENT_SECRET',
  certificate: 'AZURE_CLIENT_CERTIFICATE_PATH',
  federated: 'AZURE_FEDERATED_TOKEN_FILE',
  'managed-identity': 'AZURE_TOKEN_CREDENTIALS',
} as const satisfies Record<EntraCredential['kind'], string>;

function entraOwner(credential: EntraCredential, clock: Clock): CredentialOwner {
  return ownerOf(credential, { key: 'entra', setting: ENTRA_SETTINGS[credential.kind] }, clock);
}

function linkOwner(proof: LinkSettings['proof'], clock: Clock): CredentialOwner {
  const setting = proof.kind === 'secret' ? 'LINK_CLIENT_SECRET' : 'LINK_CLIENT_CERTIFICATE_PATH';
  return ownerOf(proof, { key: 'link', setting }, clock);
}

function ownerOf(
  credential: EntraCredential,
  named: Pick<CredentialOwner, 'key' | 'setting'>,
  clock: Clock,
): CredentialOwner {
  const about = { ...named, kind: credential.kind };
  switch (credential.kind) {
    case 'secret':
      return { ...about, isBeginning: (hint) => credential.secret.reveal().startsWith(hint) };
    case 'certificate':
      return {
        ...about,
        findThumbprint: async () => (await readClientCertificate(credential, clock.wall())).thumbprint,
      };
    case 'federated':
    case 'managed-identity':
      return about;
  }
}

function teamsOwner({ proof }: TeamsRegistration, clock: Clock): CredentialOwner {
  const about = { key: 'teams', kind: proof.kind };
  switch (proof.kind) {
    case 'secret':
      return {
        ...{ ...about, setting: 'MicrosoftAppPassword' },
        isBeginning: (hint) => proof.password.reveal().startsWith(hint),
      };
    case 'certificate':
      return {
        ...{ ...about, setting: 'CertificatePrivateKey' },
        findThumbprint: async () => readSigningCertificate(proof, clock.wall()).thumbprint,
      };
    case 'managed-identity':
      return { ...about, setting: 'MicrosoftAppType' };
  }
}

/** Where a GET without a token gets an answer, whatever that is. */
function hostsOf({ tenantId = 'common', entra, genesys, teams }: Settings): PreflightParts['hosts'] {
  return [
    ...(entra ? entraHosts(entra, tenantId) : []),
    ...(genesys ? genesysHosts(genesys) : []),
    ...(teams ? [{ key: 'teams', title: 'Teams', system: 'teams' as const, url: teams.cloud.openIdUrl }] : []),
  ];
}

function entraHosts(
  { cloud, graphBaseUrl, loginUrl: login }: NonNullable<Settings['entra']>,
  tenantId: string,
): PreflightParts['hosts'] {
  const system = 'entra';
  const discovery = `/${tenantId}/v2.0/.well-known/openid-configuration`;
  return [
    { key: 'graph', title: 'Microsoft Graph', system, url: `${graphBaseUrl ?? graphUrl(cloud)}/v1.0/` },
    { key: 'entra', title: 'Entra sign-in', system, url: `${login ?? loginUrl(cloud)}${discovery}` },
  ];
}

function genesysHosts({ region, gatewayUrl }: NonNullable<Settings['genesys']>): PreflightParts['hosts'] {
  const system = 'genesys';
  const under = (host: string): string => (gatewayUrl === undefined ? `https://${host}` : `${gatewayUrl}/${host}`);
  return [
    { key: 'genesys', title: 'Genesys Cloud', system, url: `${under(apiHost(region))}/api/v2/organizations/me` },
    { key: 'genesys-sign-in', title: 'Genesys Cloud sign-in', system, url: `${under(loginHost(region))}/` },
  ];
}

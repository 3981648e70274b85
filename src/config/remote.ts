import { areAllLoopback, BASE_URLS, readBaseUrl } from './addresses.js';
import { readEntra, refuseCloudInSandbox, type EntraSettings } from './entra.js';
import { readGenesys, type GenesysSettings } from './genesys.js';
import { readLink, type LinkSettings } from './link.js';
import type { SettingsReader } from './settings-reader.js';
import { isSlackOn, readSlack, type SlackSettings } from './slack.js';
import { isTeamsOn, readTeams, type TeamsCredentials } from './teams.js';

/** Who we are to the remote systems and where they are. The same shape for real ones and for the sandbox. */
export interface RemoteSettings {
  readonly tenantId: string;
  readonly entra: EntraSettings;
  readonly genesys: GenesysSettings;
  /** Absent: Teams is off. */
  readonly teams?: TeamsCredentials | undefined;
  /** Absent: Slack is off. */
  readonly slack?: SlackSettings | undefined;
  /** With what people sign in, to link a chat account or to prove an approval; absent: they cannot. */
  readonly link?: LinkSettings | undefined;
  /** Where business time comes from; absent: the machine's clock. */
  readonly clockUrl?: string | undefined;
}

type Systems = Omit<RemoteSettings, 'teams'>;

/** The remote systems as an operator names them: Entra, Genesys Cloud, and at least one chat. */
export function readLive(settings: SettingsReader): RemoteSettings {
  const systems = readSystems(settings);
  const isStandIn = hasStandIns(systems);
  if (systems.clockUrl !== undefined && !isStandIn) {
    settings.wrong(
      'LATCHKEY_CLOCK_URL',
      'must not be set in front of the real systems, as their time cannot be moved: remove it',
    );
  }
  requireChat(settings);
  requireLink(settings, systems);
  const { tenantId, entra } = systems;
  return { ...systems, teams: readTeams(settings, { tenantId, cloud: entra.cloud.name, hasStandIns: isStandIn }) };
}

/** Without a chat nobody could write to the bot. */
function requireChat(settings: SettingsReader): void {
  if (isTeamsOn(settings) || isSlackOn(settings)) return;
  settings.wrong(
    'MicrosoftAppId',
    'and SLACK_BOT_TOKEN are both unset, so that nobody could write to Latchkey. Set what belongs to Microsoft Teams ' +
      '(MicrosoftAppId, MicrosoftAppTenantId, MicrosoftAppPassword), to Slack (SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET), or to both',
  );
}

/** In Slack nobody could do anything: an account is somebody's once they have signed in for it. */
function requireLink(settings: SettingsReader, { slack, link }: Systems): void {
  if (!slack || link) return;
  settings.wrong(
    'LINK_CLIENT_ID',
    'is missing: Slack is on, where people link their account by signing in, and what calls Microsoft Graph has neither ' +
      'a client secret nor a certificate for that. Set it to an app registration that has one, with LINK_CLIENT_SECRET or ' +
      'LINK_CLIENT_CERTIFICATE_PATH',
  );
}

export function readSystems(settings: SettingsReader): Systems {
  const tenantId = settings.guid('AZURE_TENANT_ID');
  const entra = readEntra(settings);
  return {
    tenantId,
    entra,
    genesys: readGenesys(settings),
    slack: readSlack(settings),
    link: readLink(settings, entra),
    clockUrl: readBaseUrl(settings, 'LATCHKEY_CLOCK_URL'),
  };
}

/** In sandbox mode the systems come from the sandbox; what an operator says of them must make sense all the same. */
export function checkForSandbox(settings: SettingsReader): void {
  for (const name of BASE_URLS) readBaseUrl(settings, name);
  refuseCloudInSandbox(settings);
}

/** Whether every system is replaced by something on this machine. */
function hasStandIns({ entra, genesys }: Systems): boolean {
  return areAllLoopback([entra.graphBaseUrl, entra.loginUrl, genesys.gatewayUrl]);
}

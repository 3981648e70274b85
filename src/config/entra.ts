import { loginHosts, MICROSOFT_CLOUD_NAMES, MICROSOFT_CLOUDS } from '../services/entra/microsoft-clouds.js';
import type { MicrosoftCloud } from '../services/entra/microsoft-clouds.js';
import { readBaseUrl, realHostOf } from './addresses.js';
import { readEntraCredential, type EntraCredential } from './credential.js';
import type { SettingsReader } from './settings-reader.js';

/** Who we are to Microsoft Graph and where it is. */
export interface EntraSettings {
  readonly cloud: MicrosoftCloud;
  /** Absent: the managed identity that the system assigned. */
  readonly clientId?: string | undefined;
  readonly credential: EntraCredential;
  /** Addresses on this machine in place of the cloud's; absent: the cloud's own. No trailing slash. */
  readonly graphBaseUrl?: string | undefined;
  readonly loginUrl?: string | undefined;
}

export function readEntra(settings: SettingsReader): EntraSettings {
  const named = readCloud(settings);
  const credential = readEntraCredential(settings);
  const isNameless = credential.kind === 'managed-identity' && settings.find('AZURE_CLIENT_ID') === undefined;
  const graphBaseUrl = readBaseUrl(settings, 'GRAPH_BASE_URL', [named.graphHost]);
  const loginUrl = readBaseUrl(settings, 'ENTRA_LOGIN_URL', loginHosts(named));
  const loginHost = realHostOf(loginUrl);
  return {
    cloud: loginHost === undefined ? named : { ...named, loginHost, otherLoginHosts: loginHosts(named) },
    ...(isNameless ? {} : { clientId: settings.guid('AZURE_CLIENT_ID') }),
    credential,
    graphBaseUrl: realHostOf(graphBaseUrl) === undefined ? graphBaseUrl : undefined,
    loginUrl: loginHost === undefined ? loginUrl : undefined,
  };
}

/** The sandbox stands for the global cloud alone, so that any other would be silently ignored. */
export function refuseCloudInSandbox(settings: SettingsReader): void {
  if ((settings.find('AZURE_CLOUD') ?? 'global') === 'global') return;
  settings.wrong('AZURE_CLOUD', 'must be global (or unset) in sandbox mode: the sandbox stands for that cloud');
}

/** The cloud of `AZURE_CLOUD`, with the hosts that an operator knows better. */
function readCloud(settings: SettingsReader): MicrosoftCloud {
  const cloud = MICROSOFT_CLOUDS[settings.oneOf('AZURE_CLOUD', MICROSOFT_CLOUD_NAMES, 'global')];
  return {
    ...cloud,
    issuerHost: readHost(settings, 'ENTRA_ISSUER_HOST', cloud) ?? cloud.issuerHost,
    myAppsHost: readHost(settings, 'ENTRA_MYAPPS_HOST', cloud) ?? cloud.myAppsHost,
  };
}

function readHost(
  settings: SettingsReader,
  name: 'ENTRA_ISSUER_HOST' | 'ENTRA_MYAPPS_HOST',
  { domains }: MicrosoftCloud,
): string | undefined {
  const host = settings.find(name)?.toLowerCase();
  if (host === undefined) return undefined;
  const isTheirs = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(host) && domains.some((domain) => host.endsWith(`.${domain}`));
  if (!isTheirs) settings.wrong(name, `must be a host under ${domains.join(' or ')}, not "${host}"`);
  return host;
}

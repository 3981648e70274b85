import type { Secret } from '../secret.js';
import { parseGenesysRegion, regionByKey, type GenesysRegion } from '../services/sso/genesys-region.js';
import { readBaseUrl } from './addresses.js';
import type { SettingsReader } from './settings-reader.js';

/** Who we are to Genesys Cloud and where it is. */
export interface GenesysSettings {
  readonly region: GenesysRegion;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** An address on this machine in place of the region's hosts. No trailing slash. */
  readonly gatewayUrl?: string | undefined;
}

export function readGenesys(settings: SettingsReader): GenesysSettings {
  return {
    region: readRegion(settings),
    clientId: settings.get('GENESYSCLOUD_OAUTHCLIENT_ID'),
    clientSecret: settings.secret('GENESYSCLOUD_OAUTHCLIENT_SECRET'),
    gatewayUrl: readBaseUrl(settings, 'GENESYS_GATEWAY_URL'),
  };
}

/** AWS name, SDK key, host or place. An unknown one is noted, with the nearest that there are. */
function readRegion(settings: SettingsReader): GenesysRegion {
  const text = settings.get('GENESYSCLOUD_REGION');
  const parsed = parseGenesysRegion(text);
  if (parsed.ok) return parsed.region;
  if (text !== '') {
    const nearest = parsed.nearest.map(({ awsRegion, domain }) => `${awsRegion} (${domain})`);
    const such = nearest.length > 0 ? nearest.join(' or ') : 'eu-central-1 (mypurecloud.de)';
    settings.wrong(
      'GENESYSCLOUD_REGION',
      `is no region of Genesys Cloud: "${text}". Set an AWS region or a host, such as ${such}`,
    );
  }
  // With the problem noted, nothing is ever sent there.
  return regionByKey('us_east_1');
}

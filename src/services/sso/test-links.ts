import { launcherHost, SIGN_IN_HOSTS, type MicrosoftCloud } from '../entra/microsoft-clouds.js';
import { GENESYS_REGIONS, loginHost, type GenesysRegion } from './genesys-region.js';

const GENESYS_LOGIN_HOSTS: ReadonlySet<string> = new Set(GENESYS_REGIONS.map(loginHost));

/** The link patterns. `{name}` is replaced by its value, encoded. Sources: Entra docs, links in production use. */
export const LINK_PATTERNS = {
  sp: 'https://{loginHost}/#/authenticate-adv/org/{shortName}?provider=adfs',
  idp: 'https://{launcherHost}/api/signin/{appId}?tenantId={tenantId}',
  myApps: 'https://{myAppsHost}/?tenantId={tenantId}',
} as const;

export interface TestLinks {
  /** Starts at Genesys (SP-initiated). */
  readonly sp: string;
  /** Starts at Microsoft (IdP-initiated, unless a Sign-on URL is set). */
  readonly idp: string;
  readonly myApps: string;
}

export interface SignInPlace {
  readonly region: GenesysRegion;
  readonly cloud: MicrosoftCloud;
  readonly shortName: string;
  readonly appId: string;
  readonly tenantId: string;
}

/** The three links with which a person tries the sign-in, as they can be reached from here. */
export function testLinks(place: SignInPlace, reachable: Reachable): TestLinks {
  const { region, cloud } = place;
  const values = {
    ...place,
    ...{ loginHost: loginHost(region), launcherHost: launcherHost(cloud), myAppsHost: cloud.myAppsHost },
  };
  return {
    sp: reachable(fill(LINK_PATTERNS.sp, values)),
    idp: reachable(fill(LINK_PATTERNS.idp, values)),
    myApps: reachable(fill(LINK_PATTERNS.myApps, values)),
  };
}

function fill(pattern: string, values: Readonly<Record<string, unknown>>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
}

export type Reachable = (url: string) => string;

/**
 * The only translation of addresses: an https URL on a sign-in host of a system that has a base URL becomes
 * `<base>/<host>/<path>`, query and fragment kept; any other URL comes back as it is. What is written to Entra and
 * Genesys is always the canonical URL, never this.
 */
export function createReachable(bases: {
  entraLoginUrl?: string | undefined;
  genesysGatewayUrl?: string | undefined;
}): Reachable {
  const entra = standIn(bases.entraLoginUrl);
  const genesys = standIn(bases.genesysGatewayUrl);
  return (url) => {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed?.protocol !== 'https:' || parsed.username || parsed.password) return url;
    const base = SIGN_IN_HOSTS.has(parsed.host) ? entra : GENESYS_LOGIN_HOSTS.has(parsed.host) ? genesys : undefined;
    return base === undefined ? url : `${base}/${parsed.host}${parsed.pathname}${parsed.search}${parsed.hash}`;
  };
}

/** A base without its trailing slash; nothing when it is the real system itself, which needs no translation. */
function standIn(base: string | undefined): string | undefined {
  if (!base) return undefined;
  const { host } = new URL(base);
  return SIGN_IN_HOSTS.has(host) || GENESYS_LOGIN_HOSTS.has(host) ? undefined : base.replace(/\/+$/, '');
}

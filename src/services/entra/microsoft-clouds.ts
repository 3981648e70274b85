export const MICROSOFT_CLOUD_NAMES = ['global', 'usgov', 'dod', 'china'] as const;
/** As `AZURE_CLOUD` names them; `usgov` is GCC High (L4), `dod` is L5. */
export type MicrosoftCloudName = (typeof MICROSOFT_CLOUD_NAMES)[number];

/** One Microsoft cloud. Tenants, tokens and hosts of one mean nothing in another. */
export interface MicrosoftCloud {
  readonly name: MicrosoftCloudName;
  readonly graphHost: string;
  /** Where programs and people sign in, and where the federation metadata is. */
  readonly loginHost: string;
  /** Of the SAML issuer, which is a name and no address. A set-up takes the issuer from the federation metadata. */
  readonly issuerHost: string;
  /** My Apps; its launcher is `launcher.<host>`. */
  readonly myAppsHost: string;
  /** Other hosts of the same sign-in. */
  readonly otherLoginHosts: readonly string[];
  /** Domains of Microsoft under which a host that differs from this table may lie. */
  readonly domains: readonly string[];
}

/**
 * Graph and login hosts: Microsoft's documentation of the national clouds. The issuer in China and My Apps outside the
 * global cloud are documented nowhere in one place and can be set (`ENTRA_ISSUER_HOST`, `ENTRA_MYAPPS_HOST`).
 */
export const MICROSOFT_CLOUDS: Readonly<Record<MicrosoftCloudName, MicrosoftCloud>> = {
  global: {
    name: 'global',
    graphHost: 'graph.microsoft.com',
    loginHost: 'login.microsoftonline.com',
    issuerHost: 'sts.windows.net',
    myAppsHost: 'myapps.microsoft.com',
    otherLoginHosts: [],
    domains: ['microsoft.com', 'windows.net'],
  },
  usgov: {
    name: 'usgov',
    graphHost: 'graph.microsoft.us',
    loginHost: 'login.microsoftonline.us',
    issuerHost: 'sts.windows.net',
    myAppsHost: 'myapps.microsoft.us',
    otherLoginHosts: [],
    domains: ['microsoft.us', 'azure.us', 'windows.net'],
  },
  dod: {
    name: 'dod',
    graphHost: 'dod-graph.microsoft.us',
    loginHost: 'login.microsoftonline.us',
    issuerHost: 'sts.windows.net',
    myAppsHost: 'myapps.microsoft.us',
    otherLoginHosts: [],
    domains: ['microsoft.us', 'azure.us', 'windows.net'],
  },
  china: {
    name: 'china',
    graphHost: 'microsoftgraph.chinacloudapi.cn',
    loginHost: 'login.partner.microsoftonline.cn',
    issuerHost: 'sts.chinacloudapi.cn',
    myAppsHost: 'myapps.windowsazure.cn',
    otherLoginHosts: ['login.chinacloudapi.cn'],
    domains: ['chinacloudapi.cn', 'microsoftonline.cn', 'azure.cn', 'windowsazure.cn'],
  },
};

export const GLOBAL_CLOUD = MICROSOFT_CLOUDS.global;

/** Microsoft's hosts to which a person or an anonymous reader is sent, in every cloud. */
export const SIGN_IN_HOSTS: ReadonlySet<string> = new Set(
  Object.values(MICROSOFT_CLOUDS).flatMap((cloud) => [...loginHosts(cloud), cloud.myAppsHost, launcherHost(cloud)]),
);

/** Every host of the cloud's sign-in, the one that we use first. */
export function loginHosts(cloud: MicrosoftCloud): string[] {
  return [cloud.loginHost, ...cloud.otherLoginHosts];
}

/** `https://graph.microsoft.com`, also the name of Graph as the audience of a token. */
export function graphUrl(cloud: MicrosoftCloud): string {
  return `https://${cloud.graphHost}`;
}

/** What a token for Graph is asked for: everything that was granted to the app. */
export function graphScope(cloud: MicrosoftCloud): string {
  return `${graphUrl(cloud)}/.default`;
}

export function loginUrl(cloud: MicrosoftCloud): string {
  return `https://${cloud.loginHost}`;
}

/** The two SAML addresses of a tenant; the slash at the end of the issuer is part of it. */
export function tenantSamlUrls(cloud: MicrosoftCloud, tenantId: string): { issuerUri: string; targetUri: string } {
  return {
    issuerUri: `https://${cloud.issuerHost}/${tenantId}/`,
    targetUri: `${loginUrl(cloud)}/${tenantId}/saml2`,
  };
}

/** Where Entra publishes what it signs with for one application. */
export function federationMetadataUrl(cloud: MicrosoftCloud, tenantId: string, appId: string): string {
  return `${loginUrl(cloud)}/${tenantId}/federationmetadata/2007-06/federationmetadata.xml?appid=${appId}`;
}

/** Where My Apps starts applications. */
export function launcherHost(cloud: MicrosoftCloud): string {
  return `launcher.${cloud.myAppsHost}`;
}

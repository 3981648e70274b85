/** Where the other sandbox servers can be reached, so that a browser can be sent from one to another. */
export interface SandboxAddresses {
  /** Base URLs without a trailing slash, such as `http://127.0.0.1:4010`. */
  entra: string;
  genesys: string;
  teams: string;
  /** Absent where there is no Slack. */
  slack?: string;
}

const ENTRA_HOSTS = new Set([
  'login.microsoftonline.com',
  'launcher.myapps.microsoft.com',
  'myapps.microsoft.com',
  'graph.microsoft.com',
]);

/**
 * The reachable form of a canonical URL: `https://login.mypurecloud.de/saml` → `<genesys>/login.mypurecloud.de/saml`.
 * Used for three things only: form actions, redirects and links. What a message *says* stays canonical.
 */
export function reach(addresses: SandboxAddresses, canonical: string): string {
  const url = new URL(canonical);
  const base = ENTRA_HOSTS.has(url.host)
    ? addresses.entra
    : /^(login|apps|api)\./.test(url.host)
      ? addresses.genesys
      : undefined;
  return base === undefined ? canonical : `${base}/${url.host}${url.pathname}${url.search}${url.hash}`;
}

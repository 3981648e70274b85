import type { SettingsReader } from './settings-reader.js';

/** Settings that replace the address of a remote system. */
export const BASE_URLS = [
  'GRAPH_BASE_URL',
  'ENTRA_LOGIN_URL',
  'GENESYS_GATEWAY_URL',
  'SLACK_API_URL',
  'LATCHKEY_CLOCK_URL',
  'TEAMS_OPENID_URL',
  'TEAMS_TOKEN_ISSUER',
  'TEAMS_LOGIN_URL',
] as const;
type BaseUrlName = (typeof BASE_URLS)[number];

/**
 * The address of a remote system: on this machine, or https to one of `hosts`, which are the system's own. As the URL
 * parser writes it, without a slash at the end: what was judged is what is called.
 */
export function readBaseUrl(
  settings: SettingsReader,
  name: BaseUrlName,
  hosts: readonly string[] = [],
): string | undefined {
  const text = settings.find(name);
  if (text === undefined) return undefined;
  const url = parsePlain(text);
  const isReal = url?.protocol === 'https:' && hosts.includes(url.host) && url.pathname === '/';
  if (url && (isReal || isLoopback(url))) return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  const orReal = hosts.map((host) => ` or https://${host}`).join('');
  settings.wrong(
    name,
    `must be an address of this machine such as http://127.0.0.1:4010${orReal}, not "${withoutUser(text)}"`,
  );
  return undefined;
}

/** The host, when the address is not one of this machine. */
export function realHostOf(baseUrl: string | undefined): string | undefined {
  return baseUrl === undefined || isLoopback(new URL(baseUrl)) ? undefined : new URL(baseUrl).host;
}

/** Whether every address is given, and one of this machine. */
export function areAllLoopback(baseUrls: readonly (string | undefined)[]): boolean {
  return baseUrls.every((url) => url !== undefined && isLoopback(new URL(url)));
}

/** What people can reach. Live, it is required, https, and a name that the internet can know: no address, no local name. */
export function readPublicUrl(settings: SettingsReader, mode: 'live' | 'sandbox'): string | undefined {
  const text = mode === 'live' ? settings.get('PUBLIC_URL') : settings.find('PUBLIC_URL');
  if (text === undefined || text === '') return undefined;
  const url = parsePlain(text);
  if (!url || url.pathname !== '/') {
    settings.wrong('PUBLIC_URL', 'must be an address without a path, such as https://latchkey.example.com');
  } else if (mode === 'live' && url.protocol !== 'https:') {
    settings.wrong('PUBLIC_URL', 'must begin with https:// in live mode');
  } else if (mode === 'live' && !isPublicName(url.hostname)) {
    settings.wrong('PUBLIC_URL', `must have a public host name: nobody reaches "${url.hostname}" from outside`);
  } else if (mode === 'sandbox' && !isLoopback(url)) {
    settings.wrong('PUBLIC_URL', 'must be http://localhost:<port> in sandbox mode');
  }
  return url?.origin;
}

/** For showing: there may be a password in it. */
function withoutUser(text: string): string {
  return text.replace(/\/\/.*@/, '//***@');
}

/** Without user, password, query and fragment: with one of them an address may mean another host than it shows. */
function parsePlain(text: string): URL | undefined {
  return URL.canParse(text) && !/[?#@\\\s]/.test(text) ? new URL(text) : undefined;
}

function isLoopback(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

/** Two labels or more, the last with a letter (so no IPv4 address, in any notation), none that only a local network knows. */
function isPublicName(host: string): boolean {
  const isName = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host);
  return isName && !/\.(localhost|local|localdomain|internal|intranet|lan|home|corp|private|arpa)$/.test(host);
}

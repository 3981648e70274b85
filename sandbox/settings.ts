import { resolve } from 'node:path';

/** The sandbox's own settings, as `.env.example` documents them. Nothing outside `sandbox/` reads them. */
export const SANDBOX_SETTINGS = [
  {
    name: 'SANDBOX_ENTRA_PORT',
    meaning: 'port of the Entra and Microsoft Graph sandbox; 0 takes any free one',
    default: '4010, or the next free one',
  },
  {
    name: 'SANDBOX_GENESYS_PORT',
    meaning: 'port of the Genesys Cloud sandbox; 0 takes any free one',
    default: '4020, or the next free one',
  },
  {
    name: 'SANDBOX_TEAMS_PORT',
    meaning: 'port of the Teams sandbox; 0 takes any free one',
    default: '4030, or the next free one',
  },
  {
    name: 'SANDBOX_SLACK_PORT',
    meaning: 'port of the Slack sandbox; 0 takes any free one',
    default: '4040, or the next free one',
  },
  {
    name: 'SANDBOX_TEAMS_URL',
    meaning: 'address of a Teams sandbox that runs already; none is started then',
    default: 'one is started',
  },
  {
    name: 'SANDBOX_BOT_URL',
    meaning: 'where the sandboxes of Teams and Slack find the bot',
    default: 'http://127.0.0.1:<PORT>',
  },
  {
    name: 'SANDBOX_TLS_CERTIFICATE',
    meaning: 'PEM file of a certificate for 127.0.0.1; with it the sandboxes of Entra and Genesys speak https',
    default: 'none, http',
  },
  {
    name: 'SANDBOX_TLS_KEY',
    meaning: 'PEM file of the key of that certificate; its authority goes into NODE_EXTRA_CA_CERTS',
    default: 'none',
  },
] as const;

export type SandboxEnvironment = Readonly<Record<string, string | undefined>>;

/** How a port is chosen. `noted`: the one of last time, so that links in old messages stay alive. */
export type PortWish =
  | { readonly kind: 'exactly'; readonly port: number }
  | { readonly kind: 'from'; readonly port: number }
  | { readonly kind: 'any' };

const DEFAULT_PORTS = { entra: 4010, genesys: 4020, teams: 4030, slack: 4040 } as const;

export type ServerName = keyof typeof DEFAULT_PORTS;
export const SERVER_NAMES = ['entra', 'genesys', 'teams', 'slack'] as const satisfies readonly ServerName[];

/** The wish that `SANDBOX_<NAME>_PORT` expresses. Throws a RangeError when it is no port. */
export function portWish(env: SandboxEnvironment, server: ServerName): PortWish {
  const name = `SANDBOX_${server.toUpperCase()}_PORT`;
  const text = env[name]?.trim() ?? '';
  if (text === '') return { kind: 'from', port: DEFAULT_PORTS[server] };
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 0 && port <= 65_535)) throw new RangeError(`${name} must be a port from 0 to 65535, not "${text}".`);
  return port === 0 ? { kind: 'any' } : { kind: 'exactly', port };
}

/** What the environment wishes for each server. Throws a RangeError as `portWish` does. */
export function portWishes(env: SandboxEnvironment): Record<ServerName, PortWish> {
  return {
    entra: portWish(env, 'entra'),
    genesys: portWish(env, 'genesys'),
    teams: portWish(env, 'teams'),
    slack: portWish(env, 'slack'),
  };
}

/** The servers whose address is given, which are then not started. Throws a RangeError for half an Entra. */
export function givenAddresses(env: SandboxEnvironment): Partial<Record<ServerName, string>> {
  const graph = address(env, 'GRAPH_BASE_URL');
  const login = address(env, 'ENTRA_LOGIN_URL');
  if ((graph === undefined) !== (login === undefined)) {
    throw new RangeError('Set GRAPH_BASE_URL and ENTRA_LOGIN_URL together: the sandbox has both in one server.');
  }
  return {
    entra: login,
    genesys: address(env, 'GENESYS_GATEWAY_URL'),
    teams: address(env, 'SANDBOX_TEAMS_URL'),
    slack: address(env, 'SLACK_API_URL')?.replace(/\/api$/, ''),
  };
}

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Both files, or none. Throws a RangeError for half of it. */
export function tlsFiles(env: SandboxEnvironment): TlsFiles | undefined {
  const certificate = env['SANDBOX_TLS_CERTIFICATE']?.trim() || undefined;
  const key = env['SANDBOX_TLS_KEY']?.trim() || undefined;
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    throw new RangeError('Set SANDBOX_TLS_CERTIFICATE and SANDBOX_TLS_KEY together, or neither.');
  }
  return { certificate: resolve(certificate), key: resolve(key) };
}

function address(env: SandboxEnvironment, name: string): string | undefined {
  const text = env[name]?.trim().replace(/\/+$/, '');
  return text === '' ? undefined : text;
}

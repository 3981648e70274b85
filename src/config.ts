import { Secret } from './secret.js';
import { SETTINGS, type SettingName } from './settings.js';

export { Secret } from './secret.js';
export { SETTINGS } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** How the Teams door knows that a message is genuine. Without an app id only loopback traffic is taken. */
export type TeamsCredentials =
  | { readonly kind: 'single-tenant'; readonly appId: string; readonly tenantId: string; readonly password: Secret }
  | { readonly kind: 'loopback-only' };

/** Who we are to the remote systems and where they are. The same shape for real ones and for the sandbox. */
export interface RemoteSettings {
  readonly tenantId: string;
  readonly entra: {
    readonly clientId: string;
    readonly clientSecret: Secret;
    /** Absent: the real addresses. No trailing slash. */
    readonly graphBaseUrl?: string;
    readonly loginUrl?: string;
  };
  readonly genesys: {
    /** As it was written: AWS name, SDK key or host; `genesys-region` knows what it means. */
    readonly region: string;
    readonly clientId: string;
    readonly clientSecret: Secret;
    readonly gatewayUrl?: string;
  };
  readonly teams: TeamsCredentials;
  /** Where business time comes from; absent: the machine's clock. */
  readonly clockUrl?: string;
}

interface CommonSettings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What people can reach, no trailing slash; absent: `http://localhost:<port>` (sandbox mode only). */
  readonly publicUrl?: string;
  readonly dataDir: string;
  /** 32 bytes, base64; absent: made once in `DATA_DIR/key`. */
  readonly key?: Secret;
  readonly replicationBudgetS: number;
  readonly logLevel: LogLevel;
}

/** What the environment says. In sandbox mode the remote settings come from the sandbox, through `readRemoteSettings`. */
export type Config = CommonSettings &
  ({ readonly mode: 'live'; readonly remote: RemoteSettings } | { readonly mode: 'sandbox' });

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything that is wrong with the settings, one sentence each, with what to do about it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const heading =
      problems.length === 1 ? 'One setting needs attention' : `${problems.length} settings need attention`;
    super(`${heading}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

const CREDENTIALS = SETTINGS.filter((setting) => setting.isCredential).map((setting) => setting.name);

/** Hosts that a base URL may name besides loopback: Microsoft's own, in every cloud. */
const HOSTS_OF: Readonly<Partial<Record<SettingName, readonly string[]>>> = {
  GRAPH_BASE_URL: [
    'graph.microsoft.com',
    'graph.microsoft.us',
    'dod-graph.microsoft.us',
    'microsoftgraph.chinacloudapi.cn',
  ],
  ENTRA_LOGIN_URL: ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'],
};

/** Reads all settings. Throws one `ConfigError` that names everything missing or wrong. */
export function readConfig(env: Environment): Config {
  const settings = new SettingsReader(env);
  const mode = readMode(settings);
  const common = readCommon(settings, mode);
  const config: Config =
    mode === 'live' ? { ...common, mode, remote: readLive(settings) } : { ...common, mode: 'sandbox' };
  if (mode === 'sandbox') for (const name of BASE_URLS) settings.baseUrl(name);
  for (const [name, what] of Object.entries(NOT_YET)) {
    if (env[name] && env[name] !== 'global') settings.wrong(name, what);
  }
  settings.finish();
  return config;
}

/** The remote settings that a sandbox hands over, named as in the environment. Throws a `ConfigError` like `readConfig`. */
export function readRemoteSettings(env: Environment): RemoteSettings {
  const settings = new SettingsReader(env);
  const remote: RemoteSettings = { ...readSystems(settings), teams: { kind: 'loopback-only' } };
  settings.finish();
  return remote;
}

/** What a command beside the running bot needs to know: where the bot keeps its data. */
export function dataDirOf(env: Environment = process.env): string {
  return readDataDir(new SettingsReader(env));
}

/** The deployment key, for a command that reads what the bot has signed. Not checked; `loadKey` does. */
export function keyOf(env: Environment = process.env): Secret | undefined {
  const key = new SettingsReader(env).find('LATCHKEY_KEY');
  return key === undefined ? undefined : new Secret(key);
}

/** The base of the links that people get. @param port the port we listen on. */
export function publicUrl(config: Config, port: number): string {
  return config.publicUrl ?? `http://localhost:${port}`;
}

/** Settings that the documentation of Latchkey names and this release does not know: unread, each would be a trap. */
const NOT_YET: Readonly<Record<string, string>> = {
  DATABASE_URL: 'is set, but this release keeps its data in DATA_DIR only: remove it',
  LATCHKEY_KEY_PREVIOUS: 'is set, but this release cannot change its key: remove it, and keep LATCHKEY_KEY as it was',
  AZURE_CLOUD: 'is set, but this release knows the global Azure cloud only: remove it',
};

const BASE_URLS = ['GRAPH_BASE_URL', 'ENTRA_LOGIN_URL', 'GENESYS_GATEWAY_URL', 'LATCHKEY_CLOCK_URL'] as const;

function readMode(settings: SettingsReader): Config['mode'] {
  const credentials = CREDENTIALS.filter((name) => settings.find(name) !== undefined);
  const wanted = settings.find('LATCHKEY_MODE');
  if (wanted === undefined) return credentials.length > 0 ? 'live' : 'sandbox';
  if (wanted !== 'live' && wanted !== 'sandbox') {
    settings.wrong('LATCHKEY_MODE', `must be "sandbox" or "live", not "${wanted}"`);
    return 'sandbox';
  }
  if (wanted === 'sandbox' && credentials.length > 0) {
    settings.wrong(
      'LATCHKEY_MODE',
      `is "sandbox", but ${credentials.join(', ')} ${credentials.length === 1 ? 'is' : 'are'} set. ` +
        'Remove the credentials, or remove LATCHKEY_MODE to go live',
    );
  }
  return wanted;
}

function readCommon(settings: SettingsReader, mode: Config['mode']): CommonSettings {
  const key = settings.find('LATCHKEY_KEY');
  if (key !== undefined && !isKey(key)) {
    settings.wrong('LATCHKEY_KEY', 'must be 32 random bytes in base64. Make one with "openssl rand -base64 32"');
  }
  return {
    host: readHost(settings, mode),
    port: settings.integer('PORT', { default: 3978, min: 0, max: 65_535 }),
    publicUrl: readPublicUrl(settings, mode),
    dataDir: readDataDir(settings),
    key: key === undefined ? undefined : new Secret(key),
    replicationBudgetS: settings.integer('REPLICATION_BUDGET_S', { default: 120, min: 1, max: 3_600 }),
    logLevel: settings.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  };
}

function readDataDir(settings: SettingsReader): string {
  return settings.find('DATA_DIR') ?? './.latchkey';
}

function readHost(settings: SettingsReader, mode: Config['mode']): string {
  const host = settings.find('HOST');
  if (mode === 'live') return host ?? '0.0.0.0';
  if (host !== undefined && host !== '127.0.0.1') {
    settings.wrong('HOST', 'must be 127.0.0.1 (or unset) in sandbox mode: nothing there is authenticated');
  }
  return '127.0.0.1';
}

function readPublicUrl(settings: SettingsReader, mode: Config['mode']): string | undefined {
  const url = mode === 'live' ? settings.get('PUBLIC_URL') : settings.find('PUBLIC_URL');
  if (url === undefined || url === '') return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '') {
    settings.wrong('PUBLIC_URL', 'must be an address without a path, such as https://latchkey.example.com');
  } else if (mode === 'live' && parsed.protocol !== 'https:') {
    settings.wrong('PUBLIC_URL', 'must begin with https:// in live mode');
  } else if (mode === 'sandbox' && !isLoopback(parsed)) {
    settings.wrong('PUBLIC_URL', 'must be http://localhost:<port> in sandbox mode');
  }
  return parsed?.origin;
}

function readLive(settings: SettingsReader): RemoteSettings {
  const systems = readSystems(settings);
  settings.oneOf('MicrosoftAppType', ['SingleTenant'], 'SingleTenant');
  if (systems.clockUrl !== undefined && !hasStandIns(systems)) {
    settings.wrong('LATCHKEY_CLOCK_URL', 'must not be set in front of the real systems: their time cannot be moved');
  }
  const teams: TeamsCredentials = {
    kind: 'single-tenant',
    appId: settings.guid('MicrosoftAppId'),
    tenantId: settings.guid('MicrosoftAppTenantId'),
    password: settings.secret('MicrosoftAppPassword'),
  };
  const tenants = [teams.tenantId, systems.tenantId];
  if (tenants.every((tenant) => GUID.test(tenant)) && teams.tenantId !== systems.tenantId) {
    settings.wrong(
      'MicrosoftAppTenantId',
      'and AZURE_TENANT_ID name two tenants. Whoever writes in Teams is judged by their roles in Entra: both must be one',
    );
  }
  return { ...systems, teams };
}

/** Whether every system is replaced by something on this machine. */
function hasStandIns({ entra, genesys }: Omit<RemoteSettings, 'teams'>): boolean {
  return [entra.graphBaseUrl, entra.loginUrl, genesys.gatewayUrl].every(
    (text) => text !== undefined && URL.canParse(text) && isLoopback(new URL(text)),
  );
}

function readSystems(settings: SettingsReader): Omit<RemoteSettings, 'teams'> {
  return {
    tenantId: settings.guid('AZURE_TENANT_ID'),
    entra: {
      clientId: settings.guid('AZURE_CLIENT_ID'),
      clientSecret: settings.secret('AZURE_CLIENT_SECRET'),
      graphBaseUrl: settings.baseUrl('GRAPH_BASE_URL'),
      loginUrl: settings.baseUrl('ENTRA_LOGIN_URL'),
    },
    genesys: {
      region: settings.get('GENESYSCLOUD_REGION'),
      clientId: settings.get('GENESYSCLOUD_OAUTHCLIENT_ID'),
      clientSecret: settings.secret('GENESYSCLOUD_OAUTHCLIENT_SECRET'),
      gatewayUrl: settings.baseUrl('GENESYS_GATEWAY_URL'),
    },
    clockUrl: settings.baseUrl('LATCHKEY_CLOCK_URL'),
  };
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads setting by setting and notes what is wrong instead of stopping. An empty setting counts as unset. */
class SettingsReader {
  readonly #env: Environment;
  readonly #problems: string[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  find(name: SettingName): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  get(name: SettingName): string {
    const value = this.find(name);
    if (value === undefined) {
      const setting = SETTINGS.find((known) => known.name === name);
      this.wrong(name, `is missing: ${setting?.meaning ?? name}. ${setting?.whereToFind ?? ''}`.trim());
    }
    return value ?? '';
  }

  secret(name: SettingName): Secret {
    return new Secret(this.get(name));
  }

  guid(name: SettingName): string {
    const value = this.get(name);
    if (value !== '' && !GUID.test(value)) {
      this.wrong(name, 'must be a GUID such as 6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21');
    }
    return value.toLowerCase();
  }

  integer(name: SettingName, range: { default: number; min: number; max: number }): number {
    const text = this.find(name);
    if (text === undefined) return range.default;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.min && value <= range.max) return value;
    this.wrong(name, `must be a whole number from ${range.min} to ${range.max}, not "${text}"`);
    return range.default;
  }

  oneOf<T extends string>(name: SettingName, values: readonly T[], otherwise: T): T {
    const text = this.find(name);
    if (text === undefined) return otherwise;
    const value = values.find((known) => known === text);
    if (value === undefined) this.wrong(name, `must be ${values.join(', ')}, not "${text}"`);
    return value ?? otherwise;
  }

  /** An address of a remote system: loopback, or https to a host of our own table. */
  baseUrl(name: (typeof BASE_URLS)[number]): string | undefined {
    const text = this.find(name);
    if (text === undefined) return undefined;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isOurs = url?.protocol === 'https:' && HOSTS_OF[name]?.includes(url.host) === true;
    if (!url || url.username !== '' || url.search !== '' || url.hash !== '' || !(isOurs || isLoopback(url))) {
      this.wrong(name, `must be an address of this machine such as http://127.0.0.1:4010, not "${text}"`);
    }
    return text.replace(/\/+$/, '');
  }

  wrong(name: string, what: string): void {
    this.#problems.push(`${name} ${what}${/[.?]$/.test(what) ? '' : '.'}`);
  }

  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}

function isKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === 32;
}

function isLoopback(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

import type { Secret } from '../secret.js';
import { SETTINGS } from '../settings.js';
import { readPublicUrl } from './addresses.js';
import { readAdminPlaces, type AdminPlace } from './admin-channel.js';
import { readDatabase, type DatabaseSettings } from './database.js';
import type { SettingsReader } from './settings-reader.js';
import { readRequestersByEmail } from './slack.js';

export type Mode = 'live' | 'sandbox';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What holds in both modes. */
export interface CommonSettings {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What people can reach, no trailing slash; absent: `http://localhost:<port>` (sandbox mode only). */
  readonly publicUrl?: string | undefined;
  readonly dataDir: string;
  /** 32 bytes, base64; absent: made once in `DATA_DIR/key`. */
  readonly key?: Secret | undefined;
  /** The key before the last change, for what was sealed or signed with it. */
  readonly previousKey?: Secret | undefined;
  /** PostgreSQL; absent: the embedded database in `DATA_DIR`. */
  readonly database?: DatabaseSettings | undefined;
  readonly replicationBudgetS: number;
  readonly logLevel: LogLevel;
  /** Without it nobody reads the figures, live. */
  readonly metricsToken?: Secret | undefined;
  /** Of one person. */
  readonly turnsPerMinute: number;
  readonly stopNoticeS: number;
  /** Where the access policy is. */
  readonly policyFile: string;
  readonly adminPlaces: readonly AdminPlace[];
  /** An account in Slack without a link may ask for access by its e-mail. */
  readonly slackRequestersByEmail: boolean;
}

const KEY_SHAPE = 'must be 32 random bytes in base64. Make one with "openssl rand -base64 32"';
const NEEDED_WITH_DATABASE =
  'is missing. With DATABASE_URL every replica needs the same key, and none is made: make one with "openssl rand -base64 32", ' +
  'or take over the one in DATA_DIR/key';

const CREDENTIALS = SETTINGS.filter((setting) => setting.isCredential).map((setting) => setting.name);

/** Any credential without `LATCHKEY_MODE` means live; a credential beside the sandbox is a mistake. */
export function readMode(settings: SettingsReader): Mode {
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

export function readCommon(settings: SettingsReader, mode: Mode): CommonSettings {
  const keys = readKeys(settings);
  const database = readDatabase(settings);
  if (mode === 'live' && settings.find('DATABASE_URL') !== undefined && keys.key === undefined) {
    settings.wrong('LATCHKEY_KEY', NEEDED_WITH_DATABASE);
  }
  return {
    host: readHost(settings, mode),
    port: settings.integer('PORT', { default: 3978, min: 0, max: 65_535 }),
    publicUrl: readPublicUrl(settings, mode),
    dataDir: readDataDir(settings),
    ...keys,
    database,
    replicationBudgetS: settings.integer('REPLICATION_BUDGET_S', { default: 120, min: 1, max: 3_600 }),
    logLevel: settings.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    metricsToken: readMetricsToken(settings),
    turnsPerMinute: settings.integer('TURNS_PER_MINUTE', { default: 120, min: 10, max: 1_000_000 }),
    stopNoticeS: settings.integer('STOP_NOTICE_S', { default: 0, min: 0, max: 300 }),
    policyFile: readPolicyPath(settings),
    adminPlaces: readAdminPlaces(settings),
    slackRequestersByEmail: readRequestersByEmail(settings),
  };
}

/** Not judged here is whether they are the bot's. */
export function readKeys(settings: SettingsReader): Pick<CommonSettings, 'key' | 'previousKey'> {
  const [key, previousKey] = (['LATCHKEY_KEY', 'LATCHKEY_KEY_PREVIOUS'] as const).map((name) => {
    const found = settings.findSecret(name);
    if (found !== undefined && !isKey(found.reveal())) settings.wrong(name, KEY_SHAPE);
    return found;
  });
  if (previousKey !== undefined && key === undefined) {
    settings.wrong(
      'LATCHKEY_KEY_PREVIOUS',
      'is set without LATCHKEY_KEY, the key of today. Set that one too, or remove this one',
    );
  }
  return { key, previousKey };
}

export function readDataDir(settings: SettingsReader): string {
  return settings.find('DATA_DIR') ?? './.latchkey';
}

export function readPolicyPath(settings: SettingsReader): string {
  return settings.find('LATCHKEY_POLICY') ?? './policy.yaml';
}

function readMetricsToken(settings: SettingsReader): Secret | undefined {
  const token = settings.findSecret('METRICS_TOKEN');
  if (token !== undefined && !/^[\w.~+/=-]{16,200}$/.test(token.reveal())) {
    settings.wrong(
      'METRICS_TOKEN',
      'must be 16 to 200 letters, digits or ._~+/=-. Make one with "openssl rand -hex 24"',
    );
  }
  return token;
}

function readHost(settings: SettingsReader, mode: Mode): string {
  const host = settings.find('HOST');
  if (mode === 'live') return host ?? '0.0.0.0';
  if (host !== undefined && host !== '127.0.0.1') {
    settings.wrong('HOST', 'must be 127.0.0.1 (or unset) in sandbox mode: nothing there is authenticated');
  }
  return '127.0.0.1';
}

function isKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === 32;
}

import { readCommon, readDataDir, readKeys, readMode, readPolicyPath, type CommonSettings } from './config/common.js';
import { readDatabase } from './config/database.js';
import { readManifest, type ManifestSettings } from './config/manifest.js';
import { problemsOf, readByPart, type SettingsByPart } from './config/preflight.js';
import { checkForSandbox, readLive, readSystems, type RemoteSettings } from './config/remote.js';
import { SettingsReader, type Environment } from './config/settings-reader.js';
import { refuseTeamsStandIn } from './config/teams.js';

export { ConfigError } from './config/config-error.js';
export { secretsOfEntra, type EntraCredential } from './config/credential.js';
export { secretsOfLink, type LinkSettings } from './config/link.js';
export type { LogLevel } from './config/common.js';
export type { SettingsByPart } from './config/preflight.js';
export { databaseName, parseDatabaseUrl, type DatabaseSettings } from './config/database.js';
export type { RemoteSettings } from './config/remote.js';
export type { Environment } from './config/settings-reader.js';
export { secretsOfSlack, type SlackSettings } from './config/slack.js';
export { secretsOfTeams, type BotProof, type TeamsCredentials, type TeamsRegistration } from './config/teams.js';
export { Secret } from './secret.js';
export { SETTINGS } from './settings.js';

/** What the environment says. In sandbox mode the remote settings come from the sandbox, through `readRemoteSettings`. */
export type Config = CommonSettings &
  ({ readonly mode: 'live'; readonly remote: RemoteSettings } | { readonly mode: 'sandbox' });

/**
 * Settings that the documentation of Latchkey names and this release does not know, and one that `@azure/identity` reads
 * behind our back: unread, each would be a trap.
 */
const REFUSED: Readonly<Record<string, string>> = {
  AZURE_REGIONAL_AUTHORITY_NAME: "is set, and would send the sign-in to another host than Entra's own: remove it",
};

/** Reads all settings. Throws one `ConfigError` that names everything missing or wrong. */
export function readConfig(env: Environment): Config {
  const settings = new SettingsReader(env);
  const mode = readMode(settings);
  const common = readCommon(settings, mode);
  const config: Config =
    mode === 'live' ? { ...common, mode, remote: readLive(settings) } : { ...common, mode: 'sandbox' };
  if (mode === 'sandbox') {
    checkForSandbox(settings);
    refuseTeamsStandIn(settings);
  }
  for (const [name, what] of Object.entries(REFUSED)) {
    if (env[name]) settings.wrong(name, what);
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

/** What a command beside the running bot needs to know: where the bot keeps its data, and with which keys. */
export type CommandSettings = Pick<CommonSettings, 'dataDir' | 'key' | 'previousKey' | 'database'>;

/** Throws a `ConfigError` like `readConfig`; what a command does not need may be wrong or missing. */
export function readCommandSettings(env: Environment = process.env): CommandSettings {
  const settings = new SettingsReader(env);
  const read = { dataDir: readDataDir(settings), ...readKeys(settings), database: readDatabase(settings) };
  settings.finish();
  return read;
}

/** Where the access policy is. */
export function readPolicyFile(env: Environment = process.env): string {
  return readPolicyPath(new SettingsReader(env));
}

/** What `npm run manifest` needs to know. Throws a `ConfigError` like `readConfig`. */
export function readForManifest(env: Environment = process.env): ManifestSettings | 'sandbox' {
  return readManifest(new SettingsReader(env));
}

/**
 * What `npm run preflight` needs to know: everything that is wrong, and whatever makes sense by itself.
 * @param remote of a sandbox that runs already, named as in the environment; used in sandbox mode only.
 */
export function readForPreflight(
  remote: (env: Environment) => Environment | undefined,
  env: Environment = process.env,
): SettingsByPart & { readonly problems: readonly string[] } {
  const read = readByPart(env);
  const sandbox = read.mode === 'sandbox' ? remote(env) : undefined;
  return {
    ...read,
    ...(sandbox ? { ...readByPart(sandbox), mode: read.mode, common: read.common, lookAlikes: read.lookAlikes } : {}),
    problems: problemsOf(() => readConfig(env)),
  };
}

/** The base of the links that people get. @param port the port we listen on. */
export function publicUrl(config: Config, port: number): string {
  return config.publicUrl ?? `http://localhost:${port}`;
}

import { editDistance } from '../services/sso/genesys-region.js';
import { SETTINGS, type SettingName } from '../settings.js';
import { BASE_URLS, readBaseUrl } from './addresses.js';
import { readCommon, readMode, type CommonSettings, type Mode } from './common.js';
import { ConfigError } from './config-error.js';
import { readEntra, type EntraSettings } from './entra.js';
import { readLink, type LinkSettings } from './link.js';
import { readGenesys, type GenesysSettings } from './genesys.js';
import { SettingsReader, type Environment } from './settings-reader.js';
import { isSlackOn, readSlack, type SlackSettings } from './slack.js';
import { isTeamsOn, readTeams, type TeamsRegistration } from './teams.js';

/** As much of the settings as makes sense by itself: a part with a problem is absent, the others are there. */
export interface SettingsByPart {
  readonly mode: Mode;
  readonly common?: CommonSettings | undefined;
  readonly tenantId?: string | undefined;
  readonly entra?: EntraSettings | undefined;
  readonly genesys?: GenesysSettings | undefined;
  readonly teams?: TeamsRegistration | undefined;
  readonly slack?: SlackSettings | undefined;
  /** Whether any setting of that chat is set, whatever is wrong with it. */
  readonly isOn: { readonly teams: boolean; readonly slack: boolean };
  /** With what people sign in, to link their account or to prove an approval. */
  readonly link?: LinkSettings | undefined;
  readonly clockUrl?: string | undefined;
  /** Names of the settings that put something on this machine in the place of a system. */
  readonly standIns: readonly string[];
  /** Set, and nearly the name of a setting that is not. */
  readonly lookAlikes: readonly { readonly name: string; readonly meant: SettingName }[];
}

export function readByPart(env: Environment): SettingsByPart {
  const mode = readMode(new SettingsReader(env));
  const tenantId = part(env, (settings) => settings.guid('AZURE_TENANT_ID'));
  const entra = part(env, readEntra);
  return {
    ...{ mode, tenantId, entra },
    common: part(env, (settings) => readCommon(settings, mode)),
    genesys: part(env, readGenesys),
    // Whether stand-ins may be set is judged with everything else.
    teams: part(env, (settings) =>
      readTeams(settings, { tenantId: tenantId ?? '', cloud: entra?.cloud.name ?? 'global', hasStandIns: true }),
    ),
    slack: part(env, readSlack),
    isOn: { teams: isTeamsOn(new SettingsReader(env)), slack: isSlackOn(new SettingsReader(env)) },
    link: entra && part(env, (settings) => readLink(settings, entra)),
    clockUrl: part(env, (settings) => readBaseUrl(settings, 'LATCHKEY_CLOCK_URL')),
    standIns: STAND_INS.filter((name) => isSet(env, name)),
    lookAlikes: findLookAlikes(env),
  };
}

const STAND_INS = BASE_URLS.filter((name) => name !== 'LATCHKEY_CLOCK_URL');
/** Among shorter names everything is near to everything. */
const LONG_ENOUGH = 8;
const NEAR = 2;

function findLookAlikes(env: Environment): SettingsByPart['lookAlikes'] {
  const unset = SETTINGS.filter(({ name }) => name.length >= LONG_ENOUGH && !isSet(env, name));
  const known = new Set<string>(SETTINGS.map(({ name }) => name));
  return Object.keys(env).flatMap((name) => {
    if (known.has(name) || !isSet(env, name)) return [];
    const near = unset.find((setting) => editDistance(name.toLowerCase(), setting.name.toLowerCase()) <= NEAR);
    return near ? [{ name, meant: near.name }] : [];
  });
}

function isSet(env: Environment, name: string): boolean {
  return (env[name]?.trim() ?? '') !== '';
}

/** The problems that `read` throws as a `ConfigError`; none: it has read everything. */
export function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function part<T>(env: Environment, read: (settings: SettingsReader) => T): T | undefined {
  const settings = new SettingsReader(env);
  let value: T | undefined;
  const problems = problemsOf(() => {
    value = read(settings);
    settings.finish();
  });
  return problems.length === 0 ? value : undefined;
}

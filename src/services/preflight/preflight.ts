import type { Clock } from '../platform/clock.js';
import type { RemoteSystem } from '../platform/problem.js';
import { checkEntra, type EntraArea } from './entra-area.js';
import { fine, lookAt, notLooked, wrong, type Finding } from './finding.js';
import { checkGenesys, type GenesysReads } from './genesys-area.js';
import { judgeDatabase, judgePublicUrl, judgeSettings, type SettingsFacts } from './installation.js';
import { lookAtDatabase, type DatabasePlace } from './look-at-database.js';
import { reachOf } from './look-at-host.js';
import { judgeClock, judgeReach, type Host } from './reachability.js';
import { reportOf, type PreflightReport } from './report.js';
import { checkSlack, type SlackPlace } from './slack-area.js';

/** What is to be looked at. What is absent could not be read from the settings, which is a finding of its own. */
export interface PreflightParts {
  readonly mode: PreflightReport['mode'];
  readonly settings: SettingsFacts;
  /** No slash at the end. */
  readonly publicUrl?: string | undefined;
  readonly database?: DatabasePlace | undefined;
  readonly hosts: readonly (Host & { readonly system: RemoteSystem })[];
  readonly entra?: EntraArea | undefined;
  readonly genesys?: GenesysReads | undefined;
  /** Asks for the token with which the bot writes in Teams. */
  readonly signInToTeams?: (() => Promise<unknown>) | undefined;
  readonly slack?: SlackPlace | undefined;
  /** Whether any setting of that chat is set. */
  readonly isOn: { readonly teams: boolean; readonly slack: boolean };
  readonly clock: Clock;
}

/** Whether this installation can work: looked at from outside, before it starts or beside it. It changes nothing. */
export class Preflight {
  readonly #parts: PreflightParts;

  constructor(parts: PreflightParts) {
    this.#parts = parts;
  }

  async run(): Promise<PreflightReport> {
    const { mode, settings, clock } = this.#parts;
    const areas = await Promise.all([
      this.#checkDatabase(),
      this.#checkPublicUrl(),
      this.#checkHosts(),
      this.#checkEntra(),
      this.#checkGenesys(),
      this.#checkTeams(),
      this.#checkSlack(),
    ]);
    return reportOf({ mode, at: clock.wall().toISOString() }, [...judgeSettings(settings, mode), ...areas.flat()]);
  }

  async #checkDatabase(): Promise<Finding[]> {
    const { database, clock } = this.#parts;
    if (!database) return [];
    const look = await lookAt(() => lookAtDatabase(database, clock));
    if (look.ok) return [judgeDatabase(look.value)];
    // What nobody foresaw says nothing of the database.
    return [look.problem.code === undefined ? notLooked('database', look.problem) : wrong('database', look.problem)];
  }

  async #checkPublicUrl(): Promise<Finding[]> {
    const { publicUrl, settings, clock } = this.#parts;
    if (publicUrl === undefined) return [];
    const reach = await reachOf(`${publicUrl}/healthz`, { system: 'teams', wall: () => clock.wall() });
    const found = judgePublicUrl(publicUrl, reach);
    // A chat on this machine does not go by that name.
    const isRehearsal = ['TEAMS_LOGIN_URL', 'SLACK_API_URL'].some((name) => settings.standIns.includes(name));
    return [isRehearsal && found.state === 'missing' ? { ...found, state: 'warning' } : found];
  }

  async #checkHosts(): Promise<Finding[]> {
    const { hosts, clock } = this.#parts;
    const seen = await Promise.all(
      hosts.map(async (host) => ({
        ...host,
        reach: await reachOf(host.url, { system: host.system, wall: () => clock.wall() }),
      })),
    );
    return [...seen.map(judgeReach), ...judgeClock(seen)];
  }

  async #checkEntra(): Promise<Finding[]> {
    const { entra, mode, clock } = this.#parts;
    return entra ? checkEntra(entra, clock.now()) : unknownSettings('entra-sign-in', 'Entra', mode);
  }

  async #checkGenesys(): Promise<Finding[]> {
    const { genesys, mode } = this.#parts;
    return genesys ? checkGenesys(genesys) : unknownSettings('genesys-sign-in', 'Genesys Cloud', mode);
  }

  async #checkTeams(): Promise<Finding[]> {
    const { mode, signInToTeams, isOn } = this.#parts;
    const name = 'teams-sign-in';
    if (mode === 'sandbox') return [fine(name, 'In the sandbox nobody signs in to Teams.')];
    if (!isOn.teams) return [fine(name, 'Teams is off: none of its settings is set.')];
    if (!signInToTeams) return unknownSettings(name, 'Teams', mode);
    const look = await lookAt(signInToTeams);
    if (look.ok) return [fine(name, 'The bot gets the token with which it writes in Teams.')];
    const isNoVerdict = look.problem.answer === 'timeout' || look.problem.answer === 'unavailable';
    return [
      isNoVerdict || look.problem.kind === 'internal' ? notLooked(name, look.problem) : wrong(name, look.problem),
    ];
  }

  async #checkSlack(): Promise<Finding[]> {
    const { mode, slack, isOn } = this.#parts;
    if (slack) return checkSlack(slack);
    const name = 'slack-sign-in';
    return isOn.slack
      ? unknownSettings(name, 'Slack', mode)
      : [fine(name, 'Slack is off: none of its settings is set.')];
  }
}

function unknownSettings(name: string, title: string, mode: PreflightReport['mode']): Finding[] {
  return [
    {
      name,
      state: 'could-not-look',
      what:
        mode === 'sandbox'
          ? `No credential is set, so this is the sandbox, and no sandbox is named whose ${title} could be looked at.`
          : `${title} was not looked at, as its settings are not complete.`,
      remedy:
        mode === 'sandbox'
          ? 'To check a live installation, set its credentials here or in .env. To try this: "npm run sandbox", then GRAPH_BASE_URL, ENTRA_LOGIN_URL and GENESYS_GATEWAY_URL.'
          : 'Mend the settings, then run this again.',
    },
  ];
}

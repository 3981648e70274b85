import { requireNodeVersion } from './node-version.js';
// Before anything is loaded that an older Node could not load.
requireNodeVersion();

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxPage } from './bot/sandbox-page.js';
import {
  ConfigError,
  databaseName,
  readConfig,
  readRemoteSettings,
  secretsOfEntra,
  secretsOfLink,
  secretsOfSlack,
  secretsOfTeams,
  type Config,
  type RemoteSettings,
  type Secret,
} from './config.js';
import { stopOnSignal } from './graceful-stop.js';
import { runBot } from './run-bot.js';
import { createLog, type Log } from './services/platform/log.js';
import { Problem, sentencesOf } from './services/platform/problem.js';
import { SPOOL_FILES } from './services/platform/spool.js';
import { REQUESTERS_BY_EMAIL_WARNING } from './services/preflight/slack-scopes.js';

/** Reads the settings, finds the systems that they name, and lets the bot run until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (process.argv.includes('--fresh')) forgetEverything(config);
  const around = await findSurroundings(config, say);
  const { remote, listening } = around;
  const log = createLog({ level: config.logLevel, secrets: secretsOf(config, remote) });
  endOnFaults(log);

  // A database of its own is its operator's to empty.
  const page = around.page && { ...around.page, ...(config.database ? {} : { onReset: startOver }) };
  let running = runBot({ ...{ config, remote, log, listening }, ...(page ? { page } : {}) });
  const stop = async (): Promise<void> => {
    await (await running).stop();
    await around.stop();
  };
  // Before it answers as ready: whoever sees that may tell it to stop.
  stopOnSignal({ log, stop, boundMs: STOP_BOUND_MS + config.stopNoticeS * 1_000 });
  const { url } = await running;
  for (const line of systemLines(config, remote)) say(line);
  say(config.mode === 'sandbox' ? `Open ${url}/` : `Latchkey answers at ${url}`);

  /** *Start over* has emptied the sandbox: the bot begins anew, or it would speak of things that are gone. */
  function startOver(): void {
    const before = running;
    running = before.then(async (bot) => {
      await bot.stop();
      forget(config, ['db', ...SPOOL_FILES, 'key']);
      return runBot({
        ...{ config: { ...config, port: bot.port }, remote, log, listening },
        ...(page ? { page } : {}),
      });
    });
    // Nobody catches a failure, which so ends the process: without its database there is no bot to go back to.
    void running.then(() => say('Started over: the database is empty.'));
  }
}

/** For turns, steps, cards and the database together. */
const STOP_BOUND_MS = 25_000;

interface Surroundings {
  readonly remote: RemoteSettings;
  readonly page?: SandboxPage;
  /** Tells the sandbox where the bot listens. */
  listening(port: number): void;
  stop(): Promise<void>;
}

/** The real systems as configured, or the sandbox: nothing below this function knows which. */
async function findSurroundings(config: Config, say: (line: string) => void): Promise<Surroundings> {
  if (config.mode === 'live') return { remote: config.remote, listening: () => undefined, stop: async () => undefined };
  const { startSandbox } = await import('../sandbox/start.js');
  const { dataDir, port } = config;
  const sandbox = await startSandbox({ dataDir, botPort: port, env: process.env, log: say });
  return {
    remote: readRemoteSettings(sandbox.settings),
    page: sandbox.page,
    listening: (actual) => sandbox.tellBotUrl(`http://127.0.0.1:${actual}`),
    stop: () => sandbox.stop(),
  };
}

const NOT_FRESH =
  '--fresh deletes what is in DATA_DIR only, and DATABASE_URL is set: drop that database, create it anew, delete ' +
  'DATA_DIR/sandbox, and start without --fresh.';

/** `--fresh`: database and sandbox are deleted together, or the one would speak of things the other has forgotten. */
function forgetEverything(config: Config): void {
  if (config.mode === 'live')
    throw new ConfigError(['--fresh deletes everything and is for the sandbox only. Start without it.']);
  if (config.database) throw new ConfigError([NOT_FRESH]);
  forget(config, ['db', ...SPOOL_FILES, 'sandbox', 'key']);
}

function forget({ dataDir }: Config, names: readonly string[]): void {
  for (const name of names) rmSync(join(dataDir, name), { recursive: true, force: true });
}

function systemLines(config: Config, remote: RemoteSettings): string[] {
  const kind = config.mode;
  return [
    `Latchkey     database ${config.database ? databaseName(config.database) : `embedded in ${config.dataDir}`}`,
    `Entra        ${kind}${remote.entra.loginUrl === undefined ? '' : `, ${remote.entra.loginUrl}`}`,
    `Genesys      ${kind}${remote.genesys.gatewayUrl === undefined ? '' : `, ${remote.genesys.gatewayUrl}`}`,
    `Teams        ${remote.teams ? kind : 'off'}`,
    `Slack        ${slackLine(kind, remote)}`,
    ...(remote.slack && config.slackRequestersByEmail ? [`Warning      ${REQUESTERS_BY_EMAIL_WARNING}`] : []),
  ];
}

function slackLine(kind: Config['mode'], { slack }: RemoteSettings): string {
  if (!slack) return 'off';
  const way = slack.delivery.kind === 'socket' ? ', Socket Mode' : '';
  return `${kind}${way}${slack.apiUrl === undefined ? '' : `, ${slack.apiUrl}`}`;
}

function secretsOf(config: Config, remote: RemoteSettings): string[] {
  const all = [
    ...secretsOfEntra(remote.entra.credential),
    ...(remote.link ? secretsOfLink(remote.link) : []),
    remote.genesys.clientSecret,
    ...(remote.teams ? secretsOfTeams(remote.teams) : []),
    ...(remote.slack ? secretsOfSlack(remote.slack) : []),
    ...ownSecrets(config),
  ];
  return all.map((secret) => secret.reveal());
}

function ownSecrets({ key, previousKey, database, metricsToken }: Config): Secret[] {
  return [key, previousKey, database?.password, metricsToken].filter((secret) => secret !== undefined);
}

/** What nobody caught leaves the process in an unknown state: a supervisor starts it again. */
function endOnFaults(log: Log): void {
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error: unknown) => {
      log.error({ fault, error }, 'Latchkey ends because of a fault that nobody caught');
      process.exit(70);
    });
  }
}

main().catch((error: unknown) => {
  const words =
    error instanceof Problem ? sentencesOf(error.facts) : error instanceof Error ? error.message : String(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
});

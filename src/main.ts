import { requireNodeVersion } from './node-version.js';
// Before anything is loaded that an older Node could not load.
requireNodeVersion();

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openCliSocket } from './bot/cli/cli-socket.js';
import { startHttpServer, type HttpServer } from './bot/http-server.js';
import { Router } from './bot/router.js';
import type { SandboxPage } from './bot/sandbox-page.js';
import { createTeams, type Teams } from './bot/teams/teams.js';
import { ConfigError, publicUrl, readConfig, readRemoteSettings, type Config, type RemoteSettings } from './config.js';
import { deliverPasswordLink } from './dialogs/conversations/deliver-password.js';
import { followLeftBehind, renderRun } from './dialogs/conversations/follow-run.js';
import type { Parts } from './dialogs/conversations/talk.js';
import { Noticeboard } from './dialogs/noticeboard.js';
import { createServices, type Services } from './services/create-services.js';
import { createClock } from './services/platform/clock.js';
import { openDatabase } from './services/platform/database.js';
import { createLog, type Log } from './services/platform/log.js';
import { Problem } from './services/platform/problem.js';

/** config → store → clients → services → conversations → doors. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (process.argv.includes('--fresh')) forgetEverything(config);
  const around = await findSurroundings(config, say);
  const { remote } = around;
  const log = createLog({ level: config.logLevel, secrets: secretsOf(config, remote) });
  endOnFaults(log);
  const clock = createClock(remote.clockUrl === undefined ? {} : { clockUrl: remote.clockUrl });
  if (remote.clockUrl !== undefined) await clock.refresh();
  const database = await openDatabase({ dataDir: config.dataDir, log, clock });

  const late: { url: string; channels: Parts['channels'] } = { url: '', channels: [] };
  const services = createServices({
    ...{ config, remote, database, clock, log },
    deliverLink: (actor, { token, ...link }) =>
      deliverPasswordLink(late.channels, actor, { ...link, url: `${late.url}/secret/${token}` }),
  });
  const teams = createTeams({
    credentials: remote.teams,
    tenantId: remote.tenantId,
    places: services.memory.places,
    log,
  });
  late.channels = [teams.channel];
  const { router, noticeboard } = openConversations(services, teams, log);
  // Before the doors open: what is started from then on is nobody's leftover.
  const abandoned = await services.start();
  const server = await openDoors({ config, services, teams, router, page: around.page, log });
  const commands = await openCliSocket({ dataDir: config.dataDir, audit: services.operatorAudit, log });
  late.url = publicUrl(config, server.port);
  around.listening(server.port);
  for (const runId of abandoned) await followLeftBehind({ runs: services.runs, noticeboard }, runId);
  services.goOn(abandoned);
  for (const reference of await services.memory.findCardsBehind()) noticeboard.refresh(reference);

  for (const line of systemLines(config, remote)) say(line);
  say(config.mode === 'sandbox' ? `Open ${late.url}/` : `Latchkey answers at ${late.url}`);
  stopOnSignal(async () => {
    await commands.close();
    await server.close();
    await noticeboard.settle();
    await services.stop();
    clock.stop();
    await database.close();
    await around.stop();
  });
}

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

function openConversations(services: Services, teams: Teams, log: Log): { router: Router; noticeboard: Noticeboard } {
  const { sso, undo, provisioning, runs, audit, memory, clock } = services;
  const channels = [teams.channel];
  const noticeboard = new Noticeboard({
    channels,
    postings: memory.postings,
    log,
    render: renderRun({ runs, sso, clock }),
  });
  runs.onProgress((runId) => noticeboard.refresh(`run:${runId}`));
  // A run may have ended just before its card could say so, or while the chat was away.
  runs.onEnded((runId) => noticeboard.makeTrue(`run:${runId}`));
  const parts: Parts = { sso, undo, provisioning, runs, audit, noticeboard, channels, clock, log, forms: memory.forms };
  return { router: new Router(parts, memory.isNewDelivery), noticeboard };
}

function openDoors(parts: {
  config: Config;
  services: Services;
  teams: Teams;
  router: Router;
  page: SandboxPage | undefined;
  log: Log;
}): Promise<HttpServer> {
  const { config, services, teams, router, page, log } = parts;
  const door = teams.openDoor((turn) => router.handle(turn));
  const { host, port } = config;
  return startHttpServer({
    host,
    port,
    log,
    teams: door,
    ready: services.ready,
    secrets: services.passwords,
    ...(page ? { page } : {}),
  });
}

/** `--fresh`: database and sandbox are deleted together, or the one would speak of things the other has forgotten. */
function forgetEverything(config: Config): void {
  if (config.mode === 'live') throw new ConfigError(['--fresh deletes everything and is for the sandbox only.']);
  for (const name of ['db', 'sandbox', 'key']) rmSync(join(config.dataDir, name), { recursive: true, force: true });
}

function systemLines(config: Config, remote: RemoteSettings): string[] {
  const kind = config.mode;
  return [
    `Latchkey     database embedded in ${config.dataDir}`,
    `Entra        ${kind}${remote.entra.loginUrl === undefined ? '' : `, ${remote.entra.loginUrl}`}`,
    `Genesys      ${kind}${remote.genesys.gatewayUrl === undefined ? '' : `, ${remote.genesys.gatewayUrl}`}`,
    `Teams        ${kind}`,
  ];
}

function secretsOf(config: Config, remote: RemoteSettings): string[] {
  const teams = remote.teams.kind === 'single-tenant' ? [remote.teams.password] : [];
  const all = [remote.entra.clientSecret, remote.genesys.clientSecret, ...teams, ...(config.key ? [config.key] : [])];
  return all.map((secret) => secret.reveal());
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

function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(0)));
}

main().catch((error: unknown) => {
  const words =
    error instanceof Problem
      ? `${error.facts.what} ${error.facts.remedy}`
      : error instanceof Error
        ? error.message
        : String(error);
  process.stderr.write(`${words}\n`);
  process.exit(1);
});

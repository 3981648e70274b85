import { setTimeout as delay } from 'node:timers/promises';
import { openCliSocket } from './bot/cli/cli-socket.js';
import { startHttpServer, type HttpServer } from './bot/http-server.js';
import { Router } from './bot/router.js';
import type { SandboxPage } from './bot/sandbox-page.js';
import type { TeamsCredentials } from './bot/teams/connector.js';
import { createTeams, type Teams } from './bot/teams/teams.js';
import { TurnWatch } from './bot/turn-watch.js';
import { publicUrl, type Config, type RemoteSettings } from './config.js';
import { deliverPasswordLink } from './dialogs/conversations/deliver-password.js';
import { followTaken, renderRun } from './dialogs/conversations/follow-run.js';
import type { Parts } from './dialogs/conversations/talk.js';
import { Noticeboard } from './dialogs/noticeboard.js';
import { createServices, type Services } from './services/create-services.js';
import { createConnectorTokens } from './services/entra/connector-tokens.js';
import { requireUsable } from './services/entra/credential.js';
import { createClock, type Clock } from './services/platform/clock.js';
import { openDatabase } from './services/platform/database.js';
import type { Log } from './services/platform/log.js';

export interface BotParts {
  readonly config: Config;
  readonly remote: RemoteSettings;
  /** In front of a sandbox only. */
  readonly page?: SandboxPage;
  readonly log: Log;
  /** Told where the bot listens, before it goes on with what was left behind. */
  listening(port: number): void;
}

export interface RunningBot {
  readonly port: number;
  /** What people can reach, without a trailing slash. */
  readonly url: string;
  /** Lets what has begun end, closes doors and database. */
  stop(): Promise<void>;
}

/** What a turn that has begun gets to end, when the bot is told to stop; Teams waits 15 s for an answer. */
const TURN_GRACE_MS = 10_000;

/** store → clients → services → conversations → doors. Throws what `openDatabase` and the credentials throw. */
export async function runBot({ config, remote, page, log, listening }: BotParts): Promise<RunningBot> {
  const clock = createClock(remote.clockUrl === undefined ? {} : { clockUrl: remote.clockUrl });
  if (remote.clockUrl !== undefined) await clock.refresh();
  await requireUsable({ proof: remote.entra.credential, now: clock.wall() });
  const database = await openDatabase({ dataDir: config.dataDir, postgres: config.database, log, clock });

  const late: { url: string; channels: Parts['channels'] } = { url: '', channels: [] };
  const services = createServices({
    ...{ config, remote, database, clock, log },
    deliverLink: (actor, { token, ...link }) =>
      deliverPasswordLink(late.channels, actor, { ...link, url: `${late.url}/secret/${token}` }),
    fileUrl: (token) => `${late.url}/file/${token}`,
  });
  const teams = createTeams({
    credentials: withTokens(remote.teams, clock),
    onRefused: (refusal) => services.metrics.countRefusal(refusal),
    tenantId: remote.tenantId,
    places: services.memory.placesOf('teams'),
    log,
  });
  late.channels = [teams.channel];
  const { router, noticeboard } = openConversations(services, teams, log);
  // Before the doors open: what is started from then on is nobody's leftover.
  const abandoned = await services.start();
  const server = await openDoors({ config, services, teams, router, page, log });
  const commands = await openCliSocket({ dataDir: config.dataDir, audit: services.operatorAudit, log });
  late.url = publicUrl(config, server.port);
  listening(server.port);
  services.goOn(abandoned);
  for (const reference of await services.memory.findCardsBehind()) noticeboard.refresh(reference);

  const stop = async (): Promise<void> => {
    server.announceStop();
    await delay(config.stopNoticeS * 1_000);
    await commands.close();
    await server.close(TURN_GRACE_MS);
    await services.stop();
    await noticeboard.settle();
    clock.stop();
    await database.close();
  };
  return { port: server.port, url: late.url, stop };
}

/** The bot's registration with the token that it writes with. */
function withTokens(teams: RemoteSettings['teams'], clock: Clock): TeamsCredentials {
  if (teams.kind === 'loopback-only') return teams;
  return { ...teams, tokens: createConnectorTokens(teams, { clock }) };
}

function openConversations(services: Services, teams: Teams, log: Log): { router: Router; noticeboard: Noticeboard } {
  const { runs, sso, clock, bulk, memory } = services;
  const channels = [teams.channel];
  const noticeboard = new Noticeboard({
    channels,
    postings: memory.postings,
    log,
    render: renderRun({ runs, sso, clock, bulk }),
  });
  runs.onProgress((runId) => noticeboard.refresh(`run:${runId}`));
  runs.onTaken((runId) => void followTaken({ runs, noticeboard, log }, runId));
  memory.onCardBehind((reference) => noticeboard.heal(reference));
  // A run may have ended just before its card could say so, or while the chat was away.
  runs.onEnded((runId) => noticeboard.makeTrue(`run:${runId}`));
  const parts: Parts = { ...services, noticeboard, channels, log, forms: memory.forms };
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
  const { countTurn, scrape } = services.metrics;
  const turns = new TurnWatch({ router, countTurn, turnsPerMinute: config.turnsPerMinute, log });
  const door = teams.openDoor((turn) => turns.handle(turn));
  const { host, port } = config;
  return startHttpServer({
    host,
    port,
    log,
    teams: door,
    ready: services.ready,
    secrets: services.passwords,
    files: services.files,
    metrics: { scrape, token: config.metricsToken },
    ...(page ? { page } : {}),
  });
}

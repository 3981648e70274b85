import { setTimeout as delay } from 'node:timers/promises';
import { openCliSocket } from './bot/cli/cli-socket.js';
import { startHttpServer, type HttpServer, type Readiness } from './bot/http-server.js';
import { Router } from './bot/router.js';
import type { SandboxPage } from './bot/sandbox-page.js';
import type { Slack } from './bot/slack/slack.js';
import type { TeamsCredentials } from './bot/teams/connector.js';
import type { Teams } from './bot/teams/teams.js';
import { TurnWatch } from './bot/turn-watch.js';
import { publicUrl, type Config, type RemoteSettings } from './config.js';
import { deliverPasswordLink } from './dialogs/conversations/deliver-password.js';
import { AccessNews } from './dialogs/access-news.js';
import { ChatWatch } from './dialogs/chat-watch.js';
import { followTaken, renderRun, showEnd } from './dialogs/conversations/follow-run.js';
import { renderAccess } from './dialogs/conversations/render-access.js';
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
    publicUrl: () => late.url,
  });
  const teams = remote.teams && (await openTeams(remote.teams, { remote, services, clock, log }));
  const slack =
    remote.slack && (await openSlack(remote.slack, { services, clock, log, turnsPerMinute: config.turnsPerMinute }));
  const chats = new ChatWatch(clock);
  late.channels = [teams, slack].flatMap((chat) => (chat ? [chats.watch(chat.channel)] : []));
  const { router, noticeboard } = openConversations(services, late.channels, {
    ...{ chats, log, adminPlaces: config.adminPlaces },
  });
  // Before the doors open: what is started from then on is nobody's leftover.
  const abandoned = await services.start();
  const listen = (port: number): void => void (late.url = publicUrl(config, port));
  const { server, closeSlack } = await openDoors({ config, services, teams, slack, router, page, log, listen });
  const commands = await openCliSocket({ dataDir: config.dataDir, audit: services.operatorAudit, log });
  listening(server.port);
  services.goOn(abandoned);
  for (const reference of await services.memory.findCardsBehind()) noticeboard.refresh(reference);

  const stop = async (): Promise<void> => {
    server.announceStop();
    await delay(config.stopNoticeS * 1_000);
    await commands.close();
    await Promise.all([server.close(TURN_GRACE_MS), closeSlack(TURN_GRACE_MS)]);
    await services.stop();
    await noticeboard.settle();
    clock.stop();
    await database.close();
  };
  return { port: server.port, url: late.url, stop };
}

/** Loaded only where Teams is on: its SDK takes a while. */
async function openTeams(
  credentials: NonNullable<RemoteSettings['teams']>,
  parts: { remote: RemoteSettings; services: Services; clock: Clock; log: Log },
): Promise<Teams> {
  const { remote, services, clock, log } = parts;
  const { createTeams } = await import('./bot/teams/teams.js');
  return createTeams({
    credentials: withTokens(credentials, clock),
    onRefused: (refusal) => services.metrics.countRefusal(refusal),
    tenantId: remote.tenantId,
    places: services.memory.placesOf('teams'),
    log,
  });
}

/** The bot's registration with the token that it writes with. */
function withTokens(teams: NonNullable<RemoteSettings['teams']>, clock: Clock): TeamsCredentials {
  if (teams.kind === 'loopback-only') return teams;
  return { ...teams, tokens: createConnectorTokens(teams, { clock }) };
}

/** Loaded only where Slack is on: its SDK takes a while. */
async function openSlack(
  { botToken, apiUrl, delivery }: NonNullable<RemoteSettings['slack']>,
  parts: { services: Services; clock: Clock; log: Log; turnsPerMinute: number },
): Promise<Slack> {
  const { services, clock, log, turnsPerMinute } = parts;
  const { createSlack } = await import('./bot/slack/slack.js');
  return createSlack({
    ...{ botToken: botToken.reveal(), apiUrl, log, turnsPerMinute, now: () => clock.wall() },
    delivery:
      delivery.kind === 'http'
        ? { kind: 'http', signingSecret: delivery.signingSecret.reveal() }
        : { kind: 'socket', appToken: delivery.appToken.reveal() },
    places: services.memory.placesOf('slack'),
    inbox: services.slackInbox,
    accountsOf: (personId) => services.links.accountsOf(personId),
    onRefused: (refusal) => services.metrics.countRefusal(refusal),
  });
}

function openConversations(
  services: Services,
  channels: Parts['channels'],
  { chats, log, adminPlaces }: { chats: ChatWatch; log: Log; adminPlaces: Config['adminPlaces'] },
): { router: Router; noticeboard: Noticeboard } {
  const { runs, sso, clock, bulk, memory, access } = services;
  const [ofRuns, ofAccess] = [renderRun({ runs, sso, clock, bulk }), renderAccess({ access, sso, clock, memory })];
  const noticeboard = new Noticeboard({
    channels,
    postings: memory.postings,
    log,
    render: (reference, place) => (reference.startsWith('run:') ? ofRuns(reference) : ofAccess(reference, place)),
  });
  runs.onProgress((runId) => noticeboard.refresh(`run:${runId}`));
  runs.onTaken((runId) => void followTaken({ runs, noticeboard, log }, runId));
  memory.onCardBehind((reference) => noticeboard.heal(reference));
  // A run may have ended just before its card could say so, or while the chat was away.
  runs.onEnded((runId) => showEnd({ runs, noticeboard, channels }, runId));
  const accessNews = new AccessNews({
    ...{ access, noticeboard, channels, adminPlaces, clock, log },
    accountsOf: (personId) => services.links.accountsOf(personId),
  });
  // After a click in a chat the conversation does it.
  services.stepUp.onCounted((requestId) => accessNews.bringSoon(requestId));
  access.onChanged((requestId, chat) => accessNews.bringIn(chat, requestId));
  const parts: Parts = { ...services, noticeboard, accessNews, chats, channels, log, forms: memory.forms };
  return { router: new Router(parts, memory.isNewDelivery), noticeboard };
}

async function openDoors(parts: {
  config: Config;
  services: Services;
  teams: Teams | undefined;
  slack: Slack | undefined;
  router: Router;
  page: SandboxPage | undefined;
  log: Log;
  /** Told the port before the first request is taken. */
  listen: (port: number) => void;
}): Promise<{ server: HttpServer; closeSlack: (withinMs: number) => Promise<void> }> {
  const { config, services, teams, slack, router, page, log, listen } = parts;
  const { countTurn, scrape } = services.metrics;
  const turns = new TurnWatch({ router, countTurn, turnsPerMinute: config.turnsPerMinute, log });
  const door = teams?.openDoor((turn) => turns.handle(turn));
  const slackDoor = slack?.openDoor({
    handle: (turn, note) => turns.handle(turn, note),
    handleUnlinked: (turn) => turns.handleUnlinked(turn),
    opensDialog: (said) => router.opensDialog(said),
    identify: (user) => services.links.identify(user),
    ...(config.slackRequestersByEmail
      ? { requesterBy: (user, email) => services.requestersByEmail.find(user, email) }
      : {}),
  });
  const { host, port } = config;
  const server = await startHttpServer({
    host,
    port,
    log,
    teams: door,
    slack: slackDoor?.receive,
    ready: async () => withSlack(await services.ready(), slack),
    secrets: services.passwords,
    files: services.files,
    links: services.linkProof,
    approvals: services.stepUp,
    metrics: { scrape, token: config.metricsToken },
    ...(page ? { page } : {}),
  });
  listen(server.port);
  void slackDoor?.open();
  return { server, closeSlack: async (withinMs) => slackDoor?.close(withinMs) };
}

/** That Slack does not answer is said, and sends nobody elsewhere: no other replica would reach it. */
function withSlack(ready: Readiness, slack: Slack | undefined): Readiness {
  return slack ? { ...ready, checks: { ...ready.checks, slack: slack.state() } } : ready;
}

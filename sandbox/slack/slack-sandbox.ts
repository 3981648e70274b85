import type { SandboxAddresses } from '../addresses.js';
import { PEOPLE, SLACK, SLACK_ACCOUNTS } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Faults } from '../kit/faults.js';
import { PageGuard } from '../kit/page-guard.js';
import { SandboxServer, type Reply, type SandboxRequest } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { requestLine, Trouble } from '../kit/trouble.js';
import { BotClient } from './bot-client.js';
import { Deeds } from './deeds.js';
import { EventStreams } from './event-stream.js';
import { Incoming } from './incoming.js';
import { messageMethods, messageView } from './message-methods.js';
import { PageApi } from './page-api.js';
import { RateBudgets } from './rate-budgets.js';
import { ResponseUrls } from './response-urls.js';
import { SLACK_FAULTS } from './slack-faults.js';
import { SlackFiles } from './slack-files.js';
import { SocketMode } from './socket-mode.js';
import type { StoredMessage } from './slack-wire.js';
import { Submissions } from './submissions.js';
import { Triggers } from './triggers.js';
import { viewMethods, viewView } from './view-methods.js';
import { mountWebApi, ratelimited, unknownMethod, type Methods } from './web-api.js';
import { TEAM, workspaceMethods } from './workspace-methods.js';
import { Workspace } from './workspace.js';

export interface SlackSandboxOptions {
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  /** Filled in before requests arrive; read only then. */
  readonly addresses: SandboxAddresses;
  /** Base URL of the bot, asked anew at each delivery; everything goes to `<botUrl>/slack/events`. */
  readonly botUrl: () => string;
}

/**
 * Slack on the wire: the Web API of one workspace at `/api/<method>`, files, response addresses, and the person's side:
 * what people do reaches the bot signed as Slack signs.
 */
export function createSlackSandbox({ store, clock, addresses, botUrl }: SlackSandboxOptions): SandboxServer {
  const workspace = new Workspace(store, clock);
  const address = (): string => addresses.slack ?? '';
  const faults = (): Faults => server.faults;
  const wall = (): Date => clock.wall();
  const triggers = new Triggers(wall, () => server.faults.strikes('trigger-expires'));
  const files = new SlackFiles(address);
  const responseUrls = new ResponseUrls(workspace, address, wall);
  const sockets = new SocketMode(address, wall);
  const rates = new RateBudgets(faults, wall);
  const methods = {
    ...sockets.methods,
    ...messageMethods(workspace),
    ...workspaceMethods(workspace, files, (userId) => shownEmail(faults(), userId)),
    ...viewMethods(workspace, triggers),
  };
  const server: SandboxServer = new SandboxServer({
    name: 'slack',
    store,
    clock,
    seed: () => workspace.seed(),
    state: () => stateOf(workspace),
    notFound: unknownMethod,
    failed: () => ({ status: 500, body: { ok: false, error: 'internal_error' } }),
    around: slackTrouble(faults, methods),
  });
  server.faults.define({ ...SLACK_FAULTS, ...rates.faults });
  mountWebApi(server, methods, {
    isRevoked: () => server.faults.active('token-revoked') !== undefined,
    refusedFor: (method, channel) => rates.refuse(method, channel),
    moreScopes: () => moreScopes(server.faults),
    missingScopes: () => server.faults.allActive('missing-scope').map(({ scope = '' }) => scope),
  });
  files.mount(server);
  sockets.mount(server);
  responseUrls.mount(server);
  const make = new Incoming(workspace, triggers, responseUrls);
  const bot = new BotClient({ botUrl, clock, faults, sockets });
  const submissions = new Submissions(workspace, make, bot);
  const deeds = new Deeds({ workspace, make, bot, files, responseUrls, submissions });
  new PageApi({ workspace, deeds, guard: new PageGuard(), streams: new EventStreams(workspace) }).mount(server);
  return server;
}

const moreScopes = (faults: Faults): string[] => faults.allActive('more-scope').map(({ scope = '' }) => scope);

/** What the profile of an account shows to whoever may see it. `undefined`: the scope is not there. */
function shownEmail(faults: Faults, userId: string): { email?: string; isConfirmed: boolean } | undefined {
  if (!moreScopes(faults).includes('users:read.email')) return undefined;
  const set = faults.allActive('profile-email').find(({ user }) => user === userId);
  if (set?.['email'] !== undefined) return { email: set['email'], isConfirmed: set['unconfirmed'] !== 'yes' };
  const { personId } = SLACK_ACCOUNTS.find((account) => account.userId === userId) ?? {};
  const mail = PEOPLE.find(({ id }) => id === personId)?.mail;
  return { ...(mail === undefined ? {} : { email: mail }), isConfirmed: true };
}

/** 429, 503, 504 and late answers, and work that is done and denied. The page and its API are not part of Slack. */
function slackTrouble(
  faults: () => Faults,
  methods: Methods,
): (request: SandboxRequest, work: () => Promise<Reply>) => Promise<Reply> {
  const reads = new Set(Object.entries(methods).flatMap(([name, method]) => (method.reads ? [`/api/${name}`] : [])));
  const trouble = new Trouble(faults, {
    throttled: () => ratelimited(),
    isRefused,
    spares: (fault, request) =>
      request.path.startsWith('/sandbox/') || (fault === 'gateway-timeout-after-commit' && reads.has(request.path)),
  });
  return (request, work) => trouble.around(request, async () => denied(faults(), reads, request, await work()));
}

/** The answer, unless `fatal-after-commit` strikes it. */
function denied(faults: Faults, reads: ReadonlySet<string>, request: SandboxRequest, reply: Reply): Reply {
  if (!request.path.startsWith('/api/') || reads.has(request.path) || isRefused(reply)) return reply;
  const isStruck = faults.strikes('fatal-after-commit', ({ match }) => requestLine(request).includes(match ?? ''));
  return isStruck ? { ...reply, body: { ok: false, error: 'fatal_error' } } : reply;
}

/** Slack answers refusals with status 200. */
function isRefused({ status, body }: Reply): boolean {
  return status >= 400 || (body as { ok?: unknown } | undefined)?.ok === false;
}

function stateOf(workspace: Workspace): object {
  return {
    team: TEAM,
    users: workspace.users.list(),
    channels: workspace.channels.list().map((channel) => ({
      ...channel,
      is_member: channel.members.includes(SLACK.botUserId),
    })),
    messages: workspace.messages().map(messageState),
    views: workspace.views().map((view) => ({ ...viewView(view), user: view.user, is_open: view.open })),
  };
}

function messageState(message: StoredMessage): object {
  const { channel, visible_to } = message;
  const hidden = visible_to === undefined ? {} : { is_ephemeral: true, visible_to };
  return { channel, ...messageView(message), ...hidden };
}

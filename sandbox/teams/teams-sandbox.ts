import type { SandboxAddresses } from '../addresses.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Faults } from '../kit/faults.js';
import { SandboxServer, type Reply, type SandboxRequest } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { Trouble, TROUBLE_FAULTS } from '../kit/trouble.js';
import { BotClient } from './bot-client.js';
import { AUTHENTICATION_FAULTS, BotFramework } from './bot-framework.js';
import { CHANNEL, TEAM, Chat, conversationAccount } from './chat.js';
import { Connector } from './connector.js';
import { connectorError } from './connector-errors.js';
import { EventStreams } from './event-stream.js';
import { IncomingActivities } from './incoming-activity.js';
import { PageApi } from './page-api.js';
import { findPageFile } from './page-files.js';
import { PageGuard } from '../kit/page-guard.js';
import { SharedFiles } from './shared-files.js';
import { mountSlackPassage } from './slack-passage.js';
import { TroubleApi } from './trouble-api.js';

export { watchForBot } from './first-contact.js';

export interface TeamsSandboxOptions {
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  readonly addresses: SandboxAddresses;
  /** Base URL of the bot, asked anew at each delivery; activities go to `<botUrl>/api/messages`. */
  readonly botUrl: () => string;
  /** Folders of the page's files: sources (HTML, CSS) and compiled scripts. */
  readonly pageFolders: readonly string[];
}

/**
 * The Teams sandbox: the connector REST API (its `serviceUrl` is `addresses.teams`), the chats of ten people, the page
 * that shows them and the API behind the page. `watchForBot` makes the first contact.
 */
export function createTeamsSandbox(options: TeamsSandboxOptions): SandboxServer {
  const { store, clock, addresses, botUrl, pageFolders } = options;
  const chat = new Chat(store, clock);
  const address = (): string => addresses.teams;
  const botFramework = new BotFramework({ store, clock, address, faults: (): Faults => server.faults });
  const trouble: Trouble = new Trouble(() => server.faults, {
    throttled: () => connectorError(429, 'TooManyRequests', 'Too many requests were sent to this conversation.'),
    // Only the connector breaks; the page and its API are not part of Teams.
    spares: (_fault, request) => !isConnector(request),
  });
  const server: SandboxServer = new SandboxServer({
    name: 'teams',
    store,
    clock,
    seed: () => chat.seed(),
    state: () => stateOf(chat),
    notFound: () => connectorError(404, 'NotFound', 'The connector has no such route.'),
    failed: () => connectorError(500, 'ServiceError', 'The Teams sandbox failed to handle the request.'),
    before: (request) => {
      if (!isConnector(request)) return undefined;
      return isUnavailable(server, request) ? { status: 503 } : botFramework.refuse(request);
    },
    around: (request, work) => trouble.around(request, work),
  });
  server.faults.define({
    ...TROUBLE_FAULTS,
    ...AUTHENTICATION_FAULTS,
    'unavailable-once': {
      describe: 'The connector answers the next request with 503 and no body.',
      options: { path: 'only a request whose path contains this', method: 'only this method' },
      once: true,
    },
    'deliver-twice': {
      describe: 'Every message and invoke reaches the bot a second time with the same id, while the first is running.',
    },
  });
  new Connector(chat, clock, address).mount(server);
  botFramework.mount(server);
  const files = new SharedFiles(address);
  files.mount(server);
  const guard = new PageGuard();
  new TroubleApi(guard, addresses).mount(server);
  mountSlackPassage(server, addresses);
  new PageApi({
    chat,
    bot: new BotClient(botUrl, botFramework, () => server.faults),
    make: new IncomingActivities(clock, addresses),
    guard,
    streams: new EventStreams(chat),
    files,
    addresses,
  }).mount(server);
  mountPage(server, pageFolders);
  return server;
}

function mountPage(server: SandboxServer, folders: readonly string[]): void {
  const serve = async (request: SandboxRequest): Promise<Reply> => {
    const file = await findPageFile(folders, request.path);
    return file
      ? { status: 200, headers: file.headers, body: file.content }
      : { status: 404, body: 'The page has no such file.' };
  };
  server.route('GET', '/', serve);
  server.route('GET', '/sandbox/:file', serve);
}

/** Only the connector breaks; the page and its API are not part of Teams. */
function isConnector(request: SandboxRequest): boolean {
  return request.path.startsWith('/v3/');
}

function isUnavailable(server: SandboxServer, request: SandboxRequest): boolean {
  return server.faults.strikes(
    'unavailable-once',
    ({ path, method }) =>
      (path === undefined || request.path.includes(path)) &&
      (method === undefined || method.toUpperCase() === request.method),
  );
}

function stateOf(chat: Chat): object {
  return {
    team: TEAM,
    channel: CHANNEL,
    conversations: chat.conversations.list().map((conversation) => ({
      ...conversationAccount(conversation),
      name: conversation.name,
      members: chat.membersOf(conversation).map((person) => ({ aadObjectId: person.id, name: person.displayName })),
    })),
    activities: chat.messages().map((stored) => stored.activity),
  };
}

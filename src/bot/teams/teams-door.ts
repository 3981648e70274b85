import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Activity, TurnContext } from 'botbuilder';
import type { Answer, Said, Turn } from '../../dialogs/turn.js';
import { readJsonBody } from '../json-body.js';
import type { Log } from '../../services/index.js';
import { isFromThisMachine } from '../loopback.js';
import {
  type InboundActivity,
  inboundActivity,
  readSaid,
  readSender,
  type Sender,
  type SenderFault,
} from './activity.js';
import type { TeamsConnector } from './connector.js';
import { invokeAnswer, type InvokeBody, invokeError } from './invoke.js';
import type { PlaceStore, StoredPlace } from '../places.js';
import { readSentFile } from './sent-file.js';
import type { TeamsChannel } from './teams-channel.js';

const BODY_LIMITS = { maxBytes: 256 * 1024, maxDepth: 64 };

export interface TeamsDoorOptions {
  readonly connector: TeamsConnector;
  readonly channel: TeamsChannel;
  readonly places: PlaceStore;
  /** The tenant whose people are served. */
  readonly tenantId: string;
  readonly handle: (turn: Turn) => Promise<Answer | undefined>;
  readonly log: Log;
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
}

export interface TeamsDoor {
  /** Answers one `POST /api/messages`; its body must not have been read. Never rejects. */
  receive(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Why a delivery was turned away; few enough to be counted by. */
export type Refusal = 'not this machine' | 'not authenticated' | 'service URL' | SenderFault;

/**
 * Lets genuine messages of our own people in, as turns, and nothing else: who cannot prove to be Teams is refused before
 * the body is read, rubbish gets a 4xx, and neither learns why. Refusals are logged and counted.
 */
export function createTeamsDoor(options: TeamsDoorOptions): TeamsDoor {
  const { connector, log } = options;
  const turns = new TurnRunner(options);

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (refusal: Refusal, why: object = {}): void => {
      request.resume();
      log.warn({ refusal, ...why }, 'A message was refused');
      options.onRefused?.(refusal);
      const [status, text] = refusal === 'not authenticated' ? NOT_AUTHENTICATED : NOT_FOR_LATCHKEY;
      reply(response, status, text);
    };
    if (connector.isLoopbackOnly && !isLocal(request)) return refuse('not this machine');
    const token = await connector.authenticate(request.headers.authorization);
    if (!token.ok) return refuse('not authenticated', { why: token.why });
    const body = await readJsonBody(request, BODY_LIMITS);
    if (!body.ok) return reply(response, body.status, body.message);
    const parsed = inboundActivity.safeParse(body.value);
    if (!parsed.success) return reply(response, 400, 'The body is not an activity.');
    const activity = parsed.data;
    if (token.serviceUrl !== undefined && token.serviceUrl !== activity.serviceUrl) {
      return refuse('not authenticated', { why: 'the token is for another service URL' });
    }
    if (!connector.isServiceUrl(activity.serviceUrl)) return refuse('service URL');
    const sender = readSender(activity, options.tenantId);
    if (sender.kind === 'known') return answer(sender, activity, response);
    // What happens around a conversation may have no author, and nothing is done for it.
    if (sender.why === 'no object id' && !isAskedFor(activity)) return replyToActivity(response, undefined);
    refuse(sender.why, { activity: activity.id });
  }

  async function answer(sender: KnownSender, activity: InboundActivity, response: ServerResponse): Promise<void> {
    let body: InvokeBody | undefined;
    await connector.takeIn({ ...activity } as Activity, async (context) => {
      body = await turns.run(sender, context, activity);
    });
    replyToActivity(response, body);
  }

  return {
    receive: (request, response) =>
      receive(request, response).catch((error: unknown) => {
        log.error({ error }, 'A message could not be taken in');
        reply(response, 500, 'Latchkey failed.');
      }),
  };
}

const NOT_AUTHENTICATED = [401, 'This message is not authenticated.'] as const;
const NOT_FOR_LATCHKEY = [403, 'This message is not for Latchkey.'] as const;

/** Whether somebody waits for an answer. */
function isAskedFor({ type }: InboundActivity): boolean {
  return type === 'message' || type === 'invoke';
}

type KnownSender = Extract<Sender, { kind: 'known' }>;

/** What happens inside the SDK's turn: what was said, what is the answer. Throws nothing. */
class TurnRunner {
  readonly #options: TeamsDoorOptions;
  /** Conversations whose first message is being taken in: an installation arrives as two activities at once. */
  readonly #arriving = new Set<string>();

  constructor(options: TeamsDoorOptions) {
    this.#options = options;
  }

  /** @returns what the one who pressed a button gets to see. */
  async run(sender: KnownSender, context: TurnContext, activity: InboundActivity): Promise<InvokeBody | undefined> {
    try {
      return await this.#serve(sender, context, activity);
    } catch (error) {
      this.#options.log.error({ error, activity: activity.id, type: activity.type }, 'A turn failed');
      return this.#apologise(context, activity);
    }
  }

  async #serve(sender: KnownSender, context: TurnContext, activity: InboundActivity): Promise<InvokeBody | undefined> {
    const said = readSentFile(activity, this.#options.connector) ?? readSaid(activity);
    if (said === 'not-ours') {
      return invokeError(400, 'This button does not belong to Latchkey any more. Write "help".');
    }
    const isFirst = await this.#remember(storedPlace(sender, context.activity), said);
    if (said === undefined || (said.kind === 'arrived' && !isFirst)) return undefined;
    const { account, place } = sender;
    const turn: Turn = {
      account,
      place,
      room: withoutThread(place.conversation),
      deliveryId: deliveryId(activity),
      said,
    };
    const answer = await this.#options.handle(turn);
    if (activity.type === 'invoke') return invokeAnswer(answer);
    if (answer) await this.#post(turn, said, answer);
    return undefined;
  }

  /** Stores where the sender is; answers without that when the store is away. @returns whether the place was unknown. */
  async #remember(stored: StoredPlace, said: Said | undefined): Promise<boolean> {
    const { places, log } = this.#options;
    const { conversation } = stored;
    if (said?.kind === 'arrived' && this.#arriving.has(conversation)) return false;
    this.#arriving.add(conversation);
    try {
      const isFirst = said?.kind === 'arrived' && (await places.find(conversation)) === undefined;
      await places.save(stored);
      return isFirst;
    } catch (error) {
      log.warn({ error }, 'The address of a conversation could not be stored');
      return false;
    } finally {
      this.#arriving.delete(conversation);
    }
  }

  async #post({ place }: Turn, said: Said, answer: Answer): Promise<void> {
    const { channel, log } = this.#options;
    const deliver = async (): Promise<void> => {
      if (answer.kind === 'choices' || answer.kind === 'form') return;
      if (answer.kind !== 'view') await channel.say(place, answer.text);
      else if (said.kind === 'click' && said.messageId) await channel.replace(place, said.messageId, answer.view);
      else await channel.post(place, answer.view);
    };
    // The deed is done; an answer that could not be delivered must not make Teams deliver the message again.
    await deliver().catch((error: unknown) => log.warn({ error }, 'An answer could not be delivered'));
  }

  async #apologise(context: TurnContext, activity: InboundActivity): Promise<InvokeBody | undefined> {
    const text = 'Something in Latchkey itself went wrong. Try again; if it stays, tell the operator.';
    if (activity.type === 'invoke') return invokeError(500, text);
    if (activity.type === 'message') await this.#sayHere(context, text);
    return undefined;
  }

  /** For where no place may be stored. Never throws: it may be Teams itself that failed. */
  async #sayHere(context: TurnContext, text: string): Promise<void> {
    await context
      .sendActivity({ type: 'message', text, textFormat: 'plain' })
      .catch((error: unknown) => this.#options.log.warn({ error }, 'A line of text could not be delivered'));
  }
}

function storedPlace({ account, place }: KnownSender, activity: Activity): StoredPlace {
  const { user, bot, conversation: address, channelId, serviceUrl } = TurnContext.getConversationReference(activity);
  // Only what stays the same from message to message: an activity id or a sender's locale would cost a write each.
  const reference = { bot, conversation: address, channelId, serviceUrl };
  const { conversation, kind } = place;
  if (kind === 'channel') return { conversation, kind, reference };
  return { conversation, kind, person: account.personId, reference: { ...reference, user } };
}

/** Teams wants HTTP 200 whenever the bot has taken an invoke; what came of it stands in the body. */
function replyToActivity(response: ServerResponse, body: InvokeBody | undefined): void {
  response.writeHead(200, body ? { 'Content-Type': 'application/json; charset=utf-8' } : {});
  response.end(body ? JSON.stringify(body) : undefined);
}

function isLocal(request: IncomingMessage): boolean {
  return isFromThisMachine({ remoteAddress: request.socket.remoteAddress, host: request.headers.host });
}

function reply(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(message);
}

/** Ids of activities are unique within their conversation only: two people who write in one millisecond share one. */
function deliveryId({ id, conversation }: InboundActivity): string {
  if (!id) return randomUUID();
  return createHash('sha256').update(`${conversation.id}\n${id}`).digest('base64url');
}

/** A channel's thread is the channel's id and `;messageid=<its first message>`. */
function withoutThread(conversation: string): string {
  return conversation.split(';')[0] ?? conversation;
}

import { z } from 'zod';
import type { SandboxAddresses } from '../addresses.js';
import { TEAMS_BOT, TENANT_ID, type SandboxPerson } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { BotUnreachable, type BotAnswer, type BotClient } from './bot-client.js';
import { CHANNEL, TEAM, type Chat, type Conversation } from './chat.js';
import type { EventStreams } from './event-stream.js';
import { DEFAULT_CLIENT, botHears, type IncomingActivities, type Occasion } from './incoming-activity.js';
import { refusal, type PageGuard } from '../kit/page-guard.js';
import { findPerson } from './people.js';
import { personas } from './personas.js';
import type { SharedFiles } from './shared-files.js';

const MAX_TEXT_LENGTH = 28_000;

// A browser may report a locale that is no language tag (`en-US@posix`): the default then stands in.
const localeSchema = z.string().max(35).refine(isLocale).optional().catch(undefined);
const timezoneSchema = z.string().max(64).refine(isTimezone).optional().catch(undefined);
const actionSchema = z.object({
  activityId: z.string().max(200),
  type: z.enum(['Action.Execute', 'Action.Submit']),
  id: z.string().max(1_000).optional(),
  verb: z.string().max(1_000).optional(),
  data: z.unknown(),
  trigger: z.enum(['manual', 'automatic']).default('manual'),
});
const sendSchema = z.object({
  persona: z.string().max(400),
  conversation: z.string().max(400),
  text: z.string().trim().min(1).max(MAX_TEXT_LENGTH).optional(),
  /** The message whose thread the text joins; only in the channel. */
  replyTo: z.string().max(200).optional(),
  locale: localeSchema,
  timezone: timezoneSchema,
  action: actionSchema.optional(),
  /** A file as an attachment; only in a personal chat, as Teams has it. */
  file: z.object({ name: z.string().min(1).max(200), base64: z.base64() }).optional(),
});
const searchSchema = z.object({
  persona: z.string().max(400),
  conversation: z.string().max(400),
  activityId: z.string().max(200),
  dataset: z.string().min(1).max(100),
  queryText: z.string().max(1_000),
  locale: localeSchema,
  timezone: timezoneSchema,
});
type Wish = z.infer<typeof sendSchema>;
type Who = Pick<Wish, 'persona' | 'conversation' | 'locale' | 'timezone'>;
type CardAction = z.infer<typeof actionSchema>;

/** When the answer to an invoke arrived, in the chat's own count: a later edit of the card outranks the answer. */
export const REVISION_HEADER = 'x-sandbox-revision';

export interface PageApiOptions {
  readonly chat: Chat;
  readonly bot: BotClient;
  readonly make: IncomingActivities;
  readonly guard: PageGuard;
  readonly streams: EventStreams;
  readonly files: SharedFiles;
  readonly addresses: SandboxAddresses;
}

/** What the browser page asks: who exists, what was said, and to say or press something as a persona. */
export class PageApi {
  readonly #o: PageApiOptions;

  constructor(options: PageApiOptions) {
    this.#o = options;
  }

  mount(server: SandboxServer): void {
    const { guard } = this.#o;
    server.route('GET', '/sandbox/api/personas', (request) => guard.refuseRead(request) ?? this.#personas());
    server.route('POST', '/sandbox/api/send', (request) => guard.refuseAct(request) ?? this.#send(request));
    server.route('POST', '/sandbox/api/search', (request) => guard.refuseAct(request) ?? this.#search(request));
    server.stream('/sandbox/api/events', (request, response) => {
      const person = findPerson(request.query.get('persona'));
      const refused = guard.refuseRead(request) ?? (person ? undefined : unknownPersona());
      if (!person || refused) {
        response.writeHead(refused?.status ?? 404, { 'Content-Type': 'application/json; charset=utf-8' });
        response.end(JSON.stringify(refused?.body));
        return;
      }
      const lastEventId = request.headers['last-event-id'] ?? request.query.get('since') ?? undefined;
      this.#o.streams.open(response, person, lastEventId);
    });
  }

  #personas(): Reply {
    const { guard, addresses } = this.#o;
    const conversations = [
      { key: 'personal', conversationType: 'personal', name: TEAMS_BOT.name },
      { key: 'channel', conversationType: 'channel', id: CHANNEL.id, name: CHANNEL.name, team: TEAM.name },
    ];
    const body = {
      token: guard.token,
      tenantId: TENANT_ID,
      bot: TEAMS_BOT,
      conversations,
      addresses,
      personas: personas(),
    };
    return { status: 200, headers: { 'Cross-Origin-Resource-Policy': 'same-origin' }, body };
  }

  async #send(request: SandboxRequest): Promise<Reply> {
    const parsed = sendSchema.safeParse(readJson(request));
    if (!parsed.success) return refusal(400, 'BadRequest', z.prettifyError(parsed.error));
    const wish = parsed.data;
    return this.#as(wish, (occasion) => {
      if (wish.action) return this.#press(occasion, wish.action);
      if (wish.file) return this.#share(occasion, wish.file);
      if (wish.text !== undefined) return this.#say(occasion, wish.text, wish.replyTo);
      return Promise.resolve(refusal(400, 'BadRequest', 'Say a text or press an action.'));
    });
  }

  /** Somebody types into a list on a card that the bot fills. */
  async #search(request: SandboxRequest): Promise<Reply> {
    const parsed = searchSchema.safeParse(readJson(request));
    if (!parsed.success) return refusal(400, 'BadRequest', z.prettifyError(parsed.error));
    const { activityId, ...query } = parsed.data;
    const { chat, make, bot } = this.#o;
    return this.#as(parsed.data, async (occasion) => {
      const stored = chat.find(occasion.conversation.id, activityId);
      if (!stored) return refusal(404, 'UnknownActivity', 'That card is not here.');
      const place = { ...occasion, threadId: stored.threadId };
      return this.#invokeReply(await bot.deliver(make.search(place, stored.id, query)));
    });
  }

  /** Does something as the persona, where the wish says. */
  async #as(wish: Who, act: (occasion: Occasion) => Promise<Reply>): Promise<Reply> {
    const person = findPerson(wish.persona);
    if (!person) return unknownPersona();
    const conversation = this.#conversation(person, wish.conversation);
    if (!conversation) return refusal(404, 'UnknownConversation', `${person.displayName} has no such conversation.`);
    try {
      return await act({ person, conversation, client: clientOf(wish) });
    } catch (error) {
      if (error instanceof BotUnreachable) return refusal(502, 'BotUnreachable', error.message);
      throw error;
    }
  }

  #conversation(person: SandboxPerson, wanted: string): Conversation | undefined {
    return this.#o.chat
      .conversationsOf(person)
      .find((conversation) => conversation.conversationType === wanted || conversation.id === wanted);
  }

  async #say(occasion: Occasion, text: string, replyTo: string | undefined): Promise<Reply> {
    const { chat, make, bot } = this.#o;
    const { conversation } = occasion;
    const answered = replyTo === undefined ? undefined : chat.find(conversation.id, replyTo);
    if (replyTo !== undefined && !answered) return refusal(404, 'UnknownActivity', 'That message is not here.');
    const id = chat.nextMessageId();
    const threadId = conversation.conversationType === 'channel' ? (answered?.threadId ?? id) : undefined;
    const activity = make.message({ ...occasion, threadId }, id, text);
    chat.add(conversation, activity, threadId);
    if (!botHears(activity)) return { status: 200, body: { id, delivered: false } };
    const answer = await bot.deliver(activity);
    return answer.status < 300 ? { status: 200, body: { id, delivered: true } } : refusedByBot(answer);
  }

  async #share(occasion: Occasion, { name, base64 }: { name: string; base64: string }): Promise<Reply> {
    const { chat, make, bot, files } = this.#o;
    const { conversation } = occasion;
    if (conversation.conversationType !== 'personal') {
      return refusal(400, 'BadRequest', 'Teams hands files to a bot in a personal chat only.');
    }
    const id = chat.nextMessageId();
    const activity = make.file(occasion, id, files.share({ name, bytes: Buffer.from(base64, 'base64') }));
    chat.add(conversation, activity);
    const answer = await bot.deliver(activity);
    return answer.status < 300 ? { status: 200, body: { id, delivered: true } } : refusedByBot(answer);
  }

  async #press(occasion: Occasion, action: CardAction): Promise<Reply> {
    const { chat, make, bot } = this.#o;
    // A card that was deleted meanwhile may still stand on somebody's screen: its press is delivered all the same.
    const stored = chat.find(occasion.conversation.id, action.activityId);
    if (!stored) return refusal(404, 'UnknownActivity', 'That card is not here.');
    const place = { ...occasion, threadId: stored.threadId };
    if (action.type === 'Action.Submit') {
      const answer = await bot.deliver(make.submit(place, chat.nextMessageId(), stored.id, action.data));
      return answer.status < 300 ? { status: 200, body: { delivered: true } } : refusedByBot(answer);
    }
    const { type, id, verb, data, trigger } = action;
    const answer = await bot.deliver(make.cardAction(place, stored.id, { action: { type, id, verb, data }, trigger }));
    return this.#invokeReply(answer);
  }

  /** The bot's own answer to the invoke: a card, a message or an error, always with its three members. */
  #invokeReply(answer: BotAnswer): Reply {
    if (answer.status >= 300) return refusedByBot(answer);
    const parsed = invokeAnswerSchema.safeParse(answer.body);
    if (!parsed.success) {
      return refusal(502, 'InvalidInvokeResponse', 'The answer to the invoke lacks statusCode, type or value.');
    }
    return { status: 200, headers: { [REVISION_HEADER]: String(this.#o.chat.revision) }, body: answer.body };
  }
}

const invokeAnswerSchema = z.looseObject({ statusCode: z.number(), type: z.string(), value: z.unknown() });

function clientOf(wish: Pick<Wish, 'locale' | 'timezone'>): typeof DEFAULT_CLIENT {
  return { locale: wish.locale ?? DEFAULT_CLIENT.locale, timezone: wish.timezone ?? DEFAULT_CLIENT.timezone };
}

function refusedByBot(answer: BotAnswer): Reply {
  return refusal(502, `BotAnswered${answer.status}`, `The bot answered with HTTP status ${answer.status}.`);
}

function unknownPersona(): Reply {
  return refusal(404, 'UnknownPersona', 'Nobody in the sandbox has that id or user principal name.');
}

function readJson(request: SandboxRequest): unknown {
  try {
    return request.json();
  } catch {
    return undefined;
  }
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length === 1;
  } catch {
    return false;
  }
}

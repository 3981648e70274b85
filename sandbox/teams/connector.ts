import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { TEAMS_BOT } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import type { Activity } from './activity.js';
import { conversationAccount, isFromBot, personalConversationId, type Chat, type Conversation } from './chat.js';
import {
  ConnectorError,
  badArgument,
  badSyntax,
  noActivity,
  noConversation,
  noMember,
  tooBig,
} from './connector-errors.js';
import { findPerson, memberOf } from './people.js';

/** "100 KB", counted as UTF-16 (Teams bot documentation). */
const MAX_ACTIVITY_BYTES = 100 * 1024;

const activitySchema = z.looseObject({
  type: z.string(),
  text: z.string().nullish(),
  attachments: z.array(z.looseObject({ contentType: z.string() })).nullish(),
});
const creationSchema = z.looseObject({
  isGroup: z.boolean().nullish(),
  members: z.array(z.looseObject({ id: z.string() })).nullish(),
  activity: activitySchema.nullish(),
  channelData: z.looseObject({ channel: z.looseObject({ id: z.string() }).nullish() }).nullish(),
});

interface Place {
  readonly conversation: Conversation;
  readonly threadId?: string;
}

/** The connector REST API that a bot calls under its `serviceUrl`: send, edit and delete messages, read the roster. */
export class Connector {
  readonly #chat: Chat;
  readonly #clock: SandboxClock;
  readonly #serviceUrl: () => string;

  constructor(chat: Chat, clock: SandboxClock, serviceUrl: () => string) {
    this.#chat = chat;
    this.#clock = clock;
    this.#serviceUrl = serviceUrl;
  }

  mount(server: SandboxServer): void {
    const on = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, answer: (r: SandboxRequest) => Reply): void =>
      server.route(method, `/v3/conversations${path}`, orEnvelope(answer));
    on('POST', '', (request) => this.#create(request));
    on('POST', '/:id/activities', (request) => this.#send(request));
    on('POST', '/:id/activities/:activityId', (request) => this.#send(request));
    on('PUT', '/:id/activities/:activityId', (request) => this.#update(request));
    on('DELETE', '/:id/activities/:activityId', (request) => this.#delete(request));
    on('GET', '/:id/members', (request) => this.#members(request));
    on('GET', '/:id/members/:memberId', (request) => this.#member(request));
    on('GET', '/:id/pagedmembers', (request) => this.#pagedMembers(request));
  }

  #create(request: SandboxRequest): Reply {
    const wanted = parseBody(request, creationSchema);
    const channelId = wanted.channelData?.channel?.id;
    const place = channelId === undefined ? this.#personalChat(wanted) : this.#place(channelId);
    if (channelId !== undefined && !wanted.activity) throw badArgument('A thread in a channel needs a first activity.');
    const activityId = wanted.activity ? this.#post(place, parseActivity(wanted.activity)) : undefined;
    const threadId = channelId === undefined ? undefined : activityId;
    const { id } = conversationAccount(place.conversation, threadId);
    return { status: 201, body: { id, serviceUrl: this.#serviceUrl(), ...(activityId ? { activityId } : {}) } };
  }

  #personalChat(wanted: z.infer<typeof creationSchema>): Place {
    const [member, ...others] = wanted.members ?? [];
    if (wanted.isGroup || others.length > 0) throw badArgument('Incorrect conversation creation parameters');
    const person = findPerson(member?.id);
    const conversation = person ? this.#chat.conversations.get(personalConversationId(person)) : undefined;
    if (!conversation) throw badArgument('Incorrect conversation creation parameters');
    return { conversation };
  }

  #send(request: SandboxRequest): Reply {
    const place = this.#place(request.params['id']);
    const activity = parseActivity(parseBody(request, activitySchema));
    if (activity.type === 'typing') {
      this.#chat.typing(place.conversation);
      return { status: 201, body: { id: randomUUID() } };
    }
    const replyTo = request.params['activityId'];
    const answered = replyTo === undefined ? undefined : this.#chat.find(place.conversation.id, replyTo);
    // An answer to a message of a thread lands in that thread, even when the address names the channel only. The
    // activity answered to may be unknown: a proactive message "answers" an id that was never a message.
    return this.#created({ ...place, ...threadOf(place.threadId ?? answered?.threadId) }, activity);
  }

  #created(place: Place, activity: Activity): Reply {
    return { status: 201, body: { id: this.#post(place, activity) } };
  }

  #post(place: Place, activity: Activity): string {
    if (activity.type !== 'message') throw badArgument(`Unknown activity type "${activity.type}".`);
    const id = this.#chat.nextMessageId();
    const { conversation } = place;
    // A message into the channel itself opens a thread of its own.
    const threadId = conversation.conversationType === 'channel' ? (place.threadId ?? id) : undefined;
    this.#chat.add(conversation, this.#complete({ conversation, ...threadOf(threadId) }, activity, id), threadId);
    return id;
  }

  /** What the bot sent, with the members that only Teams can know. */
  #complete({ conversation, threadId }: Place, activity: Activity, id: string): Activity & { readonly id: string } {
    return {
      ...activity,
      id,
      timestamp: this.#clock.now().toISOString(),
      channelId: 'msteams',
      serviceUrl: this.#serviceUrl(),
      from: TEAMS_BOT,
      conversation: conversationAccount(conversation, threadId),
    };
  }

  #update(request: SandboxRequest): Reply {
    const stored = this.#ownActivity(request);
    const activity = parseActivity(parseBody(request, activitySchema));
    if (activity.type !== 'message') throw badArgument('Only a message can be updated.');
    const { conversation } = this.#place(request.params['id']);
    const complete = this.#complete({ conversation, ...threadOf(stored.threadId) }, activity, stored.id);
    this.#chat.update(stored, {
      ...complete,
      ...(stored.activity.timestamp ? { timestamp: stored.activity.timestamp } : {}),
    });
    return { status: 200, body: { id: stored.id } };
  }

  #delete(request: SandboxRequest): Reply {
    this.#chat.remove(this.#ownActivity(request));
    return { status: 200 };
  }

  #ownActivity(request: SandboxRequest) {
    const { conversation } = this.#place(request.params['id']);
    const stored = this.#chat.find(conversation.id, request.params['activityId'] ?? '');
    if (!stored || stored.deleted) throw noActivity();
    if (!isFromBot(stored)) throw new ConnectorError(403, 'Forbidden', 'A bot can change only its own messages.');
    return stored;
  }

  #members(request: SandboxRequest): Reply {
    const { conversation } = this.#place(request.params['id']);
    return { status: 200, body: this.#chat.membersOf(conversation).map(memberOf) };
  }

  #member(request: SandboxRequest): Reply {
    const { conversation } = this.#place(request.params['id']);
    const wanted = findPerson(request.params['memberId']);
    const member = this.#chat.membersOf(conversation).find((person) => person === wanted);
    if (!member) throw noMember();
    return { status: 200, body: memberOf(member) };
  }

  /** Pages as Teams does: `pageSize` 50 to 500, the token is opaque. */
  #pagedMembers(request: SandboxRequest): Reply {
    const { conversation } = this.#place(request.params['id']);
    const people = this.#chat.membersOf(conversation);
    const size = Math.min(500, Math.max(50, Number(request.query.get('pageSize') ?? 200) || 200));
    const token = request.query.get('continuationToken');
    const from = token ? Number(Buffer.from(token, 'base64url').toString('utf8')) : 0;
    if (!Number.isSafeInteger(from) || from < 0) throw badArgument('Invalid continuation token.');
    const next = from + size < people.length ? Buffer.from(String(from + size)).toString('base64url') : undefined;
    const members = people.slice(from, from + size).map(memberOf);
    return { status: 200, body: { members, ...(next ? { continuationToken: next } : {}) } };
  }

  #place(id = ''): Place {
    const place = this.#chat.findConversation(id);
    if (!place) throw noConversation();
    const isThread = place.threadId !== undefined;
    if (isThread && !this.#chat.find(place.conversation.id, place.threadId ?? '')) throw noConversation();
    return place;
  }
}

function threadOf(threadId: string | undefined): { threadId?: string } {
  return threadId === undefined ? {} : { threadId };
}

function orEnvelope(answer: (request: SandboxRequest) => Reply): (request: SandboxRequest) => Reply {
  return (request) => {
    try {
      return answer(request);
    } catch (error) {
      if (error instanceof ConnectorError) return error.reply;
      throw error;
    }
  };
}

function parseBody<T>(request: SandboxRequest, schema: z.ZodType<T>): T {
  let body: unknown;
  try {
    body = request.json();
  } catch {
    throw badSyntax('The body is not JSON.');
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badSyntax(z.prettifyError(parsed.error));
  return parsed.data;
}

function parseActivity(activity: z.infer<typeof activitySchema>): Activity {
  if (Buffer.byteLength(JSON.stringify(activity), 'utf16le') > MAX_ACTIVITY_BYTES) throw tooBig();
  const isEmpty = !activity.text && (activity.attachments ?? []).length === 0;
  if (activity.type === 'message' && isEmpty) {
    throw badSyntax("Activity must include non empty 'text' field or at least 1 attachment");
  }
  return activity as Activity;
}

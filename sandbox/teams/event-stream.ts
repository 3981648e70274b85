import type { ServerResponse } from 'node:http';
import type { SandboxPerson } from '../credentials.js';
import type { Chat, ChatEvent, Conversation, StoredActivity } from './chat.js';

const KEEP_ALIVE_MS = 15_000;

/**
 * Server-sent events for one persona: `reset`, every message that stands, `ready`, then `message`, `update`, `delete`
 * and `typing` as they happen. An id is `<epoch>-<revision>`: a page that comes back with its last one gets only what
 * changed since, so nothing is doubled; an id of another epoch starts over.
 */
export class EventStreams {
  readonly #chat: Chat;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  open(response: ServerResponse, person: SandboxPerson, lastEventId: string | undefined): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    const stream = new EventStream(this.#chat, response, person);
    stream.begin(lastEventId);
    const silence = this.#chat.listen((event) => stream.tell(event));
    const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
    keepAlive.unref();
    response.once('close', () => {
      clearInterval(keepAlive);
      silence();
    });
  }
}

class EventStream {
  readonly #chat: Chat;
  readonly #response: ServerResponse;
  readonly #person: SandboxPerson;

  constructor(chat: Chat, response: ServerResponse, person: SandboxPerson) {
    this.#chat = chat;
    this.#response = response;
    this.#person = person;
  }

  begin(lastEventId: string | undefined): void {
    this.#response.write('retry: 1000\n\n');
    const known = this.#knownRevision(lastEventId);
    if (known === undefined) this.#history();
    else this.#changesSince(known);
    this.#write('ready', {}, this.#chat.revision);
  }

  tell(event: ChatEvent): void {
    if (event.kind === 'reset') {
      this.begin(undefined);
    } else if (event.kind === 'typing') {
      const conversation = this.#visible(event.conversationId);
      if (conversation) this.#write('typing', { conversation: conversation.conversationType });
    } else {
      this.#change(event.kind, event.stored, event.stored.revision);
    }
  }

  /** Without ids: a page whose connection breaks in the middle gets the whole history again. */
  #history(): void {
    this.#write('reset', {});
    for (const stored of this.#chat.messages()) this.#change('message', stored);
  }

  #changesSince(revision: number): void {
    for (const stored of this.#chat.changesSince(revision)) {
      const isNew = stored.createdRevision > revision;
      if (isNew && stored.deleted) continue;
      this.#change(stored.deleted ? 'delete' : isNew ? 'message' : 'update', stored, stored.revision);
    }
  }

  #change(kind: 'message' | 'update' | 'delete', stored: StoredActivity, id?: number): void {
    const conversation = this.#visible(stored.conversationId);
    if (!conversation) return;
    const { threadId, revision, edited, activity } = stored;
    const place = { conversation: conversation.conversationType, conversationId: conversation.id, threadId };
    const content = kind === 'delete' ? {} : { edited, activity };
    this.#write(kind, { ...place, activityId: stored.id, revision, ...content }, id);
  }

  #visible(conversationId: string): Conversation | undefined {
    const conversation = this.#chat.conversations.get(conversationId);
    return conversation?.members.includes(this.#person.id) ? conversation : undefined;
  }

  #knownRevision(lastEventId: string | undefined): number | undefined {
    const [, epoch, revision] = /^([^-]+)-(\d+)$/.exec(lastEventId ?? '') ?? [];
    if (epoch !== this.#chat.epoch || Number(revision) > this.#chat.revision) return undefined;
    return Number(revision);
  }

  #write(event: string, data: object, id?: number): void {
    const head = id === undefined ? '' : `id: ${this.#chat.epoch}-${id}\n`;
    this.#response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

import type { ServerResponse } from 'node:http';
import type { SandboxPerson } from '../credentials.js';
import { openEventStream, type Feed, type WriteEvent } from '../kit/event-stream.js';
import type { Chat, ChatEvent, Conversation, StoredActivity } from './chat.js';

/** Server-sent events for one persona: `message`, `update`, `delete` and `typing` in the conversations that they see. */
export class EventStreams {
  readonly #chat: Chat;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  open(response: ServerResponse, person: SandboxPerson, lastEventId: string | undefined): void {
    openEventStream(response, new PersonaFeed(this.#chat, person), lastEventId);
  }
}

class PersonaFeed implements Feed<ChatEvent> {
  readonly store: Chat;
  readonly #person: SandboxPerson;

  constructor(chat: Chat, person: SandboxPerson) {
    this.store = chat;
    this.#person = person;
  }

  catchUp(since: number | undefined, write: WriteEvent): void {
    if (since === undefined) {
      // Without ids: a page whose connection breaks in the middle gets the whole history again.
      for (const stored of this.store.messages()) this.#change('message', stored, write);
      return;
    }
    for (const stored of this.store.changesSince(since)) {
      const isNew = stored.createdRevision > since;
      if (isNew && stored.deleted) continue;
      this.#change(stored.deleted ? 'delete' : isNew ? 'message' : 'update', stored, write, stored.revision);
    }
  }

  tell(event: Exclude<ChatEvent, { kind: 'reset' }>, write: WriteEvent): void {
    if (event.kind !== 'typing') return this.#change(event.kind, event.stored, write, event.stored.revision);
    const conversation = this.#visible(event.conversationId);
    if (conversation) write('typing', { conversation: conversation.conversationType });
  }

  #change(kind: 'message' | 'update' | 'delete', stored: StoredActivity, write: WriteEvent, id?: number): void {
    const conversation = this.#visible(stored.conversationId);
    if (!conversation) return;
    const { threadId, revision, edited, activity } = stored;
    const place = { conversation: conversation.conversationType, conversationId: conversation.id, threadId };
    const content = kind === 'delete' ? {} : { edited, activity };
    write(kind, { ...place, activityId: stored.id, revision, ...content }, id);
  }

  #visible(conversationId: string): Conversation | undefined {
    const conversation = this.store.conversations.get(conversationId);
    return conversation?.members.includes(this.#person.id) ? conversation : undefined;
  }
}

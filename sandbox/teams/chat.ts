import { randomUUID } from 'node:crypto';
import { PEOPLE, TEAMS_BOT, TENANT_ID, type SandboxPerson } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import type { Activity, ConversationAccount, ConversationType } from './activity.js';
import { findPerson } from './people.js';

export const TEAM = {
  id: '19:1dent1ty0perat10ns4eam0000000001@thread.tacv2',
  name: 'Identity operations',
  aadGroupId: '7ea00000-1de0-4000-8000-000000000001',
} as const;
export const CHANNEL = { id: '19:550operat10ns000000000000000001@thread.tacv2', name: 'SSO operations' } as const;

export interface Conversation {
  readonly id: string;
  readonly conversationType: ConversationType;
  readonly name: string;
  /** Object ids of the people in it. */
  readonly members: readonly string[];
}

/** A message as the chat keeps it. `revision` grows with every change anywhere, so a page can ask "what is new". */
export interface StoredActivity {
  readonly id: string;
  readonly conversationId: string;
  /** Id of the message that opened the thread, in a channel. */
  readonly threadId?: string;
  readonly createdRevision: number;
  readonly revision: number;
  readonly deleted: boolean;
  readonly edited: boolean;
  readonly activity: Activity;
}

export type ChatEvent =
  | { readonly kind: 'message' | 'update' | 'delete'; readonly stored: StoredActivity }
  | { readonly kind: 'typing'; readonly conversationId: string }
  | { readonly kind: 'reset' };

interface Progress {
  readonly epoch: string;
  readonly revision: number;
  readonly lastMessageId: number;
}

/** Conversations and messages of the Teams sandbox, in the store; tells listeners about each change. */
export class Chat {
  readonly conversations: Collection<Conversation>;
  readonly #activities: Collection<StoredActivity>;
  readonly #progress: Collection<Progress>;
  readonly #listeners = new Set<(event: ChatEvent) => void>();
  readonly #clock: SandboxClock;
  readonly #store: SandboxStore;

  constructor(store: SandboxStore, clock: SandboxClock) {
    this.#clock = clock;
    this.#store = store;
    this.conversations = store.collection('conversations');
    this.#activities = store.collection('activities');
    this.#progress = store.collection('progress');
  }

  /** One personal chat for each person, and the channel with everybody in it. */
  seed(): void {
    for (const person of PEOPLE) {
      const id = personalConversationId(person);
      this.conversations.put(id, { id, conversationType: 'personal', name: person.displayName, members: [person.id] });
    }
    const members = PEOPLE.map((person) => person.id);
    this.conversations.put(CHANNEL.id, { id: CHANNEL.id, conversationType: 'channel', name: CHANNEL.name, members });
    this.#progress.put('chat', { epoch: randomUUID().slice(0, 8), revision: 0, lastMessageId: 0 });
    this.#tell({ kind: 'reset' });
  }

  /** Changes with every reset: a page that knows another epoch has to forget what it shows. */
  get epoch(): string {
    return this.#current.epoch;
  }

  get revision(): number {
    return this.#current.revision;
  }

  listen(listener: (event: ChatEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Finds a conversation by its id; in a channel the id may name a thread, `<channel>;messageid=<root>`. */
  findConversation(id: string): { conversation: Conversation; threadId?: string } | undefined {
    const [base = '', threadId] = id.split(';messageid=');
    const conversation = this.conversations.get(base);
    if (!conversation) return undefined;
    if (threadId === undefined) return { conversation };
    return conversation.conversationType === 'channel' ? { conversation, threadId } : undefined;
  }

  conversationsOf(person: SandboxPerson): Conversation[] {
    return this.conversations.filter((conversation) => conversation.members.includes(person.id));
  }

  membersOf(conversation: Conversation): SandboxPerson[] {
    return conversation.members.map(findPerson).filter((person) => person !== undefined);
  }

  find(conversationId: string, activityId: string): StoredActivity | undefined {
    const stored = this.#activities.get(activityId);
    return stored?.conversationId === conversationId ? stored : undefined;
  }

  /** Messages that still stand, oldest first. */
  messages(): StoredActivity[] {
    return this.#activities.filter((stored) => !stored.deleted);
  }

  /** Everything that changed after that revision, deletions included, oldest change first. */
  changesSince(revision: number): StoredActivity[] {
    return this.#activities.filter((stored) => stored.revision > revision).sort((a, b) => a.revision - b.revision);
  }

  /** A message id as Teams makes them: milliseconds, never twice. */
  nextMessageId(): string {
    const lastMessageId = Math.max(this.#clock.now().getTime(), this.#current.lastMessageId + 1);
    this.#progress.put('chat', { ...this.#current, lastMessageId });
    return String(lastMessageId);
  }

  add(conversation: Conversation, activity: Activity & { readonly id: string }, threadId?: string): StoredActivity {
    const revision = this.#nextRevision();
    const inChannel = conversation.conversationType === 'channel';
    const stored: StoredActivity = {
      id: activity.id,
      conversationId: conversation.id,
      ...(inChannel ? { threadId: threadId ?? activity.id } : {}),
      createdRevision: revision,
      revision,
      deleted: false,
      edited: false,
      activity,
    };
    this.#activities.put(stored.id, stored);
    this.#tell({ kind: 'message', stored });
    return stored;
  }

  update(stored: StoredActivity, activity: Activity): void {
    this.#change({ ...stored, activity, edited: true, revision: this.#nextRevision() }, 'update');
  }

  /** Leaves a mark without content, so that a page that was away learns of it. */
  remove(stored: StoredActivity): void {
    const activity: Activity = { type: 'message', id: stored.id, ...pick(stored.activity.from) };
    this.#change({ ...stored, activity, deleted: true, revision: this.#nextRevision() }, 'delete');
  }

  typing(conversation: Conversation): void {
    this.#tell({ kind: 'typing', conversationId: conversation.id });
  }

  get #current(): Progress {
    return this.#progress.get('chat') ?? { epoch: 'none', revision: 0, lastMessageId: 0 };
  }

  #nextRevision(): number {
    const revision = this.revision + 1;
    this.#progress.put('chat', { ...this.#current, revision });
    return revision;
  }

  #change(stored: StoredActivity, kind: 'update' | 'delete'): void {
    this.#activities.put(stored.id, stored);
    this.#tell({ kind, stored });
  }

  /** On disk before anybody sees it: a turn of the bot may last longer than this process. */
  #tell(event: ChatEvent): void {
    if (event.kind !== 'typing') this.#store.flush();
    for (const listener of this.#listeners) listener(event);
  }
}

function pick(from: Activity['from']): Pick<Activity, 'from'> {
  return from ? { from } : {};
}

/** The id of the one chat between that person and the bot. */
export function personalConversationId(person: SandboxPerson): string {
  return `a:1${Buffer.from(`latchkey/${person.id}`).toString('base64url')}`;
}

/** The conversation as an activity names it; a message in a channel names its thread too. */
export function conversationAccount(conversation: Conversation, threadId?: string): ConversationAccount {
  const { conversationType } = conversation;
  if (conversationType === 'personal') return { id: conversation.id, conversationType, tenantId: TENANT_ID };
  const id = threadId === undefined ? conversation.id : `${conversation.id};messageid=${threadId}`;
  return { id, conversationType, tenantId: TENANT_ID, isGroup: true };
}

export function isFromBot(stored: StoredActivity): boolean {
  return stored.activity.from?.id === TEAMS_BOT.id;
}

import { randomBytes, randomUUID } from 'node:crypto';
import { SLACK, SLACK_ACCOUNTS, type SlackAccount } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import type { SlackChannel, SlackUser, StoredMessage, StoredView } from './slack-wire.js';

export const GENERAL = 'C0GENERAL01';
/** The bot is no member here until somebody invites it, which nobody can: `not_in_channel`. */
export const AGENTS = 'C0AGENTS001';
export const SLACKBOT = 'USLACKBOT';

export type WorkspaceEvent =
  | { readonly kind: 'message'; readonly message: StoredMessage }
  | { readonly kind: 'view'; readonly view: StoredView }
  | { readonly kind: 'reset' };

interface Progress {
  readonly epoch: string;
  readonly revision: number;
  /** The newest `ts`, in microseconds. */
  readonly lastTs: number;
}

/** What the Slack workspace holds, in the store; tells listeners about each change. */
export class Workspace {
  readonly users: Collection<SlackUser>;
  readonly channels: Collection<SlackChannel>;
  readonly #messages: Collection<StoredMessage>;
  readonly #views: Collection<StoredView>;
  readonly #progress: Collection<Progress>;
  readonly #listeners = new Set<(event: WorkspaceEvent) => void>();
  readonly #clock: SandboxClock;
  readonly #store: SandboxStore;

  constructor(store: SandboxStore, clock: SandboxClock) {
    this.#store = store;
    this.#clock = clock;
    this.users = store.collection('users');
    this.channels = store.collection('channels');
    this.#messages = store.collection('messages');
    this.#views = store.collection('views');
    this.#progress = store.collection('progress');
  }

  /** Everybody's account, the bot's and Slackbot's; two public channels; a chat with the bot for each member. */
  seed(): void {
    for (const account of SLACK_ACCOUNTS) this.users.put(account.userId, userOf(account));
    this.users.put(SLACK.botUserId, botUser(SLACK.botUserId, SLACK.botName, 'Latchkey'));
    this.users.put(SLACKBOT, botUser(SLACKBOT, 'slackbot', 'Slackbot'));
    const everybody = SLACK_ACCOUNTS.map(({ userId }) => userId);
    const colleagues = SLACK_ACCOUNTS.filter(({ teamId, guest }) => teamId === SLACK.teamId && guest === undefined);
    this.#channel(GENERAL, 'general', [...everybody, SLACK.botUserId], true);
    this.#channel(
      AGENTS,
      'agents',
      colleagues.map(({ userId }) => userId),
      false,
    );
    for (const { userId, teamId } of SLACK_ACCOUNTS) if (teamId === SLACK.teamId) this.openDirect(userId);
    this.#progress.put('workspace', { epoch: randomUUID().slice(0, 8), revision: 0, lastTs: 0 });
    this.#tell({ kind: 'reset' });
  }

  /** Changes with every reset: a page that knows another epoch has to forget what it shows. */
  get epoch(): string {
    return this.#current.epoch;
  }

  get revision(): number {
    return this.#current.revision;
  }

  listen(listener: (event: WorkspaceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The direct messages between the bot and that person: made once, the same id at every start. */
  openDirect(userId: string): SlackChannel {
    const id = directOf(userId);
    const known = this.channels.get(id);
    if (known) return known;
    const members = [userId, SLACK.botUserId];
    return this.channels.put(id, { id, name: 'directmessage', is_im: true, is_ext_shared: false, members });
  }

  channelsOf(userId: string): SlackChannel[] {
    return this.channels.filter(({ members }) => members.includes(userId));
  }

  findMessage(channel: string, ts: string): StoredMessage | undefined {
    const message = this.#messages.get(`${channel} ${ts}`);
    return message?.deleted ? undefined : message;
  }

  /** Messages that still stand, oldest first. */
  messages(): StoredMessage[] {
    return this.#messages.filter(({ deleted }) => !deleted);
  }

  post(message: Omit<StoredMessage, 'ts' | 'revision' | 'createdRevision' | 'deleted'>): StoredMessage {
    const revision = this.#nextRevision();
    return this.#keep({ ...message, ts: this.nextTs(), createdRevision: revision, revision, deleted: false });
  }

  change(message: StoredMessage): StoredMessage {
    return this.#keep({ ...message, revision: this.#nextRevision() });
  }

  /** Leaves a mark without content, so that a page that was away learns of it. */
  remove({ channel, ts, user, createdRevision, visible_to }: StoredMessage): void {
    const mark = { channel, ts, user, text: '', createdRevision, deleted: true, revision: this.#nextRevision() };
    this.#keep({ ...mark, ...(visible_to === undefined ? {} : { visible_to }) });
  }

  findView(id: string): StoredView | undefined {
    return this.#views.get(id);
  }

  views(): StoredView[] {
    return this.#views.list();
  }

  homeOf(user: string): StoredView | undefined {
    return this.#views.find((view) => view.type === 'home' && view.user === user);
  }

  /** The modals on somebody's screen, the one on top last. */
  modalsOf(user: string): StoredView[] {
    return this.#views
      .filter((view) => view.type === 'modal' && view.user === user && view.open)
      .sort((a, b) => a.createdRevision - b.createdRevision);
  }

  /** Puts a new view or a changed one; its hash is new. */
  putView(view: Omit<StoredView, 'hash' | 'revision' | 'createdRevision'> & { createdRevision?: number }): StoredView {
    const revision = this.#nextRevision();
    const hash = `${this.nextTs().replace('.', '')}.${randomBytes(4).toString('hex')}`;
    const stored = { ...view, hash, revision, createdRevision: view.createdRevision ?? revision };
    this.#views.put(stored.id, stored);
    this.#tell({ kind: 'view', view: stored });
    return stored;
  }

  /** Everything that changed after that revision, oldest change first. */
  changesSince(revision: number): WorkspaceEvent[] {
    const messages = this.#messages
      .filter((message) => message.revision > revision)
      .map((message) => ({ at: message.revision, event: { kind: 'message' as const, message } }));
    const views = this.#views
      .filter((view) => view.revision > revision)
      .map((view) => ({ at: view.revision, event: { kind: 'view' as const, view } }));
    return [...messages, ...views].sort((a, b) => a.at - b.at).map(({ event }) => event);
  }

  /** A message id as Slack makes them: seconds and six digits, growing, never twice. */
  nextTs(): string {
    const lastTs = Math.max(this.#clock.now().getTime() * 1_000, this.#current.lastTs + 1);
    this.#progress.put('workspace', { ...this.#current, lastTs });
    return `${Math.floor(lastTs / 1e6)}.${String(lastTs % 1e6).padStart(6, '0')}`;
  }

  get #current(): Progress {
    return this.#progress.get('workspace') ?? { epoch: 'none', revision: 0, lastTs: 0 };
  }

  #nextRevision(): number {
    const revision = this.revision + 1;
    this.#progress.put('workspace', { ...this.#current, revision });
    return revision;
  }

  #channel(id: string, name: string, members: readonly string[], isShared: boolean): void {
    this.channels.put(id, { id, name, is_im: false, is_ext_shared: isShared, members });
  }

  #keep(message: StoredMessage): StoredMessage {
    this.#messages.put(`${message.channel} ${message.ts}`, message);
    this.#tell({ kind: 'message', message });
    return message;
  }

  /** On disk before anybody sees it. */
  #tell(event: WorkspaceEvent): void {
    this.#store.flush();
    for (const listener of this.#listeners) listener(event);
  }
}

export function directOf(userId: string): string {
  return `D${userId.slice(1)}`;
}

function userOf({ userId, name, teamId, guest }: SlackAccount): SlackUser {
  return {
    id: userId,
    team_id: teamId,
    name: name.toLowerCase().replace(/[^a-z]+/g, '.'),
    real_name: name,
    is_bot: false,
    is_restricted: guest !== undefined,
    is_ultra_restricted: guest === 'single-channel',
    is_stranger: teamId !== SLACK.teamId,
  };
}

function botUser(id: string, name: string, realName: string): SlackUser {
  const isNobody = { is_restricted: false, is_ultra_restricted: false, is_stranger: false };
  return { id, team_id: SLACK.teamId, name, real_name: realName, is_bot: true, ...isNobody };
}

import type { ServerResponse } from 'node:http';
import { openEventStream, type Feed, type WriteEvent } from '../kit/event-stream.js';
import type { SlackUser, StoredMessage, StoredView } from './slack-wire.js';
import type { Workspace, WorkspaceEvent } from './workspace.js';

/** Server-sent events for one account: `message`, `delete` and `view`, as far as that account sees them. */
export class EventStreams {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  open(response: ServerResponse, user: SlackUser, lastEventId: string | undefined): void {
    openEventStream(response, new AccountFeed(this.#workspace, user), lastEventId);
  }
}

class AccountFeed implements Feed<WorkspaceEvent> {
  readonly store: Workspace;
  readonly #user: SlackUser;

  constructor(workspace: Workspace, user: SlackUser) {
    this.store = workspace;
    this.#user = user;
  }

  catchUp(since: number | undefined, write: WriteEvent): void {
    if (since === undefined) {
      // Without ids: a page whose connection breaks in the middle gets the whole history again.
      for (const message of this.store.messages()) this.#message(message, write);
      for (const view of this.store.views()) if (view.open) this.#view(view, write);
      return;
    }
    for (const event of this.store.changesSince(since)) if (event.kind !== 'reset') this.tell(event, write);
  }

  tell(event: Exclude<WorkspaceEvent, { kind: 'reset' }>, write: WriteEvent): void {
    if (event.kind === 'view') this.#view(event.view, write, event.view.revision);
    else this.#message(event.message, write, event.message.revision);
  }

  #message(message: StoredMessage, write: WriteEvent, id?: number): void {
    const channel = this.store.channels.get(message.channel);
    const isHidden = message.visible_to !== undefined && message.visible_to !== this.#user.id;
    if (isHidden || !channel?.members.includes(this.#user.id)) return;
    const { channel: place, ts, revision } = message;
    if (message.deleted) write('delete', { channel: place, ts, revision }, id);
    else write('message', message, id);
  }

  #view(view: StoredView, write: WriteEvent, id?: number): void {
    if (view.user === this.#user.id) write('view', { ...view }, id);
  }
}

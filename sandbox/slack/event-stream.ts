import type { ServerResponse } from 'node:http';
import type { SlackUser, StoredMessage, StoredView } from './slack-wire.js';
import type { Workspace, WorkspaceEvent } from './workspace.js';

const KEEP_ALIVE_MS = 15_000;

/**
 * Server-sent events for one account: `reset`, everything that stands, `ready`, then `message`, `delete` and `view` as
 * they happen. An id is `<epoch>-<revision>`: a page that comes back with its last one gets only what changed since.
 */
export class EventStreams {
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  open(response: ServerResponse, user: SlackUser, lastEventId: string | undefined): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
    });
    const stream = new EventStream(this.#workspace, response, user);
    stream.begin(lastEventId);
    const silence = this.#workspace.listen((event) => stream.tell(event));
    const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
    keepAlive.unref();
    response.once('close', () => {
      clearInterval(keepAlive);
      silence();
    });
  }
}

class EventStream {
  readonly #workspace: Workspace;
  readonly #response: ServerResponse;
  readonly #user: SlackUser;

  constructor(workspace: Workspace, response: ServerResponse, user: SlackUser) {
    this.#workspace = workspace;
    this.#response = response;
    this.#user = user;
  }

  begin(lastEventId: string | undefined): void {
    this.#response.write('retry: 1000\n\n');
    const known = this.#knownRevision(lastEventId);
    if (known === undefined) this.#history();
    else for (const event of this.#workspace.changesSince(known)) this.tell(event);
    this.#write('ready', {}, this.#workspace.revision);
  }

  tell(event: WorkspaceEvent): void {
    if (event.kind === 'reset') this.begin(undefined);
    else if (event.kind === 'view') this.#view(event.view, event.view.revision);
    else this.#message(event.message, event.message.revision);
  }

  /** Without ids: a page whose connection breaks in the middle gets the whole history again. */
  #history(): void {
    this.#write('reset', {});
    for (const message of this.#workspace.messages()) this.#message(message);
    for (const view of this.#workspace.views()) if (view.open) this.#view(view);
  }

  #message(message: StoredMessage, id?: number): void {
    const channel = this.#workspace.channels.get(message.channel);
    const isHidden = message.visible_to !== undefined && message.visible_to !== this.#user.id;
    if (isHidden || !channel?.members.includes(this.#user.id)) return;
    const { channel: place, ts, revision } = message;
    if (message.deleted) this.#write('delete', { channel: place, ts, revision }, id);
    else this.#write('message', message, id);
  }

  #view(view: StoredView, id?: number): void {
    if (view.user === this.#user.id) this.#write('view', { ...view }, id);
  }

  #knownRevision(lastEventId: string | undefined): number | undefined {
    const [, epoch, revision] = /^([^-]+)-(\d+)$/.exec(lastEventId ?? '') ?? [];
    if (epoch !== this.#workspace.epoch || Number(revision) > this.#workspace.revision) return undefined;
    return Number(revision);
  }

  #write(event: string, data: object, id?: number): void {
    const head = id === undefined ? '' : `id: ${this.#workspace.epoch}-${id}\n`;
    this.#response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

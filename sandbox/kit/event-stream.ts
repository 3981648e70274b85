import type { ServerResponse } from 'node:http';

const KEEP_ALIVE_MS = 15_000;

/** Writes one event. `id`: the revision that a page has seen with it; absent: it would come again. */
export type WriteEvent = (event: string, data: object, id?: number) => void;

/** What a page follows: one person's part of a store that counts its changes. */
export interface Feed<E extends { readonly kind: string }> {
  readonly store: {
    /** Another one after each reset. */
    readonly epoch: string;
    readonly revision: number;
    /** @returns ends the listening. */
    listen(listener: (event: E) => void): () => void;
  };
  /** Writes what has changed since that revision, or, `undefined`, all that stands, without ids. */
  catchUp(since: number | undefined, write: WriteEvent): void;
  tell(event: Exclude<E, { readonly kind: 'reset' }>, write: WriteEvent): void;
}

/**
 * Server-sent events: `reset` and everything that stands, `ready`, then what happens. An id is `<epoch>-<revision>`: a page
 * that comes back with its last one gets only what changed since, so nothing is doubled; an id of another epoch starts over,
 * as does a reset of the store.
 */
export function openEventStream<E extends { readonly kind: string }>(
  response: ServerResponse,
  feed: Feed<E>,
  lastEventId: string | undefined,
): void {
  const { store } = feed;
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  const write: WriteEvent = (event, data, id) => {
    const head = id === undefined ? '' : `id: ${store.epoch}-${id}\n`;
    response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const begin = (lastId: string | undefined): void => {
    response.write('retry: 1000\n\n');
    const since = knownRevision(store, lastId);
    if (since === undefined) write('reset', {});
    feed.catchUp(since, write);
    write('ready', {}, store.revision);
  };
  begin(lastEventId);
  const silence = store.listen((event) => {
    if (isNoReset(event)) feed.tell(event, write);
    else begin(undefined);
  });
  const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
  keepAlive.unref();
  response.once('close', () => {
    clearInterval(keepAlive);
    silence();
  });
}

function isNoReset<E extends { readonly kind: string }>(event: E): event is Exclude<E, { readonly kind: 'reset' }> {
  return event.kind !== 'reset';
}

function knownRevision(
  store: { epoch: string; revision: number },
  lastEventId: string | undefined,
): number | undefined {
  const [, epoch, revision] = /^([^-]+)-(\d+)$/.exec(lastEventId ?? '') ?? [];
  if (epoch !== store.epoch || Number(revision) > store.revision) return undefined;
  return Number(revision);
}

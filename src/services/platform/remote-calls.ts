import { channel } from 'node:diagnostics_channel';
import type { Silence } from './http.js';
import { noteRequestId } from './log-context.js';
import type { RemoteSystem } from './problem.js';

/** One request to a remote system and what came of it. Never an address, a name or an id: all of it may become a label. */
export interface RemoteCall {
  readonly system: RemoteSystem;
  /** `sign-in`: for a token. */
  readonly kind: 'read' | 'write' | 'sign-in';
  /** The HTTP status, or how the answer failed to come. */
  readonly result: number | Silence;
  readonly seconds: number;
}

const calls = channel('latchkey:remote-call');
const REQUEST_IDS = ['request-id', 'inin-correlation-id'] as const;
const READS = new Set(['GET', 'HEAD']);

/**
 * Starts to time a request. The function it returns tells of the end: to those who listen, and with the remote side's
 * request id to the log of the work that the request was for.
 */
export function beginRemoteCall(
  system: RemoteSystem,
  request: { method?: string | undefined; url: string },
): (result: number | Silence, headers?: Headers) => void {
  const from = performance.now();
  const kind = kindOf(request);
  return (result, headers) => {
    const seconds = (performance.now() - from) / 1_000;
    for (const name of REQUEST_IDS) {
      const id = headers?.get(name);
      if (id) noteRequestId(id.slice(0, 100));
    }
    if (calls.hasSubscribers) calls.publish({ system, kind, result, seconds } satisfies RemoteCall);
  };
}

/** @returns ends the listening. */
export function onRemoteCall(listen: (call: RemoteCall) => void): () => void {
  // Nothing else publishes on this channel.
  const heard = (call: unknown): void => listen(call as RemoteCall);
  calls.subscribe(heard);
  return () => void calls.unsubscribe(heard);
}

function kindOf({ method = 'GET', url }: { method?: string | undefined; url: string }): RemoteCall['kind'] {
  if (/\/(?:oauth2?(?:\/v2\.0)?|msi)\/token$/.test(url.split('?')[0] ?? '')) return 'sign-in';
  return READS.has(method.toUpperCase()) ? 'read' : 'write';
}

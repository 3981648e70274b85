import { subscribe } from 'node:diagnostics_channel';
import type { Running } from './processes.js';

/** One HTTP request that a process made, in ms since the epoch. */
export interface RemoteCall {
  readonly host: string;
  readonly from: number;
  readonly to: number;
}

/** What the process has called since it was last asked. It must have been started with this file as its preload. */
export async function takeRemoteCalls({ child }: Running): Promise<readonly RemoteCall[]> {
  const answer = new Promise<readonly RemoteCall[]>((resolve) => child.once('message', resolve));
  child.send('take-remote-calls');
  return answer;
}

/** Milliseconds within `[from, to]` in which at least one of the calls was under way. */
export function coveredMs(calls: readonly RemoteCall[], { from, to }: { from: number; to: number }): number {
  let covered = 0;
  let reached = from;
  for (const call of [...calls].sort((a, b) => a.from - b.from)) {
    const [start, end] = [Math.max(call.from, reached), Math.min(call.to, to)];
    if (end <= start) continue;
    covered += end - start;
    reached = end;
  }
  return covered;
}

const now = (): number => performance.timeOrigin + performance.now();

/**
 * Notes each request of this process through Node's own diagnostics channels: fetch from creation to its last byte,
 * node:http from start to its answer's headers. Costs microseconds; nothing of the program is changed.
 */
function noteRemoteCalls(): void {
  let calls: RemoteCall[] = [];
  const began = new WeakMap<object, number>();
  const on = (channel: string, note: (request: object) => void): void =>
    subscribe(channel, (message) => note((message as { request: object }).request));
  const start = (request: object): void => void began.set(request, now());
  const end = (request: object): void => {
    const from = began.get(request);
    if (from !== undefined) calls.push({ host: hostOf(request), from, to: now() });
    began.delete(request);
  };
  for (const channel of ['undici:request:create', 'http.client.request.start']) on(channel, start);
  for (const channel of ['undici:request:trailers', 'undici:request:error']) on(channel, end);
  for (const channel of ['http.client.response.finish', 'http.client.request.error']) on(channel, end);
  process.on('message', () => {
    process.send?.(calls);
    calls = [];
  });
  process.on('disconnect', () => process.exit(1));
}

function hostOf(request: object): string {
  if ('origin' in request) return new URL(String(request.origin)).host;
  if ('getHeader' in request && typeof request.getHeader === 'function')
    return String((request as { getHeader(name: string): unknown }).getHeader('host'));
  return '';
}

// As a preload there is no main module yet; imported by a benchmark, this file does nothing.
if (require.main === undefined) noteRemoteCalls();

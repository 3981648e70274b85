import { z } from 'zod';
import { Problem } from './problem.js';

/**
 * The two times. `now()` is business time: what a person sees or waits for (end of access, links, certificates, audit).
 * `wall()` is for this moment's transport and processes (signatures, tokens, retries, logs).
 */
export interface Clock {
  now(): Date;
  wall(): Date;
}

/** A clock whose business time may run ahead of wall time by an offset that is read from elsewhere. */
export interface RunningClock extends Clock {
  /** Reads the offset now. Rejects when the source does not answer; the offset read last stays in force. */
  refresh(): Promise<void>;
  stop(): void;
}

const offsetReply = z.object({ offsetMs: z.number().finite() });
const REPLY_WITHIN_MS = 2_000;
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Wall time plus the `offsetMs` that `GET clockUrl` answers (`{ now, offsetMs }`), read again every `refreshMs` (1 s).
 * Without a URL the offset is 0. Await `refresh()` once before the first use. Throws a Problem unless the URL is loopback.
 */
export function createClock({
  clockUrl,
  refreshMs = 1_000,
}: { clockUrl?: string; refreshMs?: number } = {}): RunningClock {
  let offsetMs = 0;
  const source = clockUrl === undefined ? undefined : parseLoopbackUrl(clockUrl);

  async function refresh(): Promise<void> {
    if (!source) return;
    const reply = await fetch(source, { signal: AbortSignal.timeout(REPLY_WITHIN_MS) });
    offsetMs = offsetReply.parse(await reply.json()).offsetMs;
  }

  const timer = source && setInterval(() => void refresh().catch(keepLastOffset), refreshMs);
  timer?.unref();

  return {
    now: () => new Date(Date.now() + offsetMs),
    wall: () => new Date(),
    refresh,
    stop: () => clearInterval(timer),
  };
}

/** A clock source that is away for a moment must not make time jump back. */
function keepLastOffset(): void {
  return undefined;
}

function parseLoopbackUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && LOOPBACK_HOSTS.has(url.hostname)) return url;
  throw new Problem({
    kind: 'input',
    what: 'The clock address is not on this machine.',
    why: 'Whoever sets the time decides when access ends.',
    remedy: 'Point LATCHKEY_CLOCK_URL at 127.0.0.1 or localhost, or leave it unset.',
    code: 'clock-not-loopback',
  });
}

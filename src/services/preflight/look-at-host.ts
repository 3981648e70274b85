import { lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { fetchWithin, isDistrust, NoAnswer } from '../platform/http.js';
import type { RemoteSystem } from '../platform/problem.js';
import type { Reach } from './reachability.js';

const TIMEOUT_MS = 8_000;

/** Goes to an address step by step (name, connection, proof of identity, answer to a GET) and says how far it came. */
export async function reachOf(
  url: string,
  { system, wall, timeoutMs = TIMEOUT_MS }: { system: RemoteSystem; wall: () => Date; timeoutMs?: number },
): Promise<Reach> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const unknown = await codeOf(lookup(host));
  if (unknown !== undefined) return { kind: 'unknown-name', code: unknown };
  const refused = await codeOf(connection(host, Number(port || (protocol === 'https:' ? 443 : 80)), timeoutMs));
  if (refused !== undefined) return { kind: 'no-connection', code: refused };
  const sentAt = wall();
  try {
    const { status, headers } = await fetchWithin(url, { timeoutMs, system });
    const theirTime = new Date(headers.get('date') ?? Number.NaN);
    const said = Number.isNaN(theirTime.getTime()) ? {} : { theirTime };
    return { kind: 'answered', status, sentAt, answeredAt: wall(), ...said };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    const { silence } = error;
    return isDistrust(silence) ? { kind: 'not-trusted', code: silence } : { kind: 'no-answer', silence };
  }
}

async function codeOf(attempt: Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt;
    return undefined;
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'UNKNOWN';
  }
}

function connection(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('Too late.'), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}

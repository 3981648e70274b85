import type { RunActor } from '../schema.js';
import type { Clock } from '../clock.js';
import { createLog, type Log } from '../log.js';

/** A log that writes nowhere. */
export const silentLog: Log = createLog({ level: 'silent' });

export const ada: RunActor = { personId: '11111111-1111-4111-8111-111111111111', name: 'Ada Admin', channel: 'teams' };
export const omar: RunActor = {
  personId: '22222222-2222-4222-8222-222222222222',
  name: 'Omar Owner',
  channel: 'slack',
};

/** Business time that stands still until it is moved. */
export class StandingClock implements Clock {
  #now = new Date('2026-11-24T09:00:00.000Z');

  now(): Date {
    return new Date(this.#now);
  }

  wall(): Date {
    return this.now();
  }

  advance(minutes: number): void {
    this.#now = new Date(this.#now.getTime() + minutes * 60_000);
  }
}

/** Keeps what a log writes, one object per line. */
export function recordingLog(secrets: readonly string[] = []): {
  log: Log;
  lines: () => Record<string, unknown>[];
  text: () => string;
} {
  let written = '';
  const stream = { write: (line: string) => void (written += line) };
  return {
    log: createLog({ level: 'debug', stream, secrets }),
    lines: () =>
      written
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => written,
  };
}

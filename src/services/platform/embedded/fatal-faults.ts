import type { PGlite } from '@electric-sql/pglite';
import type { Log } from '../log.js';

/** What the process ends with, so that a supervisor starts it again. The numbers are those of sysexits(3). */
export const EXIT_CODES = {
  /** EX_IOERR: a sync to the disk failed. */
  'disk-failed': 74,
  /** EX_SOFTWARE: the database engine stopped itself, also when the disk was full at a moment it cannot step back from. */
  'engine-stopped': 70,
} as const;

export type FatalFault = keyof typeof EXIT_CODES;

/** Never returns: after it nothing may be read from or written to the database. */
export type EndOnFault = (fault: FatalFault, error: unknown) => never;

const WORDS: Readonly<Record<FatalFault, string>> = {
  'disk-failed': 'Writing the database to the disk failed; ending, so that the next start repairs it',
  'engine-stopped': 'The database engine stopped itself; ending, so that the next start repairs it',
};

/**
 * Writes a line and ends the process. What the disk or the engine's memory holds is then unknown; opening the database anew
 * replays what was committed.
 */
export function endProcessOnFault(log: Log): EndOnFault {
  return (fault, error) => {
    log.error({ fault, exitCode: EXIT_CODES[fault], error }, WORDS[fault]);
    process.exit(EXIT_CODES[fault]);
  };
}

/** How PostgreSQL's own error handling leaves the engine (PGlite's POSTGRES_MAIN_LONGJMP); everything else is a crash. */
const ORDERLY_ERROR = 100;

/**
 * PGlite swallows a crash of its engine (a PANIC, an abort, a WASM trap) and goes on with whatever its memory holds then
 * (measured: the process lives on). So the crash is caught where it comes out of the engine.
 */
export function endWhenEngineStops(pglite: PGlite, end: EndOnFault): void {
  const engine: { _PostgresMainLoopOnce(): unknown; _PostgresMainLongJmp(): unknown } = pglite.Module;
  for (const name of ['_PostgresMainLoopOnce', '_PostgresMainLongJmp'] as const) {
    const run = engine[name];
    if (typeof run !== 'function') throw new Error(`PGlite has no ${name} any more.`);
    engine[name] = () => {
      try {
        return run();
      } catch (error) {
        if (statusOf(error) !== ORDERLY_ERROR) end('engine-stopped', error);
        throw error;
      }
    };
  }
}

function statusOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
}

import { Problem, type ProblemFacts } from '../problem.js';
import type { FatalFault } from './fatal-faults.js';
import type { SessionResult, SessionValue } from './session.js';

/** What the thread of the database is given at its start. */
export interface ThreadStart {
  /** That holds a database, and is ours alone. */
  readonly folder: string;
}

/** What it can be asked to do. */
export type Ask =
  | { readonly kind: 'query'; readonly text: string; readonly values: readonly SessionValue[] }
  | { readonly kind: 'exec'; readonly text: string }
  | { readonly kind: 'dump' }
  | { readonly kind: 'close' };

export type AskMessage = Ask & { readonly id: number };

/** What came of it; `open` has none that asked. */
export type Answer = readonly SessionResult[] | Uint8Array<ArrayBuffer> | undefined;

export type ThreadMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'not-opened'; readonly error: SentError }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer; readonly isInTransaction: boolean }
  | { readonly kind: 'failed'; readonly id: number; readonly error: SentError; readonly isInTransaction: boolean }
  /** The thread does nothing any more. */
  | { readonly kind: 'fault'; readonly fault: FatalFault; readonly error: SentError };

/** An error as it crosses between threads, which would keep its message and stack alone. */
export interface SentError {
  readonly message: string;
  readonly stack?: string | undefined;
  /** A problem's. */
  readonly facts?: ProblemFacts;
  /** PostgreSQL's `code`, `constraint` and so on. */
  readonly fields: Readonly<Record<string, string>>;
  readonly cause?: SentError;
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { message: String(error), fields: {} };
  const fields = Object.entries(error).filter((field): field is [string, string] => typeof field[1] === 'string');
  return {
    ...{ message: error.message, stack: error.stack, fields: Object.fromEntries(fields) },
    ...(error instanceof Problem ? { facts: error.facts } : {}),
    ...(error.cause === undefined ? {} : { cause: sentError(error.cause) }),
  };
}

export function receivedError({ message, stack, facts, fields, cause }: SentError): Error {
  const options = cause ? { cause: receivedError(cause) } : {};
  if (facts) return new Problem(facts, options);
  const error = Object.assign(new Error(message, options), fields);
  if (stack !== undefined) error.stack = stack;
  return error;
}

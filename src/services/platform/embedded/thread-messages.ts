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

/** What came of it: results, the files of the database, or nothing but that it is done. */
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
  readonly fields: Readonly<Record<string, string | number>>;
  readonly cause?: SentError;
}

/** What is no error (PGlite throws such, when its engine exits) is told by its members. */
export function sentError(error: unknown): SentError {
  if (typeof error !== 'object' || error === null) return { message: String(error), fields: {} };
  const { message, stack, cause } = error as { message?: unknown; stack?: unknown; cause?: unknown };
  return {
    message: typeof message === 'string' ? message : 'An error without words.',
    ...(typeof stack === 'string' ? { stack } : {}),
    fields: Object.fromEntries(Object.entries(error).filter(isField)),
    ...(error instanceof Problem ? { facts: error.facts } : {}),
    ...(cause === undefined ? {} : { cause: sentError(cause) }),
  };
}

function isField(member: [string, unknown]): member is [string, string | number] {
  const [name, value] = member;
  return !['message', 'stack'].includes(name) && (typeof value === 'string' || typeof value === 'number');
}

export function receivedError({ message, stack, facts, fields, cause }: SentError): Error {
  const options = cause ? { cause: receivedError(cause) } : {};
  if (facts) return new Problem(facts, options);
  const error = Object.assign(new Error(message, options), fields);
  if (stack !== undefined) error.stack = stack;
  return error;
}

import { AsyncLocalStorage } from 'node:async_hooks';

interface Context {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Ids of the remote side's answers within this piece of work, for support. */
  readonly requestIds: string[];
}

const MOST_REQUEST_IDS = 50;

/** Follows a piece of work through everything that it awaits. */
const context = new AsyncLocalStorage<Context>();

/** Adds the fields to each line that is logged within `work`: operation, run id, step. */
export function withLogFields<T>(fields: Readonly<Record<string, unknown>>, work: () => T): T {
  return context.run({ fields: { ...logFields(), ...fields }, requestIds: [] }, work);
}

/** What the work that is under way adds to its log lines. */
export function logFields(): Readonly<Record<string, unknown>> {
  return context.getStore()?.fields ?? {};
}

/** Keeps the id of a remote answer with the work that it was for; of very many the first 50. */
export function noteRequestId(id: string): void {
  const ids = context.getStore()?.requestIds;
  if (ids && ids.length < MOST_REQUEST_IDS) ids.push(id);
}

/** The ids of the remote answers to the innermost piece of work, in their order. */
export function requestIds(): readonly string[] {
  return [...(context.getStore()?.requestIds ?? [])];
}

import { problemFacts, type ProblemFacts } from '../platform/problem.js';

/**
 * - `ok` · `warning`: works, and somebody should look at it · `missing`: something that Latchkey needs is not there, or not
 *   as it has to be · `could-not-look`: nothing is known
 */
export type FindingState = 'ok' | 'warning' | 'missing' | 'could-not-look';

/** What one check found. */
export interface Finding {
  /** Stable, for programs: area, then subject, such as `graph-permission:User.ReadWrite.All`. */
  readonly name: string;
  readonly state: FindingState;
  /** A sentence. Never holds a secret, nor text of a remote side. */
  readonly what: string;
  /** How to fix it: a sentence. Absent when there is nothing to do. */
  readonly remedy?: string;
  /** Object ids and request ids, by what they are: what support and an admin ask for. */
  readonly remoteIds?: Readonly<Record<string, string>>;
}

/** What one look brought: the facts, or why there are none. */
export type Look<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ProblemFacts };

/** Runs a look. What it throws becomes the reason why there are no facts; a fault of our own does not. */
export async function lookAt<T>(look: () => Promise<T>): Promise<Look<T>> {
  try {
    return { ok: true, value: await look() };
  } catch (error) {
    return { ok: false, problem: problemFacts(error) };
  }
}

export function fine(name: string, what: string, remoteIds?: Readonly<Record<string, string>>): Finding {
  return { name, state: 'ok', what, ...(remoteIds ? { remoteIds } : {}) };
}

/** Nobody answered, or somebody said no to the question itself. */
export function notLooked(name: string, problem: ProblemFacts): Finding {
  return { name, state: 'could-not-look', ...told(problem) };
}

/** The other side answered, and said what is wrong. */
export function wrong(name: string, problem: ProblemFacts): Finding {
  return { name, state: 'missing', ...told(problem) };
}

function told({ what, why, remedy, requestId, code }: ProblemFacts): Omit<Finding, 'name' | 'state'> {
  const remoteIds = { ...(requestId ? { requestId } : {}), ...(code ? { code } : {}) };
  return {
    what: why === undefined ? what : `${what} ${why}`,
    remedy,
    ...(Object.keys(remoteIds).length > 0 ? { remoteIds } : {}),
  };
}

import type { Json } from './json.js';
import type { RunRecord } from './ledger.js';
import { Problem } from './problem.js';
import type { Work } from './work.js';

type AnyWork = Work<Json, Json>;

/** What each kind and version of work does. */
export class Works {
  readonly #byKey = new Map<string, AnyWork>();

  define<I extends Json, O extends Json>(work: Work<I, O>): void {
    const key = keyOf(work);
    if (this.#byKey.has(key)) throw new Error(`The work ${key} is defined twice.`);
    // What `create` was given for this kind and version is what comes back out of the row.
    this.#byKey.set(key, {
      ...work,
      run: (context) => work.run({ ...context, input: context.input as I }),
      permit: async (run) => work.permit?.({ ...run, input: run.input as I }),
    });
  }

  /** Throws a Problem when this release does not know it. */
  get(run: RunRecord): AnyWork {
    return this.#byKey.get(keyOf(run)) ?? unknownWork(run);
  }
}

function keyOf({ kind, version }: { kind: string; version: number }): string {
  return `${kind} version ${String(version)}`;
}

function unknownWork(run: RunRecord): never {
  throw new Problem({
    kind: 'internal',
    what: `This Latchkey does not know the work "${keyOf(run)}".`,
    why: 'It was begun by another release.',
    remedy: 'Start the release that began it, or begin anew.',
    code: 'unknown-work',
  });
}

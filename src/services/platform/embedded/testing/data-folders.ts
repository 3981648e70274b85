import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem, type ProblemFacts } from '../../problem.js';

/** Temporary folders of one test file. */
export class DataFolders {
  readonly #made: string[] = [];

  empty(): string {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-data-'));
    this.#made.push(folder);
    return folder;
  }

  removeAll(): void {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }
}

/** The facts of the Problem with which the promise rejects. */
export async function problemOf(promise: Promise<unknown>): Promise<ProblemFacts> {
  const caught: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof Problem) return caught.facts;
  throw new Error('Rejected with no Problem.', { cause: caught });
}

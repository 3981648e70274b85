/** The list in parts of that size; the last one may be shorter. */
export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** Maps with so many under way at once, and gives the results in order. After a failure nothing more is begun. */
export async function mapAtOnce<T, R>(all: readonly T[], most: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...all.entries()].values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const [at, one] of queue) {
      if (hasFailed) return;
      results[at] = await work(one);
    }
  };
  const failed = (error: unknown): never => {
    hasFailed = true;
    throw error;
  };
  await Promise.all(Array.from({ length: most }, () => worker().catch(failed)));
  return results;
}

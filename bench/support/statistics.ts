/** The value below which `share` (0 to 1) of the samples lie, by nearest rank. Throws where there are no samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is nothing to take a percentile of.');
  return value;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** Milliseconds that the deed takes. */
export async function timed(deed: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await deed();
  return performance.now() - from;
}

/**
 * Runs the deeds in turn, A B A B …, so that whatever else the machine does meets all of them alike.
 * @returns for each deed what it gave, round by round; the `warmUp` rounds before are thrown away.
 */
export async function interleave<Name extends string, T>(
  deeds: Readonly<Record<Name, (round: number) => Promise<T>>>,
  { rounds, warmUp }: { rounds: number; warmUp: number },
): Promise<Record<Name, T[]>> {
  const names = Object.keys(deeds) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const name of names) {
      const result = await deeds[name](round);
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

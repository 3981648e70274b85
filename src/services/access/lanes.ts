/** Does so many pieces of work at once; the others wait for their turn, in order. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * What ends in the same minute: as much as each side does at once. Runs that wait for one side hold nothing of the other
 * one up.
 */
export interface Lanes {
  readonly entra: Lane;
  readonly genesys: Lane;
}

export function createLane(width: number): Lane {
  const waiting: (() => void)[] = [];
  let free = width;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

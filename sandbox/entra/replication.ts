import { AsyncLocalStorage } from 'node:async_hooks';
import { COUNT, SECONDS, oneOfWords } from '../kit/fault-options.js';
import type { FaultKind, Faults } from '../kit/faults.js';
import type { SandboxClock } from '../kit/clock.js';
import type { SandboxRequest } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { LaggingSet, type Lag, type ObjectSet } from './lagging-set.js';

export const REPLICATION_FAULTS = {
  'replication-lag': {
    describe:
      'What is written becomes visible later. Reads are served by several replicas in turn, each with its own delay, the slowest with the whole one: an object may be there, gone and there again, a value new and old again. Sign-in pages and federation metadata lag as well. Off makes everything visible.',
    options: {
      seconds: 'delay of the slowest replica in seconds; 5 when left out',
      replicas: 'how many there are; 2 when left out',
      index: 'delay in seconds of reads with ConsistencyLevel eventual; as the slowest replica when left out',
      time: '"wall" (when left out), or "business" for a delay that passes with the sandbox clock',
      writes:
        '"primary" (when left out) checks writes against what is true; "lag" lets a write miss an object that its replica does not know yet',
    },
    forms: {
      seconds: SECONDS,
      replicas: COUNT,
      index: SECONDS,
      time: oneOfWords('wall', 'business'),
      writes: oneOfWords('primary', 'lag'),
    },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** Which delay one request sees. */
interface Visit {
  /** What is younger than this many milliseconds is not seen. */
  readonly delayMs: number;
  /** Whether the request changes the directory: it sees the true values, of objects that its replica knows. */
  readonly writes: boolean;
  /** All that one request writes was written in one moment, so that no replica sees half of it. */
  writtenAt?: number;
  /** The moment whose past the replica shows: one for the whole request, so that no object is seen without its other half. */
  horizonAt?: number;
}

const MOST_PATHS = 5_000;

/**
 * The layer between the directory and its store: reads inside of `serve` see the past that their replica shows. The
 * history is kept in memory, therefore after a restart every replica is up to date.
 */
export class Replication {
  readonly #faults: () => Faults;
  readonly #clock: SandboxClock;
  readonly #visits = new AsyncLocalStorage<Visit>();
  readonly #sets: { forget(): void }[] = [];
  readonly #turns = new Map<string, number>();
  #next = 0;

  constructor(faults: () => Faults, clock: SandboxClock) {
    this.#faults = faults;
    this.#clock = clock;
  }

  /** The fault, so that switching it off makes everything visible. */
  get faults(): Readonly<Record<string, FaultKind>> {
    const kind: FaultKind = REPLICATION_FAULTS['replication-lag'];
    return { 'replication-lag': { ...kind, switched: (on) => (on.length === 0 ? this.#forget() : undefined) } };
  }

  /** Carries out one request as its replica answers it. */
  serve<T>(request: SandboxRequest, { writes }: { writes: boolean }, work: () => Promise<T>): Promise<T> {
    const lag = this.#faults().active('replication-lag');
    if (!lag) return work();
    if (writes && lag['writes'] !== 'lag') return this.#visits.run({ delayMs: 0, writes }, work);
    const eventual = request.headers['consistencylevel']?.toLowerCase() === 'eventual';
    const delayMs = eventual ? 1000 * Number(lag['index'] ?? lag['seconds'] ?? 5) : this.#delayInTurn(request);
    return this.#visits.run({ delayMs, writes }, work);
  }

  /** What a rule sees that Entra evaluates on another replica than the one that takes the write. */
  elsewhere<T>(read: () => T): T {
    const visit = this.#visits.getStore();
    return visit ? this.#visits.run({ delayMs: visit.delayMs, writes: false }, read) : read();
  }

  /**
   * A collection of the store that lags.
   * @param missesNew whether a write may find no object of it that another replica knows already.
   */
  collection<T extends object>(store: SandboxStore, name: string, { missesNew = false } = {}): ObjectSet<T> {
    const set = new LaggingSet(store.collection<T>(name), this.#lag, missesNew);
    this.#sets.push(set);
    return set;
  }

  readonly #lag: Lag = {
    written: () => {
      if (!this.#faults().active('replication-lag')) return undefined;
      const visit = this.#visits.getStore();
      if (!visit) return this.#now();
      visit.writtenAt ??= this.#now();
      return visit.writtenAt;
    },
    horizon: () => {
      const visit = this.#visits.getStore();
      if (!visit || visit.delayMs === 0) return undefined;
      visit.horizonAt ??= this.#now() - visit.delayMs;
      return { at: visit.horizonAt, sees: visit.writes ? 'existence' : 'past' };
    },
    keptMs: () => this.#longestDelay(),
  };

  /** The same request comes to another replica each time; different requests begin at different ones. */
  #delayInTurn({ path }: SandboxRequest): number {
    const lag = this.#faults().active('replication-lag');
    const replicas = Number(lag?.['replicas'] ?? 2);
    if (this.#turns.size > MOST_PATHS) this.#turns.clear();
    const turn = this.#turns.get(path) ?? this.#next++;
    this.#turns.set(path, turn + 1);
    return (1000 * Number(lag?.['seconds'] ?? 5) * ((turn % replicas) + 1)) / replicas;
  }

  #longestDelay(): number {
    const lag = this.#faults().active('replication-lag');
    return 1000 * Math.max(Number(lag?.['seconds'] ?? 5), Number(lag?.['index'] ?? 0));
  }

  #now(): number {
    const business = this.#faults().active('replication-lag')?.['time'] === 'business';
    return (business ? this.#clock.now() : this.#clock.wall()).getTime();
  }

  #forget(): void {
    for (const set of this.#sets) set.forget();
    this.#turns.clear();
    this.#next = 0;
  }
}

import type { Fault } from '../support/fault-world.js';
import { FAULT_CASES, type FaultCase } from './fault-cases.js';

export interface FaultPair {
  /** Names the seed, by which it can be played again. */
  readonly name: string;
  readonly faults: readonly Fault[];
}

const FEW = 6;

/** Whatever ends when the faults are gone can be met together. */
const PARTNERS: readonly FaultCase[] = FAULT_CASES.filter(({ staysRefused }) => !staysRefused);

/**
 * Pairs of cases, each made by its seed alone. `FAULT_PAIRS=<n>`: the seeds 1 to n; `FAULT_SEED=<seed>`: that one only.
 */
export function faultPairs(env: Readonly<Record<string, string | undefined>>): FaultPair[] {
  const only = env['FAULT_SEED'];
  if (only !== undefined) return [pairOf(Number(only))];
  return Array.from({ length: Number(env['FAULT_PAIRS'] ?? FEW) }, (_, index) => pairOf(index + 1));
}

function pairOf(seed: number): FaultPair {
  const random = mulberry32(seed);
  const pick = (): FaultCase => {
    const picked = PARTNERS[Math.floor(random() * PARTNERS.length)];
    if (!picked) throw new RangeError('There are no cases.');
    return picked;
  };
  let [one, other] = [pick(), pick()];
  while (makesTwin(one, other) || makesTwin(other, one)) [one, other] = [pick(), pick()];
  return { name: `FAULT_SEED=${String(seed)}: ${one.name} · ${other.name}`, faults: [...one.faults, ...other.faults] };
}

/** An answer that is lost, and nothing to be seen for longer than the budget: by contract a twin, see `client-patience`. */
function makesTwin(one: FaultCase, other: FaultCase): boolean {
  return one.createsOnce === true && other.outlasts === true;
}

/** A small generator of even numbers in [0, 1): the same seed gives the same ones on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

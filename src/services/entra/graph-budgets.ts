import type { Pace } from '../platform/http.js';
import { createBucket, type RequestBudget } from '../platform/request-budget.js';

/** What of a call decides on its cost. */
interface CostlyCall {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Of a `$batch`: what is in it. Graph counts that, and not the batch. */
  readonly items?: readonly CostlyCall[];
}

/**
 * Microsoft's published limits of identity and access, per app and tenant: 3,500 resource units in 10 seconds (a tenant below
 * 50 people, the smallest; a larger one has more), 3,000 writes in 2 minutes 30 seconds, and 150 reads of certificate keys a
 * minute for the whole tenant. A request beyond them is refused, and counts all the same.
 */
const LIMITS = {
  units: { capacity: 3_500, perSecond: 350, reserve: 700 },
  writes: { capacity: 3_000, perSecond: 20, reserve: 20 },
  keyReads: { capacity: 150, perSecond: 2.5, reserve: 10 },
} as const;

/** Graph fills its buckets when requests arrive, we ours when they leave: whoever uses all of it is refused now and then. */
const SHARE_USED = 0.98;

/** Published costs of reads in resource units; any other request costs 1. The first that fits counts. */
const UNITS: readonly (readonly [path: RegExp, units: number])[] = [
  [/\/transitiveMembers$/, 5],
  [/\/groups\/[^/]+\/members(\/[^/]+)?$/, 3],
  [/\/subscribedSkus$/, 3],
  [/\/(appRoleAssignedTo|appRoleAssignments)$/, 2],
  [/\/applications(\/[^/]+|\([^/]+\))?$/, 2],
  [/\/users(\/[^/]+)?$/, 2],
];

/** Resolves when Graph's published limits leave room for the call. */
export function createGraphBudgets(pace: Pick<Pace, 'sleep' | 'wall'>): (call: CostlyCall) => Promise<void> {
  const bucket = ({ capacity, perSecond, reserve }: (typeof LIMITS)[keyof typeof LIMITS]): RequestBudget =>
    createBucket({ of: 'Entra', capacity: capacity * SHARE_USED, perSecond: perSecond * SHARE_USED, reserve }, pace);
  const [units, writes, keyReads] = [bucket(LIMITS.units), bucket(LIMITS.writes), bucket(LIMITS.keyReads)];
  return async (call) => {
    const counted = call.items ?? [call];
    const writing = counted.filter(({ method }) => method !== 'GET').length;
    const readingKeys = counted.filter(({ query }) => query?.['$select']?.split(',').includes('keyCredentials')).length;
    await units.take(counted.reduce((sum, one) => sum + unitsOf(one), 0));
    if (writing > 0) await writes.take(writing);
    if (readingKeys > 0) await keyReads.take(readingKeys);
  };
}

/** `$select` and a short page make a read cheaper, `$expand` dearer, and nothing costs less than 1. */
export function unitsOf({ method, path, query = {} }: CostlyCall): number {
  if (method !== 'GET') return 1;
  const [plain = ''] = path.split('?');
  const base = UNITS.find(([pattern]) => pattern.test(plain))?.[1] ?? 1;
  const top = Number(query['$top'] ?? Number.NaN);
  return Math.max(1, base - ('$select' in query ? 1 : 0) - (top < 20 ? 1 : 0) + ('$expand' in query ? 1 : 0));
}

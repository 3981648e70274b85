import { BOT, TENANT_ID } from '../credentials.js';
import { FACTOR } from '../kit/fault-options.js';
import type { FaultKind, Faults } from '../kit/faults.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Reply, SandboxRequest } from '../kit/server.js';

export const BUDGET_FAULTS = {
  budgets: {
    describe:
      'The published limits of identity and access for a small tenant, as token buckets in wall time: 3,500 resource units and then 350 a second, 3,000 writes and then 20 a second, 150 reads of certificate keys a minute. Beyond: 429 with Retry-After. Refused requests count.',
    options: { scale: 'factor for every limit; 1 when left out' },
    forms: { scale: FACTOR },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

interface Limit {
  readonly name: 'resourceUnits' | 'writes' | 'keyReads';
  readonly capacity: number;
  readonly perSecond: number;
  /** What `x-ms-throttle-information` says; nothing is published for key reads. */
  readonly information?: string;
}

/** Microsoft's figures for identity and access, per app and tenant, below 50 users; key reads are per tenant. */
const LIMITS: readonly Limit[] = [
  { name: 'resourceUnits', capacity: 3_500, perSecond: 350, information: 'ResourceUnitLimitExceeded' },
  { name: 'writes', capacity: 3_000, perSecond: 20, information: 'WriteLimitExceeded' },
  { name: 'keyReads', capacity: 150, perSecond: 2.5 },
];

/** Published costs in resource units of reads; any other request costs 1. The first pattern that fits counts. */
const COSTS: readonly (readonly [path: RegExp, units: number])[] = [
  [/\/transitiveMembers$/, 5],
  [/\/groups\/[^/]+\/members(\/[^/]+)?$/, 3],
  [/\/subscribedSkus$/, 3],
  [/\/servicePrincipals\/[^/]+\/appRoleAssign\w+$/, 2],
  [/\/applications(\/[^/]+|\([^/]+\))?$/, 2],
  [/\/users(\/[^/]+)?$/, 2],
];

interface Bucket {
  left: number;
  filledAt: number;
}

/** What a request costs of each limit. */
type Cost = Partial<Record<Limit['name'], number>>;

/** Counts requests against the published limits while the fault `budgets` is on. */
export class RequestBudgets {
  readonly #faults: () => Faults;
  readonly #clock: SandboxClock;
  readonly #buckets = new Map<Limit['name'], Bucket>();

  constructor(faults: () => Faults, clock: SandboxClock) {
    this.#faults = faults;
    this.#clock = clock;
  }

  /** The fault; the buckets are full whenever it is switched. */
  get faults(): Readonly<Record<string, FaultKind>> {
    const kind: FaultKind = BUDGET_FAULTS.budgets;
    return { budgets: { ...kind, switched: () => this.#buckets.clear() } };
  }

  /** Answers the request unless a budget is used up. @param refuse makes the 429 out of its headers. */
  async around(
    request: SandboxRequest,
    work: () => Promise<Reply>,
    refuse: (headers: Readonly<Record<string, string>>) => Reply,
  ): Promise<Reply> {
    const setting = this.#faults().active('budgets');
    if (!setting || request.path.endsWith('/$batch')) return work();
    const scale = Number(setting['scale'] ?? 1);
    const cost = costOf(request);
    const taken = LIMITS.map((limit) => ({ limit, ...this.#take(limit, cost[limit.name] ?? 0, scale) }));
    const exceeded = taken.filter(({ waitSeconds }) => waitSeconds > 0);
    if (exceeded.length > 0) return refuse(refusalHeaders(exceeded, request));
    const reply = await work();
    return { ...reply, headers: { ...reply.headers, ...standingHeaders(cost, taken) } };
  }

  /** Takes the cost out of the bucket. A bucket that holds too little is emptied: refused requests count. */
  #take(limit: Limit, cost: number, scale: number): { waitSeconds: number; used: number } {
    const capacity = limit.capacity * scale;
    const now = this.#clock.wall().getTime();
    const bucket = this.#buckets.get(limit.name) ?? { left: capacity, filledAt: now };
    const left = Math.min(capacity, bucket.left + ((now - bucket.filledAt) / 1000) * limit.perSecond * scale);
    const enough = cost <= left;
    const rest = enough ? left - cost : 0;
    this.#buckets.set(limit.name, { left: rest, filledAt: now });
    const waitSeconds = enough ? 0 : Math.max(1, Math.ceil(cost / (limit.perSecond * scale)));
    return { waitSeconds, used: 1 - rest / capacity };
  }
}

function costOf(request: SandboxRequest): Cost {
  if (request.method !== 'GET') return { resourceUnits: 1, writes: 1 };
  const select = request.query.get('$select');
  const top = Number(request.query.get('$top') ?? Number.NaN);
  const base = COSTS.find(([path]) => path.test(request.path))?.[1] ?? 1;
  const units = base - (select === null ? 0 : 1) - (top < 20 ? 1 : 0) + (request.query.has('$expand') ? 1 : 0);
  const readsKeys = select?.split(',').some((name) => name.trim() === 'keyCredentials') ?? false;
  return { resourceUnits: Math.max(1, units), ...(readsKeys ? { keyReads: 1 } : {}) };
}

function refusalHeaders(
  exceeded: readonly { limit: Limit; waitSeconds: number }[],
  { method }: SandboxRequest,
): Record<string, string> {
  const information = exceeded.find(({ limit }) => limit.information !== undefined)?.limit.information;
  return {
    'Retry-After': String(Math.max(...exceeded.map(({ waitSeconds }) => waitSeconds))),
    'x-ms-throttle-scope': `Tenant_Application/${method === 'GET' ? 'Read' : 'ReadWrite'}/${BOT.clientId}/${TENANT_ID}`,
    ...(information === undefined ? {} : { 'x-ms-throttle-information': information }),
  };
}

function standingHeaders(cost: Cost, taken: readonly { used: number }[]): Record<string, string> {
  const used = Math.max(...taken.map((entry) => entry.used));
  return {
    'x-ms-resource-unit': String(cost.resourceUnits ?? 1),
    ...(used > 0.8 ? { 'x-ms-throttle-limit-percentage': used.toFixed(2) } : {}),
  };
}

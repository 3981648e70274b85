import { FACTOR } from '../kit/fault-options.js';
import type { FaultKind, Faults } from '../kit/faults.js';

/** Published calls a minute, per method, app and workspace; each tier is "or more". */
const TIERS = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

/** Tiers as the methods' pages name them; of those marked [mem] in our notes nobody has looked again. */
const METHODS: Readonly<Record<string, keyof typeof TIERS>> = {
  'chat.update': 3,
  'chat.delete': 3,
  'chat.postEphemeral': 4,
  'conversations.open': 3,
  'conversations.info': 3,
  'files.info': 4,
  'team.info': 3,
  'users.info': 4,
  'views.open': 4,
  'views.push': 4,
  'views.update': 4,
  'views.publish': 4,
  'apps.connections.open': 1,
};
/** A message a second to one channel, with short bursts; how short is not published. */
const POSTS = { perSecond: 1, burst: 5 };

export const RATE_FAULTS = {
  'rate-budgets': {
    describe:
      'The published rates per method in wall time: tier 1 once a minute, tier 2 20, tier 3 (chat.update) 50, tier 4 (views.*, users.info) 100, chat.postMessage once a second and channel with bursts of 5. Beyond: 429 "ratelimited" with Retry-After.',
    options: { scale: 'factor for every limit; 1 when left out' },
    forms: { scale: FACTOR },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

interface Bucket {
  left: number;
  filledAt: number;
}

/** Counts calls against the published rates while the fault `rate-budgets` is on. */
export class RateBudgets {
  readonly #faults: () => Faults;
  readonly #wall: () => Date;
  readonly #buckets = new Map<string, Bucket>();

  constructor(faults: () => Faults, wall: () => Date) {
    this.#faults = faults;
    this.#wall = wall;
  }

  /** The fault; the buckets are full whenever it is switched. */
  get faults(): Readonly<Record<string, FaultKind>> {
    return { 'rate-budgets': { ...RATE_FAULTS['rate-budgets'], switched: () => this.#buckets.clear() } };
  }

  /** Counts one call. @returns seconds until the next one may come; `undefined`: this one may. */
  refuse(method: string, channel: string): number | undefined {
    const setting = this.#faults().active('rate-budgets');
    if (!setting) return undefined;
    const scale = Number(setting['scale'] ?? 1);
    if (method === 'chat.postMessage') {
      return this.#take(`${method} ${channel}`, { capacity: POSTS.burst * scale, perSecond: POSTS.perSecond * scale });
    }
    const tier = METHODS[method];
    if (tier === undefined) return undefined;
    return this.#take(method, { capacity: TIERS[tier] * scale, perSecond: (TIERS[tier] * scale) / 60 });
  }

  #take(name: string, { capacity, perSecond }: { capacity: number; perSecond: number }): number | undefined {
    const now = this.#wall().getTime();
    const most = Math.max(1, capacity);
    const { left, filledAt } = this.#buckets.get(name) ?? { left: most, filledAt: now };
    const has = Math.min(most, left + ((now - filledAt) / 1_000) * perSecond);
    this.#buckets.set(name, { left: has >= 1 ? has - 1 : has, filledAt: now });
    return has >= 1 ? undefined : Math.max(1, Math.ceil((1 - has) / perSecond));
  }
}

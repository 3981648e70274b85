import type { JWK } from 'jose';
import { z } from 'zod';

export interface SigningKeysOptions {
  /** The OpenID document that leads to the keys. */
  readonly openIdUrl: string;
  readonly timeoutMs?: number;
  /** After a look that brought nothing, the next one comes no sooner than this. */
  readonly lookAgainMs?: number;
}

/** A key with which Bot Framework signs what it delivers. `endorsements`: the channels it may speak for. */
export interface SigningKey {
  readonly jwk: JWK;
  readonly endorsements: readonly string[];
}

const openIdDocument = z.object({ jwks_uri: z.url() });
const keyDocument = z.object({ keys: z.array(z.unknown()).max(1_000) });
const rsaKey = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1),
  n: z.string().min(1),
  e: z.string().min(1),
  endorsements: z.array(z.string()).default([]),
});

/** "Refresh at least once a day" (Bot Framework authentication); for a second day the old keys serve while none come. */
const FRESH_MS = 24 * 3_600_000;
const USABLE_MS = 2 * FRESH_MS;

/**
 * The signing keys, fetched when they are first needed, once a day, and when a token names a key that is not among
 * them: a rollover is noticed with the first message. Many who ask share one request, and garbage cannot cause a storm.
 */
export class SigningKeys {
  readonly #options: Required<SigningKeysOptions>;
  #keys = new Map<string, SigningKey>();
  #fetchedAt = -Infinity;
  /** When a look brought nothing. */
  #vainAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(options: SigningKeysOptions) {
    this.#options = { timeoutMs: 5_000, lookAgainMs: 10_000, ...options };
  }

  /** Throws when there are no keys to look in because they could not be fetched. */
  async find(kid: string): Promise<SigningKey | undefined> {
    const known = this.#keys.get(kid);
    if (known && this.#age < FRESH_MS) return known;
    const wasInVain = performance.now() - this.#vainAt < this.#options.lookAgainMs;
    if (this.#looking !== undefined || !wasInVain) await this.#look();
    if (this.#age > USABLE_MS) throw new Error('There are no signing keys.');
    const found = this.#keys.get(kid);
    if (!found) this.#vainAt = performance.now();
    return found;
  }

  get #age(): number {
    return performance.now() - this.#fetchedAt;
  }

  async #look(): Promise<void> {
    this.#looking ??= this.#fetch().finally(() => (this.#looking = undefined));
    await this.#looking.catch(() => (this.#vainAt = performance.now()));
  }

  async #fetch(): Promise<void> {
    const { openIdUrl } = this.#options;
    const { jwks_uri } = openIdDocument.parse(await this.#get(openIdUrl));
    if (new URL(jwks_uri).origin !== new URL(openIdUrl).origin) throw new Error('The keys are on another host.');
    const { keys } = keyDocument.parse(await this.#get(jwks_uri));
    this.#keys = new Map(keys.flatMap(toSigningKey));
    this.#fetchedAt = performance.now();
  }

  async #get(url: string): Promise<unknown> {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(this.#options.timeoutMs) });
    if (!response.ok) throw new Error(`The signing keys were answered with ${response.status}.`);
    return response.json();
  }
}

function toSigningKey(key: unknown): [string, SigningKey][] {
  const parsed = rsaKey.safeParse(key);
  if (!parsed.success) return [];
  const { kty, kid, n, e, endorsements } = parsed.data;
  return [[kid, { jwk: { kty, n, e }, endorsements }]];
}

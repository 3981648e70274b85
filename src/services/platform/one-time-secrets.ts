import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { randomToken } from './ids.js';
import type { Keys } from './keys.js';
import { seal, unseal } from './seal.js';
import { tokenHash, tokenKey } from './token-key.js';

/** Secrets that can be read once, by whoever has the token; the database alone cannot open them. */
export interface OneTimeSecrets {
  /** Returns the token, which stands nowhere else. @param wish.minutes in business time. */
  create(wish: { secret: string; purpose: string; forPerson?: string; minutes: number }): Promise<string>;
  /** Gives the secret and deletes it, in one statement. `undefined`: never there, already read, or expired. */
  open(token: string): Promise<string | undefined>;
  /** Whether `open` would give something; consumes nothing, so that a link preview cannot. */
  exists(token: string): Promise<boolean>;
  /** Deletes what has expired by `now`. */
  sweep(now: Date): Promise<void>;
}

const USE = 'one-time secret';

export function createOneTimeSecrets({
  database: { db },
  clock,
  keys,
}: {
  database: Database;
  clock: Clock;
  keys: Keys;
}): OneTimeSecrets {
  return {
    async create({ secret, purpose, forPerson, minutes }) {
      const token = randomToken(32);
      const now = clock.now();
      await db
        .insertInto('one_time_secret')
        .values({
          token_hash: tokenHash(token),
          sealed: seal(secret, tokenKey(token, keys.derive('one-time-secret'), USE), purpose),
          purpose,
          for_person: forPerson ?? null,
          created_at: now,
          expires_at: new Date(now.getTime() + minutes * 60_000),
        })
        .execute();
      return token;
    },

    async open(token) {
      const row = await db
        .deleteFrom('one_time_secret')
        .where('token_hash', '=', tokenHash(token))
        .returning(['sealed', 'purpose', 'expires_at'])
        .executeTakeFirst();
      if (!row || row.expires_at <= clock.now()) return undefined;
      for (const deploymentKey of keys.candidates('one-time-secret')) {
        const secret = unseal(row.sealed, tokenKey(token, deploymentKey, USE), row.purpose);
        if (secret !== undefined) return secret;
      }
      return undefined;
    },

    async exists(token) {
      const row = await db
        .selectFrom('one_time_secret')
        .select('purpose')
        .where('token_hash', '=', tokenHash(token))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row !== undefined;
    },

    async sweep(now) {
      await db.deleteFrom('one_time_secret').where('expires_at', '<=', now).execute();
    },
  };
}

import { createHash, hkdfSync } from 'node:crypto';
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { randomToken } from './ids.js';
import type { Keys } from './keys.js';
import { seal, unseal } from './seal.js';

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
          token_hash: hashOf(token),
          sealed: seal(secret, sealingKey(token, keys.derive('one-time-secret')), purpose),
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
        .where('token_hash', '=', hashOf(token))
        .returning(['sealed', 'purpose', 'expires_at'])
        .executeTakeFirst();
      if (!row || row.expires_at <= clock.now()) return undefined;
      for (const deploymentKey of keys.candidates('one-time-secret')) {
        const secret = unseal(row.sealed, sealingKey(token, deploymentKey), row.purpose);
        if (secret !== undefined) return secret;
      }
      return undefined;
    },

    async exists(token) {
      const row = await db
        .selectFrom('one_time_secret')
        .select('purpose')
        .where('token_hash', '=', hashOf(token))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      return row !== undefined;
    },

    async sweep(now) {
      await db.deleteFrom('one_time_secret').where('expires_at', '<=', now).execute();
    },
  };
}

/** Needs the token and the deployment key: neither a copy of the database nor one of the key file opens anything. */
function sealingKey(token: string, deploymentKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', token, deploymentKey, 'latchkey one-time secret', 32));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

import { jsonText, type Json } from './json.js';
import type { Executor } from './schema.js';

/** A plan that was shown, kept so that a click can run exactly what was read. */
export interface StoredPlan {
  readonly id: string;
  readonly kind: string;
  readonly content: Json;
  /** Digest of everything the plan rests on. */
  readonly readHash: string;
  readonly askerId: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
}

export async function savePlan<Content extends object>(
  db: Executor,
  plan: Omit<StoredPlan, 'content'> & { readonly content: Content },
): Promise<void> {
  await db
    .insertInto('plan')
    .values({
      id: plan.id,
      kind: plan.kind,
      input: jsonText<Json>(null),
      content: jsonText(plan.content as unknown as Json),
      read_hash: plan.readHash,
      asker: plan.askerId,
      made_at: plan.madeAt,
      expires_at: plan.expiresAt,
      run_id: null,
    })
    .execute();
}

export async function findPlan(db: Executor, id: string): Promise<StoredPlan | undefined> {
  const row = await db.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  return {
    ...{ id: row.id, kind: row.kind, content: row.content, readHash: row.read_hash },
    ...{ askerId: row.asker, madeAt: row.made_at, expiresAt: row.expires_at },
  };
}

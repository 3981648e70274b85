import { jsonText } from './json.js';
import type { Executor, RunActor } from './schema.js';

/** `true`: taken by this call. Otherwise who took it, by name, and when. */
export type ClaimTaken = true | { readonly by: string; readonly at: Date };

/**
 * Takes the one claim on a verb of a card at a revision: a second click, redelivered under another id, by the same person
 * or another, finds it taken.
 */
export async function takeClaim(
  db: Executor,
  {
    reference,
    verb,
    revision,
    actor,
    at,
  }: { reference: string; verb: string; revision: number; actor: RunActor; at: Date },
): Promise<ClaimTaken> {
  const taken = await db
    .insertInto('claim')
    .values({ reference, verb, revision, actor: jsonText(actor), at })
    .onConflict((on) => on.columns(['reference', 'verb', 'revision']).doNothing())
    .returning('at')
    .executeTakeFirst();
  return taken ? true : ((await findClaim(db, { reference, verb, revision })) ?? vanished());
}

/** A deed of one delivery of a chat, about one thing: whoever works on the delivery once more finds it done. */
export interface DeliveredDeed {
  /** What it is about. */
  readonly reference: string;
  readonly verb: string;
  /** `undefined`: it came with no delivery that could come again. */
  readonly delivery: string | undefined;
}

/**
 * Notes the deed in the transaction that does it. `false`: that delivery has done it before, and what came after it since,
 * even what has undone it, holds.
 */
export async function isFirstTime(
  trx: Executor,
  deed: DeliveredDeed,
  by: { readonly actor: RunActor; readonly at: Date },
): Promise<boolean> {
  const claim = deliveryClaim(deed);
  return claim === undefined || (await takeClaim(trx, { ...claim, ...by })) === true;
}

/** Whether that delivery has done it before. */
export async function wasDone(db: Executor, deed: DeliveredDeed): Promise<boolean> {
  const claim = deliveryClaim(deed);
  return claim !== undefined && (await findClaim(db, claim)) !== undefined;
}

/** No card has it: its own revision is the delivery. */
function deliveryClaim({ reference, verb, delivery }: DeliveredDeed) {
  return delivery === undefined ? undefined : { reference: `${reference}:${delivery}`, verb, revision: 0 };
}

/** Who has taken the claim, by name, and when. `undefined`: nobody yet. */
export async function findClaim(
  db: Executor,
  { reference, verb, revision }: { reference: string; verb: string; revision: number },
): Promise<{ by: string; at: Date } | undefined> {
  const row = await db
    .selectFrom('claim')
    .select(['actor', 'at'])
    .where('reference', '=', reference)
    .where('verb', '=', verb)
    .where('revision', '=', revision)
    .executeTakeFirst();
  return row && { by: row.actor.name, at: row.at };
}

function vanished(): never {
  throw new Error('A claim that was taken is gone; claims are never deleted.');
}

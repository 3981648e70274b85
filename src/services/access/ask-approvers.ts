import type { AgreedRules, AskedApprover, Vote } from './access-request.js';
import { findApprovers, type Concerned } from './approvers.js';
import { isReachable, reachableOf } from './reachable.js';
import type { RequestParts } from './request-parts.js';

/** Whom a request goes to next. */
export interface NextStage {
  /** The last stage that is asked, from 0. */
  readonly stage: number;
  readonly approvers: readonly AskedApprover[];
  /** Why these, who are all that there are, cannot reach a quorum, in sentences; absent: they can. */
  readonly faults?: readonly string[];
}

type Parts = Pick<RequestParts, 'entra' | 'database' | 'chats'>;

/**
 * The first stage, from that one on, whose quorum can be reached by approvers whom Latchkey can reach; stages before it
 * that cannot are asked with it, as each of their votes counts where more approvers turn up. Otherwise all of them.
 */
export async function findNextStage(
  parts: Parts,
  request: Concerned & { readonly rules: AgreedRules },
  from: number,
): Promise<NextStage> {
  const { database, entra, chats } = parts;
  const asked: AskedApprover[] = [];
  const faults: string[] = [];
  for (const [at, stage] of request.rules.role.approval.entries()) {
    if (at < from) continue;
    const found = await findApprovers(entra, stage, request);
    const reachable = await reachableOf(database.db, found.people, { chats, most: stage.quorum });
    asked.push(...found.people.map((person) => ({ ...person, stage: at })));
    if (reachable.length >= stage.quorum) return { stage: at, approvers: asked };
    faults.push(...found.faults);
    if (found.people.length >= stage.quorum) faults.push(...(await unreachableWords(parts, found.people)));
    else if (found.people.length > 0) faults.push(tooFew(found.people.length, stage.quorum));
  }
  return { stage: request.rules.role.approval.length - 1, approvers: asked, faults: [...new Set(faults)] };
}

/**
 * The first stage whose quorum could be reached by the approvers that there are now, and by votes of such as have left
 * since; `undefined`: none could.
 */
export async function findDecidingStage(
  { entra }: Pick<RequestParts, 'entra'>,
  request: Concerned & { readonly rules: AgreedRules },
  votes: readonly Vote[],
): Promise<number | undefined> {
  for (const [at, stage] of request.rules.role.approval.entries()) {
    const { people } = await findApprovers(entra, stage, request);
    const left = votes.filter(
      ({ stages, person }) => stages.includes(at) && !people.some(({ id }) => id === person.id),
    );
    if (people.length + left.length >= stage.quorum) return at;
  }
  return undefined;
}

/** Whether nobody who was asked can be sent a message. */
export async function isNobodyReached(
  { database, chats }: Pick<RequestParts, 'database' | 'chats'>,
  approvers: readonly AskedApprover[],
): Promise<boolean> {
  for (const { id } of approvers) if (await isReachable(database.db, id, chats)) return false;
  return true;
}

const MOST_NAMED = 5;

async function unreachableWords(
  { database, chats }: Parts,
  people: readonly { id: string; name: string }[],
): Promise<string[]> {
  const words: string[] = [];
  for (const { id, name } of people.slice(0, MOST_NAMED))
    if (!(await isReachable(database.db, id, chats))) words.push(`${name} has no chat with Latchkey.`);
  return words;
}

function tooFew(found: number, quorum: number): string {
  return `${String(quorum)} must agree, and without whoever asks and whom it is for only ${String(found)} could.`;
}

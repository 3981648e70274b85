import type { AccessRequest, AgreedRules, AskedApprover, NamedPerson, Vote } from './access-request.js';
import { findApprovers, type Concerned } from './approvers.js';
import { isReachable, reachableOf } from './reachable.js';
import type { RequestParts } from './request-parts.js';

/** Whom a request goes to next. */
interface NextStage {
  /** The last stage that is asked, from 0. */
  readonly stage: number;
  readonly approvers: readonly AskedApprover[];
  /** Why these, who are all that there are, cannot reach a quorum, in sentences; absent: they can. */
  readonly faults?: readonly string[];
}

type Parts = Pick<RequestParts, 'entra' | 'database' | 'chats' | 'log'>;

/** So many of a stage are asked at once, those first whom a message can be sent to; with each reminder as many more. */
const MOST_ASKED = 50;
/** So many of a stage are asked in all. The others can decide as well, and get no card. */
const MOST_OF_STAGE = 500;

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
    asked.push(...askedOf(parts, { people: found.people, reachable, at, roleId: request.rules.role.id }));
    if (reachable.length >= stage.quorum) return { stage: at, approvers: asked };
    faults.push(...found.faults);
    if (found.people.length >= stage.quorum) faults.push(...(await unreachableWords(parts, found.people)));
    else if (found.people.length > 0) faults.push(tooFew(found.people.length, stage.quorum));
  }
  return { stage: request.rules.role.approval.length - 1, approvers: asked, faults: [...new Set(faults)] };
}

function askedOf(
  { log }: Pick<Parts, 'log'>,
  of: { people: readonly NamedPerson[]; reachable: readonly NamedPerson[]; at: number; roleId: string },
): AskedApprover[] {
  const { people, reachable, at: stage, roleId } = of;
  if (people.length <= MOST_ASKED) return people.map((person) => ({ ...person, stage }));
  const fields = { role: roleId, stage, approvers: people.length, asked: MOST_ASKED };
  log.warn(fields, 'Not all approvers of a stage are asked at once, as there are too many of them');
  const each = new Map([...reachable, ...people].map((person) => [person.id, { ...person, stage }]));
  return [...each.values()].slice(0, MOST_ASKED);
}

/** What a look at the approvers of this moment says of an open request. */
interface Prospect {
  /** The first stage whose quorum could be reached now, by votes of such as have left since, too; absent: none could. */
  readonly stage?: number;
  /** Who can decide in a stage that was asked, and was not asked yet: so many as are asked at once. */
  readonly joined: readonly AskedApprover[];
}

export async function findProspect(
  { entra }: Pick<RequestParts, 'entra'>,
  request: AccessRequest,
  votes: readonly Vote[],
): Promise<Prospect> {
  const joined: AskedApprover[] = [];
  let deciding: number | undefined;
  for (const [at, stage] of request.rules.role.approval.entries()) {
    if (deciding !== undefined && at > request.stage) break;
    const { people } = await findApprovers(entra, stage, request);
    if (at <= request.stage) joined.push(...joinedOf(request, people, at));
    if (deciding === undefined && people.length + goneWith(votes, people, at) >= stage.quorum) deciding = at;
  }
  return { ...(deciding === undefined ? {} : { stage: deciding }), joined };
}

/** How many votes of that stage are of such as have left it since. */
function goneWith(votes: readonly Vote[], people: readonly NamedPerson[], stage: number): number {
  return votes.filter(({ stages, person }) => stages.includes(stage) && !people.some(({ id }) => id === person.id))
    .length;
}

function joinedOf(
  { approvers, reminders }: AccessRequest,
  people: readonly NamedPerson[],
  at: number,
): AskedApprover[] {
  const before = approvers.filter(({ stage }) => stage === at);
  return people
    .filter(({ id }) => !before.some((asked) => asked.id === id))
    .slice(0, Math.min(MOST_ASKED, Math.max(MOST_OF_STAGE - before.length, 0)))
    .map((person) => ({ ...person, stage: at, missed: reminders + 1 }));
}

/** Whether somebody who was asked can be sent no message. */
export async function isSomebodyUnreached(
  { database, chats }: Pick<RequestParts, 'database' | 'chats'>,
  approvers: readonly AskedApprover[],
): Promise<boolean> {
  for (const { id } of approvers) if (!(await isReachable(database.db, id, chats))) return true;
  return false;
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

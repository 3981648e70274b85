import { z } from 'zod';
import { chunks, mapAtOnce } from '../platform/at-once.js';
import type { Pace } from '../platform/http.js';
import type { ProblemFacts } from '../platform/problem.js';
import { whileWaiting } from '../platform/step-waits.js';
import type { RoleWish } from './entra-access.js';
import type { EntraPerson } from './entra.js';
import {
  GraphProblem,
  isAlreadyAssigned,
  isOverlapRefused,
  isReplicationLag,
  isUncertain,
  type Attempt,
  type GraphFailure,
} from './entra-problems.js';
import { assignmentWire, servicePrincipalWire, toPerson, USER_SELECT, userWire } from './entra-wire.js';
import { refuseForeign, refuseOtherRole } from './genesys-application-guard.js';
import { askBatch, MOST_IN_A_BATCH, NOT_TRIED, type BatchAnswer, type BatchItem } from './graph-batch.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { bareGuid, graphFilter, graphPath, MOST_CONDITIONS } from './graph-query.js';
import { allAtATime, type OneAtATime } from './replication.js';

/** What came of one person. `refused`: Entra will not, for a reason of this person's alone. */
export type BulkAnswer = 'added' | 'already' | { readonly refused: ProblemFacts };

/** Assigns up to twenty people, each of them once. @param wish.isRepeated what is there already may be our own doing. */
export type AssignMany = (
  people: readonly { personId: string; appRoleId: string }[],
  wish: { isRepeated: boolean },
) => Promise<readonly BulkAnswer[]>;

/** Many people with few calls: by `$batch`, twenty at a time. */
export interface EntraBulk {
  /** People by user principal name, in lower case; whoever is not in the map is not in the tenant. */
  findPeopleByNames(names: readonly string[]): Promise<ReadonlyMap<string, EntraPerson>>;
  /**
   * Lets people be assigned with these roles. Refuses (a Problem) any service principal other than an instance of
   * `templateId`, and roles that it does not offer to people. What comes of it waits as long as Graph asks it to: throttling
   * fails nobody. It throws a `GraphProblem` where nothing at all has got on for ten minutes.
   */
  openAssigning(target: Omit<RoleWish, 'appRoleId'> & { appRoleIds: readonly string[] }): Promise<AssignMany>;
}

interface Parts {
  readonly graph: Graph;
  readonly pace: Pace;
  readonly oneAtATime: OneAtATime;
}

const BATCHES_AT_ONCE = 4;
const STALLED_AFTER_MS = 600_000;
const MOST_LAGS = 5;
const LONGEST_WAIT_MS = 30_000;

const lookUp: Attempt = { to: 'look people up', needs: NEEDS.readPeople };
const readOwn: Attempt = { to: 'read what people are assigned to', needs: NEEDS.readOwnAssignments };
const write: Attempt = { to: 'assign people to Genesys Cloud', needs: NEEDS.writeAssignments };

const peopleWire = z.object({ value: z.array(userWire) });
const assignmentsWire = z.object({ value: z.array(assignmentWire) });

export function createBulk({ graph, pace, oneAtATime }: Parts): EntraBulk {
  async function findPeopleByNames(names: readonly string[]): Promise<ReadonlyMap<string, EntraPerson>> {
    const items = chunks(names, MOST_CONDITIONS).map((some): BatchItem => ({
      ...{ method: 'GET', path: '/users' },
      query: {
        $filter: some.map((name) => graphFilter`userPrincipalName eq ${name}`).join(' or '),
        $select: USER_SELECT,
      },
    }));
    const pages = await mapAtOnce(chunks(items, MOST_IN_A_BATCH), BATCHES_AT_ONCE, readBatch);
    const people = pages.flat().flatMap((body) => peopleWire.parse(body).value.map(toPerson));
    return new Map(people.map((person) => [person.userPrincipalName.toLowerCase(), person]));
  }

  /** All of them, however often Graph asks for a pause. */
  async function readBatch(items: readonly BatchItem[], attempt = lookUp): Promise<unknown[]> {
    const bodies = new Map<BatchItem, unknown>();
    const rounds = new Rounds(pace, attempt);
    for (let left = [...items]; left.length > 0;) {
      const answers = await askBatch(graph, left, { attempt, isSerial: false, now: pace.wall });
      const again: BatchItem[] = [];
      for (const [item, answer] of pairs(left, answers)) {
        if ('body' in answer) bodies.set(item, answer.body);
        else if (isPassing(answer.failure)) again.push(item);
        else throw new GraphProblem(answer.failure, attempt, []);
      }
      await rounds.wait(again.length < left.length, answers);
      left = again;
    }
    return items.map((item) => bodies.get(item));
  }

  async function openAssigning(target: Parameters<EntraBulk['openAssigning']>[0]): Promise<AssignMany> {
    const application = await graph.ask(
      {
        method: 'GET',
        path: graphPath`/servicePrincipals/${target.servicePrincipalId}`,
        query: { $select: 'id,appId,applicationTemplateId,appRoles' },
        attempt: { to: 'read the enterprise application', needs: NEEDS.readApps },
      },
      servicePrincipalWire,
    );
    refuseForeign(application, target.templateId);
    for (const appRoleId of target.appRoleIds) refuseOtherRole(application, appRoleId);
    return async (people, { isRepeated }) => {
      for (const { appRoleId } of people) refuseOtherRole(application, appRoleId);
      const { servicePrincipalId } = target;
      return assignAll(people.map((person) => ({ ...person, servicePrincipalId, mayBeOurs: isRepeated, lags: 0 })));
    };
  }

  async function assignAll(wishes: readonly Wish[]): Promise<readonly BulkAnswer[]> {
    const answered = new Map<Wish, BulkAnswer>();
    const rounds = new Rounds(pace, write);
    for (let left = [...wishes]; left.length > 0;) {
      const onUncertain = (): void => left.forEach((wish) => (wish.mayBeOurs = true));
      const options = { attempt: write, isSerial: true, now: pace.wall, onUncertain };
      const send = (): Promise<BatchAnswer[]> => askBatch(graph, left.map(toItem), options);
      const answers = await allAtATime(oneAtATime, left.map(toPersonId), send);
      const sorted = sort(left, answers);
      for (const wish of sorted.added) answered.set(wish, 'added');
      for (const [wish, failure] of sorted.refused) answered.set(wish, await refusedAlone(wish, failure));
      const shown = await shownAmong(sorted.doubled);
      for (const wish of shown) answered.set(wish, wish.mayBeOurs ? 'added' : 'already');
      const unseen = sorted.doubled.filter((wish) => !shown.has(wish));
      for (const wish of [...unseen, ...sorted.lagging.keys()]) wish.lags += 1;
      for (const [wish, failure] of sorted.lagging) if (wish.lags > MOST_LAGS) answered.set(wish, refusedAs(failure));
      // Graph itself says that it is there; that no list shows it yet makes it no failure.
      for (const wish of unseen) if (wish.lags > MOST_LAGS) answered.set(wish, wish.mayBeOurs ? 'added' : 'already');
      const before = left.length;
      const open = [...sorted.notTried, ...sorted.again, ...unseen, ...sorted.lagging.keys()];
      left = open.filter((wish) => !answered.has(wish));
      if (left.length > 0) await rounds.wait(left.length < before, answers);
    }
    return wishes.map((wish) => answered.get(wish) ?? 'already');
  }

  /** Whether a list shows them, of those whom Graph calls assigned already. */
  async function shownAmong(wishes: readonly Wish[]): Promise<ReadonlySet<Wish>> {
    if (wishes.length === 0) return new Set();
    const items = wishes.map(({ personId, servicePrincipalId }): BatchItem => ({
      ...{ method: 'GET', path: graphPath`/users/${personId}/appRoleAssignments` },
      query: { $filter: graphFilter`resourceId eq ${bareGuid(servicePrincipalId)}` },
    }));
    const bodies = await readBatch(items, readOwn);
    return new Set(
      wishes.filter(({ personId, appRoleId }, at) =>
        assignmentsWire
          .parse(bodies[at])
          .value.some((one) => one.principalId === personId && one.appRoleId === appRoleId),
      ),
    );
  }

  /** A missing permission concerns everybody: the call alone renews the token, or says which one it is, and throws. */
  async function refusedAlone(wish: Wish, failure: GraphFailure): Promise<BulkAnswer> {
    if (failure.status !== 401 && failure.status !== 403) return refusedAs(failure);
    await oneAtATime(wish.personId, () => graph.send({ ...toItem(wish), attempt: write, isRepeatable: true }));
    return 'added';
  }

  return { findPeopleByNames, openAssigning };
}

interface Wish {
  readonly personId: string;
  readonly appRoleId: string;
  readonly servicePrincipalId: string;
  /** An attempt of ours may have been carried out without an answer. */
  mayBeOurs: boolean;
  /** How often Entra did not know what is there for certain. */
  lags: number;
}

interface Sorted {
  readonly added: Wish[];
  readonly doubled: Wish[];
  readonly again: Wish[];
  readonly notTried: Wish[];
  readonly lagging: Map<Wish, GraphFailure>;
  readonly refused: Map<Wish, GraphFailure>;
}

function sort(wishes: readonly Wish[], answers: readonly BatchAnswer[]): Sorted {
  const sorted: Sorted = {
    ...{ added: [], doubled: [], again: [], notTried: [], lagging: new Map(), refused: new Map() },
  };
  for (const [wish, answer] of pairs(wishes, answers)) {
    if ('body' in answer) {
      sorted.added.push(wish);
      continue;
    }
    const { failure } = answer;
    const problem = new GraphProblem(failure, write, []);
    if (isUncertain(problem)) wish.mayBeOurs = true;
    if (failure.status === NOT_TRIED) sorted.notTried.push(wish);
    else if (isPassing(failure)) sorted.again.push(wish);
    else if (isAlreadyAssigned(problem)) sorted.doubled.push(wish);
    else if (isReplicationLag(problem)) sorted.lagging.set(wish, failure);
    else sorted.refused.set(wish, failure);
  }
  return sorted;
}

/** Answers after which the item is simply asked again. */
function isPassing(failure: GraphFailure): boolean {
  const { status } = failure;
  return status === undefined || status === 429 || status === 408 || status >= 500 || isOverlapRefused(failure);
}

function toItem({ personId, servicePrincipalId, appRoleId }: Wish): BatchItem & { method: 'POST' } {
  return {
    ...{ method: 'POST', path: graphPath`/users/${personId}/appRoleAssignments` },
    body: { principalId: personId, resourceId: servicePrincipalId, appRoleId },
  };
}

function toPersonId({ personId }: Wish): string {
  return personId;
}

function refusedAs(failure: GraphFailure): BulkAnswer {
  return { refused: new GraphProblem(failure, write, []).facts };
}

/** Waits between the rounds of a batch as long as the longest `Retry-After` in it, else ever longer. */
class Rounds {
  readonly #pace: Pace;
  readonly #attempt: Attempt;
  #vain = 0;
  #lastProgress: number;

  constructor(pace: Pace, attempt: Attempt) {
    this.#pace = pace;
    this.#attempt = attempt;
    this.#lastProgress = pace.wall().getTime();
  }

  /** Throws the last failure when nothing has got on for too long. Does not wait where nothing failed. */
  async wait(hasProgressed: boolean, answers: readonly BatchAnswer[]): Promise<void> {
    const failures = answers.flatMap((answer) => ('failure' in answer ? [answer.failure] : []));
    const failure = failures.find(({ status }) => status !== NOT_TRIED);
    if (!failure) return;
    const now = this.#pace.wall().getTime();
    this.#vain = hasProgressed ? 0 : this.#vain + 1;
    if (hasProgressed) this.#lastProgress = now;
    else if (now - this.#lastProgress > STALLED_AFTER_MS) throw new GraphProblem(failure, this.#attempt, []);
    const told = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
    const ms = told.length > 0 ? Math.max(...told) : Math.min(1_000 * 2 ** this.#vain, LONGEST_WAIT_MS);
    const text = `Entra asks for a pause at some of the people; Latchkey goes on with them in ${String(Math.ceil(ms / 1_000))} s.`;
    await whileWaiting(this.#pace, (pause) => pause(ms, text));
  }
}

function pairs<A, B>(left: readonly A[], right: readonly B[]): [A, B][] {
  return left.flatMap((one, at) => {
    const other = right[at];
    return other === undefined ? [] : [[one, other] as [A, B]];
  });
}

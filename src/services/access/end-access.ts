import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { accessInEntra, accessInGenesys } from '../operations/access-clash.js';
import type { Operation, RunContext } from '../operations/operation.js';
import { inBackground } from '../platform/background.js';
import type { Step } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Json } from '../platform/json.js';
import { Problem, type ProblemFacts } from '../platform/problem.js';
import { accessGift, entraItemOf, itemsOf, keyOfItem, type AccessItem } from './gift.js';
import { endedByAnother, notEndedYet } from './lease-refusals.js';
import type { Lanes } from './lanes.js';

export const endInput = z.object({
  leaseId: z.string(),
  requestId: z.string(),
  personId: z.string(),
  personName: z.string(),
  userPrincipalName: z.string(),
  roleName: z.string(),
  gift: accessGift,
  /** In the words of whoever ends it; empty: it needed none. */
  why: z.string(),
  reason: z.enum(['time', 'given-back', 'revoked', 'off-boarded', 'called-off', 'failed']),
});
export type EndInput = z.infer<typeof endInput>;

/** By keys of `gift.ts`. */
export type EndPlan = {
  readonly take: readonly string[];
  /** Another lease needs it, or an administrator has given it for good since. */
  readonly keep: readonly string[];
  /** It was there before. */
  readonly leave: readonly string[];
  /** Empty: it is not known, or there is nothing to take in Genesys. */
  readonly genesysUserId: string;
  /** The address of a user whose id nobody has noted. */
  readonly genesysEmail: string;
};

export type EndOutcome = EndPlan & {
  readonly personId: string;
  /** What still gives access, in words. */
  readonly leftOver: readonly string[];
};

export const END_STEPS = [
  'Decide what ends with it',
  'Take the access away in Entra',
  'Note that nobody signs in by it',
  'End the sessions in Genesys',
  'Take the roles away in Genesys',
  'Make the Genesys user inactive',
  'Look at what still gives access',
  'End the lease',
] as const;

/** What an ending does with the rows of leases; each decides anew, so that a repeated call does no harm. */
export interface EndLedger {
  /** Each time that the run goes on: waits (a Problem of that kind) while the giving of the same lease may still write. */
  beginEnd(input: EndInput): Promise<void>;
  /** `false`: another run ends it, or it has ended. */
  isMine(input: EndInput, runId: RunId): Promise<boolean>;
  planEnd(input: EndInput): Promise<EndPlan>;
  /** Nobody signs in by it any more. */
  close(input: EndInput): Promise<void>;
  end(input: EndInput, plan: EndPlan, leftOver: readonly string[]): Promise<void>;
}

export interface EndParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly ledger: EndLedger;
  readonly lanes: Lanes;
}

type Context = RunContext<EndInput>;

/**
 * Takes away what Latchkey gave for a lease and nothing else needs. Entra first, so that nobody signs in any more; what one
 * side refuses or cannot do now keeps nothing else from being done, and is tried again until it is done.
 */
export function endAccess(parts: EndParts): Operation<EndInput, EndOutcome> {
  return {
    kind: 'end-access',
    version: 1,
    right: 'decision',
    input: endInput,
    wanted: ({ personName, roleName }) => `end the access of ${personName} as ${roleName}`,
    concerns: ({ personId }) => [personId],
    access: {
      direction: 'takes',
      takesOnlyOwn: true,
      of: ({ personId }) => [accessInEntra(personId), accessInGenesys(personId)],
    },
    run: async (context) => {
      await parts.ledger.beginEnd(context.input);
      return end(parts, context);
    },
  };
}

async function end(parts: EndParts, context: Context): Promise<EndOutcome> {
  const { ledger, lanes, entra } = parts;
  const { input, runId } = context;
  const [decide, take, note, , , , look, finish] = END_STEPS;
  const step: Step = (name, deed, options) =>
    context.step(
      name,
      async (attempt) => {
        // A run that somebody goes on with after another one has ended it would take what was given since.
        if (!(await ledger.isMine(input, runId))) throw endedByAnother();
        return deed(attempt);
      },
      options,
    );
  const plan = await step(decide, () => ledger.planEnd(input));
  const failures: ProblemFacts[] = [];
  const attempt = <T extends Json>(name: string, deed: () => Promise<T>): Promise<T | undefined> =>
    attemptPart(step, name, deed).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.facts.kind !== 'waiting') throw error;
      failures.push(error.facts);
      return undefined;
    });
  const taken = await attempt(take, () => lanes.entra(() => takeInEntra(entra, input, plan)));
  if (taken !== undefined) {
    await step(note, async () => {
      await ledger.close(input);
      return true;
    });
  }
  await endInGenesys(parts, { input, plan, attempt });
  const leftOver = (await attempt(look, () => lanes.entra(() => stillThrough(entra, input, plan)))) ?? [];
  const [failure] = failures;
  if (failure) throw notEndedYet(input.personName, failure);
  await step(finish, async () => {
    await ledger.end(input, plan, leftOver);
    return true;
  });
  return { ...plan, personId: input.personId, leftOver };
}

type Attempt = <T extends Json>(name: string, deed: () => Promise<T>) => Promise<T | undefined>;

/** Whatever the remote side says leaves the step begun, a refusal too: an end that is refused is no end. */
function attemptPart<T extends Json>(step: Step, name: string, deed: () => Promise<T>): Promise<T> {
  return step(name, () =>
    deed().catch((error: unknown) => {
      if (!(error instanceof Problem) || error.facts.kind === 'internal') throw error;
      throw new Problem({ ...error.facts, kind: 'waiting' }, { cause: error });
    }),
  );
}

async function takeInEntra(entra: Entra, { personId, gift }: EndInput, plan: EndPlan): Promise<boolean> {
  if (!isTaken(plan, entraItemOf(gift))) return false;
  if (gift.entra.kind === 'group') return entra.removeMember(gift.entra.groupId, personId);
  const { servicePrincipalId, templateId, appRoleId } = gift.entra;
  const principal = { kind: 'person', id: personId } as const;
  const wish = { principal, servicePrincipalId, templateId, appRoleIds: [appRoleId] };
  return (await unlessGone(entra.removeAssignments(wish), 0)) > 0;
}

/** Without the person or the application there is nothing left. */
function unlessGone<T>(asked: Promise<T>, nothing: T): Promise<T> {
  return asked.catch((error: unknown) => {
    if (error instanceof Problem && error.facts.answer === 'not-found') return nothing;
    throw error;
  });
}

async function endInGenesys(
  { genesys, lanes }: EndParts,
  { input, plan, attempt }: { input: EndInput; plan: EndPlan; attempt: Attempt },
): Promise<void> {
  const [, , , sessions, roles, user] = END_STEPS;
  const { divisionId } = input.gift.genesys;
  const items = itemsOf(input.gift).filter((item) => isTaken(plan, item));
  const takenRoles = items.flatMap((item) =>
    item.kind === 'genesys-role' ? [{ roleId: item.roleId, divisionId }] : [],
  );
  const losesSignIn = items.some(({ kind }) => kind !== 'genesys-role');
  const losesUser = items.some(({ kind }) => kind === 'genesys-user');
  if (items.length === 0) return;
  // People who wait for an answer come first where Genesys counts the requests.
  const inLane = <T>(work: () => Promise<T>): Promise<T> => lanes.genesys(() => inBackground(work));
  const userId = async (): Promise<string> => plan.genesysUserId || (await userIdOf(genesys, plan.genesysEmail));
  if (losesSignIn) {
    await attempt(sessions, () =>
      inLane(async () => {
        const id = await userId();
        if (id !== '') await genesys.revokeTokens(id);
        return id !== '';
      }),
    );
  }
  if (takenRoles.length > 0) {
    await attempt(roles, () =>
      inLane(async () => {
        const id = await userId();
        return id === '' ? 0 : genesys.removeGrants(id, takenRoles);
      }),
    );
  }
  if (losesUser) {
    await attempt(user, () =>
      inLane(async () => {
        const id = await userId();
        return id !== '' && genesys.deactivateUser(id);
      }),
    );
  }
}

/** Only for what a giving left behind that died between making the user and noting them. */
async function userIdOf(genesys: Genesys, email: string): Promise<string> {
  const user = email === '' ? undefined : await genesys.findUserByEmail(email);
  return user && user.state !== 'deleted' ? user.id : '';
}

/** What outside of leases still lets the person in, in words that follow "still has access through". */
async function stillThrough(entra: Entra, { personId, gift }: EndInput, { keep }: EndPlan): Promise<string[]> {
  const { entra: given } = gift;
  const isOfLease = keep.includes(keyOfItem(entraItemOf(gift)));
  if (given.kind === 'group') {
    const groups = isOfLease ? [] : await unlessGone(entra.listGroupsOf(personId), []);
    return groups.includes(given.groupId) ? [`the group ${given.groupName}`] : [];
  }
  const access = entra.findAccess(personId, given.servicePrincipalId);
  const { direct, throughGroups } = await unlessGone(access, { direct: [], throughGroups: [] });
  const groups = throughGroups.map(({ principalName }) => `the group ${principalName}`);
  return [...(direct.length > 0 && !isOfLease ? ['an assignment of their own'] : []), ...new Set(groups)];
}

function isTaken({ take }: EndPlan, item: AccessItem): boolean {
  return take.includes(keyOfItem(item));
}

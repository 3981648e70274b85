import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { Genesys, GenesysGrant, GenesysUser } from '../genesys/genesys.js';
import { accessInEntra, accessInGenesys } from '../operations/access-clash.js';
import type { Concluded, Operation, RunContext } from '../operations/operation.js';
import type { Verdict } from '../operations/permissions.js';
import { personIn } from '../people/person.js';
import type { Step } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Transaction } from '../platform/schema.js';
import { ensureGenesysUser, type FoundUser } from '../provisioning/ensure-genesys-user.js';
import { refuseUnfit } from '../provisioning/provisioning-refusals.js';
import type { HeldRole } from '../provisioning/role-snapshot.js';
import { accessGift, entraItemOf, itemsOf, keyOfItem, type AccessGift, type AccessItem } from './gift.js';
import { genesysUserOf } from './gift-standing.js';
import { giftNotVisible } from './lease-refusals.js';

export const grantInput = z.object({
  leaseId: z.string(),
  requestId: z.string(),
  personId: z.string(),
  personName: z.string(),
  userPrincipalName: z.string(),
  roleName: z.string(),
  minutes: z.number(),
  /** ISO 8601, business time: until then it can be called off. */
  startsAt: z.string(),
  gift: accessGift,
});
export type GrantInput = z.infer<typeof grantInput>;

export type GrantOutcome =
  | { readonly state: 'called-off' }
  | {
      readonly state: 'given';
      readonly personId: string;
      readonly genesysUserId: string;
      readonly genesysRoles: readonly HeldRole[];
      /** ISO 8601. */
      readonly beginsAt: string;
      readonly endsAt: string;
    };

export const CALL_OFF = 'call-off';

export const GRANT_STEPS = [
  'Look the person up',
  'Note what is there already',
  'Give the access in Entra',
  'Find or create the Genesys user',
  'Read the access back in Entra',
  'Begin the time',
] as const;

/** What a giving does with the rows of leases; each decides anew, so that a repeated call does no harm. */
export interface GrantLedger {
  judgeGrant(input: GrantInput, actorId: string): Promise<Verdict>;
  /**
   * Before anything is given, each time that the run goes on: which attempt it is, from 1, or that it was called off. Throws
   * where it is over, and waits (a Problem of that kind) while another giving or an ending of that person is under way.
   */
  begin(input: GrantInput, runId: RunId): Promise<{ attempt: number } | 'called off'>;
  /** Throws once it was ended. */
  stillGiven(input: GrantInput): Promise<void>;
  /** Before it is given. */
  note(
    input: GrantInput,
    items: readonly { key: string; genesysEmail: string; genesysUserId?: string }[],
  ): Promise<void>;
  /** It was somebody else who has given it. Only what this lease has noted. */
  forget(input: GrantInput, key: string): Promise<void>;
  noteGenesysUser(noted: { personId: string; email: string; userId: string }): Promise<void>;
  /** Whether a user who is inactive or deleted may be made active. Throws the refusal. */
  refuseWaking(input: GrantInput, user: GenesysUser): Promise<void>;
  activate(input: GrantInput): Promise<{ beginsAt: Date; endsAt: Date }>;
  grantConcluded(trx: Transaction, end: Concluded<GrantInput>): Promise<void>;
}

export interface GrantParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly ledger: GrantLedger;
}

type Context = RunContext<GrantInput>;

/**
 * Gives somebody access for a while, as it was decided: waits until nobody can take the decision back any more, notes what is
 * there already, gives on both sides, reads back, and begins the time only then. What it gave stays noted whatever happens,
 * so that the end takes it.
 */
export function grantAccess(parts: GrantParts): Operation<GrantInput, GrantOutcome> {
  const { ledger } = parts;
  return {
    kind: 'grant-access',
    version: 1,
    right: 'decision',
    input: grantInput,
    wanted: ({ personName, roleName }) => `give ${personName} access as ${roleName}`,
    concerns: ({ personId }) => [personId],
    access: { direction: 'gives', of: ({ personId }) => [accessInEntra(personId), accessInGenesys(personId)] },
    judge: ({ personId }, input) => ledger.judgeGrant(input, personId),
    concluded: (trx, end) => ledger.grantConcluded(trx, end),
    run: async (context) => {
      const { input, waitFor, runId } = context;
      const told = await waitFor(CALL_OFF, {
        what: 'It begins in some seconds.',
        remedy: 'Until then whoever has decided can take it back.',
        until: new Date(input.startsAt),
      });
      const begun = told ? 'called off' : await ledger.begin(input, runId);
      if (begun === 'called off') return { state: 'called-off' };
      return give(parts, inAttempt(context, ledger, begun.attempt));
    },
  };
}

/**
 * Each step looks first whether it was ended meanwhile, so that nothing is given after that. What an attempt gave that failed,
 * the end of another lease may have taken since: so another attempt does everything again.
 */
function inAttempt(context: Context, ledger: GrantLedger, attempt: number): Context {
  const step: Step = (name, deed, options) =>
    context.step(
      attempt === 1 ? name : `${name} (attempt ${String(attempt)})`,
      async (begun) => {
        await ledger.stillGiven(context.input);
        return deed(begun);
      },
      options,
    );
  return { ...context, step };
}

async function give(parts: GrantParts, { input, step }: Context): Promise<GrantOutcome> {
  const [look, , , , readBack, begin] = GRANT_STEPS;
  const { entra, ledger } = parts;
  const { personId, personName, gift } = input;
  await step(
    look,
    async () => {
      refuseUnfit(await personIn(entra, personId));
      return true;
    },
    { safePoint: true },
  );
  const noted = await noteWhatIsThere(parts, { input, step });
  await giveInEntra(parts, { input, step }, noted);
  const { userId, genesysRoles } = await giveInGenesys(parts, { input, step }, noted);
  await step(readBack, async () => {
    if (!(await holdsInEntra(entra, personId, gift))) throw giftNotVisible(personName, 'entra');
    return true;
  });
  if (!hasAllRoles(gift, genesysRoles)) throw giftNotVisible(personName, 'genesys');
  const times = await step(begin, async () => {
    const { beginsAt, endsAt } = await ledger.activate(input);
    return { beginsAt: beginsAt.toISOString(), endsAt: endsAt.toISOString() };
  });
  return { state: 'given', personId, genesysUserId: userId, genesysRoles, ...times };
}

type Noted = {
  /** The address that the sign-in sends. */
  readonly email: string;
  /** Keys of what was not there, so that Latchkey is who gives it. */
  readonly lacking: readonly string[];
};

/** What is not there is ours to give, and to take. What was noted for another lease is ours already. */
async function noteWhatIsThere(parts: GrantParts, { input, step }: Pick<Context, 'input' | 'step'>): Promise<Noted> {
  const { entra, genesys, ledger } = parts;
  const { personId, gift } = input;
  return step(GRANT_STEPS[1], async () => {
    const person = await personIn(entra, personId);
    const [isInEntra, { email, user }] = await Promise.all([
      holdsInEntra(entra, personId, gift),
      genesysUserOf({ entra, genesys }, person),
    ]);
    const grants = user && user.state !== 'deleted' ? await genesys.findGrants(user.id) : [];
    const isThere = (item: AccessItem): boolean => {
      if (item.kind === 'genesys-user') return user?.state === 'active';
      return item.kind === 'genesys-role' ? grants.some(isGrantOf(item)) : isInEntra;
    };
    // Beside what is given in Entra too: the sessions that end with it are the user's in Genesys.
    const inGenesys = { genesysEmail: email, ...(user ? { genesysUserId: user.id } : {}) };
    const lacking = itemsOf(gift)
      .filter((item) => !isThere(item))
      .map((item) => ({ key: keyOfItem(item), ...inGenesys }));
    await ledger.note(input, lacking);
    return { email, lacking: lacking.map(({ key }) => key) };
  });
}

async function giveInEntra(
  { entra, ledger }: GrantParts,
  { input, step }: Pick<Context, 'input' | 'step'>,
  { lacking }: Noted,
): Promise<void> {
  const { personId, gift } = input;
  await step(GRANT_STEPS[2], async ({ isRepeated = false }) => {
    const isNew = await ensureInEntra(entra, personId, gift);
    const key = keyOfItem(entraItemOf(gift));
    // It was not there a moment ago, and it was not us: somebody has given it meanwhile, for good.
    if (!isNew && !isRepeated && lacking.includes(key)) await ledger.forget(input, key);
    return isNew;
  });
}

async function giveInGenesys(
  { genesys, ledger }: GrantParts,
  { input, step }: Pick<Context, 'input' | 'step'>,
  { email }: Noted,
): Promise<{ userId: string; genesysRoles: readonly HeldRole[] }> {
  const { personId, personName, gift } = input;
  const { divisionId, roles } = gift.genesys;
  const user = (find: () => Promise<FoundUser>): Promise<FoundUser> =>
    step(GRANT_STEPS[3], async () => {
      const found = await find();
      await ledger.noteGenesysUser({ personId, email, userId: found.userId });
      return found;
    });
  return ensureGenesysUser(
    genesys,
    {
      ...{ name: personName, email, divisionId, roles },
      beforeWaking: (known) => ledger.refuseWaking(input, known),
      // What somebody held before they were deleted was decided by nobody now.
      restoresOf: () => Promise.resolve([]),
    },
    { user, step },
  );
}

function isGrantOf(item: { roleId: string; divisionId: string }) {
  return ({ role, divisionId }: GenesysGrant): boolean => role.id === item.roleId && divisionId === item.divisionId;
}

function hasAllRoles({ genesys: { divisionId, roles } }: AccessGift, held: readonly HeldRole[]): boolean {
  return roles.every(({ roleId }) => held.some((one) => one.roleId === roleId && one.divisionId === divisionId));
}

/** By themselves: what a group has is not what is given here. */
async function holdsInEntra(entra: Entra, personId: string, { entra: gift }: AccessGift): Promise<boolean> {
  if (gift.kind === 'group') return (await entra.listGroupsOf(personId)).includes(gift.groupId);
  const held = await entra.findAssignments(personId, gift.servicePrincipalId);
  return held.some(({ appRoleId }) => appRoleId === gift.appRoleId);
}

/** Whether it was given by this very call. */
async function ensureInEntra(entra: Entra, personId: string, { entra: gift }: AccessGift): Promise<boolean> {
  if (gift.kind === 'group') return entra.addMember(gift.groupId, personId);
  const { servicePrincipalId, templateId, appRoleId } = gift;
  return (await entra.ensureAssignment({ personId, servicePrincipalId, templateId, appRoleId })).isNew;
}

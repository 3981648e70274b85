import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { NewPerson } from '../entra/entra-accounts.js';
import type { Actor, Operation } from '../operations/operation.js';
import { Problem } from '../platform/problem.js';
import { firstPassword, LONG_PASSWORD } from './first-password.js';
import { goneMeanwhile, heldByDeleted, passwordRulesTooStrict, privileged, takenMeanwhile } from './people-refusals.js';

export const createPersonInput = z.object({
  displayName: z.string(),
  userPrincipalName: z.string(),
  mailNickname: z.string(),
});
export type CreatePersonInput = z.infer<typeof createPersonInput>;

export type CreatePersonOutcome = {
  readonly personId: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  /** Whether the link to the first password reached the asker; `New password` makes another one. */
  readonly isPasswordDelivered: boolean;
};

/** Brings a first password to the asker alone, behind a one-time link. Returns whether it was delivered. */
export type DeliverPassword = (
  actor: Actor,
  password: { userPrincipalName: string; password: string },
) => Promise<boolean>;

/**
 * Creates a member of the tenant whose first password must be changed at the first sign-in. The password is in no step
 * result, no log and no card: it goes to the one-time link, or is lost and reset.
 */
export function createPerson(parts: {
  entra: Entra;
  deliver: DeliverPassword;
}): Operation<CreatePersonInput, CreatePersonOutcome> {
  return {
    kind: 'create-person',
    version: 1,
    right: 'create-people',
    input: createPersonInput,
    wanted: ({ displayName }) => `create ${displayName} in Entra`,
    concerns: () => [],
    run: async ({ input, step, actor }) => {
      const { displayName, userPrincipalName, mailNickname } = input;
      const created = await step(`Create ${displayName} in Entra`, async ({ startedAt }) => {
        const make = (password: string) =>
          create(parts.entra, { name: displayName, userPrincipalName, mailNickname, password });
        const { made: personId, password } = await withAcceptedPassword(userPrincipalName, make);
        if (personId === undefined)
          return { personId: await findCreated(parts.entra, input, startedAt), isPasswordDelivered: false };
        return { personId, isPasswordDelivered: await parts.deliver(actor, { userPrincipalName, password }) };
      });
      return {
        personId: created.personId,
        displayName,
        userPrincipalName,
        isPasswordDelivered: created.isPasswordDelivered,
      };
    },
  };
}

/** `undefined`: the name was free when the run began and is taken now, as after a crash between the two systems. */
async function create(entra: Entra, person: NewPerson): Promise<string | undefined> {
  try {
    return (await entra.createPerson(person)).id;
  } catch (error) {
    if (error instanceof Problem && error.facts.answer === 'conflict') return undefined;
    throw error;
  }
}

/** The tenant's own rules may refuse a generated password: a longer one is tried, once. */
async function withAcceptedPassword<T>(
  userPrincipalName: string,
  set: (password: string) => Promise<T>,
): Promise<{ made: T; password: string }> {
  let requestId: string | undefined;
  for (const password of [firstPassword(), firstPassword(LONG_PASSWORD)]) {
    try {
      return { made: await set(password), password };
    } catch (error) {
      if (!(error instanceof Problem) || error.facts.code !== 'password-refused') throw error;
      requestId = error.facts.requestId;
    }
  }
  throw passwordRulesTooStrict(userPrincipalName, requestId);
}

/** Entra cuts off fractions of a second, and its clock may differ a little from ours. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * The person of an earlier attempt, whose first password is lost: *New password* on the card makes another one. Nobody
 * who was there before this run is taken for that person, or their password could be reset from the card.
 */
async function findCreated(
  entra: Entra,
  { displayName, userPrincipalName }: CreatePersonInput,
  since: Date,
): Promise<string> {
  const found = (await entra.findPeople(userPrincipalName)).find(
    (person) => person.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase(),
  );
  const isOurs = found?.createdAt !== undefined && found.createdAt.getTime() >= since.getTime() - CLOCK_TOLERANCE_MS;
  if (isOurs && found.name === displayName) return found.id;
  const deleted = found ? undefined : await entra.findDeletedPerson(userPrincipalName);
  throw deleted ? heldByDeleted(userPrincipalName, deleted) : takenMeanwhile(userPrincipalName);
}

export const resetPasswordInput = z.object({
  personId: z.string(),
  displayName: z.string(),
  userPrincipalName: z.string(),
});
export type ResetPasswordInput = z.infer<typeof resetPasswordInput>;

/** Sets another first password, for when the first link was lost or has run out. Only for people Latchkey created. */
export function resetPassword(parts: {
  entra: Entra;
  deliver: DeliverPassword;
}): Operation<ResetPasswordInput, CreatePersonOutcome> {
  return {
    kind: 'reset-password',
    version: 1,
    right: 'create-people',
    input: resetPasswordInput,
    wanted: ({ displayName }) => `set a new password for ${displayName}`,
    concerns: ({ personId }) => [personId],
    run: async ({ input, step, actor }) => {
      const { personId, displayName, userPrincipalName } = input;
      const isPasswordDelivered = await step('Set a new first password', async () => {
        await refusePrivileged(parts.entra, input);
        const reset = (wanted: string) => parts.entra.resetPassword(personId, wanted);
        const { password } = await withAcceptedPassword(userPrincipalName, reset);
        return parts.deliver(actor, { userPrincipalName, password });
      });
      return { personId, displayName, userPrincipalName, isPasswordDelivered };
    },
  };
}

/**
 * Whoever may create people may not thereby become an administrator: somebody who has been given a directory role since,
 * or could activate one, is no longer somebody whose password Latchkey sets.
 */
async function refusePrivileged(entra: Entra, { personId, displayName }: ResetPasswordInput): Promise<void> {
  const standing = await entra.findStanding(personId);
  if (standing && standing.active.length + standing.eligible.length === 0) return;
  throw standing ? privileged(displayName, 'set the password of') : goneMeanwhile(displayName);
}

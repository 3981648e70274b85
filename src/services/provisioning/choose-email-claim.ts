import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { Operation } from '../operations/operation.js';
import { Problem } from '../platform/problem.js';
import { SSO_KINDS } from '../sso/set-up-sso.js';

export const emailClaimInput = z.object({
  applicationObjectId: z.string(),
  servicePrincipalId: z.string(),
  appId: z.string(),
  to: z.enum(['userprincipalname', 'mail']),
  /** Sent as it was before. */
  organizationName: z.string(),
  /** For whom it was wanted; `null`: nobody in particular. */
  person: z.object({ id: z.string(), name: z.string() }).nullable(),
});
export type EmailClaimInput = z.infer<typeof emailClaimInput>;

export type EmailClaimOutcome = Pick<EmailClaimInput, 'to' | 'person'> & { readonly isNew: boolean };

const SOURCE_NAMES = { userprincipalname: 'user principal name', mail: 'mail address' } as const;

/** Changes what the claim `Email` is taken from, for everybody who signs in; every other claim stays. */
export function chooseEmailClaim(parts: { entra: Entra }): Operation<EmailClaimInput, EmailClaimOutcome> {
  return {
    kind: 'choose-email-claim',
    version: 1,
    right: 'manage-sso',
    input: emailClaimInput,
    exclusiveAmong: SSO_KINDS,
    wanted: ({ to }) => `send the ${SOURCE_NAMES[to]} of everybody as the claim Email`,
    concerns: ({ person }) => (person ? [person.id] : []),
    run: async ({ input, step }) => {
      const { to, organizationName, person } = input;
      // A step of its own: whoever goes on after a crash would find the claim changed, and take it for so before.
      const isNew = await step('Read the claim', async () => (await parts.entra.findClaims(input))?.emailFrom !== to);
      await step(`Send the ${SOURCE_NAMES[to]} as Email`, async () => {
        await parts.entra.setClaims(input, { emailFrom: to, organizationName });
        return null;
      });
      await step('Read the claim back', async () => {
        if ((await parts.entra.findClaims(input))?.emailFrom !== to) throw claimNotVisible();
        return null;
      });
      return { to, person, isNew };
    },
  };
}

/** Accepted, and not shown yet: the run looks again. */
export function claimNotVisible(): Problem {
  return new Problem({
    kind: 'waiting',
    system: 'entra',
    what: 'Entra accepted the claim Email, but does not show it yet.',
    remedy: 'There is nothing to do: Latchkey looks again by itself.',
    code: 'claim-not-visible',
  });
}

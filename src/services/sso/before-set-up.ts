import { z } from 'zod';
import type { BothSides } from './read-both-sides.js';

/**
 * What both sides said before a set-up, kept with its run, so that the run can be undone value by value. Certificates by
 * thumbprint: a set-up never takes one away that could be put back.
 */
export const beforeSetUp = z.object({
  /** `null`: there was no instance. */
  entra: z
    .object({
      isEnabled: z.boolean(),
      singleSignOnMode: z.string().nullable(),
      signOnUrl: z.string().nullable(),
      identifiers: z.array(z.string()),
      replyUrls: z.array(z.string()),
      emailFrom: z.string().nullable(),
      organizationName: z.string().nullable(),
      activeThumbprint: z.string().nullable(),
    })
    .nullable(),
  /** `null`: the slot was empty. */
  genesys: z
    .object({
      name: z.string().nullable(),
      isDisabled: z.boolean(),
      issuerUri: z.string().nullable(),
      targetUri: z.string().nullable(),
      relyingPartyIdentifier: z.string().nullable(),
      thumbprints: z.array(z.string()),
    })
    .nullable(),
});
export type BeforeSetUp = z.infer<typeof beforeSetUp>;

export function beforeOf({ instance, provider }: Pick<BothSides, 'instance' | 'provider'>): BeforeSetUp {
  return {
    entra: instance
      ? {
          isEnabled: instance.isEnabled,
          singleSignOnMode: instance.singleSignOnMode ?? null,
          signOnUrl: instance.signOnUrl ?? null,
          identifiers: [...instance.identifiers],
          replyUrls: [...instance.replyUrls],
          emailFrom: instance.claims?.emailFrom ?? null,
          organizationName: instance.claims?.organizationName ?? null,
          activeThumbprint: instance.activeThumbprint ?? null,
        }
      : null,
    genesys: provider
      ? {
          name: provider.name ?? null,
          isDisabled: provider.isDisabled,
          issuerUri: provider.issuerUri ?? null,
          targetUri: provider.targetUri ?? null,
          relyingPartyIdentifier: provider.relyingPartyIdentifier ?? null,
          thumbprints: provider.certificates.flatMap(({ thumbprint }) => thumbprint ?? []),
        }
      : null,
  };
}

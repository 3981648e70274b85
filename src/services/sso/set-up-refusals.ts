import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';
import { GALLERY_NAME } from './read-both-sides.js';
import { certificatesThatStay, MOST_TRUSTED_CERTIFICATES, type SamlSettings } from './saml-settings.js';

/** What a set-up cannot do safely, each as a `Problem` that says what to do instead. */

/** Several instances, and nobody has said which one is meant. */
export function refuseUnchosen(sides: { instances: readonly unknown[]; instance: Instance | undefined }): void {
  if (sides.instance || sides.instances.length < 2) return;
  throw new Problem({
    kind: 'refused',
    what: `There are ${sides.instances.length} instances of ${GALLERY_NAME} in this tenant.`,
    remedy: 'Say “set up sso” again and choose the one to use.',
    code: 'several-instances',
  });
}

/** The instance that was chosen is not there any more. */
export function instanceGone(): Problem {
  return new Problem({
    kind: 'refused',
    what: `The chosen instance of ${GALLERY_NAME} is no longer in this tenant.`,
    remedy: 'Say “set up sso” again to see what is there now.',
    code: 'instance-gone',
  });
}

/** What helps with an instance that Latchkey does not own; the same words wherever it is shown. */
export const OWNERSHIP_REMEDY =
  'Add the service principal of Latchkey as an owner of both the app registration and the enterprise application.';

export function refuseForeign(instance: Instance): void {
  if (instance.isOwnedByLatchkey) return;
  throw new Problem({
    kind: 'refused',
    what: `${instance.displayName} (${instance.appId}) exists already, and Latchkey is not an owner of it, so it may not change it.`,
    why: `Its owners are: ${ownersOf(instance)}.`,
    remedy: `${OWNERSHIP_REMEDY} Then say “set up sso” again.`,
    code: 'not-owned',
  });
}

/** Names of the owners of either object, each once. */
export function ownersOf(instance: Pick<Instance, 'owners'>): string {
  return [...new Set(instance.owners.map((owner) => owner.name))].join(', ') || 'nobody';
}

/** The issuer of another identity provider in the slot; `undefined` where it is ours or none. */
export function otherIssuer(
  provider: Pick<IdentityProvider, 'issuerUri'> | undefined,
  settings: Pick<SamlSettings, 'issuerUri'>,
): string | undefined {
  const issuer = provider?.issuerUri;
  return issuer && issuer !== settings.issuerUri ? issuer : undefined;
}

/**
 * Who signs in through another identity provider is locked out only when that very issuer was confirmed.
 * Throws a `Problem` of kind `refused`.
 */
export function refuseOtherIssuer(
  provider: Pick<IdentityProvider, 'issuerUri'>,
  settings: Pick<SamlSettings, 'issuerUri'>,
  confirmed?: string,
): void {
  const issuer = otherIssuer(provider, settings);
  if (issuer === undefined || issuer === confirmed) return;
  throw new Problem({
    kind: 'refused',
    what: 'The Azure/ADFS sign-in of Genesys belongs to another identity provider. People who sign in through it would be locked out.',
    why: `Its issuer is ${issuer}; this tenant is ${settings.issuerUri}.`,
    remedy:
      'If nobody uses it any more, say “set up sso” again: the new plan names that issuer and asks you to confirm that it is replaced.',
    code: 'foreign-issuer',
  });
}

/** *Run* on a plan that would replace another identity provider, without the second confirmation. */
export function issuerNotConfirmed(issuer: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `This plan replaces the identity provider ${issuer} in Genesys, and that was not confirmed.`,
    remedy: 'Say “set up sso” again; the plan asks for the confirmation.',
    code: 'issuer-not-confirmed',
  });
}

export function refuseFullSlot(
  provider: IdentityProvider | undefined,
  activeThumbprint: string | undefined,
  now: Date,
): void {
  if (!provider || certificatesThatStay(provider.certificates, now).length < MOST_TRUSTED_CERTIFICATES) return;
  if (provider.certificates.some((certificate) => certificate.thumbprint === activeThumbprint)) return;
  throw new Problem({
    kind: 'refused',
    what: `Genesys already trusts ${MOST_TRUSTED_CERTIFICATES} valid certificates, the most it can store, and none of them is the one Entra signs with.`,
    remedy:
      'Remove a certificate that nobody signs with in Genesys under Single Sign-on, ADFS/Azure AD. Then say “set up sso” again.',
    code: 'no-room-for-certificate',
  });
}

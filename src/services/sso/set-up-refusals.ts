import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';
import { GALLERY_NAME, type BothSides } from './read-both-sides.js';
import { certificatesThatStay, MOST_TRUSTED_CERTIFICATES, type SamlSettings } from './saml-settings.js';

/** What a set-up cannot do safely, each as a `Problem` of kind `refused` that says what to do instead. */

export function refuseTwins(sides: BothSides): void {
  if (sides.instances.length < 2) return;
  const ids = sides.instances.map((instance) => instance.appId).join(', ');
  throw new Problem({
    kind: 'refused',
    what: `There are ${sides.instances.length} instances of ${GALLERY_NAME} in this tenant, and only one can hold the Identifier.`,
    why: `Their application IDs are ${ids}.`,
    remedy:
      'Remove the one that nobody signs in through, in the Entra admin center under Enterprise applications. Then say “set up sso” again.',
    code: 'two-instances',
  });
}

export function refuseForeign(instance: Instance): void {
  if (instance.isOwnedByLatchkey) return;
  const owners = [...new Set(instance.owners.map((owner) => owner.name))].join(', ') || 'nobody';
  throw new Problem({
    kind: 'refused',
    what: `${instance.displayName} exists already, and Latchkey is not an owner of it, so it may not change it.`,
    why: `Its owners are: ${owners}.`,
    remedy:
      'Add the service principal of Latchkey as an owner of both the app registration and the enterprise application. Then say “set up sso” again.',
    code: 'not-owned',
  });
}

/** Who signs in through another identity provider must not be locked out. Throws a `Problem` of kind `refused`. */
export function refuseOtherIssuer(
  provider: Pick<IdentityProvider, 'issuerUri'>,
  settings: Pick<SamlSettings, 'issuerUri'>,
): void {
  if (!provider.issuerUri || provider.issuerUri === settings.issuerUri) return;
  throw new Problem({
    kind: 'refused',
    what: 'The Azure/ADFS sign-in of Genesys belongs to another identity provider. People who sign in through it would be locked out.',
    why: `Its issuer is ${provider.issuerUri}; this tenant is ${settings.issuerUri}.`,
    remedy:
      'If nobody uses it any more, remove that provider in Genesys under Single Sign-on. Then say “set up sso” again.',
    code: 'foreign-issuer',
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

import type { Instance, SigningCertificate } from '../../entra/entra.js';
import type { IdentityProvider } from '../../genesys/genesys.js';
import { regionByKey } from '../genesys-region.js';
import type { SetUpPlan } from '../plan-set-up.js';
import type { BothSides } from '../read-both-sides.js';
import { GLOBAL_CLOUD } from '../../entra/microsoft-clouds.js';
import { samlSettings } from '../saml-settings.js';

/** Both sides as a set-up leaves them, to be spoilt by a test. */

export const NOW = new Date('2026-11-24T09:00:00Z');
export const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
export const region = regionByKey('eu_central_1');
export const settings = samlSettings({
  region,
  cloud: GLOBAL_CLOUD,
  tenantId: TENANT,
  organizationName: 'contoso-gc',
  tileMode: 'signs-straight-in',
});
export const wish = { region, cloud: GLOBAL_CLOUD, tenantId: TENANT, tileMode: undefined };

export function certificate(changes: Partial<SigningCertificate> = {}): SigningCertificate {
  return {
    ...{ thumbprint: 'A'.repeat(40), certificate: 'MII', subject: 'CN=x', isActive: true },
    ...{ notBefore: new Date('2026-01-01'), notAfter: new Date('2029-01-01') },
    ...changes,
  };
}

/** An instance that says all the right things. */
export function instance(changes: Partial<Instance> = {}): Instance {
  return {
    ...{ applicationObjectId: 'app', servicePrincipalId: 'sp', appId: 'appid', displayName: 'Genesys Cloud for Azure' },
    ...{ isEnabled: true, isAssignmentRequired: true, singleSignOnMode: 'saml', appRoles: [] },
    ...{ identifiers: [settings.identifier], replyUrls: [settings.replyUrl] },
    ...{ certificates: [certificate()], activeThumbprint: 'A'.repeat(40) },
    claims: {
      emailFrom: 'userprincipalname',
      organizationName: 'contoso-gc',
      includesBasicClaims: true,
      otherClaims: [],
    },
    ...{ owners: [], isOwnedByLatchkey: true },
    ...changes,
  };
}

export function provider(changes: Partial<IdentityProvider> = {}): IdentityProvider {
  return {
    ...{ name: 'Microsoft Entra ID', isDisabled: false, issuerUri: settings.issuerUri, targetUri: settings.targetUri },
    ...{
      relyingPartyIdentifier: 'appid',
      certificates: [{ certificate: 'MII', thumbprint: 'A'.repeat(40) }],
      unmanaged: {},
    },
    ...changes,
  };
}

export function sides(changes: Partial<BothSides> = {}): BothSides {
  const one = 'instance' in changes ? changes.instance : instance();
  return {
    organization: { id: 'o', name: 'Contoso Contact Centre', shortName: 'contoso-gc' },
    template: { id: 't', displayName: 'Genesys Cloud for Azure' },
    instances: one ? [one] : [],
    instance: one,
    provider: provider(),
    assigned: 3,
    others: [],
    ...changes,
  };
}

export function changed(plan: SetUpPlan): string[] {
  return plan.fields.filter(({ before, after }) => before !== after).map(({ field }) => field);
}

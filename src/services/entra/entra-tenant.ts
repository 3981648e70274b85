import { z } from 'zod';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';

/** One rule of the default app management policy. Source: Microsoft Graph docs, `identifierUriConfiguration`. */
const rule = z.object({ state: z.string().nullish(), excludeSaml: z.boolean().nullish() }).nullish();
const policyWire = z.object({
  isEnabled: z.boolean().nullish(),
  applicationRestrictions: z
    .object({
      identifierUris: z
        .object({ nonDefaultUriAddition: rule, uriAdditionWithoutUniqueTenantIdentifier: rule })
        .partial()
        .nullish(),
    })
    .partial()
    .nullish(),
});

const skuWire = z.object({
  capabilityStatus: z.string().nullish(),
  servicePlans: z.array(z.object({ servicePlanName: z.string().nullish() })).default([]),
});

/** Plans that allow groups to be assigned to applications. Source: Microsoft's list of service plans. */
const PREMIUM_PLANS = ['AAD_PREMIUM', 'AAD_PREMIUM_P2'];

/** What the tenant says about all its applications. Reads only. */
export function createTenant({ graph }: { readonly graph: Graph }): {
  refusesIdentifiers(): Promise<boolean>;
  hasPremium(): Promise<boolean>;
} {
  async function refusesIdentifiers(): Promise<boolean> {
    const attempt = { to: 'read the app management policy', needs: NEEDS.readTenantPolicies };
    const path = '/policies/defaultAppManagementPolicy';
    const policy = await graph.ask({ method: 'GET', path, attempt }, policyWire);
    if (policy.isEnabled === false) return false;
    const rules = Object.values(policy.applicationRestrictions?.identifierUris ?? {});
    return rules.some((one) => one?.state === 'enabled' && one.excludeSaml !== true);
  }

  async function hasPremium(): Promise<boolean> {
    const attempt = { to: 'read the licences of the tenant', needs: NEEDS.readLicences };
    const skus = await graph.list({ path: '/subscribedSkus', attempt }, skuWire);
    // A licence that has run out still works for a while, in the state "Warning".
    const bought = skus.filter(({ capabilityStatus }) => ['Enabled', 'Warning'].includes(capabilityStatus ?? ''));
    const plans = bought.flatMap(({ servicePlans }) => servicePlans.map(({ servicePlanName }) => servicePlanName));
    return plans.some((plan) => PREMIUM_PLANS.includes(plan ?? ''));
  }

  return { refusesIdentifiers, hasPremium };
}

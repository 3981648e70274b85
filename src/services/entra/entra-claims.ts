import type { Claims, InstanceIds } from './entra.js';
import { isNotFound } from './entra-problems.js';
import { claimsPolicyWire, type ClaimsPolicyWire, type ClaimWire } from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

export interface ClaimsWish {
  readonly emailFrom: 'userprincipalname' | 'mail';
  readonly organizationName: string;
}

/**
 * Claims live in the beta `claimsPolicy`, the store that the portal's blade edits too; the v1.0 claimsMappingPolicy would
 * lock that blade.
 */
export function createClaims({ graph, replication, oneAtATime }: Parts): {
  findClaims(ids: InstanceIds): Promise<Claims | undefined>;
  setClaims(ids: InstanceIds, wish: ClaimsWish): Promise<void>;
} {
  const path = (ids: InstanceIds): string => graphPath`/servicePrincipals/${ids.servicePrincipalId}/claimsPolicy`;

  /** Where nobody ever set claims, Graph answers 404, or 200 with nothing or an empty policy. */
  async function findPolicy(ids: InstanceIds): Promise<ClaimsPolicyWire | undefined> {
    const attempt = { to: 'read the claims', needs: NEEDS.readClaims };
    const asked = graph.ask({ method: 'GET', path: path(ids), version: 'beta', attempt }, claimsPolicyWire.nullish());
    const policy = await asked.catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    return policy && (policy.claims ?? []).length > 0 ? policy : undefined;
  }

  async function findClaims(ids: InstanceIds): Promise<Claims | undefined> {
    const policy = await findPolicy(ids);
    return policy && toClaims(policy);
  }

  async function setClaims(ids: InstanceIds, wish: ClaimsWish): Promise<void> {
    await oneAtATime(ids.appId, async () => {
      const before = await findPolicy(ids);
      if (before && sends(toClaims(before), wish)) return;
      const call = {
        method: 'PUT',
        path: path(ids),
        version: 'beta',
        body: mergedPolicy(before, wish),
        attempt: { to: 'set the claims', needs: NEEDS.writeClaims },
      } as const;
      await replication.despiteLag('the new application', () => graph.send(call));
      await replication.shown('the claims', async () => {
        const now = await findClaims(ids);
        return (now && sends(now, wish)) || undefined;
      });
    });
  }

  return { findClaims, setClaims };
}

function sends(claims: Claims, wish: ClaimsWish): boolean {
  return (
    claims.emailFrom === wish.emailFrom &&
    claims.organizationName === wish.organizationName &&
    claims.nameIdFrom !== undefined
  );
}

const NAME_ID = '#microsoft.graph.samlNameIdClaim';
const CUSTOM = '#microsoft.graph.customClaim';

function isNameId(claim: ClaimWire): boolean {
  return claim['@odata.type'] === NAME_ID;
}

/** Ours are the claims of these names without a namespace; Genesys tells names apart by case. */
function isNamed(claim: ClaimWire, name: string): boolean {
  return !isNameId(claim) && claim.name === name && !claim.namespace;
}

export function toClaims(policy: ClaimsPolicyWire): Claims {
  const all = policy.claims ?? [];
  const email = attributeOf(all.find((claim) => isNamed(claim, 'Email')))?.id;
  const organizationName = attributeOf(all.find((claim) => isNamed(claim, 'OrganizationName')))?.value;
  const nameId = attributeOf(all.find(isNameId))?.id;
  return {
    ...(email ? { emailFrom: email.toLowerCase() } : {}),
    ...(organizationName ? { organizationName } : {}),
    ...(nameId ? { nameIdFrom: nameId.toLowerCase() } : {}),
    includesBasicClaims: policy.includeBasicClaimSet === true,
    otherClaims: all
      .filter((claim) => !isNameId(claim) && !isNamed(claim, 'Email') && !isNamed(claim, 'OrganizationName'))
      .map((claim) => [claim.namespace, claim.name].filter(Boolean).join('/')),
  };
}

/** What a claim sends where no condition picks another source: the configuration that stands first. */
function attributeOf(
  claim: ClaimWire | undefined,
): { id?: string | null | undefined; value?: string | null | undefined } | undefined {
  return claim?.configurations?.[0]?.attribute ?? undefined;
}

/** The policy with our two claims in it: everything that others set stays, a NameID too; only a new one gets ours. */
export function mergedPolicy(before: ClaimsPolicyWire | undefined, wish: ClaimsWish): object {
  const settings = Object.entries(before ?? { includeBasicClaimSet: true }).filter(
    ([name]) => name !== 'id' && !name.startsWith('@odata.'),
  );
  const kept = (before?.claims ?? []).filter(
    (claim) => !isNamed(claim, 'Email') && !isNamed(claim, 'OrganizationName'),
  );
  return {
    ...Object.fromEntries(settings),
    claims: [
      ...(kept.some(isNameId) ? [] : [nameIdClaim()]),
      ...kept,
      customClaim('Email', sourced(wish.emailFrom)),
      customClaim('OrganizationName', {
        '@odata.type': '#microsoft.graph.valueBasedAttribute',
        value: wish.organizationName,
      }),
    ],
  };
}

function sourced(id: string): object {
  return { '@odata.type': '#microsoft.graph.sourcedAttribute', id, source: 'user', isExtensionAttribute: false };
}

function configured(attribute: object): object[] {
  return [{ condition: null, attribute, transformations: [] }];
}

function nameIdClaim(): object {
  return {
    '@odata.type': NAME_ID,
    nameIdFormat: 'emailAddress',
    serviceProviderNameQualifier: null,
    configurations: configured(sourced('userprincipalname')),
  };
}

function customClaim(name: string, attribute: object): object {
  return {
    '@odata.type': CUSTOM,
    name,
    namespace: null,
    tokenFormat: ['saml'],
    samlAttributeNameFormat: null,
    configurations: configured(attribute),
  };
}

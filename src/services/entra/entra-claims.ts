import { createClaimsMapping, type AssignedMapping } from './entra-claims-mapping.js';
import type { ClaimsWish } from './claims-mapping.js';
import type { Claims, ClaimValues, InstanceIds } from './entra.js';
import { isNotFound, isUnknownSegment, type Attempt } from './entra-problems.js';
import { claimsPolicyWire, type ClaimsPolicyWire, type ClaimWire } from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

export type { ClaimsWish } from './claims-mapping.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

/** The claims of an application, and what is known of where they stand. */
export interface ClaimsReading {
  /** What a sign-in sends; absent where nobody has set any. */
  readonly claims?: Claims;
  /** The cloud has no API for the claims that the portal sets, so those cannot be seen. */
  readonly arePortalClaimsHidden: boolean;
}

/** How claims are written; see `Entra.setClaims`. */
interface ClaimsWay {
  readonly isFirst?: boolean;
  readonly mayShowLater?: boolean;
}

interface PortalClaims {
  readonly policy: ClaimsPolicyWire | undefined;
  readonly isApiMissing: boolean;
}

/**
 * Claims live in the beta `claimsPolicy`, the store that the portal's blade edits too. A v1.0 claimsMappingPolicy that is
 * assigned supersedes it at sign-in: then that one is what is read and repaired. Where the cloud has no claimsPolicy, one
 * of our own kind takes its place.
 */
export function createClaims({ graph, replication, oneAtATime }: Parts): {
  readClaims(ids: InstanceIds): Promise<ClaimsReading>;
  findClaims(ids: InstanceIds): Promise<Claims | undefined>;
  setClaims(ids: InstanceIds, wish: ClaimsWish & ClaimsWay): Promise<void>;
  putBackClaims(ids: InstanceIds, values: ClaimValues): Promise<void>;
} {
  const mapping = createClaimsMapping({ graph, replication });
  const path = (ids: InstanceIds): string => graphPath`/servicePrincipals/${ids.servicePrincipalId}/claimsPolicy`;

  /** Where nobody ever set claims, Graph answers 404, or 200 with nothing or an empty policy. */
  async function readPortal(ids: InstanceIds): Promise<PortalClaims> {
    const attempt = { to: 'read the claims', needs: NEEDS.readClaims };
    const asked = graph.ask({ method: 'GET', path: path(ids), version: 'beta', attempt }, claimsPolicyWire.nullish());
    try {
      const policy = await asked;
      return { policy: policy && (policy.claims ?? []).length > 0 ? policy : undefined, isApiMissing: false };
    } catch (error) {
      if (isNotFound(error)) return { policy: undefined, isApiMissing: false };
      if (isUnknownSegment(error)) return { policy: undefined, isApiMissing: true };
      throw error;
    }
  }

  async function read(ids: InstanceIds): Promise<PortalClaims & { assigned: AssignedMapping | undefined }> {
    const [portal, assigned] = await Promise.all([readPortal(ids), mapping.findAssigned(ids)]);
    return { ...portal, assigned };
  }

  async function readClaims(ids: InstanceIds): Promise<ClaimsReading> {
    const { policy, isApiMissing, assigned } = await read(ids);
    const claims = assigned ? { ...assigned.claims, policy: assigned.policy } : policy && toClaims(policy);
    return { ...(claims ? { claims } : {}), arePortalClaimsHidden: isApiMissing };
  }

  async function findClaims(ids: InstanceIds): Promise<Claims | undefined> {
    return (await readClaims(ids)).claims;
  }

  async function setClaims(ids: InstanceIds, wish: ClaimsWish & ClaimsWay): Promise<void> {
    await oneAtATime(ids.appId, async () => {
      if (wish.isFirst && (await isPutFirst(ids, wish))) return;
      const { policy, isApiMissing, assigned } = await read(ids);
      const before = assigned?.claims ?? (policy && toClaims(policy));
      if (before && sends(before, wish)) return;
      if (assigned) await mapping.repair(assigned, wish);
      else if (isApiMissing) await mapping.assignOwn(ids, wish);
      else return putPolicy(ids, policy, wish);
      if (wish.mayShowLater) return;
      await replication.shown('the claims', async () => {
        const now = await mapping.findAssigned(ids);
        return (now && sends(now.claims, wish)) || undefined;
      });
    });
  }

  /** `false`: the cloud has no such API, so the claims stand elsewhere. */
  async function isPutFirst(ids: InstanceIds, wish: ClaimsWish & ClaimsWay): Promise<boolean> {
    try {
      await putPolicy(ids, undefined, wish);
      return true;
    } catch (error) {
      if (isUnknownSegment(error)) return false;
      throw error;
    }
  }

  async function putPolicy(
    ids: InstanceIds,
    before: ClaimsPolicyWire | undefined,
    wish: ClaimsWish & ClaimsWay,
  ): Promise<void> {
    const attempt = { to: 'set the claims', needs: NEEDS.writeClaims };
    await put(ids, { body: mergedPolicy(before, wish), attempt });
    if (wish.mayShowLater) return;
    await replication.shown('the claims', async () => {
      const { policy } = await readPortal(ids);
      return (policy && sends(toClaims(policy), wish)) || undefined;
    });
  }

  async function put(ids: InstanceIds, { body, attempt }: { body: object; attempt: Attempt }): Promise<void> {
    const call = { method: 'PUT', path: path(ids), version: 'beta', body, attempt } as const;
    await replication.despiteLag('the new application', () => graph.send(call));
  }

  async function putBackClaims(ids: InstanceIds, values: ClaimValues): Promise<void> {
    await oneAtATime(ids.appId, async () => {
      const { policy, assigned } = await read(ids);
      if (assigned) return putBackInPolicy(ids, assigned, values);
      if (!policy || says(toClaims(policy), values)) return;
      const attempt = { to: 'put back the claims', needs: NEEDS.writeClaims };
      await put(ids, { body: policyWith(policy, values), attempt });
      await replication.shown('the former claims', async () => {
        const { policy: now } = await readPortal(ids);
        return !now || says(toClaims(now), values) || undefined;
      });
    });
  }

  async function putBackInPolicy(ids: InstanceIds, assigned: AssignedMapping, values: ClaimValues): Promise<void> {
    if (assigned.policy.leftAlone || says(assigned.claims, values)) return;
    await mapping.putBack(ids, assigned, values);
    await replication.shown('the former claims', async () => {
      const now = await mapping.findAssigned(ids);
      return !now || says(now.claims, values) || undefined;
    });
  }

  return { readClaims, findClaims, setClaims, putBackClaims };
}

function sends(claims: Claims, wish: ClaimsWish): boolean {
  return (
    claims.emailFrom === wish.emailFrom &&
    claims.organizationName === wish.organizationName &&
    claims.nameIdFrom !== undefined
  );
}

function says(claims: Claims, { emailFrom, organizationName }: ClaimValues): boolean {
  return (
    (emailFrom === undefined || (claims.emailFrom ?? null) === emailFrom) &&
    (organizationName === undefined || (claims.organizationName ?? null) === organizationName)
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
  const policy = before ?? { includeBasicClaimSet: true };
  const hasNameId = (policy.claims ?? []).some(isNameId);
  return policyWith(policy, wish, hasNameId ? [] : [nameIdClaim()]);
}

/** The policy where our two claims say these values, after `first` and everything that others set. `null`: not sent. */
function policyWith(
  policy: ClaimsPolicyWire,
  { emailFrom, organizationName }: ClaimValues,
  first: readonly object[] = [],
): object {
  const settings = Object.entries(policy).filter(([name]) => name !== 'id' && !name.startsWith('@odata.'));
  const isReplaced = (claim: ClaimWire): boolean =>
    (emailFrom !== undefined && isNamed(claim, 'Email')) ||
    (organizationName !== undefined && isNamed(claim, 'OrganizationName'));
  const constant = { '@odata.type': '#microsoft.graph.valueBasedAttribute', value: organizationName };
  return {
    ...Object.fromEntries(settings),
    claims: [
      ...first,
      ...(policy.claims ?? []).filter((claim) => !isReplaced(claim)),
      ...(emailFrom ? [customClaim('Email', sourced(emailFrom))] : []),
      ...(organizationName ? [customClaim('OrganizationName', constant)] : []),
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

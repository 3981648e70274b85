import { z } from 'zod';
import {
  claimsOfDefinition,
  formerDefinition,
  mergedDefinition,
  parseClaimsDefinition,
  type ClaimsDefinition,
  type ClaimsWish,
} from './claims-mapping.js';
import type { AssignedClaimsPolicy, Claims, ClaimValues, InstanceIds } from './entra.js';
import { isNotFound, isReferenceThere } from './entra-problems.js';
import { claimsPolicyLeftAlone } from './entra-refusals.js';
import { claimsMappingPolicyWire, type ClaimsMappingPolicyWire } from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphFilter, graphPath } from './graph-query.js';
import type { Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
}

/** A `claimsMappingPolicy` as it is assigned to an application, and what a sign-in sends under it. */
export interface AssignedMapping {
  readonly policy: AssignedClaimsPolicy;
  readonly claims: Claims;
  readonly definition: ClaimsDefinition | undefined;
}

const NOTHING_KNOWN: Claims = { includesBasicClaims: false, otherClaims: [] };
const POLICIES = '/policies/claimsMappingPolicies';

/**
 * The v1.0 store of claims. While such a policy is assigned to an application, Entra ignores the claims that the portal
 * shows, so Latchkey writes to it only where one is assigned already, or where the cloud has no other API.
 */
export function createClaimsMapping({ graph, replication }: Parts): {
  findAssigned(ids: InstanceIds): Promise<AssignedMapping | undefined>;
  repair(assigned: AssignedMapping, wish: ClaimsWish): Promise<void>;
  assignOwn(ids: InstanceIds, wish: ClaimsWish): Promise<void>;
  putBack(ids: InstanceIds, assigned: AssignedMapping, values: ClaimValues): Promise<void>;
} {
  const assignedPath = (ids: InstanceIds): string =>
    graphPath`/servicePrincipals/${ids.servicePrincipalId}/claimsMappingPolicies`;

  async function findAssigned(ids: InstanceIds): Promise<AssignedMapping | undefined> {
    const attempt = { to: 'read the claims policies of the application', needs: NEEDS.readClaims };
    const found = await graph.list({ path: assignedPath(ids), attempt }, claimsMappingPolicyWire).catch(noneYet);
    const [first, ...others] = found;
    if (!first) return undefined;
    const definition = parseClaimsDefinition(first.definition);
    const users = await usersOf(first.id);
    const isShared = users.some((id) => id !== ids.servicePrincipalId);
    const leftAlone =
      others.length > 0 ? 'several' : isShared ? 'shared' : definition === undefined ? 'unreadable' : undefined;
    return {
      policy: { id: first.id, name: first.displayName ?? first.id, ...(leftAlone ? { leftAlone } : {}) },
      claims: definition ? claimsOfDefinition(definition) : NOTHING_KNOWN,
      definition,
    };
  }

  async function usersOf(policyId: string): Promise<readonly string[]> {
    const path = graphPath`/policies/claimsMappingPolicies/${policyId}/appliesTo`;
    const attempt = { to: 'read which applications use a claims policy', needs: NEEDS.readClaims };
    return (await graph.list({ path, attempt }, z.object({ id: z.string() }))).map(({ id }) => id);
  }

  async function repair({ policy, definition }: AssignedMapping, wish: ClaimsWish): Promise<void> {
    if (policy.leftAlone) throw claimsPolicyLeftAlone(policy);
    await write(policy.id, mergedDefinition(definition, wish));
  }

  function write(policyId: string, definition: string): Promise<void> {
    return graph.send({
      method: 'PATCH',
      path: graphPath`/policies/claimsMappingPolicies/${policyId}`,
      body: { definition: [definition] },
      attempt: { to: 'set the claims in the claims policy', needs: NEEDS.writeClaims },
    });
  }

  /** A policy of our own goes, and the claims of the portal count again; in one of the tenant the former values stand again. */
  async function putBack(
    ids: InstanceIds,
    { policy, definition }: AssignedMapping,
    values: ClaimValues,
  ): Promise<void> {
    if (policy.name === ownName(ids)) return removeOwn(ids, policy.id);
    if (policy.leftAlone || !definition) return;
    await write(policy.id, formerDefinition(definition, values));
  }

  async function removeOwn(ids: InstanceIds, policyId: string): Promise<void> {
    const attempt = { to: 'remove its own claims policy', needs: NEEDS.writeClaims };
    const policyPath = graphPath`/policies/claimsMappingPolicies/${policyId}`;
    for (const path of [`${assignedPath(ids)}${graphPath`/${policyId}/$ref`}`, policyPath]) {
      await graph.send({ method: 'DELETE', path, attempt }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
  }

  async function assignOwn(ids: InstanceIds, wish: ClaimsWish): Promise<void> {
    const own = (await findOwn(ids)) ?? (await createOwn(ids, wish));
    // One that an earlier attempt has made may hold an older wish.
    const definition = parseClaimsDefinition(own.definition);
    if (!definition || !holds(definition, wish)) await write(own.id, mergedDefinition(definition, wish));
    const call = {
      method: 'POST',
      path: `${assignedPath(ids)}/$ref`,
      body: { '@odata.id': graph.reference(graphPath`/policies/claimsMappingPolicies/${own.id}`) },
      attempt: { to: 'assign the claims policy to the application', needs: NEEDS.assignClaimsPolicy },
      // The second time Graph says that the reference is there, which is what was wanted.
      isRepeatable: true,
    } as const;
    await replication.despiteLag('the claims policy', () =>
      graph.send(call).catch((error: unknown) => {
        if (!isReferenceThere(error)) throw error;
      }),
    );
  }

  async function findOwn(ids: InstanceIds): Promise<ClaimsMappingPolicyWire | undefined> {
    const query = { $filter: graphFilter`displayName eq ${ownName(ids)}` };
    const attempt = { to: 'look for its own claims policy', needs: NEEDS.readClaims };
    return (await graph.list({ path: POLICIES, query, attempt }, claimsMappingPolicyWire))[0];
  }

  async function createOwn(ids: InstanceIds, wish: ClaimsWish): Promise<ClaimsMappingPolicyWire> {
    const call = {
      method: 'POST',
      path: POLICIES,
      body: {
        displayName: ownName(ids),
        isOrganizationDefault: false,
        definition: [mergedDefinition(undefined, wish)],
      },
      attempt: { to: 'create a claims policy', needs: NEEDS.writeClaims },
    } as const;
    const create = (): Promise<ClaimsMappingPolicyWire> => graph.ask(call, claimsMappingPolicyWire);
    return (await replication.createdOnce({ create, find: () => findOwn(ids) })).made;
  }

  return { findAssigned, repair, assignOwn, putBack };
}

/** Names are not unique in Graph; this one says whose it is and for which application. */
function ownName({ appId }: InstanceIds): string {
  return `Latchkey claims for ${appId}`;
}

function holds(definition: ClaimsDefinition, wish: ClaimsWish): boolean {
  const { emailFrom, organizationName, nameIdFrom } = claimsOfDefinition(definition);
  return emailFrom === wish.emailFrom && organizationName === wish.organizationName && nameIdFrom !== undefined;
}

/** A new application that not every part of Entra shows yet has no policy either. */
function noneYet(error: unknown): [] {
  if (isNotFound(error)) return [];
  throw error;
}

import { TENANT_ID } from '../credentials.js';
import type { Directory } from './directory.js';
import { viewApplication, viewServicePrincipal } from './service-principal-view.js';

/** Everything the tenant holds, in Graph's property names. Passwords, private keys and tokens live elsewhere and never come in. */
export function viewState(directory: Directory): object {
  return {
    tenantId: TENANT_ID,
    users: directory.users.list(),
    groups: directory.groups.list().map((group) => ({ ...group, members: directory.membersOf(group.id) })),
    applications: directory.applications.list().map((application) => ({
      ...viewApplication(application, TENANT_ID),
      owners: directory.ownersOf(application.id),
    })),
    servicePrincipals: directory.servicePrincipals.list().map((principal) => ({
      ...viewServicePrincipal(principal, directory, { withKeys: true }),
      owners: directory.ownersOf(principal.id),
    })),
    appRoleAssignments: directory.assignments.list(),
    policies: directory.policies.list(),
    claimsMappingPolicies: directory.claimsMappingPolicies.list().map((policy) => ({
      ...policy,
      appliesTo: directory.policyAssignments
        .filter((entry) => entry.policyId === policy.id)
        .map((entry) => entry.servicePrincipalId),
    })),
    deletedItems: directory.deletedItems
      .list()
      .map(({ id, kind, deletedDateTime, object }) => ({ id, kind, deletedDateTime, displayName: object.displayName })),
    signIns: directory.signIns.list(),
  };
}

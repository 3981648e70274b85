import type { EntraGroup } from '../entra/entra-groups.js';
import type { Entra, InstanceIds } from '../entra/entra.js';
import type { Genesys, GenesysRole } from '../genesys/genesys.js';
import { applicationInUse } from '../provisioning/application-in-use.js';
import { rolesOnOffer } from '../provisioning/assign-person.js';
import { toldApart } from '../provisioning/provisioning-service.js';
import type { PolicyGift } from './access-policy.js';
import type { AccessGift } from './gift.js';
import { groupUnusable, groupWithoutApplication, notOneOfThatName } from './gift-refusals.js';

export interface GiftParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
}

type Application = { readonly ids: InstanceIds; readonly templateId: string };

/**
 * Looks up what a role of the policy gives, as it stands now. Throws a `Problem` where the single sign-on is not set up,
 * where a name means nothing or several things, and where the group cannot be used for it.
 */
export async function resolveGift(parts: GiftParts, gives: PolicyGift): Promise<AccessGift> {
  const [entra, genesys] = await Promise.all([resolveEntra(parts, gives), resolveGenesys(parts, gives)]);
  return { entra, genesys };
}

async function resolveEntra(parts: GiftParts, gives: PolicyGift): Promise<AccessGift['entra']> {
  const application = await applicationInUse(parts);
  return gives.entra.kind === 'group'
    ? resolveGroup(parts, gives.entra.group, application)
    : resolveAppRole(parts, gives.entra.role, application);
}

async function resolveAppRole(
  { entra }: GiftParts,
  name: string,
  { ids, templateId }: Application,
): Promise<AccessGift['entra']> {
  const offered = rolesOnOffer(await entra.getAppRoles(ids));
  const byValue = offered.filter(({ value }) => value === name);
  const found = byValue.length > 0 ? byValue : offered.filter(({ displayName }) => isSame(displayName, name));
  const { id, displayName } = only(found, 'the role of the application', name);
  const { servicePrincipalId, appId } = ids;
  return { kind: 'app-role', servicePrincipalId, appId, templateId, appRoleId: id, appRoleName: displayName };
}

async function resolveGroup({ entra }: GiftParts, name: string, { ids }: Application): Promise<AccessGift['entra']> {
  const byId = await entra.findGroup(name);
  const group = byId ?? only(await entra.findGroupsNamed(name), 'the group', name);
  refuseUnusable(group);
  const held = await entra.findGroupAssignments(group.id, ids.servicePrincipalId);
  if (held.length === 0) throw groupWithoutApplication(group.name);
  return { kind: 'group', groupId: group.id, groupName: group.name };
}

/** Groups that hold directory roles are out of bounds: whoever is in one is an administrator. */
function refuseUnusable({ name, isDynamic, isRoleAssignable }: EntraGroup): void {
  if (isRoleAssignable) throw groupUnusable(name, 'Its members can hold administrator roles in Entra.');
  if (isDynamic) throw groupUnusable(name, 'Its members follow a rule, so Entra lets nobody add them.');
}

async function resolveGenesys({ genesys }: GiftParts, { genesys: wanted }: PolicyGift): Promise<AccessGift['genesys']> {
  const [divisions, roles] = await Promise.all([genesys.listDivisions(), genesys.listRoles()]);
  const division = only(named(divisions, wanted.division), 'the Genesys division', wanted.division);
  const held = wanted.roles.map((name) => only(named(roles, name), 'the Genesys role', name));
  return {
    ...{ divisionId: division.id, divisionName: division.name },
    roles: toldApart(eachOnce(held)).map(({ id, name }) => ({ roleId: id, roleName: name })),
  };
}

/** By id, else by name. */
function named<T extends { readonly id: string; readonly name: string }>(all: readonly T[], idOrName: string): T[] {
  const byId = all.filter(({ id }) => id === idOrName);
  return byId.length > 0 ? byId : all.filter(({ name }) => isSame(name, idOrName));
}

function eachOnce(roles: readonly GenesysRole[]): GenesysRole[] {
  return [...new Map(roles.map((role) => [role.id, role])).values()];
}

function only<T>(found: readonly T[], what: string, name: string): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw notOneOfThatName(what, name, found.length);
  return first;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

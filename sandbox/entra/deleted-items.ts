import type { Directory } from './directory.js';
import type { Application, ServicePrincipal, User } from './directory-objects.js';
import type { ObjectSet } from './lagging-set.js';

interface Detached {
  readonly relation: RelationName;
  readonly key: string;
  readonly value: object;
}

interface Kept {
  readonly id: string;
  readonly deletedDateTime: string;
  /** What else knew the object: it comes back with it. Holds password hashes and private keys, therefore never shown. */
  readonly relations: readonly Detached[];
}

/** A directory object in the bin, for 30 days in Entra and for ever here. */
export type DeletedItem = Kept &
  (
    | { readonly kind: 'application'; readonly object: Application }
    | { readonly kind: 'servicePrincipal'; readonly object: ServicePrincipal }
    | { readonly kind: 'user'; readonly object: User }
  );

export type DeletedKind = DeletedItem['kind'];

const RELATIONS = [
  'passwords',
  'managers',
  'memberships',
  'ownerships',
  'signingKeys',
  'automaticSigning',
  'assignments',
  'policies',
  'policyAssignments',
] as const satisfies readonly (keyof Directory)[];
type RelationName = (typeof RELATIONS)[number];

/** Puts the application and its service principal into the bin: the deletion of one takes the other along. */
export function deleteApplication(application: Application, directory: Directory): void {
  const principal = directory.findServicePrincipalByAppId(application.appId);
  if (principal) deleteServicePrincipal(principal, directory);
  const relations = detach(application.id, directory);
  keep({ ...stamp(application.id, directory), relations, kind: 'application', object: application }, directory);
  directory.applications.delete(application.id);
}

export function deleteServicePrincipal(principal: ServicePrincipal, directory: Directory): void {
  const relations = detach(principal.id, directory);
  keep({ ...stamp(principal.id, directory), relations, kind: 'servicePrincipal', object: principal }, directory);
  directory.servicePrincipals.delete(principal.id);
}

export function deleteUser(user: User, directory: Directory): void {
  const relations = detach(user.id, directory);
  keep({ ...stamp(user.id, directory), relations, kind: 'user', object: user }, directory);
  directory.users.delete(user.id);
}

/** Takes it out of the bin, with the relations whose other end still exists. */
export function restoreItem(item: DeletedItem, directory: Directory): void {
  if (item.kind === 'application') directory.applications.put(item.id, item.object);
  else if (item.kind === 'servicePrincipal') directory.servicePrincipals.put(item.id, item.object);
  else directory.users.put(item.id, item.object);
  for (const { relation, key, value } of item.relations) {
    if (hasBothEnds(value, directory)) relationOf(directory, relation).put(key, value);
  }
  directory.deletedItems.delete(item.id);
}

/** Forgets it for good. */
export function purgeItem(item: DeletedItem, directory: Directory): void {
  directory.deletedItems.delete(item.id);
}

function stamp(id: string, directory: Directory): { id: string; deletedDateTime: string } {
  return { id, deletedDateTime: directory.now() };
}

function keep(item: DeletedItem, directory: Directory): void {
  directory.deletedItems.put(item.id, item);
}

function detach(id: string, directory: Directory): Detached[] {
  return RELATIONS.flatMap((relation) => {
    const set = relationOf(directory, relation);
    const found = set.entries().filter(([key, value]) => key.split('/').includes(id) || mentions(value, id));
    for (const [key] of found) set.delete(key);
    return found.map(([key, value]) => ({ relation, key, value }));
  });
}

function mentions(value: object, id: string): boolean {
  return Object.values(value).includes(id);
}

const ENDS = ['principalId', 'resourceId', 'objectId', 'ownerId', 'groupId', 'memberId', 'managerId', 'policyId'];

function hasBothEnds(value: object, directory: Directory): boolean {
  const sets = [
    directory.users,
    directory.groups,
    directory.applications,
    directory.servicePrincipals,
    directory.claimsMappingPolicies,
  ];
  return Object.entries(value)
    .filter(([name]) => ENDS.includes(name))
    .every(([, id]) => sets.some((set) => typeof id === 'string' && set.get(id) !== undefined));
}

function relationOf(directory: Directory, name: RelationName): ObjectSet<object> {
  return directory[name] as ObjectSet<object>;
}

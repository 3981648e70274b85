import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SandboxClock } from '../kit/clock.js';
import type { SandboxStore } from '../kit/store.js';
import type { ClaimsPolicy } from './claim-objects.js';
import { effectiveClaims } from './claims-mapping.js';
import type { DeletedItem } from './deleted-items.js';
import type {
  AppRoleAssignment,
  Application,
  ClaimsMappingPolicy,
  Group,
  GroupMembership,
  Ownership,
  PasswordRecord,
  PolicyAssignment,
  RoleAssignment,
  RoleEligibility,
  ServicePrincipal,
  SignIn,
  SigningKey,
  User,
} from './directory-objects.js';
import type { ObjectSet } from './lagging-set.js';
import type { Replication } from './replication.js';

const KEPT_SIGN_INS = 20_000;

/** The tenant: every object and relation, and the look-ups that both Graph and the sign-in side need. */
export class Directory {
  readonly users: ObjectSet<User>;
  readonly passwords: ObjectSet<PasswordRecord>;
  readonly managers: ObjectSet<{ managerId: string }>;
  readonly groups: ObjectSet<Group>;
  readonly memberships: ObjectSet<GroupMembership>;
  readonly applications: ObjectSet<Application>;
  readonly servicePrincipals: ObjectSet<ServicePrincipal>;
  readonly ownerships: ObjectSet<Ownership>;
  readonly signingKeys: ObjectSet<SigningKey>;
  /** Service principals whose signing key was cleared on purpose: Entra then picks one itself. */
  readonly automaticSigning: ObjectSet<{ since: string }>;
  readonly assignments: ObjectSet<AppRoleAssignment>;
  readonly roleAssignments: ObjectSet<RoleAssignment>;
  readonly roleEligibilities: ObjectSet<RoleEligibility>;
  /** Beta claims policies, by service principal id. */
  readonly policies: ObjectSet<ClaimsPolicy>;
  readonly claimsMappingPolicies: ObjectSet<ClaimsMappingPolicy>;
  /** Which claims mapping policy a service principal has, `{servicePrincipalId}/{policyId}`. */
  readonly policyAssignments: ObjectSet<PolicyAssignment>;
  readonly deletedItems: ObjectSet<DeletedItem>;
  readonly signIns: ObjectSet<SignIn>;
  readonly clock: SandboxClock;

  readonly #replication: Replication;

  constructor(store: SandboxStore, clock: SandboxClock, replication: Replication) {
    this.clock = clock;
    this.#replication = replication;
    // Objects that are addressed by id: a write may come to a replica that does not know them yet.
    const objects = <T extends object>(name: string): ObjectSet<T> =>
      replication.collection(store, name, { missesNew: true });
    const relations = <T extends object>(name: string): ObjectSet<T> => replication.collection(store, name);
    this.users = objects('users');
    this.groups = objects('groups');
    this.applications = objects('applications');
    this.servicePrincipals = objects('servicePrincipals');
    this.claimsMappingPolicies = objects('claimsMappingPolicies');
    this.managers = relations('managers');
    this.memberships = relations('memberships');
    this.ownerships = relations('ownerships');
    this.signingKeys = relations('signingKeys');
    this.automaticSigning = relations('automaticSigning');
    this.assignments = relations('assignments');
    this.policies = relations('policies');
    this.policyAssignments = relations('policyAssignments');
    this.deletedItems = relations('deletedItems');
    // Never seen through Graph, or never written through it.
    this.passwords = store.collection('passwords');
    this.roleAssignments = store.collection('roleAssignments');
    this.roleEligibilities = store.collection('roleEligibilities');
    this.signIns = store.collection('signIns');
  }

  /** What a rule sees that Entra evaluates on another replica than the one that takes the write. */
  elsewhere<T>(read: () => T): T {
    return this.#replication.elsewhere(read);
  }

  now(): string {
    return this.clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
  }

  /** By object id or user principal name, whatever its case. */
  findUser(idOrName: string): User | undefined {
    const wanted = idOrName.toLowerCase();
    return this.users.get(wanted) ?? this.users.find((user) => user.userPrincipalName.toLowerCase() === wanted);
  }

  setPassword(userId: string, password: string, mustChange: boolean): void {
    const salt = randomBytes(16).toString('base64');
    const version = (this.passwords.get(userId)?.version ?? 0) + 1;
    this.passwords.put(userId, { salt, hash: hashPassword(salt, password), mustChange, version });
  }

  hasPassword(userId: string, password: string): boolean {
    const record = this.passwords.get(userId);
    if (!record) return false;
    return timingSafeEqual(Buffer.from(record.hash), Buffer.from(hashPassword(record.salt, password)));
  }

  findApplicationByAppId(appId: string): Application | undefined {
    return this.applications.find((application) => application.appId === appId.toLowerCase());
  }

  findServicePrincipalByAppId(appId: string): ServicePrincipal | undefined {
    return this.servicePrincipals.find((principal) => principal.appId === appId.toLowerCase());
  }

  /** The application of a service principal, deleted or not. Throws when there is none, which this directory never lets happen. */
  getApplicationOf(principal: Pick<ServicePrincipal, 'id' | 'appId'>): Application {
    const application = this.findApplicationByAppId(principal.appId) ?? this.#deletedApplication(principal.appId);
    if (!application) throw new Error(`The service principal ${principal.id} has no application.`);
    return application;
  }

  #deletedApplication(appId: string): Application | undefined {
    for (const item of this.deletedItems.list()) {
      if (item.kind === 'application' && item.object.appId === appId) return item.object;
    }
    return undefined;
  }

  /** The claims that the sign-in follows: an assigned claims mapping policy supersedes the app's claims policy. */
  claimsOf(principalId: string): ClaimsPolicy | undefined {
    const assigned = this.policyAssignments.find((entry) => entry.servicePrincipalId === principalId);
    const mapping = assigned && this.claimsMappingPolicies.get(assigned.policyId);
    return mapping ? effectiveClaims(mapping, principalId) : this.policies.get(principalId);
  }

  /** What the application is called in a request: its identifiers and its application id. */
  servicePrincipalNames(principal: ServicePrincipal): string[] {
    return [principal.appId, ...this.getApplicationOf(principal).identifierUris];
  }

  own(objectId: string, ownerId: string): void {
    this.ownerships.put(`${objectId}/${ownerId}`, { objectId, ownerId });
  }

  owns(ownerId: string, objectId: string): boolean {
    return this.ownerships.get(`${objectId}/${ownerId}`) !== undefined;
  }

  ownersOf(objectId: string): string[] {
    return this.ownerships.filter((entry) => entry.objectId === objectId).map((entry) => entry.ownerId);
  }

  addMember(groupId: string, memberId: string): void {
    this.memberships.put(`${groupId}/${memberId}`, { groupId, memberId });
  }

  /** `false`: they were not in it. */
  removeMember(groupId: string, memberId: string): boolean {
    return this.memberships.delete(`${groupId}/${memberId}`);
  }

  membersOf(groupId: string): string[] {
    return this.memberships.filter((entry) => entry.groupId === groupId).map((entry) => entry.memberId);
  }

  directGroupsOf(memberId: string): Group[] {
    const ids = this.memberships.filter((entry) => entry.memberId === memberId).map((entry) => entry.groupId);
    return this.groups.filter((group) => ids.includes(group.id));
  }

  /** The groups of a member, and the groups of these groups. */
  transitiveGroupsOf(memberId: string): Group[] {
    const found = new Map<string, Group>();
    const visit = (id: string): void => {
      for (const group of this.directGroupsOf(id)) {
        if (found.has(group.id)) continue;
        found.set(group.id, group);
        visit(group.id);
      }
    };
    visit(memberId);
    return [...found.values()];
  }

  /** Whether the person may use the app: directly or by direct membership. Entra does not look into nested groups. */
  isAssigned(userId: string, servicePrincipalId: string): boolean {
    const principals = new Set([userId, ...this.directGroupsOf(userId).map((group) => group.id)]);
    return this.assignments
      .filter((assignment) => assignment.resourceId === servicePrincipalId)
      .some((assignment) => principals.has(assignment.principalId));
  }

  recordSignIn(entry: Omit<SignIn, 'id' | 'createdDateTime'>): void {
    const id = randomUUID();
    this.signIns.put(id, { id, createdDateTime: this.now(), ...entry });
    if (this.signIns.size <= KEPT_SIGN_INS) return;
    const oldest = this.signIns.find(() => true);
    if (oldest) this.signIns.delete(oldest.id);
  }
}

function hashPassword(salt: string, password: string): string {
  return createHash('sha256').update(`${salt}\n${password}`).digest('base64');
}

import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { SandboxClock } from '../kit/clock.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import type { ClaimsPolicy } from './claim-objects.js';
import type {
  AppRoleAssignment,
  Application,
  Group,
  GroupMembership,
  Ownership,
  PasswordRecord,
  RoleAssignment,
  RoleEligibility,
  ServicePrincipal,
  SignIn,
  SigningKey,
  User,
} from './directory-objects.js';

const KEPT_SIGN_INS = 20_000;

/** The tenant: every object and relation, and the look-ups that both Graph and the sign-in side need. */
export class Directory {
  readonly users: Collection<User>;
  readonly passwords: Collection<PasswordRecord>;
  readonly managers: Collection<{ managerId: string }>;
  readonly groups: Collection<Group>;
  readonly memberships: Collection<GroupMembership>;
  readonly applications: Collection<Application>;
  readonly servicePrincipals: Collection<ServicePrincipal>;
  readonly ownerships: Collection<Ownership>;
  readonly signingKeys: Collection<SigningKey>;
  /** Service principals whose signing key was cleared on purpose: Entra then picks one itself. */
  readonly automaticSigning: Collection<{ since: string }>;
  readonly assignments: Collection<AppRoleAssignment>;
  readonly roleAssignments: Collection<RoleAssignment>;
  readonly roleEligibilities: Collection<RoleEligibility>;
  /** By service principal id. */
  readonly policies: Collection<ClaimsPolicy>;
  readonly signIns: Collection<SignIn>;
  readonly clock: SandboxClock;

  constructor(store: SandboxStore, clock: SandboxClock) {
    this.clock = clock;
    this.users = store.collection('users');
    this.passwords = store.collection('passwords');
    this.managers = store.collection('managers');
    this.groups = store.collection('groups');
    this.memberships = store.collection('memberships');
    this.applications = store.collection('applications');
    this.servicePrincipals = store.collection('servicePrincipals');
    this.ownerships = store.collection('ownerships');
    this.signingKeys = store.collection('signingKeys');
    this.automaticSigning = store.collection('automaticSigning');
    this.assignments = store.collection('assignments');
    this.roleAssignments = store.collection('roleAssignments');
    this.roleEligibilities = store.collection('roleEligibilities');
    this.policies = store.collection('policies');
    this.signIns = store.collection('signIns');
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

  /** The application of a service principal. Throws when there is none, which this directory never lets happen. */
  getApplicationOf(principal: ServicePrincipal): Application {
    const application = this.findApplicationByAppId(principal.appId);
    if (!application) throw new Error(`The service principal ${principal.id} has no application.`);
    return application;
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

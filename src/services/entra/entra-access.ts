/** Who may use the enterprise application: its app roles, given to people and to groups. */

import type { EntraPerson } from './entra.js';

/** One app role that one principal was given. */
export interface Assignment {
  readonly id: string;
  /** Of the person, the group, or (`other`) the application that it is given to. */
  readonly principalId: string;
  /** As Entra kept it when the role was given. */
  readonly principalName: string;
  readonly kind: PrincipalKind | 'other';
  readonly appRoleId: string;
  readonly since?: Date;
}

export type PrincipalKind = 'person' | 'group';

/** Who is given a role, or has it taken away. */
export interface Principal {
  readonly kind: PrincipalKind;
  readonly id: string;
}

/** How one person comes to an application. */
export interface PersonAccess {
  readonly direct: readonly Assignment[];
  /** Given to groups that the person is a direct member of; Entra counts no others. */
  readonly throughGroups: readonly Assignment[];
}

/** The application, as what `Entra` refuses any other one by. */
interface OurApplication {
  readonly servicePrincipalId: string;
  /** A service principal that is no instance of this template is refused (a Problem). */
  readonly templateId: string;
}

export interface RoleWish extends OurApplication {
  readonly appRoleId: string;
}

export interface EntraAccess {
  /** How many people and groups are assigned. */
  countAssignments(servicePrincipalId: string): Promise<number>;
  /** How many of the people assigned directly have another mail address than UPN; `undefined` where they are over 300. */
  countAddressMismatches(servicePrincipalId: string): Promise<number | undefined>;
  /** Everything that was given for that application, 999 to a call. */
  listAssignments(servicePrincipalId: string): Promise<readonly Assignment[]>;
  /** Those of these people who are in the tenant, fifteen to a call. */
  findPeopleByIds(ids: readonly string[]): Promise<readonly EntraPerson[]>;
  /** The person's own (direct) assignments to that application. */
  findAssignments(personId: string, servicePrincipalId: string): Promise<readonly Assignment[]>;
  /** The same and what comes through groups, in one call. */
  findAccess(personId: string, servicePrincipalId: string): Promise<PersonAccess>;
  findGroupAssignments(groupId: string, servicePrincipalId: string): Promise<readonly Assignment[]>;
  /**
   * Assigns the person, unless they already are; both of Graph's "already exists" answers count as done after a re-read.
   * Refuses (a Problem) any service principal other than an instance of `templateId`.
   */
  ensureAssignment(wish: RoleWish & { personId: string }): Promise<{ assignment: Assignment; isNew: boolean }>;
  /** The same for a group: its direct members get the role. */
  ensureGroupAssignment(wish: RoleWish & { groupId: string }): Promise<{ assignment: Assignment; isNew: boolean }>;
  /**
   * Takes these roles from the principal, and waits until a read says so. What is not there any more counts as done after
   * a re-read. A person keeps what a group gives. Refuses any service principal other than an instance of `templateId`.
   * @param wish.appRoleIds absent: every role.
   * @returns how many there were.
   */
  removeAssignments(wish: OurApplication & { principal: Principal; appRoleIds?: readonly string[] }): Promise<number>;
}

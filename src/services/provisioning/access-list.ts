import type { Assignment } from '../entra/entra-access.js';
import type { GroupMember } from '../entra/entra-groups.js';
import type { AppRole, EntraPerson } from '../entra/entra.js';
import { makeUpOf, type GroupMakeUp } from './groups.js';
import { roleName } from './held-roles.js';

/** One way in which somebody has access. */
export interface AccessWay {
  readonly role: string;
  /** The group that gives it; absent: it was given to the person directly. */
  readonly group?: string;
  /** When the person, or the group, was assigned. */
  readonly since?: Date;
}

/** Somebody who has access, once, however many ways there are. */
export interface AccessRow {
  readonly personId: string;
  readonly name: string;
  /** Absent: not read yet, or no longer in Entra. */
  readonly userPrincipalName?: string;
  readonly isGuest?: boolean;
  readonly isEnabled?: boolean;
  readonly ways: readonly AccessWay[];
}

/** A group that is assigned, and who is in it. */
export interface AssignedGroup extends GroupMakeUp {
  readonly name: string;
}

export interface AccessList {
  /** By name. */
  readonly rows: readonly AccessRow[];
  readonly groups: readonly AssignedGroup[];
  /** How many applications are assigned, which are nobody's. */
  readonly applications: number;
}

const BY_NAME = new Intl.Collator('en', { numeric: true });

/**
 * Everybody who can sign in, as Entra counts it: who is assigned, and who is directly in a group that is.
 * @param members of the groups among the assignments, by group id.
 */
export function accessList(
  assignments: readonly Assignment[],
  members: ReadonlyMap<string, readonly GroupMember[]>,
  appRoles: readonly AppRole[],
): AccessList {
  const rows = new Map<string, AccessRow>();
  const add = ({ ways, ...who }: AccessRow): void => {
    const before = rows.get(who.personId);
    rows.set(who.personId, { ...before, ...who, ways: [...(before?.ways ?? []), ...ways] });
  };
  for (const { principalId, principalName, kind, appRoleId, since } of assignments) {
    const way = { role: roleName(appRoleId, appRoles), ...(since ? { since } : {}) };
    if (kind === 'person') add({ personId: principalId, name: principalName, ways: [way] });
    if (kind !== 'group') continue;
    for (const member of members.get(principalId) ?? []) {
      if (member.kind === 'person') add({ ...rowOf(member), ways: [{ ...way, group: principalName }] });
    }
  }
  const groups = assignments.filter(({ kind }) => kind === 'group');
  const names = new Map(groups.map(({ principalId, principalName }) => [principalId, principalName]));
  return {
    rows: [...rows.values()].sort(byName),
    groups: [...names].map(([id, name]) => ({ name, ...makeUpOf(members.get(id) ?? []) })),
    applications: new Set(assignments.filter(({ kind }) => kind === 'other').map(({ principalId }) => principalId))
      .size,
  };
}

function rowOf({ id, name, userPrincipalName, isGuest, isEnabled }: GroupMember): Omit<AccessRow, 'ways'> {
  return { personId: id, name, isGuest, isEnabled, ...(userPrincipalName ? { userPrincipalName } : {}) };
}

function byName(one: AccessRow, other: AccessRow): number {
  return BY_NAME.compare(one.name, other.name) || (one.personId < other.personId ? -1 : 1);
}

/** The same rows with what a read of these people said. Entra keeps the name of the day of the assignment. */
export function withPeople(rows: readonly AccessRow[], people: readonly EntraPerson[]): AccessRow[] {
  const known = new Map(people.map((person) => [person.id, person]));
  return rows.map((row) => {
    const person = known.get(row.personId);
    if (!person) return row;
    const { name, userPrincipalName, isGuest, isEnabled } = person;
    return { ...row, name, userPrincipalName, isGuest, isEnabled };
  });
}

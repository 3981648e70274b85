import { z } from 'zod';
import { isNotFound, type Attempt } from './entra-problems.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphFilter, graphPath, isGuid } from './graph-query.js';

/** A group of the directory. Names are not unique: `mail`, `description` and the id tell namesakes apart. */
export interface EntraGroup {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly mail?: string;
  /** Only such a group can be assigned to an application. */
  readonly isSecurityEnabled: boolean;
  /** Its members follow a rule. */
  readonly isDynamic: boolean;
  /** Can hold directory roles. */
  readonly isRoleAssignable: boolean;
}

/** Somebody, or something, that is directly in a group. */
export interface GroupMember {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'group' | 'other';
  readonly userPrincipalName?: string;
  readonly isEnabled: boolean;
  readonly isGuest: boolean;
}

export interface EntraGroups {
  /** Groups by object id, by mail, or by the beginning of the name; at most ten. */
  findGroups(text: string): Promise<readonly EntraGroup[]>;
  findGroup(id: string): Promise<EntraGroup | undefined>;
  /** Groups of exactly that name, in whatever case of its letters; more than one says that the name is not enough. */
  findGroupsNamed(name: string): Promise<readonly EntraGroup[]>;
  /** All direct members, 999 to a call. A group that is gone has none. */
  listMembers(groupId: string): Promise<readonly GroupMember[]>;
  /** The first 999 direct members, in one call, and whether there are more. */
  firstMembers(groupId: string): Promise<{ members: readonly GroupMember[]; isMore: boolean }>;
  /** How many direct members there are, in one call: beyond 999 only that there are more. */
  countMembers(groupId: string): Promise<{ count: number; isMore: boolean }>;
  /** Ids of the groups that the person is a direct member of. */
  listGroupsOf(personId: string): Promise<readonly string[]>;
}

const groupWire = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  mail: z.string().nullish(),
  securityEnabled: z.boolean().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  isAssignableToRole: z.boolean().nullish(),
});
const GROUP_SELECT = 'id,displayName,description,mail,securityEnabled,groupTypes,isAssignableToRole';

const memberWire = z.object({
  '@odata.type': z.string().nullish(),
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
});
type MemberWire = z.infer<typeof memberWire>;
const MEMBER_SELECT = 'id,displayName,userPrincipalName,accountEnabled,userType';

const idWire = z.object({ id: z.string() });
const nextLink = { '@odata.nextLink': z.string().optional() };
const firstPage = z.object({ value: z.array(idWire), ...nextLink });
const firstMembersPage = z.object({ value: z.array(memberWire), ...nextLink });

const MOST_GROUPS = 10;
const LONGEST_SEARCH = 256;
const LONE_SURROGATE_OR_CONTROL = /[\p{Cs}\p{Cc}]/u;

const lookUp: Attempt = { to: 'look groups up', needs: NEEDS.readGroups };
const readMembers: Attempt = { to: 'read the members of a group', needs: NEEDS.readGroups };

/**
 * Groups and who is in them. Members are read without the cast to users, because that one asks the search index, which
 * lags. Source: Microsoft Graph docs, `group-list-members` and "advanced query capabilities".
 */
export function createGroups({ graph }: { readonly graph: Graph }): EntraGroups {
  async function findGroups(text: string): Promise<readonly EntraGroup[]> {
    const wanted = text.trim();
    if (wanted === '' || wanted.length > LONGEST_SEARCH || LONE_SURROGATE_OR_CONTROL.test(wanted)) return [];
    if (isGuid(wanted)) return [await findGroup(wanted)].filter((group) => group !== undefined);
    const filter = wanted.includes('@')
      ? graphFilter`mail eq ${wanted}`
      : graphFilter`startsWith(displayName,${wanted})`;
    const query = { $filter: filter, $select: GROUP_SELECT, $top: String(MOST_GROUPS) };
    const call = { method: 'GET', path: '/groups', query, attempt: lookUp } as const;
    const { value } = await graph.ask(call, z.object({ value: z.array(groupWire) }));
    return value.slice(0, MOST_GROUPS).map(toGroup);
  }

  async function findGroup(id: string): Promise<EntraGroup | undefined> {
    if (!isGuid(id)) return undefined;
    const path = graphPath`/groups/${id}`;
    const read = graph.ask({ method: 'GET', path, query: { $select: GROUP_SELECT }, attempt: lookUp }, groupWire);
    const group = await read.catch(unlessGone(undefined));
    return group && toGroup(group);
  }

  async function findGroupsNamed(name: string): Promise<readonly EntraGroup[]> {
    if (name === '' || name.length > LONGEST_SEARCH || LONE_SURROGATE_OR_CONTROL.test(name)) return [];
    const query = { $filter: graphFilter`displayName eq ${name}`, $select: GROUP_SELECT, $top: String(MOST_GROUPS) };
    const call = { method: 'GET', path: '/groups', query, attempt: lookUp } as const;
    const { value } = await graph.ask(call, z.object({ value: z.array(groupWire) }));
    return value.map(toGroup);
  }

  async function listMembers(groupId: string): Promise<readonly GroupMember[]> {
    const query = { $select: MEMBER_SELECT, $top: '999' };
    const path = graphPath`/groups/${groupId}/members`;
    return (await graph.list({ path, query, attempt: readMembers }, memberWire).catch(unlessGone([]))).map(toMember);
  }

  async function firstMembers(groupId: string): Promise<{ members: readonly GroupMember[]; isMore: boolean }> {
    const query = { $select: MEMBER_SELECT, $top: '999' };
    const call = { method: 'GET', path: graphPath`/groups/${groupId}/members`, query, attempt: readMembers } as const;
    const page = await graph.ask(call, firstMembersPage).catch(unlessGone({ value: [], '@odata.nextLink': undefined }));
    return { members: page.value.map(toMember), isMore: page['@odata.nextLink'] !== undefined };
  }

  async function countMembers(groupId: string): Promise<{ count: number; isMore: boolean }> {
    const query = { $select: 'id', $top: '999' };
    const call = { method: 'GET', path: graphPath`/groups/${groupId}/members`, query, attempt: readMembers } as const;
    const page = await graph.ask(call, firstPage).catch(unlessGone({ value: [], '@odata.nextLink': undefined }));
    return { count: page.value.length, isMore: page['@odata.nextLink'] !== undefined };
  }

  async function listGroupsOf(personId: string): Promise<readonly string[]> {
    const found = await graph.list(
      {
        // Without a cast, which would ask the index that lags: only ids are compared.
        path: graphPath`/users/${personId}/memberOf`,
        query: { $select: 'id', $top: '999' },
        attempt: { to: 'read the groups of a person', needs: NEEDS.readGroups },
      },
      idWire,
    );
    return found.map(({ id }) => id);
  }

  return { findGroups, findGroup, findGroupsNamed, listMembers, firstMembers, countMembers, listGroupsOf };
}

function unlessGone<T>(nothing: T): (error: unknown) => T {
  return (error) => {
    if (isNotFound(error)) return nothing;
    throw error;
  };
}

function toGroup(group: z.infer<typeof groupWire>): EntraGroup {
  return {
    ...{ id: group.id, name: group.displayName ?? group.id },
    ...(group.description ? { description: group.description } : {}),
    ...(group.mail ? { mail: group.mail } : {}),
    isSecurityEnabled: group.securityEnabled === true,
    isDynamic: group.groupTypes?.includes('DynamicMembership') ?? false,
    isRoleAssignable: group.isAssignableToRole === true,
  };
}

const KINDS: Readonly<Record<string, GroupMember['kind']>> = {
  '#microsoft.graph.user': 'person',
  '#microsoft.graph.group': 'group',
};

function toMember(member: MemberWire): GroupMember {
  const { id, displayName, userPrincipalName, accountEnabled, userType } = member;
  return {
    ...{ id, name: displayName ?? userPrincipalName ?? id, kind: KINDS[member['@odata.type'] ?? ''] ?? 'other' },
    ...(userPrincipalName ? { userPrincipalName } : {}),
    isEnabled: accountEnabled !== false,
    isGuest: userType === 'Guest' || /#EXT#@/i.test(userPrincipalName ?? ''),
  };
}

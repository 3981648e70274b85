import type { Reply } from '../kit/server.js';
import { resourceNotFound } from './graph-problem.js';
import { anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { Group } from './directory-objects.js';
import { entityReply, listReply, type EntityShape } from './odata-query.js';
import { READ_USERS, USER, addressedUser } from './users.js';

const GROUP: EntityShape = {
  type: 'group',
  set: 'groups',
  properties: [
    'id',
    'createdDateTime',
    'deletedDateTime',
    'displayName',
    'description',
    'mail',
    'mailEnabled',
    'mailNickname',
    'securityEnabled',
    'groupTypes',
    'isAssignableToRole',
    'membershipRule',
    'visibility',
  ],
  filters: {
    id: ['eq'],
    displayName: ['eq', 'startswith'],
    mail: ['eq', 'startswith'],
    mailNickname: ['eq', 'startswith'],
    securityEnabled: ['eq'],
    mailEnabled: ['eq'],
    groupTypes: ['any'],
  },
};

const MEMBER: EntityShape = {
  ...USER,
  type: 'directoryObject',
  set: 'directoryObjects',
  properties: [...new Set([...USER.properties, ...GROUP.properties])],
};

const READ_GROUPS = anyOf('GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All');

/** `/groups` with members, and the groups of a person. */
export function groupRoutes(graph: GraphGateway, directory: Directory): void {
  graph.on('GET', '/v1.0/groups', READ_GROUPS, ({ request }) => listReply(request, GROUP, directory.groups.list()));
  graph.on('GET', '/v1.0/groups/:id', READ_GROUPS, (call) =>
    entityReply(call.request, GROUP, addressedGroup(call, directory)),
  );
  graph.on('GET', '/v1.0/groups/:id/members', READ_GROUPS, (call) =>
    membersReply(call, directory, directory.membersOf(addressedGroup(call, directory).id)),
  );
  graph.on('GET', '/v1.0/groups/:id/members/microsoft.graph.user', READ_GROUPS, (call) => {
    const ids = directory.membersOf(addressedGroup(call, directory).id);
    return listReply(
      call.request,
      USER,
      ids.flatMap((id) => directory.users.get(id) ?? []),
    );
  });
  graph.on('GET', '/v1.0/groups/:id/transitiveMembers', READ_GROUPS, (call) =>
    membersReply(call, directory, transitiveMembers(addressedGroup(call, directory).id, directory)),
  );
  graph.on('GET', '/v1.0/users/:id/memberOf', READ_USERS, (call) => {
    const groups = directory.directGroupsOf(addressedUser(call, directory).id).map(({ id }) => id);
    return READ_GROUPS(call.caller.roles)
      ? membersReply(call, directory, groups)
      : listReply(
          call.request,
          { ...MEMBER, defaults: undefined },
          groups.map((id) => ({ '@odata.type': '#microsoft.graph.group', id })),
        );
  });
  graph.on('GET', '/v1.0/users/:id/memberOf/microsoft.graph.group', READ_USERS, (call) => {
    const groups = directory.directGroupsOf(addressedUser(call, directory).id);
    const visible = READ_GROUPS(call.caller.roles) ? groups : groups.map(({ id }) => ({ id }));
    return listReply(call.request, GROUP, visible);
  });
  const path = '/v1.0/users/:id/transitiveMemberOf/microsoft.graph.group';
  graph.on('GET', path, READ_USERS, (call) => {
    const groups = directory.transitiveGroupsOf(addressedUser(call, directory).id);
    const visible = READ_GROUPS(call.caller.roles) ? groups : groups.map(({ id }) => ({ id }));
    return listReply(call.request, GROUP, visible);
  });
}

export function addressedGroup(call: GraphCall, directory: Directory): Group {
  const group = directory.groups.get(call.param('id').toLowerCase());
  if (!group) throw resourceNotFound(call.param('id'));
  return group;
}

/** Members of several types: each with its own default properties, or what was selected. */
function membersReply(call: GraphCall, directory: Directory, ids: readonly string[]): Reply {
  const isSelected = call.request.query.has('$select');
  const members = ids.flatMap((id) => viewMember(id, directory, isSelected));
  return listReply(call.request, { ...MEMBER, defaults: undefined }, members);
}

function viewMember(id: string, directory: Directory, isWhole: boolean): object[] {
  const user = directory.users.get(id);
  if (user) {
    const shown = isWhole
      ? user
      : Object.fromEntries((USER.defaults ?? []).map((name) => [name, user[name as keyof typeof user]]));
    return [{ '@odata.type': '#microsoft.graph.user', ...shown }];
  }
  const group = directory.groups.get(id);
  return group ? [{ '@odata.type': '#microsoft.graph.group', ...group }] : [];
}

function transitiveMembers(groupId: string, directory: Directory): string[] {
  const found = new Set<string>();
  const visit = (id: string): void => {
    for (const member of directory.membersOf(id)) {
      if (found.has(member)) continue;
      found.add(member);
      visit(member);
    }
  };
  visit(groupId);
  return [...found];
}

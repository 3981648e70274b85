import type { Directory } from './directory.js';
import type { Group } from './directory-objects.js';
import { anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import { badRequest, insufficientPrivileges, resourceNotFound } from './graph-problem.js';
import { addressedGroup } from './groups.js';

const WRITE = anyOf('GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All');

const REFERENCE =
  /^https:\/\/graph\.microsoft\.com\/(?:v1\.0|beta)\/(?:directoryObjects|users|groups)\/([0-9a-f-]{36})$/i;

/** Who is directly in a group, changed one by one. */
export function groupMemberRoutes(graph: GraphGateway, directory: Directory): void {
  const path = '/v1.0/groups/:id/members';
  graph.on('POST', `${path}/$ref`, WRITE, (call) => {
    const group = writableGroup(call, directory);
    const memberId = referencedMember(call.body()['@odata.id'], directory);
    if (directory.membersOf(group.id).includes(memberId)) {
      throw badRequest(
        "One or more added object references already exist for the following modified properties: 'members'.",
      );
    }
    directory.addMember(group.id, memberId);
    return { status: 204 };
  });
  graph.on('DELETE', `${path}/:memberId/$ref`, WRITE, (call) => {
    const group = writableGroup(call, directory);
    const memberId = call.param('memberId').toLowerCase();
    if (!directory.removeMember(group.id, memberId)) throw resourceNotFound(memberId);
    return { status: 204 };
  });
}

/** Groups that can hold directory roles take a permission that the bot never has. */
function writableGroup(call: GraphCall, directory: Directory): Group {
  const group = addressedGroup(call, directory);
  if (group.isAssignableToRole === true) throw insufficientPrivileges();
  if (group.groupTypes.includes('DynamicMembership')) {
    throw badRequest('The members of a group with dynamic membership follow its rule.');
  }
  if (group.mailEnabled && !group.groupTypes.includes('Unified')) {
    throw badRequest('Cannot Update a mail-enabled security groups and or distribution list.');
  }
  return group;
}

function referencedMember(reference: unknown, directory: Directory): string {
  if (typeof reference !== 'string') throw badRequest("A value is required for property '@odata.id'.", 'BadRequest');
  const id = REFERENCE.exec(reference)?.[1]?.toLowerCase();
  if (id === undefined) throw badRequest('Invalid entity reference in the request.', 'BadRequest');
  if (!directory.users.get(id) && !directory.groups.get(id)) throw resourceNotFound(id);
  return id;
}

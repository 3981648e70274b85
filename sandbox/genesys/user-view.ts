import { ApiProblem } from './api-problem.js';
import { findDivision, findRole } from './directory.js';
import type { GenesysData, StoredUser } from './genesys-data.js';

/** A person as the users API shows them. @param expand the extra parts asked for; unknown ones are ignored. */
export function userView(user: StoredUser, data: GenesysData, expand: readonly string[] = []): object {
  const wanted = new Set(expand.map((name) => name.toLowerCase()));
  return {
    id: user.id,
    name: user.name,
    division: divisionReference(user.divisionId),
    chat: { jabberId: `${user.id}@conference.sandbox` },
    ...(user.department ? { department: user.department } : {}),
    email: user.email,
    primaryContactInfo: [{ address: user.email, mediaType: 'EMAIL', type: 'PRIMARY' }],
    addresses: user.addresses,
    state: user.state,
    ...(user.title ? { title: user.title } : {}),
    username: user.email,
    ...(user.managerId ? { manager: { id: user.managerId, selfUri: `/api/v2/users/${user.managerId}` } } : {}),
    version: user.version,
    acdAutoAnswer: false,
    ...(wanted.has('authorization') ? { authorization: authorizationOf(user, data) } : {}),
    ...(wanted.has('lasttokenissued') && user.lastTokenIssued
      ? { lastTokenIssued: { dateIssued: user.lastTokenIssued } }
      : {}),
    selfUri: `/api/v2/users/${user.id}`,
  };
}

/** Refuses a second person with an e-mail address that anybody has or had; deleted people keep theirs. */
export function refuseTakenEmail(data: GenesysData, email: string, ownId?: string): void {
  const holder = data.findUserByEmail(email);
  if (!holder || holder.id === ownId) return;
  throw new ApiProblem(409, 'general.conflict', `A user with the email address ${email} already exists.`);
}

function divisionReference(id: string): object {
  return { id, name: findDivision(id)?.name, selfUri: `/api/v2/authorization/divisions/${id}` };
}

function authorizationOf(user: StoredUser, data: GenesysData): object {
  const roles = data.grantsOf(user.id).flatMap((grant) => findRole(grant.roleId) ?? []);
  const distinct = [...new Map(roles.map((role) => [role.id, role])).values()];
  return {
    roles: distinct.map(({ id, name }) => ({ id, name })),
    permissions: [...new Set(distinct.flatMap((role) => role.permissions))],
  };
}

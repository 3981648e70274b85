import { randomUUID } from 'node:crypto';
import { DIRECTORY_ROLES } from '../credentials.js';
import type { AccountRules } from './account-rules.js';
import { badRequest, insufficientPrivileges, resourceNotFound } from './graph-problem.js';
import { allOf, anyOf, type GraphCall, type GraphGateway, type Need } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { User } from './directory-objects.js';
import { entityReply, listReply, type EntityShape } from './odata-query.js';
import { flag, listOf, nullable, oneOf, refuseUnwritable, text, textUpTo, type Fits } from './payload.js';
import {
  readPasswordProfile,
  requireMailNickname,
  requireUserPrincipalName,
  type PasswordProfile,
} from './user-rules.js';

const DEFAULTS = [
  'businessPhones',
  'displayName',
  'givenName',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'surname',
  'userPrincipalName',
  'id',
];

export const USER: EntityShape = {
  type: 'user',
  set: 'users',
  properties: [
    ...DEFAULTS,
    'accountEnabled',
    'companyName',
    'createdDateTime',
    'deletedDateTime',
    'department',
    'employeeId',
    'mailNickname',
    'onPremisesSyncEnabled',
    'otherMails',
    'passwordPolicies',
    'proxyAddresses',
    'usageLocation',
    'userType',
  ],
  defaults: DEFAULTS,
  filters: {
    id: ['eq'],
    userPrincipalName: ['eq', 'startswith'],
    mail: ['eq', 'startswith'],
    displayName: ['eq', 'startswith'],
    givenName: ['eq', 'startswith'],
    surname: ['eq', 'startswith'],
    mailNickname: ['eq', 'startswith'],
    accountEnabled: ['eq'],
    userType: ['eq'],
    employeeId: ['eq'],
  },
  searchable: ['displayName', 'mail', 'userPrincipalName', 'givenName', 'surname'],
};

export const READ_USERS = anyOf('User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All');
const WRITE_USERS = anyOf('User.ReadWrite.All');
const SWITCH_ACCOUNTS = allOf(anyOf('User.EnableDisableAccount.All'), anyOf('User.Read.All'));
const CHANGE_USERS: Need = (roles) => WRITE_USERS(roles) || SWITCH_ACCOUNTS(roles);

/** `/users`: find, create, change, manager. */
export function userRoutes(graph: GraphGateway, directory: Directory, rules: AccountRules): void {
  graph.on('GET', '/v1.0/users', READ_USERS, ({ request }) => {
    const people = directory.users.list();
    const isSearch = request.query.get('$search') !== null;
    return listReply(request, USER, isSearch ? rules.indexed(people, directory.clock.now()) : people);
  });
  graph.on('GET', '/v1.0/users/:id', READ_USERS, (call) =>
    entityReply(call.request, USER, addressedUser(call, directory)),
  );
  graph.on('GET', '/v1.0/users/:id/manager', READ_USERS, (call) => {
    const user = addressedUser(call, directory);
    const manager = directory.users.get(directory.managers.get(user.id)?.managerId ?? '');
    if (!manager) throw resourceNotFound('manager');
    return entityReply(call.request, USER, { '@odata.type': '#microsoft.graph.user', ...manager });
  });
  graph.on('POST', '/v1.0/users', WRITE_USERS, (call) => {
    const user = createUser(call.body(), directory, rules);
    return entityReply(call.request, USER, user, { status: 201 });
  });
  graph.on('PATCH', '/v1.0/users/:id', CHANGE_USERS, (call) => changeUser(call, directory, rules));
}

/** The user that the path names, by id or user principal name. Throws Graph's 404. */
export function addressedUser(call: GraphCall, directory: Directory): User {
  const user = directory.findUser(call.param('id'));
  if (!user) throw resourceNotFound(call.param('id'));
  return user;
}

const WRITABLE: Readonly<Record<string, Fits>> = {
  accountEnabled: flag,
  displayName: textUpTo(256),
  givenName: nullable(textUpTo(64)),
  surname: nullable(textUpTo(64)),
  userPrincipalName: text,
  mailNickname: text,
  mail: nullable((value) => typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value)),
  userType: oneOf('Member', 'Guest'),
  jobTitle: nullable(textUpTo(128)),
  department: nullable(textUpTo(64)),
  companyName: nullable(textUpTo(64)),
  employeeId: nullable(textUpTo(16)),
  officeLocation: nullable(text),
  mobilePhone: nullable(text),
  preferredLanguage: nullable(text),
  usageLocation: nullable((value) => typeof value === 'string' && /^[A-Z]{2}$/i.test(value)),
  businessPhones: listOf(text),
  passwordPolicies: nullable(text),
  passwordProfile: (value) => typeof value === 'object' && value !== null,
};

const REQUIRED = ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName'];

function createUser(body: Record<string, unknown>, directory: Directory, rules: AccountRules): User {
  refuseUnwritable(body, { type: 'user', writable: WRITABLE, properties: USER.properties });
  for (const name of REQUIRED) {
    if (body[name] !== undefined && body[name] !== '') continue;
    throw badRequest(`A value is required for property '${name}' of resource 'User'.`);
  }
  const userPrincipalName = requireUserPrincipalName(body['userPrincipalName'], { directory, rules });
  const profile = readPasswordProfile(body['passwordProfile'], userPrincipalName, rules);
  if (profile.password === undefined) {
    throw badRequest("A value is required for property 'passwordProfile' of resource 'User'.");
  }
  const user: User = {
    ...EMPTY_USER,
    ...withoutPassword(body),
    id: randomUUID(),
    createdDateTime: directory.now(),
    userPrincipalName,
    mailNickname: requireMailNickname(body['mailNickname']),
  };
  directory.users.put(user.id, user);
  directory.setPassword(user.id, profile.password, profile.forceChangePasswordNextSignIn);
  return user;
}

/** What a user has that nobody said anything about. `mail` stays null until there is a mailbox. */
export const EMPTY_USER = {
  accountEnabled: true,
  displayName: '',
  givenName: null,
  surname: null,
  mail: null,
  userType: 'Member',
  jobTitle: null,
  department: null,
  companyName: null,
  employeeId: null,
  officeLocation: null,
  mobilePhone: null,
  preferredLanguage: null,
  usageLocation: null,
  businessPhones: [],
} satisfies Partial<User>;

function withoutPassword(body: Readonly<Record<string, unknown>>): Partial<User> {
  return Object.fromEntries(
    Object.entries(body).filter(
      ([name]) => !name.startsWith('@odata.') && name !== 'passwordProfile' && name !== 'passwordPolicies',
    ),
  ) as Partial<User>;
}

function changeUser(call: GraphCall, directory: Directory, rules: AccountRules): { status: number } {
  const user = addressedUser(call, directory);
  const body = call.body();
  const onlySwitch = Object.keys(body).every((name) => name === 'accountEnabled');
  if (!onlySwitch && !WRITE_USERS(call.caller.roles)) throw insufficientPrivileges();
  refuseUnwritable(body, { type: 'user', writable: WRITABLE, properties: USER.properties });
  if (('accountEnabled' in body || 'passwordProfile' in body) && isProtected(user, directory)) {
    throw insufficientPrivileges();
  }
  if ('passwordProfile' in body && !mayResetPasswords(call, directory)) throw insufficientPrivileges();
  if ('userPrincipalName' in body) {
    requireUserPrincipalName(body['userPrincipalName'], { directory, rules, ownId: user.id });
  }
  if ('mailNickname' in body) requireMailNickname(body['mailNickname']);
  const profile =
    'passwordProfile' in body && readPasswordProfile(body['passwordProfile'], user.userPrincipalName, rules);
  directory.users.put(user.id, { ...user, ...withoutPassword(body) });
  if (profile) applyPassword(user.id, profile, directory);
  return { status: 204 };
}

/** An app without a directory role must not switch off or reset an administrator. */
export function isProtected(user: User, directory: Directory): boolean {
  return directory.roleAssignments.find((assignment) => assignment.principalId === user.id) !== undefined;
}

/** Changing a password takes more than User.ReadWrite.All: a permission of its own, or a directory role of the app. */
function mayResetPasswords({ caller }: GraphCall, directory: Directory): boolean {
  if (caller.roles.has('User-PasswordProfile.ReadWrite.All')) return true;
  const enough: readonly string[] = [DIRECTORY_ROLES['User Administrator'], DIRECTORY_ROLES['Global Administrator']];
  return directory.roleAssignments
    .filter((assignment) => assignment.principalId === caller.servicePrincipalId)
    .some((assignment) => enough.includes(assignment.roleDefinitionId));
}

function applyPassword(userId: string, profile: PasswordProfile, directory: Directory): void {
  if (profile.password !== undefined) {
    directory.setPassword(userId, profile.password, profile.forceChangePasswordNextSignIn);
    return;
  }
  const known = directory.passwords.get(userId);
  if (known) directory.passwords.put(userId, { ...known, mustChange: profile.forceChangePasswordNextSignIn });
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Faults } from '../kit/faults.js';
import type { SandboxRequest } from '../kit/server.js';
import { listParam, listing, param, parseBody, type PlatformApi } from './api.js';
import { ApiProblem, problems } from './api-problem.js';
import { HOME_DIVISION, findDivision } from './directory.js';
import type { GenesysData, StoredUser, UserState } from './genesys-data.js';
import { addUserStateRoutes } from './user-state-routes.js';
import { refuseOtherVersion } from './user-versions.js';
import { refuseTakenEmail, userView } from './user-view.js';

const email = z.string().regex(/^[^\s@]+@[^\s@]+$/, 'must be an email address');
const state = z.enum(['active', 'inactive', 'deleted']);

const createBody = z.object({
  name: z.string().trim().min(1),
  email,
  divisionId: z.string().optional(),
  department: z.string().optional(),
  title: z.string().optional(),
  addresses: z.array(z.looseObject({})).optional(),
  password: z.string().optional(),
  state: state.optional(),
});

const updateBody = z.object({
  version: z.number().int(),
  state: state.optional(),
  name: z.string().trim().min(1).optional(),
  email: email.optional(),
  department: z.string().optional(),
  title: z.string().optional(),
  manager: z.string().optional(),
  addresses: z.array(z.looseObject({})).optional(),
});

const CHANGE_USER = { any: ['directory:user:edit', 'directory:organization:admin', 'admin'] };

/** People: list, create, read, change, delete and restore. Searching and states have files of their own. */
export function addUserRoutes(api: PlatformApi, data: GenesysData, faults: Faults): void {
  addReadRoutes(api, data);
  api.route('POST', '/api/v2/users', { any: ['directory:user:add'] }, (request) => {
    const user = createUser(request, data);
    refusePassword(faults);
    return { status: 200, body: userView(user, data) };
  });
  api.route('PATCH', '/api/v2/users/:userId', CHANGE_USER, (request) => {
    const user = data.users.get(param(request, 'userId'));
    // As if somebody else had written just before: the version that the caller has read is outdated.
    if (user && faults.strikes('conflict')) data.changeUser(user, {});
    return { status: 200, body: userView(updateUser(request, data), data) };
  });
  api.route(
    'DELETE',
    '/api/v2/users/:userId',
    { any: ['directory:user:delete', 'directory:organization:admin', 'admin'] },
    (request) => {
      const user = livingUser(request, data);
      // As if somebody else were just changing the user: the platform refuses some deletions so.
      if (faults.strikes('conflict')) {
        data.changeUser(user, {});
        throw problems.conflict('The user was changed at the same time.');
      }
      data.deleteUser(user);
      return { status: 200, body: {} };
    },
  );
  addUserStateRoutes(api, data);
}

function addReadRoutes(api: PlatformApi, data: GenesysData): void {
  api.route('GET', '/api/v2/users', 'none', (request) => {
    const ids = listParam(request, 'id');
    if (ids.length > 100) throw new ApiProblem(400, 'max.user.ids', 'No more than 100 ids can be requested.');
    const isWanted = stateFilter(request, ['active']);
    const users = data.users.filter((user) => isWanted(user) && (ids.length === 0 || ids.includes(user.id)));
    const expand = listParam(request, 'expand');
    return listing(
      request,
      users.map((user) => userView(user, data, expand)),
    );
  });
  api.route('GET', '/api/v2/users/me', 'none', () => {
    throw new ApiProblem(400, 'not.a.user', 'This request requires a user context. Client credentials have none.');
  });
  api.route('GET', '/api/v2/users/:userId', 'none', (request) => {
    const user = data.users.get(param(request, 'userId'));
    if (!user || !stateFilter(request, ['active', 'inactive'])(user)) throw problems.notFound();
    return { status: 200, body: userView(user, data, listParam(request, 'expand')) };
  });
}

function stateFilter(request: SandboxRequest, usual: readonly UserState[]): (user: StoredUser) => boolean {
  const asked = request.query.get('state');
  if (asked === 'any') return () => true;
  if (asked === null) return (user) => usual.includes(user.state);
  const parsed = state.safeParse(asked);
  if (parsed.success) return (user) => user.state === parsed.data;
  throw new ApiProblem(400, 'invalid.query.param.value', `The value [${asked}] of state is not valid.`);
}

function createUser(request: SandboxRequest, data: GenesysData): StoredUser {
  const wanted = parseBody(request, createBody, 'general.bad.request');
  const divisionId = wanted.divisionId || HOME_DIVISION.id;
  if (!findDivision(divisionId)) throw problems.missingDivisionPermission('directory:user:add');
  refuseTakenEmail(data, wanted.email);
  return data.addUser({
    id: randomUUID(),
    name: wanted.name,
    email: wanted.email,
    divisionId,
    // Without an invitation mail, the platform makes people inactive unless told otherwise.
    state: wanted.state ?? 'inactive',
    version: 1,
    department: wanted.department,
    title: wanted.title,
    addresses: wanted.addresses ?? [],
  });
}

/** The platform may refuse the password of a user whom it has created already. */
function refusePassword(faults: Faults): void {
  const struck = faults.strike('created-but-refused');
  if (!struck) return;
  if (struck['code'] === 'unable.to.set.password') {
    throw new ApiProblem(500, 'unable.to.set.password', 'The password of the user could not be set.');
  }
  throw new ApiProblem(400, 'invalid.password', 'The password does not meet the requirements.');
}

function updateUser(request: SandboxRequest, data: GenesysData): StoredUser {
  const user = data.users.get(param(request, 'userId'));
  if (!user) throw problems.notFound();
  const { version, state: newState, ...fields } = parseBody(request, updateBody, 'general.bad.request');
  refuseOtherVersion(user, version);
  // A state is applied alone; everything else in the same body is ignored, as on the platform.
  if (newState) return newState === 'deleted' ? data.deleteUser(user) : data.changeUser(user, { state: newState });
  if (user.state === 'deleted') throw problems.notFound();
  if (fields.email !== undefined) refuseTakenEmail(data, fields.email, user.id);
  const { manager, ...plain } = fields;
  return data.changeUser(user, { ...definedOnly(plain), ...(manager === undefined ? {} : { managerId: manager }) });
}

/** A person who exists and is not deleted. */
function livingUser(request: SandboxRequest, data: GenesysData): StoredUser {
  const user = data.users.get(param(request, 'userId'));
  if (!user || user.state === 'deleted') throw problems.notFound();
  return user;
}

function definedOnly<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

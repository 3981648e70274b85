import { z } from 'zod';
import type { Reply, SandboxRequest } from '../kit/server.js';
import { parseBody, type PlatformApi } from './api.js';
import { ApiProblem } from './api-problem.js';
import { foldAscii, type GenesysData, type StoredUser } from './genesys-data.js';
import { userView } from './user-view.js';

interface Criterion {
  readonly type: string;
  readonly fields?: readonly string[] | undefined;
  readonly value?: string | undefined;
  readonly values?: readonly string[] | undefined;
  readonly operator?: 'AND' | 'OR' | 'NOT' | undefined;
  readonly group?: readonly Criterion[] | undefined;
}

const criterion: z.ZodType<Criterion> = z.lazy(() =>
  z.object({
    type: z.string(),
    fields: z.array(z.string()).optional(),
    value: z.string().optional(),
    values: z.array(z.string()).optional(),
    operator: z.enum(['AND', 'OR', 'NOT']).optional(),
    group: z.array(criterion).optional(),
  }),
);

const searchBody = z.object({
  pageSize: z.number().int().min(1).max(100).default(25),
  pageNumber: z.number().int().min(1).default(1),
  sortBy: z.string().optional(),
  sortOrder: z.string().optional(),
  expand: z.array(z.string()).optional(),
  query: z.array(criterion).default([]),
});

/** `POST /api/v2/users/search`. Deleted people are found only by a search that names the state. */
export function addUserSearchRoute(api: PlatformApi, data: GenesysData): void {
  api.route('POST', '/api/v2/users/search', { any: ['directory:user:view'] }, (request) => search(request, data));
}

function search(request: SandboxRequest, data: GenesysData): Reply {
  const { query, pageSize, pageNumber, expand = [], ...sort } = parseBody(request, searchBody);
  const found = sorted(data.searchableUsers().filter(searchFilter(query)), sort);
  const page = found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  return {
    status: 200,
    body: {
      total: found.length,
      pageCount: Math.ceil(found.length / pageSize),
      pageSize,
      pageNumber,
      types: ['users'],
      // The platform leaves the list out when it would be empty.
      ...(page.length > 0 ? { results: page.map((user) => userView(user, data, expand)) } : {}),
    },
  };
}

/** Whether a person matches a query: criteria joined by AND unless an operator says otherwise. */
export function searchFilter(query: readonly Criterion[]): (user: StoredUser) => boolean {
  const namesState = (one: Criterion): boolean =>
    (one.fields ?? []).includes('state') || (one.group ?? []).some(namesState);
  const showsDeleted = query.some(namesState);
  return (user) => (showsDeleted || user.state !== 'deleted') && matchesAll(query, user);
}

function matchesAll(query: readonly Criterion[], user: StoredUser): boolean {
  const alternatives = query.filter((one) => one.operator === 'OR');
  const required = query.filter((one) => one.operator !== 'OR');
  return (
    required.every((one) => matches(one, user) !== (one.operator === 'NOT')) &&
    (alternatives.length === 0 || alternatives.some((one) => matches(one, user)))
  );
}

function matches(one: Criterion, user: StoredUser): boolean {
  if (one.group) return matchesAll(one.group, user);
  if (one.type === 'MATCH_ALL') return true;
  const wanted = [...(one.value === undefined ? [] : [one.value]), ...(one.values ?? [])].map(foldAscii);
  const present = (one.fields ?? []).flatMap((field) => fieldValue(user, field) ?? []).map(foldAscii);
  return comparison(one.type)(present, wanted);
}

type Comparison = (present: readonly string[], wanted: readonly string[]) => boolean;

function comparison(type: string): Comparison {
  const some =
    (test: (have: string, want: string) => boolean): Comparison =>
    (present, wanted) =>
      present.some((have) => wanted.some((want) => test(have, want)));
  switch (type) {
    case 'EXACT':
      return some((have, want) => have === want);
    case 'STARTS_WITH':
      return some((have, want) => have.startsWith(want));
    case 'CONTAINS':
      return some((have, want) => have.includes(want));
    case 'TERM':
    case 'TERMS':
    case 'QUERY_STRING':
      return some((have, want) => have.split(/[^\p{L}\p{N}]+/u).includes(want) || have === want);
    case 'REQUIRED_FIELDS':
      return (present) => present.length > 0;
    default:
      throw new ApiProblem(400, 'invalid.value', `Value [${type}] is not valid for field type [type].`);
  }
}

function fieldValue(user: StoredUser, field: string): string | undefined {
  const values: Readonly<Record<string, string | undefined>> = {
    id: user.id,
    name: user.name,
    email: user.email,
    username: user.email,
    state: user.state,
    divisionId: user.divisionId,
    department: user.department,
    title: user.title,
    'manager.id': user.managerId,
  };
  if (field in values) return values[field];
  throw new ApiProblem(400, 'invalid.value', `Value [${field}] is not valid for field type [fields].`);
}

function sorted(
  users: StoredUser[],
  { sortBy, sortOrder }: { sortBy?: string | undefined; sortOrder?: string | undefined },
): StoredUser[] {
  if (!sortBy) return users;
  const direction = /^desc/i.test(sortOrder ?? '') ? -1 : 1;
  return users.sort(
    (one, other) => direction * (fieldValue(one, sortBy) ?? '').localeCompare(fieldValue(other, sortBy) ?? ''),
  );
}

import type { Reply, SandboxRequest } from '../kit/server.js';
import { GraphProblem, badRequest, unsupportedQuery } from './graph-problem.js';
import { FilterSyntaxError, matches, parseFilter, type Filter } from './odata-filter.js';
import { searchMatches } from './odata-search.js';

type FilterVerb = 'eq' | 'startswith' | 'contains' | 'any';

/** What Graph knows about one kind of object: its type, what may be selected, and what may be filtered how. */
export interface EntityShape {
  /** Such as `user`: the type name without namespace. */
  readonly type: string;
  /** Such as `users`: how the metadata calls the collection. */
  readonly set: string;
  readonly properties: readonly string[];
  /** What an answer holds without `$select`; everything when absent. */
  readonly defaults?: readonly string[];
  readonly filters: Readonly<Record<string, readonly FilterVerb[]>>;
  /** Properties of type Edm.Guid, which a filter compares without quotes. */
  readonly guids?: readonly string[];
  /** Properties that `$search` looks into. */
  readonly searchable?: readonly string[];
}

type Item = Readonly<Record<string, unknown>>;

const GRAPH = 'https://graph.microsoft.com';
const KNOWN_OPTIONS = new Set(['$select', '$filter', '$top', '$count', '$search', '$skiptoken', '$format']);
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 999;

/** A page of a collection: filter, search, select, count and next link as the request asks. */
export function listReply(
  request: SandboxRequest,
  shape: EntityShape,
  items: readonly object[],
  version = 'v1.0',
): Reply {
  const query = readQuery(request, shape);
  const found = items.filter((item) => query.keeps(item)) as Item[];
  const from = query.skip;
  const shown = found.slice(from, from + query.top);
  const more = from + query.top < found.length;
  return {
    status: 200,
    body: {
      '@odata.context': contextOf(shape, query.select, version),
      ...(query.count ? { '@odata.count': found.length } : {}),
      ...(more ? { '@odata.nextLink': nextLink(request, from + query.top) } : {}),
      value: shown.map((item) => project(item, query.select ?? shape.defaults)),
    },
  };
}

/** One object, with `$select` as the request asks. */
export function entityReply(
  request: SandboxRequest,
  shape: EntityShape,
  item: object,
  { status = 200, version = 'v1.0' }: { status?: number; version?: string } = {},
): Reply {
  refuseUnknownOptions(request);
  const select = readSelect(request, shape);
  return {
    status,
    body: {
      '@odata.context': `${contextOf(shape, select, version)}/$entity`,
      ...project(item as Item, select ?? shape.defaults),
    },
  };
}

/** The names in `$select`; `undefined` when there is none. Throws for a name that the type does not have. */
export function readSelect(request: SandboxRequest, shape: EntityShape): readonly string[] | undefined {
  const text = request.query.get('$select');
  if (text === null) return undefined;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !shape.properties.includes(name));
  if (unknown !== undefined) {
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.${shape.type}'.`,
      'BadRequest',
    );
  }
  return names;
}

interface Query {
  readonly select: readonly string[] | undefined;
  readonly top: number;
  readonly skip: number;
  readonly count: boolean;
  keeps(item: object): boolean;
}

function readQuery(request: SandboxRequest, shape: EntityShape): Query {
  refuseUnknownOptions(request);
  const eventual = request.headers['consistencylevel']?.toLowerCase() === 'eventual';
  const count = request.query.get('$count') === 'true';
  if (count && !eventual) throw unsupportedQuery('$count is not currently supported.');
  const filter = readFilter(request, shape);
  const search = request.query.get('$search');
  if (search !== null && !eventual) {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const found = search === null ? undefined : searchMatches(search, shape.searchable ?? []);
  return {
    select: readSelect(request, shape),
    top: readTop(request),
    skip: readSkip(request),
    count,
    keeps: (item) => (!filter || matches(filter, item)) && (!found || found(item)),
  };
}

function refuseUnknownOptions(request: SandboxRequest): void {
  for (const name of request.query.keys()) {
    if (!name.startsWith('$') || KNOWN_OPTIONS.has(name)) continue;
    throw badRequest(`The query parameter '${name}' is not supported.`, 'BadRequest');
  }
}

function readTop(request: SandboxRequest): number {
  const text = request.query.get('$top');
  if (text === null) return DEFAULT_PAGE;
  const top = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (top >= 1 && top <= LARGEST_PAGE) return top;
  throw unsupportedQuery(`Invalid page size specified: '${text}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`);
}

function readSkip(request: SandboxRequest): number {
  const token = request.query.get('$skiptoken');
  if (token === null) return 0;
  const skip = Number(
    Buffer.from(token, 'base64url')
      .toString('utf8')
      .replace(/^from:/, ''),
  );
  if (Number.isSafeInteger(skip) && skip > 0) return skip;
  throw new GraphProblem(400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.');
}

function nextLink(request: SandboxRequest, skip: number): string {
  const url = new URL(request.path, GRAPH);
  for (const [name, value] of request.query) if (name !== '$skiptoken') url.searchParams.append(name, value);
  url.searchParams.set('$skiptoken', Buffer.from(`from:${skip}`).toString('base64url'));
  return url.href.replaceAll('%24', '$');
}

function contextOf(shape: EntityShape, select: readonly string[] | undefined, version: string): string {
  const chosen = select ? `(${select.join(',')})` : '';
  return `${GRAPH}/${version}/$metadata#${shape.set}${chosen}`;
}

function project(item: Item, names: readonly string[] | undefined): Item {
  if (!names) return item;
  const annotations = Object.entries(item).filter(([name]) => name.startsWith('@odata.'));
  return Object.fromEntries([...annotations, ...names.map((name) => [name, item[name] ?? null] as const)]);
}

function readFilter(request: SandboxRequest, shape: EntityShape): Filter | undefined {
  const text = request.query.get('$filter');
  if (text === null) return undefined;
  const filter = parsed(text);
  refuseUnfilterable(filter, shape);
  return filter;
}

function parsed(text: string): Filter {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw badRequest(`Invalid filter clause: ${error.message}`, 'BadRequest');
    throw error;
  }
}

function refuseUnfilterable(filter: Filter, shape: EntityShape): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      refuseUnfilterable(filter.left, shape);
      refuseUnfilterable(filter.right, shape);
      return;
    case 'not':
      throw unsupportedQuery("Operator: 'Not' is not supported without ConsistencyLevel.");
    case 'any':
      refusePath(filter.path, 'any', shape);
      refuseOtherThanVariable(filter.condition, filter.variable, shape);
      return;
    case 'call':
      refusePath(filter.path, filter.name, shape);
      return;
    case 'compare':
      refusePath(filter.path, filter.operator, shape);
      refuseWrongType(filter.path, filter.value.type, shape);
  }
}

function refusePath(path: string, verb: string, shape: EntityShape): void {
  const verbs: readonly string[] = Object.hasOwn(shape.filters, path) ? (shape.filters[path] ?? []) : [];
  if (verbs.includes(verb)) return;
  if (!shape.properties.includes(path)) {
    throw badRequest(
      `Invalid filter clause: Could not find a property named '${path}' on type 'microsoft.graph.${shape.type}'.`,
      'BadRequest',
    );
  }
  throw unsupportedQuery(
    `Unsupported or invalid query filter clause specified for property '${path}' of resource '${shape.type}'.`,
  );
}

function refuseOtherThanVariable(condition: Filter, variable: string, shape: EntityShape): void {
  if (condition.kind === 'or') {
    refuseOtherThanVariable(condition.left, variable, shape);
    refuseOtherThanVariable(condition.right, variable, shape);
    return;
  }
  const fine = condition.kind === 'compare' && condition.path === variable && condition.operator === 'eq';
  if (!fine) throw unsupportedQuery(`Unsupported any() clause on resource '${shape.type}'.`);
}

function refuseWrongType(path: string, type: string, shape: EntityShape): void {
  const wantsGuid = shape.guids?.includes(path) ?? false;
  if (wantsGuid === (type === 'guid') || type === 'null') return;
  const [left, right] = wantsGuid ? ['Edm.Guid', 'Edm.String'] : ['Edm.String', 'Edm.Guid'];
  throw badRequest(
    `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind 'Equal'.`,
    'BadRequest',
  );
}

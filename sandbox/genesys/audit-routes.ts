import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Faults } from '../kit/faults.js';
import type { SandboxRequest } from '../kit/server.js';
import { param, parseBody, type PlatformApi } from './api.js';
import { ApiProblem, problems } from './api-problem.js';
import { keepNewest, type AuditRecord, type GenesysData, type StoredAuditQuery } from './genesys-data.js';

const queryBody = z.object({
  interval: z.string(),
  serviceName: z.string().optional(),
  filters: z
    .array(
      z.object({
        property: z.enum(['UserId', 'TrusteeOrganizationId', 'ClientId', 'Action', 'EntityType', 'EntityId']),
        value: z.string(),
      }),
    )
    .default([]),
  sort: z.array(z.object({ name: z.string().optional(), sortOrder: z.string().optional() })).default([]),
});
type AuditQuery = z.infer<typeof queryBody>;

const realtimeBody = queryBody.extend({
  pageNumber: z.number().int().min(1).default(1),
  pageSize: z.number().int().min(1).max(500).default(25),
});

const VIEW = { all: ['audits:audit:view'] };
const QUERIES_KEPT = 200;
const AUDIT_DELAY_SECONDS = 60;

/** Audit queries: the asynchronous one is finished by the time anyone asks; the realtime one answers at once. */
export function addAuditRoutes(api: PlatformApi, data: GenesysData, faults: Faults): void {
  const visible = (): AuditRecord[] => visibleAudits(data, faults);
  api.route('POST', '/api/v2/audits/query', VIEW, (request) => {
    const query = parseBody(request, queryBody);
    selectAudits(visible(), query);
    const stored = { id: randomUUID(), request: query, startDate: data.clock.now().toISOString() };
    data.auditQueries.put(stored.id, stored);
    keepNewest(data.auditQueries, QUERIES_KEPT);
    return { status: 202, body: queryView(stored, 'Queued') };
  });
  api.route('GET', '/api/v2/audits/query/servicemapping', VIEW, () => ({ status: 200, body: SERVICE_MAPPING }));
  api.route('GET', '/api/v2/audits/query/realtime/servicemapping', VIEW, () => ({
    status: 200,
    body: SERVICE_MAPPING,
  }));
  api.route('GET', '/api/v2/audits/query/:transactionId', VIEW, (request) => ({
    status: 200,
    body: queryView(storedQuery(request, data), 'Succeeded'),
  }));
  api.route('GET', '/api/v2/audits/query/:transactionId/results', VIEW, (request) =>
    resultsPage(request, storedQuery(request, data), visible()),
  );
  api.route('POST', '/api/v2/audits/query/realtime', VIEW, (request) => {
    const { pageNumber, pageSize, ...query } = parseBody(request, realtimeBody);
    const found = selectAudits(visible(), query);
    return {
      status: 200,
      body: {
        entities: found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
        pageSize,
        pageNumber,
        total: found.length,
        pageCount: Math.ceil(found.length / pageSize),
      },
    };
  });
}

const SERVICE_MAPPING = {
  services: [
    {
      name: 'PeoplePermissions',
      entities: [{ name: 'UserSamlAuthentication', actions: ['Authenticate', 'AuthenticationFailed'] }],
    },
  ],
};

function resultsPage(
  request: SandboxRequest,
  stored: StoredAuditQuery,
  audits: readonly AuditRecord[],
): { status: number; body: object } {
  const found = selectAudits(audits, queryBody.parse(stored.request));
  const pageSize = Math.min(500, Math.max(25, Number(request.query.get('pageSize') ?? 25) || 25));
  const start = Number(request.query.get('cursor') ?? 0) || 0;
  const end = start + pageSize;
  return {
    status: 200,
    body: {
      id: stored.id,
      pageSize,
      entities: found.slice(start, end),
      ...(end < found.length ? { cursor: String(end) } : {}),
    },
  };
}

function storedQuery(request: SandboxRequest, data: GenesysData): StoredAuditQuery {
  const stored = data.auditQueries.get(param(request, 'transactionId'));
  if (!stored) throw problems.notFound();
  return stored;
}

function queryView({ id, request, startDate }: StoredAuditQuery, state: 'Queued' | 'Succeeded'): object {
  return { id, state, startDate, ...request };
}

/** All records, except those that the fault audit-delay still holds back. */
function visibleAudits(data: GenesysData, faults: Faults): AuditRecord[] {
  const delay = faults.active('audit-delay');
  if (!delay) return data.audits.list();
  const until = data.clock.now().getTime() - Number(delay['seconds'] ?? AUDIT_DELAY_SECONDS) * 1000;
  return data.audits.filter(({ eventDate }) => Date.parse(eventDate) <= until);
}

/** The records inside the interval that pass every filter, oldest first unless the query sorts by descending time. */
function selectAudits(
  audits: readonly AuditRecord[],
  { interval, serviceName, filters, sort }: AuditQuery,
): AuditRecord[] {
  const [from = NaN, to = NaN] = interval.split('/').map((text) => Date.parse(text));
  if (Number.isNaN(from) || Number.isNaN(to) || from > to) {
    throw new ApiProblem(400, 'invalid.date', 'The interval must be two ISO-8601 instants, joined by a slash.');
  }
  const found = audits.filter((audit) => {
    const time = Date.parse(audit.eventDate);
    const isInside = time >= from && time < to && (!serviceName || serviceName === audit.serviceName);
    return isInside && filters.every(({ property, value }) => auditProperty(audit, property) === value);
  });
  return sort.some(({ sortOrder }) => /^desc/i.test(sortOrder ?? '')) ? found.reverse() : found;
}

function auditProperty(audit: AuditRecord, property: AuditQuery['filters'][number]['property']): string {
  switch (property) {
    case 'Action':
      return audit.action;
    case 'EntityType':
      return audit.entityType;
    case 'EntityId':
      return audit.entity.id;
    case 'ClientId':
      return audit.client.id;
    case 'UserId':
    case 'TrusteeOrganizationId':
      return '';
  }
}

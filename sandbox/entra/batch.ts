import type { Method, Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { GraphProblem, badRequest } from './graph-problem.js';
import { anyToken, type GraphCall, type GraphGateway } from './graph-gateway.js';
import { isRecord } from './payload.js';

const MOST_REQUESTS = 20;
const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

interface Item {
  readonly id: string;
  readonly method: Method;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

interface Outcome {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** `POST /$batch`: up to 20 requests, each through the whole server, faults included. */
export function batchRoutes(graph: GraphGateway, server: SandboxServer): void {
  graph.on('POST', '/v1.0/$batch', anyToken, async (call) => {
    const items = readItems(call);
    const outcomes = new Map<string, Outcome>();
    for (const item of inOrder(items)) outcomes.set(item.id, await outcomeOf(item, outcomes, call, server));
    // The order of the answers is not promised, so that it is never the order of the requests here.
    return { status: 200, body: { responses: [...outcomes.values()].reverse() } };
  });
}

function readItems(call: GraphCall): Item[] {
  const { requests } = call.body();
  if (!Array.isArray(requests) || requests.length === 0) throw refused('The batch request has no requests.');
  if (requests.length > MOST_REQUESTS) {
    throw new GraphProblem(
      400,
      'MaximumValueExceeded',
      `Number of batch request steps exceeds max value of ${MOST_REQUESTS}.`,
    );
  }
  const items = requests.map(readItem);
  const ids = new Set(items.map((item) => item.id));
  if (ids.size < items.length) throw refused('The request ids of a batch must be unique.');
  const missing = items.flatMap((item) => item.dependsOn).find((id) => !ids.has(id));
  if (missing !== undefined) throw refused(`The batch depends on a request '${missing}' that it does not have.`);
  return items;
}

function readItem(value: unknown): Item {
  if (!isRecord(value)) throw refused('A batch request must be an object.');
  const { id, method, url, headers = {}, body, dependsOn = [] } = value;
  if (typeof id !== 'string' || id === '') throw refused('A batch request has no id.');
  const verb = typeof method === 'string' ? method.toUpperCase() : '';
  if (!METHODS.includes(verb)) throw refused(`The batch request ${id} has no valid method.`);
  if (typeof url !== 'string' || /^\w+:\/\//.test(url) || /\$batch/i.test(url)) {
    throw refused(`The batch request ${id} has no valid url: it is relative to the version.`);
  }
  if (!isRecord(headers)) throw refused(`The batch request ${id} has no valid headers.`);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), String(text)]));
  if (body !== undefined && body !== null && lower['content-type'] === undefined) {
    throw refused(`Write request id : ${id} does not contain Content-Type header or body.`);
  }
  if (!Array.isArray(dependsOn) || dependsOn.some((other) => typeof other !== 'string')) {
    throw refused(`The batch request ${id} has no valid dependsOn.`);
  }
  return { id, method: verb as Method, url, headers: lower, body, dependsOn: dependsOn as string[] };
}

/** Each item after those it depends on. Throws when they wait for each other. */
function inOrder(items: readonly Item[]): Item[] {
  const done = new Set<string>();
  const ordered: Item[] = [];
  while (ordered.length < items.length) {
    const next = items.find((item) => !done.has(item.id) && item.dependsOn.every((id) => done.has(id)));
    if (!next) throw refused('The requests of the batch depend on each other in a circle.');
    done.add(next.id);
    ordered.push(next);
  }
  return ordered;
}

async function outcomeOf(
  item: Item,
  outcomes: ReadonlyMap<string, Outcome>,
  call: GraphCall,
  server: SandboxServer,
): Promise<Outcome> {
  if (item.dependsOn.some((id) => (outcomes.get(id)?.status ?? 500) >= 400)) {
    const message = 'A request that this one depends on failed.';
    return { id: item.id, status: 424, headers: JSON_HEADERS, body: { error: { code: 'FailedDependency', message } } };
  }
  const reply = await server.dispatch(toRequest(item, call.request));
  const headers = { ...reply.headers, ...(reply.body === undefined ? {} : JSON_HEADERS) };
  return { id: item.id, status: reply.status, headers, ...bodyOf(reply) };
}

const JSON_HEADERS = { 'Content-Type': 'application/json' };

function bodyOf(reply: Reply): { body?: unknown } {
  return reply.body === undefined ? {} : { body: reply.body };
}

function toRequest(item: Item, outer: SandboxRequest): SandboxRequest {
  const url = new URL(`/v1.0/${item.url.replace(/^\//, '')}`, 'http://sandbox');
  const rawBody =
    item.body === undefined || item.body === null ? Buffer.alloc(0) : Buffer.from(JSON.stringify(item.body));
  return {
    method: item.method,
    path: url.pathname,
    params: {},
    query: url.searchParams,
    headers: { ...item.headers, authorization: outer.headers['authorization'] },
    rawBody,
    json: () => (rawBody.length === 0 ? undefined : (JSON.parse(rawBody.toString('utf8')) as unknown)),
    form: () => new URLSearchParams(rawBody.toString('utf8')),
    cookie: () => undefined,
  };
}

function refused(message: string): GraphProblem {
  return badRequest(message, 'BadRequest');
}

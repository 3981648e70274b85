import { z } from 'zod';
import type { Attempt, GraphFailure } from './entra-problems.js';
import { failureFrom, type Graph, type GraphCall } from './graph-http.js';
import { graphQuery } from './graph-query.js';

/** Graph takes no more requests in one `$batch`. */
export const MOST_IN_A_BATCH = 20;

export type BatchItem = Pick<GraphCall, 'method' | 'path' | 'query' | 'body'>;

/** What came of one item: its body, or why not. */
export type BatchAnswer = { readonly body: unknown } | { readonly failure: GraphFailure };

/** The item was not tried, because one before it in the batch failed. */
export const NOT_TRIED = 424;

const batchWire = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number(),
      headers: z.record(z.string(), z.unknown()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

/**
 * Sends up to twenty calls as one, and gives their answers in their order. An item that is throttled or refused is an
 * answer like another; throws a `GraphProblem` for the batch as a whole. It is repeated where no answer came, so every item
 * must do no more twice than once.
 * @param options.isSerial one after the other; after one that failed the rest is not tried (`NOT_TRIED`).
 * @param options.onUncertain told before a repetition whose predecessor may have been carried out.
 */
export async function askBatch(
  graph: Graph,
  items: readonly BatchItem[],
  options: { attempt: Attempt; isSerial: boolean; now: () => Date; onUncertain?: () => void },
): Promise<BatchAnswer[]> {
  const { attempt, isSerial, now, onUncertain } = options;
  const { responses } = await graph.ask(
    {
      ...{ method: 'POST', path: '/$batch', attempt, items, isRepeatable: true },
      body: { requests: items.map((item, at) => toRequest(item, at, isSerial)) },
      ...(onUncertain ? { onUncertain } : {}),
    },
    batchWire,
  );
  const byId = new Map(responses.map((response) => [response.id, response]));
  return items.map((_, at) => {
    const response = byId.get(String(at));
    // Nothing is known of an item without an answer: it is asked again like one that timed out.
    if (!response) return { failure: { silence: 'lost' } };
    const { status, headers, body } = response;
    if (status < 400) return { body };
    return { failure: failureFrom(new Response(null, { status, headers: plain(headers) }), textOf(body), now()) };
  });
}

function toRequest({ method, path, query, body }: BatchItem, at: number, isSerial: boolean): object {
  return {
    ...{ id: String(at), method, url: path + graphQuery(query ?? {}) },
    ...(body ? { headers: { 'Content-Type': 'application/json' }, body } : {}),
    ...(isSerial && at > 0 ? { dependsOn: [String(at - 1)] } : {}),
  };
}

function plain(headers: Readonly<Record<string, unknown>> | null | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

function textOf(body: unknown): string {
  return body === undefined ? '' : JSON.stringify(body);
}

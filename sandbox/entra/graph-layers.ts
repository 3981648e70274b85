import type { SandboxClock } from '../kit/clock.js';
import type { FaultKind, Faults } from '../kit/faults.js';
import type { Reply, SandboxRequest } from '../kit/server.js';
import { TROUBLE_FAULTS, Trouble, type TroubleFault } from '../kit/trouble.js';
import { problemReply } from './graph-gateway.js';
import { GraphProblem } from './graph-problem.js';
import type { Replication } from './replication.js';
import { RequestBudgets } from './request-budgets.js';
import { OVERLAP_FAULTS, WriteOverlap } from './write-overlap.js';

export interface GraphLayersParts {
  readonly faults: () => Faults;
  readonly clock: SandboxClock;
  readonly replication: Replication;
  readonly isGraph: (request: SandboxRequest) => boolean;
}

const GRAPH_ONLY: readonly TroubleFault[] = ['throttled', 'gateway-timeout-after-commit'];

/**
 * What lies between the wire and every route, from the outside in: overlapping writes, the troubles of any service,
 * budgets, replication. The items of a `$batch` pass it one by one, and the batch itself as well.
 */
export class GraphLayers {
  readonly #parts: GraphLayersParts;
  readonly #overlap: WriteOverlap;
  readonly #trouble: Trouble;
  readonly #budgets: RequestBudgets;

  constructor(parts: GraphLayersParts) {
    this.#parts = parts;
    this.#overlap = new WriteOverlap(parts.faults);
    this.#budgets = new RequestBudgets(parts.faults, parts.clock);
    this.#trouble = new Trouble(parts.faults, {
      throttled: (request) => tooManyRequests(request),
      // Pages that people see and the token endpoint have other limits than Graph, and change no directory object.
      spares: (fault, request) => GRAPH_ONLY.includes(fault) && !parts.isGraph(request),
    });
  }

  get faults(): Readonly<Record<string, FaultKind>> {
    return { ...TROUBLE_FAULTS, ...OVERLAP_FAULTS, ...this.#budgets.faults, ...this.#parts.replication.faults };
  }

  around(request: SandboxRequest, work: () => Promise<Reply>): Promise<Reply> {
    const { replication, isGraph } = this.#parts;
    const writes = isGraph(request) && request.method !== 'GET';
    const served = (): Promise<Reply> => replication.serve(request, { writes }, work);
    if (!isGraph(request)) return this.#trouble.around(request, served);
    const counted = (): Promise<Reply> =>
      this.#budgets.around(request, served, (headers) => tooManyRequests(request, headers));
    return this.#overlap.around(
      request,
      () => this.#trouble.around(request, counted),
      (problem) => problemReply(request, problem),
    );
  }
}

function tooManyRequests(request: SandboxRequest, headers: Readonly<Record<string, string>> = {}): Reply {
  const problem = new GraphProblem(429, 'TooManyRequests', 'Too many requests. Please wait and retry.');
  const reply = problemReply(request, problem);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

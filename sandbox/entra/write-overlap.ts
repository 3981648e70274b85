import type { FaultKind, Faults } from '../kit/faults.js';
import type { Reply, SandboxRequest } from '../kit/server.js';
import { GraphProblem } from './graph-problem.js';
import { isRecord } from './payload.js';

export const OVERLAP_FAULTS = {
  'conflict-on-overlap': {
    describe:
      'A write to an object that another write is still busy with is refused with 409, and so is the fifth assignment of one app written from the side of people. Writes take no time here: switch on slow-replies as well.',
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

const OBJECT =
  /^\/(?:v1\.0|beta)\/(applications|servicePrincipals|users|groups|policies\/\w+|directory\/deletedItems)(?:\/([^/]+)|\(appId='([^']+)'\))/;

/** Assignments of one app that may be under way at once when they are written from the person's or group's side. */
const MOST_ASSIGNMENTS_AT_ONCE = 4;

/** What a write is busy with: as many may be under way at once. */
interface Place {
  readonly key: string;
  readonly most: number;
}

/** Knows which objects are being written. The object is the first one of the path: whose properties or relations change. */
export class WriteOverlap {
  readonly #faults: () => Faults;
  readonly #busy = new Map<string, number>();

  constructor(faults: () => Faults) {
    this.#faults = faults;
  }

  /** Carries out the request unless too many writes to the same object are under way. */
  async around(
    request: SandboxRequest,
    work: () => Promise<Reply>,
    refuse: (problem: GraphProblem) => Reply,
  ): Promise<Reply> {
    if (request.method === 'GET' || !this.#faults().active('conflict-on-overlap')) return work();
    const places = placesOf(request);
    if (places.some(({ key, most }) => (this.#busy.get(key) ?? 0) >= most)) return refuse(concurrencyViolation());
    for (const { key } of places) this.#count(key, 1);
    try {
      return await work();
    } finally {
      for (const { key } of places) this.#count(key, -1);
    }
  }

  #count(key: string, change: number): void {
    const busy = (this.#busy.get(key) ?? 0) + change;
    if (busy > 0) this.#busy.set(key, busy);
    else this.#busy.delete(key);
  }
}

function placesOf(request: SandboxRequest): Place[] {
  const match = OBJECT.exec(request.path);
  if (!match) return [];
  const object = { key: `${match[1]}/${match[2] ?? match[3]}`.toLowerCase(), most: 1 };
  const resource = /\/appRoleAssignments$/.test(request.path) ? resourceOf(request) : undefined;
  return resource === undefined ? [object] : [object, { key: `assigned/${resource}`, most: MOST_ASSIGNMENTS_AT_ONCE }];
}

function resourceOf(request: SandboxRequest): string | undefined {
  try {
    const body = request.json();
    const resource = isRecord(body) ? body['resourceId'] : undefined;
    return typeof resource === 'string' ? resource.toLowerCase() : undefined;
  } catch {
    return undefined;
  }
}

function concurrencyViolation(): GraphProblem {
  return new GraphProblem(
    409,
    'Directory_ConcurrencyViolation',
    'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.',
  );
}

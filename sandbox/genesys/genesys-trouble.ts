import { randomUUID } from 'node:crypto';
import type { Faults } from '../kit/faults.js';
import type { Reply, SandboxRequest } from '../kit/server.js';
import { Trouble, type TroubleFault } from '../kit/trouble.js';
import { ApiProblem, problemReply } from './api-problem.js';
import { tooManyRequests } from './rate-limit.js';

/**
 * 429, 503, 504 after the work and late answers, as Genesys Cloud words them. What people see in a browser is never
 * struck, and a request under `/api.<region>` only once: it is passed on inside.
 */
export function genesysTrouble(
  faults: () => Faults,
): (request: SandboxRequest, work: () => Promise<Reply>) => Promise<Reply> {
  const trouble = new Trouble(faults, {
    throttled: (_request, seconds) => inVendorWords(throttled(seconds)),
    unavailable: () => ({ status: 503, headers: { 'inin-correlation-id': randomUUID() } }),
    gatewayTimeout: () => inVendorWords(new ApiProblem(504, 'request.timeout', 'The request timed out.')),
    spares,
  });
  return (request, work) => (request.path.startsWith('/api.') ? work() : trouble.around(request, work));
}

/** Without `Retry-After` the answer gives no hint at all: neither in words nor in `inin-ratelimit-reset`. */
function throttled(seconds: number | undefined): ApiProblem {
  if (seconds !== undefined) return tooManyRequests(seconds);
  return new ApiProblem(429, 'too.many.requests', 'Rate limit exceeded the maximum.');
}

function spares(fault: TroubleFault, request: SandboxRequest): boolean {
  const isApi = request.path.startsWith('/api/v2/');
  if (fault === 'throttled') return !isApi;
  if (fault === 'gateway-timeout-after-commit') return !isChange(request.path);
  return !isApi && !request.path.endsWith('/oauth/token');
}

/** Searches and queries are sent by POST and change nothing that could be lost. */
function isChange(path: string): boolean {
  return /^\/api\/v2\/(users(?!\/search$)|authorization\/subjects\/|identityproviders)/.test(path);
}

function inVendorWords(problem: ApiProblem): Reply {
  const correlationId = randomUUID();
  const reply = problemReply(problem, correlationId);
  return { ...reply, headers: { 'inin-correlation-id': correlationId, ...reply.headers } };
}

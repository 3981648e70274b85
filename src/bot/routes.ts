import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RateLimit } from './rate-limiter.js';

/** Answers one request; its body was not read. What it throws becomes a 500 without a word of why. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  params: Readonly<Record<string, string>>,
) => Promise<void>;

export interface RouteOptions {
  /** For each address that asks. Absent: no limit. */
  readonly limit?: RateLimit;
  /** The handler reads the body, within a limit of its own. Else no more than a few bytes may come with the request. */
  readonly readsBody?: boolean;
}

/** Where the parts of the HTTP server mount what they serve. Paths are restify's: `/secret/:token`, `/sandbox/api/*`. */
export interface Routes {
  get(path: string, handler: Handler, options?: RouteOptions): void;
  post(path: string, handler: Handler, options?: RouteOptions): void;
}

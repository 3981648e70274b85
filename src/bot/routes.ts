import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers one request; its body was not read. What it throws becomes a 500 without a word of why. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  params: Readonly<Record<string, string>>,
) => Promise<void>;

/** Where the parts of the HTTP server mount what they serve. Paths are restify's: `/secret/:token`, `/sandbox/api/*`. */
export interface Routes {
  get(path: string, handler: Handler): void;
  post(path: string, handler: Handler): void;
}

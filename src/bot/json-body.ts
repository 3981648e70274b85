import type { IncomingMessage } from 'node:http';

/** A body that was read, or the HTTP status and words for why it was not. */
export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly status: 400 | 413 | 415; readonly message: string };

export interface JsonLimits {
  readonly maxBytes: number;
  /** How deep objects and lists may be nested; what is deeper exhausts the stack of those who walk it. */
  readonly maxDepth: number;
}

/** How much of a body that is too large is still taken in, so that its sender gets to read the answer. */
const DRAIN_BYTES = 8 * 1024 * 1024;

/** Reads a JSON body. Never throws for what a sender can do: each refusal is a status. */
export async function readJsonBody(request: IncomingMessage, limits: JsonLimits): Promise<JsonBody> {
  if (!isPlainJson(request)) {
    request.resume();
    return { ok: false, status: 415, message: 'Send application/json, not compressed.' };
  }
  const bytes = await readBytes(request, limits.maxBytes);
  if (bytes === 'too-large') {
    return { ok: false, status: 413, message: `The body may have ${limits.maxBytes} bytes.` };
  }
  if (bytes === 'aborted') return { ok: false, status: 400, message: 'The body ended too early.' };
  return parse(bytes, limits.maxDepth);
}

function isPlainJson(request: IncomingMessage): boolean {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const encoding = request.headers['content-encoding'] ?? 'identity';
  return type === 'application/json' && encoding === 'identity';
}

/** The body as it came, or why there is none. Never throws. */
export async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'aborted'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > DRAIN_BYTES) break;
      if (size <= maxBytes) chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return size > maxBytes ? 'too-large' : Buffer.concat(chunks);
}

function parse(bytes: Buffer, maxDepth: number): JsonBody {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { ok: false, status: 400, message: 'The body is not JSON.' };
  }
  if (isDeeperThan(value, maxDepth)) return { ok: false, status: 400, message: 'The body is nested too deeply.' };
  return { ok: true, value };
}

/** Walks level by level, as recursion is what a deep body attacks. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

import type { IncomingMessage } from 'node:http';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import { isDeeperThan, readBytes } from '../json-body.js';

const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 64;
/** Slack's own limit for the age of a request; here it bounds the future, too. Source: "Verifying requests from Slack". */
const SKEW_S = 300;

/** Why a delivery was turned away before anybody read it; few enough to be counted by. */
export type GateRefusal =
  'content type' | 'no body' | 'no signature' | 'timestamp' | 'signature' | 'replayed signature' | 'body';

export type Passed =
  /** For Bolt. `rawBody` stands on the request, where Bolt looks for it first. */
  | { readonly kind: 'genuine'; readonly body: unknown }
  /** Slack looks whether the address answers over TLS; it does not sign that, and nothing comes of it. */
  | { readonly kind: 'tls-check' }
  | { readonly kind: 'refused'; readonly refusal: GateRefusal; readonly status: 400 | 401 | 413 | 415 };

export interface GateOptions {
  readonly signingSecret: string;
  /** Wall time. */
  readonly now: () => Date;
}

/**
 * What must hold before Bolt sees a request: signed by Slack for this app, now, and for the first time; of a type that
 * Slack sends; not too large, nor too deep. Bolt verifies the signature once more.
 */
export class SlackGate {
  readonly #options: GateOptions;
  /** Signatures that were good, with the second until which their timestamp is. */
  readonly #seen = new Map<string, number>();

  constructor(options: GateOptions) {
    this.#options = options;
  }

  async admit(request: IncomingMessage): Promise<Passed> {
    const type = request.headers['content-type'] ?? '';
    if (type !== FORM && !/^application\/json(?:; ?charset=utf-8)?$/i.test(type)) return refused('content type', 415);
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return refused('content type', 415);
    const bytes = await readBytes(request, MAX_BYTES);
    if (bytes === 'too-large') return refused('body', 413);
    if (bytes === 'aborted' || bytes.length === 0) return refused('no body', 400);
    const body = bytes.toString('utf8');
    if (type === FORM && /^ssl_check=1(?:&|$)/.test(body)) return { kind: 'tls-check' };
    const refusal = this.#judgeSignature(request, body);
    if (refusal) return refused(refusal, 401);
    const read = readBody(body, type);
    if (read === undefined) return refused('body', 400);
    Object.assign(request, { rawBody: bytes });
    return { kind: 'genuine', body: read };
  }

  #judgeSignature({ headers }: IncomingMessage, body: string): GateRefusal | undefined {
    const [signature, timestamp] = [headers['x-slack-signature'], headers['x-slack-request-timestamp']];
    if (typeof signature !== 'string' || typeof timestamp !== 'string') return 'no signature';
    if (!/^v0=[0-9a-f]{64}$/.test(signature)) return 'signature';
    const nowS = Math.floor(this.#options.now().getTime() / 1_000);
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) - nowS) > SKEW_S) return 'timestamp';
    const isValid = isValidSlackRequest({
      signingSecret: this.#options.signingSecret,
      body,
      headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': Number(timestamp) },
      nowMilliseconds: nowS * 1_000,
    });
    if (!isValid) return 'signature';
    this.#forget(nowS);
    if (this.#seen.has(signature)) return 'replayed signature';
    this.#seen.set(signature, Number(timestamp) + SKEW_S);
    return undefined;
  }

  /** The oldest come first, give or take what Slack sends out of order: nothing stays for long. */
  #forget(nowS: number): void {
    for (const [signature, until] of this.#seen) {
      if (until >= nowS) return;
      this.#seen.delete(signature);
    }
  }
}

/** Exactly so: with a charset behind it, Bolt would take it for JSON. */
const FORM = 'application/x-www-form-urlencoded';

function refused(refusal: GateRefusal, status: 400 | 401 | 413 | 415): Passed {
  return { kind: 'refused', refusal, status };
}

/** The body as Bolt reads it; `undefined` when it cannot, or when it is too deep for whoever walks it. */
function readBody(body: string, type: string): object | undefined {
  if (type !== FORM) return jsonOf(body);
  const fields = parse(body);
  const { payload } = fields;
  if (payload === undefined) return fields;
  return typeof payload === 'string' ? jsonOf(payload) : undefined;
}

function jsonOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !isDeeperThan(value, MAX_DEPTH) ? value : undefined;
  } catch {
    return undefined;
  }
}

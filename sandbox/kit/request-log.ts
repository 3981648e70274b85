/** One request as `GET /_sandbox/requests` shows it. Secrets are replaced; SAML messages are kept whole. */
export interface LoggedRequest {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  status: number;
}

const HIDDEN = '***';
const HIDDEN_HEADERS = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization']);
const HIDDEN_FIELD = /password|passwd|^client_secret$|^client_assertion$|^secret(text|token)?$|_token$|^token$/i;
const KEPT = 5_000;

/** What a server was sent, newest last, the last 5,000. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries = this.#entries.slice(-KEPT);
  }

  list(): readonly LoggedRequest[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }
}

export function redactHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      HIDDEN_HEADERS.has(name.toLowerCase()) ? HIDDEN : Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** The body as data (JSON, form) or text, without passwords and client secrets at any depth. */
export function redactBody(contentType: string, raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  const text = raw.toString('utf8');
  if (contentType.includes('application/x-www-form-urlencoded')) {
    return redact(Object.fromEntries(new URLSearchParams(text)));
  }
  try {
    return redact(JSON.parse(text) as unknown);
  } catch {
    return text.slice(0, 2_000);
  }
}

function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      HIDDEN_FIELD.test(name) && typeof field === 'string' ? HIDDEN : redact(field),
    ]),
  );
}

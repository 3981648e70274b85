import { types } from 'node:util';

/** What stands where a secret was. */
export const REDACTED = '***';

const SECRET_KEY =
  /authorization|cookie|passw(or)?d|passphrase|secret|token|assertion|samlresponse|credential|private_?key|api_?key|latchkey_?key|^key$|^pfx$/i;
// Names that contain such a word and are harmless.
const HARMLESS_KEY = /(expires?|count|type|bucket|hash|purpose|id|ids|name|url|kind)$/i;

const SECRET_VALUES: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, replacement: REDACTED },
  { pattern: /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, replacement: `$1 ${REDACTED}` },
  { pattern: /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/g, replacement: REDACTED }, // JWT
  { pattern: /\bx(ox[a-z]|app)-[A-Za-z0-9-]{8,}/g, replacement: REDACTED }, // Slack tokens
  { pattern: /(\/(?:secret|link)\/)[A-Za-z0-9_-]{16,}/g, replacement: `$1${REDACTED}` }, // our one-time links
  {
    pattern:
      /\b((?:client_secret|client_assertion|(?:access|refresh|id)_token|password|token|code|sig|SAMLResponse)=)[^&\s"']+/gi,
    replacement: `$1${REDACTED}`,
  },
];

const MAX_DEPTH = 8;
const MAX_ITEMS = 200;

/** Returns a copy of a value that is safe to write down. */
export type Redact = (value: unknown) => unknown;

/**
 * The one place that decides what must not be written down: members by their name, texts by their look (Bearer, JWT, PEM
 * private keys, Slack tokens, one-time links) and the given secrets wherever they occur. Errors become plain objects.
 * @param secrets configured values, such as the client secret; shorter ones than 6 characters are ignored.
 */
export function createRedact(secrets: readonly string[] = []): Redact {
  const known = secrets.filter((secret) => secret.length >= 6);

  function redactText(text: string): string {
    const withoutLooks = SECRET_VALUES.reduce(
      (rest, { pattern, replacement }) => rest.replace(pattern, replacement),
      text,
    );
    return known.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), withoutLooks);
  }

  function redactObject(value: object, ancestors: readonly object[]): unknown {
    if (ancestors.includes(value)) return '[circular]';
    if (ancestors.length >= MAX_DEPTH) return '[too deep]';
    if (types.isDate(value)) return value;
    if (ArrayBuffer.isView(value)) return `[${String(value.byteLength)} bytes]`;
    const path = [...ancestors, value];
    if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, path));
    if (value instanceof Map) return redactMembers([...value.entries()], path);
    if (value instanceof Set) return [...value].slice(0, MAX_ITEMS).map((item) => redactValue(item, path));
    if (value instanceof Error || types.isNativeError(value)) return redactMembers(errorMembers(value), path);
    return redactMembers(Object.entries(value), path);
  }

  function redactMembers(members: readonly (readonly [unknown, unknown])[], path: readonly object[]): unknown {
    return Object.fromEntries(
      members.slice(0, MAX_ITEMS).map(([name, value]) => {
        const key = redactText(String(name));
        return [key, isSecretKey(key) && value !== undefined ? REDACTED : redactValue(value, path)];
      }),
    );
  }

  function redactValue(value: unknown, ancestors: readonly object[]): unknown {
    if (typeof value === 'string') return redactText(value);
    if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
    if (typeof value === 'function') return '[function]';
    return typeof value === 'object' && value !== null ? redactObject(value, ancestors) : value;
  }

  return (value) => redactValue(value, []);
}

function isSecretKey(name: string): boolean {
  return SECRET_KEY.test(name) && !HARMLESS_KEY.test(name);
}

/** The parameters of a query may hold anything. */
const NEVER_WRITTEN = ['name', 'params', 'parameters'];
/** PostgreSQL says there which values it met: `Key (id)=(…) already exists`, `portal parameter $1 = '…'`. */
const WITH_VALUES = ['detail', 'where'];

/** `message`, `stack` and `cause` are not enumerable. */
function errorMembers(error: Error): [string, unknown][] {
  const left = 'severity' in error ? [...NEVER_WRITTEN, ...WITH_VALUES] : NEVER_WRITTEN;
  const own = Object.entries(error).filter(([key]) => !left.includes(key));
  const cause: [string, unknown][] = error.cause === undefined ? [] : [['cause', error.cause]];
  return [['name', error.name], ['message', error.message], ['stack', error.stack], ...cause, ...own];
}

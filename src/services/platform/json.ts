declare const carries: unique symbol;

/** What survives a trip through a jsonb column unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The JSON text of a `T`. A parameter of a jsonb column must be text, as arrays would become PostgreSQL arrays. */
export type JsonText<T> = string & { readonly [carries]: T };

// jsonb has no U+0000 and no lone surrogates; PostgreSQL refuses the whole row.
const REFUSED_BY_JSONB = /\\u0000|\\ud[89a-f]/i;
const UNSTORABLE = /\0|\p{Surrogate}/gu;

/** The JSON text of a value. Characters that jsonb cannot hold become U+FFFD, so that hostile text never stops a write. */
export function jsonText<T>(value: T): JsonText<T> {
  const text = JSON.stringify(value ?? null);
  return (REFUSED_BY_JSONB.test(text) ? JSON.stringify(storable(value)) : text) as JsonText<T>;
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(UNSTORABLE, '\uFFFD');
  if (Array.isArray(value)) return value.map(storable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), storable(inner)]));
}

/** Canonical JSON (RFC 8785): no white space, members sorted by UTF-16 code units, numbers as ECMAScript writes them. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`);
  return `{${members.join(',')}}`;
}

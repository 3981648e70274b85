/** The part of `pg` that turns JavaScript values into parameters; it is exported but has no types. */
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): string | Buffer | null;
}

import { badRequest } from './graph-problem.js';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value fits the property. */
export type Fits = (value: unknown) => boolean;

export const text: Fits = (value) => typeof value === 'string';
export const flag: Fits = (value) => typeof value === 'boolean';
export const nullable =
  (fits: Fits): Fits =>
  (value) =>
    value === null || fits(value);
export const textUpTo =
  (length: number): Fits =>
  (value) =>
    typeof value === 'string' && value.length <= length;
export const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
export const oneOf =
  (...values: readonly unknown[]): Fits =>
  (value) =>
    values.includes(value);
/** An object that has no other members than these. */
export const complex =
  (members: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    isRecord(value) &&
    Object.entries(value).every(([name, member]) => Object.hasOwn(members, name) && members[name]?.(member) === true);
export const anyObject: Fits = isRecord;

/** What may be written to a type, and what only be read. */
export interface WritableShape {
  readonly type: string;
  readonly writable: Readonly<Record<string, Fits>>;
  readonly properties: readonly string[];
}

/** Refuses unknown properties, read-only ones, and values of another type, as the directory does: the whole body or nothing. */
export function refuseUnwritable(body: Readonly<Record<string, unknown>>, shape: WritableShape): void {
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.')) continue;
    const fits = Object.hasOwn(shape.writable, name) ? shape.writable[name] : undefined;
    if (!fits) {
      throw badRequest(
        shape.properties.includes(name)
          ? `Property '${name}' is read-only and cannot be set.`
          : `The property '${name}' does not exist on type 'microsoft.graph.${shape.type}'. Make sure to only use property names that are defined by the type.`,
      );
    }
    if (!fits(value)) throw badRequest(`Property ${name} in payload has a value that does not match schema.`);
  }
}

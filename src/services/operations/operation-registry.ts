import type { Json } from '../platform/json.js';
import type { Operation } from './operation.js';

export type AnyOperation = Operation<Json, Json>;

/** The operations by kind. One object, so that an outcome can be described without knowing who started it. */
export class OperationRegistry {
  readonly #byKind = new Map<string, AnyOperation>();

  add<I extends Json, O extends Json>(operation: Operation<I, O>): void {
    const { access, concluded } = operation;
    this.#byKind.set(operation.kind, {
      ...operation,
      input: operation.input,
      wanted: (input) => operation.wanted(operation.input.parse(input)),
      concerns: (input) => operation.concerns(operation.input.parse(input)),
      ...(access ? { access: { ...access, of: (input: Json) => access.of(operation.input.parse(input)) } } : {}),
      ...(concluded
        ? { concluded: (trx, end) => concluded(trx, { ...end, input: operation.input.parse(end.input) }) }
        : {}),
      run: (context) => operation.run({ ...context, input: operation.input.parse(context.input) }),
    } satisfies AnyOperation);
  }

  /** Those that change somebody's access. */
  listOfAccess(): AnyOperation[] {
    return [...this.#byKind.values()].filter(({ access }) => access !== undefined);
  }

  get(kind: string): AnyOperation {
    const operation = this.#byKind.get(kind);
    if (!operation) throw new Error(`No operation of kind ${kind} is registered.`);
    return operation;
  }
}

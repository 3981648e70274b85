import type { Json } from '../platform/json.js';
import type { Operation } from './operation.js';

type AnyOperation = Operation<Json, Json>;

/** The operations by kind. One object, so that an outcome can be described without knowing who started it. */
export class OperationRegistry {
  readonly #byKind = new Map<string, AnyOperation>();

  add<I extends Json, O extends Json>(operation: Operation<I, O>): void {
    this.#byKind.set(operation.kind, {
      ...operation,
      input: operation.input,
      wanted: (input) => operation.wanted(operation.input.parse(input)),
      concerns: (input) => operation.concerns(operation.input.parse(input)),
      run: (context) => operation.run({ ...context, input: operation.input.parse(context.input) }),
    } satisfies AnyOperation);
  }

  get(kind: string): AnyOperation {
    const operation = this.#byKind.get(kind);
    if (!operation) throw new Error(`No operation of kind ${kind} is registered.`);
    return operation;
  }
}

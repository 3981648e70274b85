import type { Entra, EntraPerson } from '../entra/entra.js';
import { appendAudit } from '../platform/audit.js';
import type { Clock } from '../platform/clock.js';
import { takeClaim, type ClaimTaken } from '../platform/conversation-store.js';
import type { Database } from '../platform/database.js';
import type { Durable, RunRecord } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import { jsonText, type Json } from '../platform/json.js';
import type { Log } from '../platform/log.js';
import { Problem, type ProblemFacts } from '../platform/problem.js';
import type { Transaction } from '../platform/schema.js';
import type { Actor, Claim, Operation } from './operation.js';
import { judge, judgeTarget, refusalFacts, rightsOf, type Right, type Verdict } from './permissions.js';

export type Started =
  | { readonly kind: 'started'; readonly runId: RunId }
  /** The same click was taken before, by somebody (perhaps the same person). */
  | { readonly kind: 'already'; readonly by: string; readonly at: Date };

export interface Permitted {
  readonly person: EntraPerson;
  /** Everything the same reading allows, for what is offered next. */
  readonly rights: readonly Right[];
}

export interface PipelineParts {
  readonly database: Database;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly entra: Entra;
  readonly log: Log;
  readonly operations: OperationRegistry;
}

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

/**
 * The one road of every change: parse → verdict → claim → intent → steps → outcome. The intent is in the audit before
 * the first effect; the outcome, its audit line and its event are written in one transaction with the run's end.
 */
export class Pipeline {
  readonly #parts: PipelineParts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  register<I extends Json, O extends Json>(operation: Operation<I, O>): void {
    this.#parts.operations.add(operation);
    const { kind, version } = operation;
    this.#parts.durable.define<I, O>({ kind, version, run: (context) => operation.run(context) });
  }

  /**
   * Starts the deed and returns at once; the run goes on by itself. Throws a `Problem` of kind `input` or `refused`.
   */
  async start<I extends Json, O extends Json>(
    operation: Operation<I, O>,
    request: { actor: Actor; input: unknown; claim: Claim },
  ): Promise<Started> {
    const input = parseInput(operation, request.input);
    const person = await this.#permit(operation, request.actor, input);
    const started = await this.#parts.database.transaction(async (trx): Promise<Started> => {
      const taken = await this.#claim(trx, request);
      if (taken !== true) return { kind: 'already', by: taken.by, at: taken.at };
      const actor = { ...request.actor, name: person.name };
      const runId = await this.#parts.durable.create(trx, {
        kind: operation.kind,
        version: operation.version,
        input,
        actor,
      });
      await this.#recordIntent(trx, {
        operation: operation.kind,
        actor,
        runId,
        input,
        concerns: operation.concerns(input),
      });
      return { kind: 'started', runId };
    });
    if (started.kind === 'started') this.#goOn(started.runId);
    return started;
  }

  /** Goes on with a failed or interrupted run at the step where it stopped. A new verdict is needed. */
  async retry(runId: RunId, request: { actor: Actor; claim: Claim }): Promise<Started> {
    const run = await this.#parts.durable.find(runId);
    if (!run || run.state === 'done' || run.state === 'running') throw stale();
    const operation = this.#parts.operations.get(run.kind);
    const person = await this.#permit(operation, request.actor, run.input);
    const started = await this.#parts.database.transaction(async (trx): Promise<Started> => {
      const taken = await this.#claim(trx, request);
      if (taken !== true) return { kind: 'already', by: taken.by, at: taken.at };
      const actor = { ...request.actor, name: person.name };
      const concerns = operation.concerns(run.input);
      await this.#recordIntent(trx, { operation: `${run.kind}, again`, actor, runId, input: run.input, concerns });
      return { kind: 'started', runId };
    });
    if (started.kind === 'started') this.#goOn(runId);
    return started;
  }

  /** Asks Entra, now, whether the actor holds the right. Throws the refusal, recorded. */
  async permitted(right: Right, actor: Actor, wanted: string): Promise<Permitted> {
    const standing = await this.#parts.entra.findStanding(actor.personId);
    const verdict = judge(right, standing);
    if (verdict.isAllowed && standing) return { person: standing.person, rights: rightsOf(standing) };
    return this.#refuse(actor, wanted, verdict);
  }

  /** What the actor may do now, for what is offered. Records nothing. */
  async rightsOf(actor: Actor): Promise<{ rights: readonly Right[]; isStranger: boolean }> {
    const standing = await this.#parts.entra.findStanding(actor.personId);
    return { rights: rightsOf(standing), isStranger: !standing || standing.person.isGuest };
  }

  /** Whether the actor may do something to that person. Throws the refusal, recorded. */
  async permittedFor(actor: Actor, targetId: string, wanted: string): Promise<void> {
    const verdict = judgeTarget(actor.personId, targetId);
    if (!verdict.isAllowed) await this.#refuse(actor, wanted, verdict);
  }

  async #permit<I extends Json, O extends Json>(
    operation: Operation<I, O>,
    actor: Actor,
    input: I,
  ): Promise<EntraPerson> {
    const wanted = operation.wanted(input);
    const { person } = await this.permitted(operation.right, actor, wanted);
    const verdict = operation.judge?.(actor, input);
    if (verdict && !verdict.isAllowed) return this.#refuse(actor, wanted, verdict);
    return person;
  }

  async #refuse(actor: Actor, wanted: string, verdict: Verdict): Promise<never> {
    if (verdict.isAllowed) throw new Error('An allowed verdict is no refusal.');
    const facts = refusalFacts(verdict, wanted);
    throw new Problem(
      (await this.#recordRefusal(actor, facts))
        ? facts
        : { ...facts, why: `${facts.why ?? ''} This refusal could not be recorded.` },
    );
  }

  async #claim(trx: Transaction, request: { actor: Actor; claim: Claim }): Promise<ClaimTaken> {
    return takeClaim(trx, { ...request.claim, actor: request.actor, at: this.#parts.clock.now() });
  }

  async #recordIntent(
    trx: Transaction,
    intent: { operation: string; actor: Actor; runId: RunId; input: Json; concerns: readonly string[] },
  ): Promise<void> {
    const body = { ...intent, actor: { ...intent.actor }, concerns: [...intent.concerns] };
    await appendAudit(trx, { at: this.#parts.clock.now(), kind: 'intent', body });
  }

  async #recordRefusal(actor: Actor, facts: ProblemFacts): Promise<boolean> {
    try {
      const body = { actor: { ...actor }, what: facts.what, rule: facts.code ?? 'rule', concerns: [actor.personId] };
      await this.#parts.database.transaction((trx) =>
        appendAudit(trx, { at: this.#parts.clock.now(), kind: 'refusal', body }),
      );
      return true;
    } catch (error) {
      this.#parts.log.error({ error }, 'A refusal could not be written to the audit');
      return false;
    }
  }

  #goOn(runId: RunId): void {
    void this.#parts.durable.execute(runId);
  }
}

/** Writes what a run ended with, to the audit and the outbox, within the transaction of its last step. */
export function outcomeRecorder(parts: { clock: Clock; operations: OperationRegistry }) {
  return async (trx: Transaction, run: RunRecord): Promise<void> => {
    const concerns = [...parts.operations.get(run.kind).concerns(run.input)];
    const at = parts.clock.now();
    const ended: Readonly<Record<string, Json>> = run.problem
      ? { problem: { what: run.problem.what, code: run.problem.code ?? '', requestId: run.problem.requestId ?? '' } }
      : { outcome: run.outcome ?? null };
    await trx
      .insertInto('outbox')
      .values({ type: 'run-ended', payload: jsonText<Json>({ runId: run.id, kind: run.kind, state: run.state }), at })
      .execute();
    await appendAudit(trx, {
      at,
      kind: 'outcome',
      body: { operation: run.kind, runId: run.id, actor: { ...run.actor }, state: run.state, concerns, ...ended },
    });
  };
}

function parseInput<I extends Json, O extends Json>(operation: Operation<I, O>, raw: unknown): I {
  const parsed = operation.input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new Problem({
    kind: 'input',
    what: `That cannot be used: ${first ? `${first.path.join('.')}: ${first.message}` : 'the input has another shape'}.`,
    remedy: 'Start again and give it anew.',
  });
}

function stale(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This has moved on since the card was drawn.',
    remedy: 'The card is being brought up to date; look at what it says now.',
  });
}

import type { Entra, EntraPerson } from '../entra/entra.js';
import { appendAudit } from '../platform/audit.js';
import { findClaim, takeClaim, type ClaimTaken } from '../platform/claim-store.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Json } from '../platform/json.js';
import { findRunByReference, findUnderWay, holdKinds } from '../platform/ledger.js';
import type { Log } from '../platform/log.js';
import { mayPass, Problem } from '../platform/problem.js';
import type { Transaction } from '../platform/schema.js';
import { holdAccess, refuseClash, unlessOvertaken } from './access-clash.js';
import type { Actor, Claim, Operation } from './operation.js';
import type { OperationRegistry } from './operation-registry.js';
import { auditedActor } from './outcome-recorder.js';
import { alreadyUnderWay, movedOn, unusable } from './operation-refusals.js';
import { judgeTarget, type Right, type Verdict } from './permissions.js';
import { Verdicts, type Permitted } from './verdicts.js';

export type Started =
  | { readonly kind: 'started'; readonly runId: RunId }
  /** The same click was taken before, by somebody (perhaps the same person). */
  | { readonly kind: 'already'; readonly by: string; readonly at: Date; readonly runId?: RunId };

export type StartRequest = {
  readonly actor: Actor;
  readonly claim: Claim;
  /** What has to be written together with the start; throwing lets nothing start. */
  readonly alongside?: (trx: Transaction) => Promise<void>;
} & (
  | { readonly input: unknown }
  /**
   * The input that has to be read first: only once the right is there, as what is read would tell a stranger something.
   * `wanted` are the words for a refusal before that.
   */
  | { readonly prepare: () => Promise<unknown>; readonly wanted: string }
);

export interface PipelineParts {
  readonly database: Database;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly entra: Entra;
  readonly log: Log;
  readonly operations: OperationRegistry;
}

/**
 * The one road of every change: parse → verdict → claim → intent → steps → outcome. The intent is in the audit before
 * the first effect; the outcome, its audit line and its event are written in one transaction with the run's end.
 */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #verdicts: Verdicts;

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#verdicts = new Verdicts(parts);
  }

  register<I extends Json, O extends Json>(operation: Operation<I, O>): void {
    this.#parts.operations.add(operation);
    const { kind, version } = operation;
    this.#parts.durable.define<I, O>({
      ...{ kind, version, run: (context) => operation.run(unlessOvertaken(context, { ...this.#parts, kind })) },
      permit: ({ actor, input }) => this.#permitToGoOn(operation, actor, operation.input.parse(input)),
    });
  }

  /**
   * Starts the deed and returns at once; the run goes on by itself. Throws a `Problem` of kind `input` or `refused`.
   */
  async start<I extends Json, O extends Json>(operation: Operation<I, O>, request: StartRequest): Promise<Started> {
    if (operation.right === 'decision') throw new Error(`${operation.kind} follows a decision and is planned with it.`);
    const ready = await this.#permittedInput(operation, request);
    if ('kind' in ready) return ready;
    const { input, person } = ready;
    const started = await this.#parts.database.transaction(async (trx): Promise<Started> => {
      const reference = claimKey(request.claim);
      const taken = await this.#claim(trx, request);
      if (taken !== true) return { kind: 'already', ...taken, runId: await findRunByReference(trx, reference) };
      await request.alongside?.(trx);
      await refuseSecond(trx, operation);
      await refuseClash(trx, this.#parts.operations, { kind: operation.kind, input });
      const actor = { ...request.actor, name: person.name };
      const { kind, version } = operation;
      const runId = await this.#parts.durable.create(trx, { kind, version, input, actor, reference });
      await this.#recordIntent(trx, {
        operation: operation.kind,
        what: operation.wanted(input),
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

  /**
   * Writes a deed that follows a decision, and its intent, in the transaction of that decision. It is executed after the
   * commit, with `goOn`. @param plan.reference names the decision: one run for each.
   */
  async plan<I extends Json, O extends Json>(
    trx: Transaction,
    operation: Operation<I, O>,
    { input: raw, actor, reference }: { input: unknown; actor: Actor; reference: string },
  ): Promise<RunId> {
    const input = parseInput(operation, raw);
    const { kind, version } = operation;
    await holdAccess(trx, operation.access?.of(input) ?? []);
    const runId = await this.#parts.durable.create(trx, { kind, version, input, actor, reference });
    const [what, concerns] = [operation.wanted(input), operation.concerns(input)];
    await this.#recordIntent(trx, { operation: kind, what, actor, runId, input, concerns });
    return runId;
  }

  /** Lets a run that was planned, or that waits, go on at once. Returns at once; never throws. */
  goOn(runId: RunId): void {
    void this.#parts.durable.goOn(runId);
  }

  /** What a click of that claim has started before; `undefined`: nothing yet. */
  async findStarted(claim: Claim): Promise<Extract<Started, { kind: 'already' }> | undefined> {
    const { db } = this.#parts.database;
    const taken = await findClaim(db, claim);
    return taken && { kind: 'already', ...taken, runId: await findRunByReference(db, claimKey(claim)) };
  }

  /** Goes on with a failed or interrupted run at the step where it stopped. A new verdict is needed. */
  async retry(runId: RunId, request: { actor: Actor; claim: Claim }): Promise<Started> {
    const run = await this.#parts.durable.find(runId);
    if (!run || run.state === 'done' || run.state === 'undone' || run.state === 'running') throw movedOn();
    const operation = this.#parts.operations.get(run.kind);
    const person = await this.#permit(operation, request.actor, run.input);
    const started = await this.#parts.database.transaction(async (trx): Promise<Started> => {
      const taken = await this.#claim(trx, request);
      if (taken !== true) return { kind: 'already', ...taken, runId };
      await refuseSecond(trx, operation, runId);
      await refuseClash(trx, this.#parts.operations, { kind: run.kind, input: run.input, own: runId });
      // The revision is the click's word: only the run as it stands now may be set going, and only once.
      const isReopened = await this.#parts.durable.reopen(trx, { runId, revision: request.claim.revision });
      if (!isReopened) throw movedOn();
      const actor = { ...request.actor, name: person.name };
      const concerns = operation.concerns(run.input);
      const what = operation.wanted(run.input);
      await this.#recordIntent(trx, {
        operation: `${run.kind}, again`,
        what,
        actor,
        runId,
        input: run.input,
        concerns,
      });
      return { kind: 'started', runId };
    });
    if (started.kind === 'started') this.#goOn(runId);
    return started;
  }

  /** Asks Entra, now, whether the actor holds the right. Throws the refusal, recorded. */
  permitted(right: Right, actor: Actor, wanted: string): Promise<Permitted> {
    return this.#verdicts.permitted(right, actor, wanted);
  }

  /** What the actor may do now, for what is offered. Records nothing. */
  rightsOf(actor: Actor): Promise<{ rights: readonly Right[]; isStranger: boolean }> {
    return this.#verdicts.rightsOf(actor);
  }

  /** Whether the actor may do something to that person. Throws the refusal, recorded. */
  async permittedFor(actor: Actor, targetId: string, wanted: string, deed?: string): Promise<void> {
    await this.abide(actor, wanted, judgeTarget(actor.personId, targetId, deed));
  }

  /** For a verdict whose facts were read already. Throws the refusal, recorded also for the people whom it concerns. */
  async abide(actor: Actor, wanted: string, verdict: Verdict, concerned?: readonly string[]): Promise<void> {
    if (!verdict.isAllowed) await this.#verdicts.refuse(actor, wanted, verdict, concerned);
  }

  async #permittedInput<I extends Json, O extends Json>(
    operation: Operation<I, O>,
    request: StartRequest,
  ): Promise<{ input: I; person: EntraPerson } | Extract<Started, { kind: 'already' }>> {
    const { actor } = request;
    if ('input' in request) {
      const input = parseInput(operation, request.input);
      return { input, person: await this.#permit(operation, actor, input) };
    }
    const { person } = await this.permitted(rightFor(operation), actor, request.wanted);
    // What the first click has done may leave nothing to prepare for a second one.
    const before = await this.findStarted(request.claim);
    if (before) return before;
    const input = parseInput(operation, await request.prepare());
    await this.#judge(operation, actor, input);
    return { input, person };
  }

  async #permit<I extends Json, O extends Json>(
    operation: Operation<I, O>,
    actor: Actor,
    input: I,
  ): Promise<EntraPerson> {
    const { person } = await this.permitted(rightFor(operation), actor, operation.wanted(input));
    await this.#judge(operation, actor, input);
    return person;
  }

  /**
   * The verdict at a safe point of a run that went on by itself after a restart. Throws the refusal, recorded; where Entra
   * cannot tell now, the run waits.
   */
  async #permitToGoOn<I extends Json, O extends Json>(
    operation: Operation<I, O>,
    actor: Actor,
    input: I,
  ): Promise<void> {
    try {
      if (operation.right === 'decision') await this.#judge(operation, actor, input);
      else await this.#permit(operation, actor, input);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (mayPass(error.facts)) throw new Problem({ ...error.facts, kind: 'waiting' }, { cause: error });
      if (error.facts.kind !== 'refused') throw error;
      throw new Problem({
        ...error.facts,
        what: `Latchkey was restarted meanwhile, and ${actor.name} may no longer ${operation.wanted(input)}.`,
        remedy: `What was done up to here is safe and kept. Somebody who may goes on with Retry. ${error.facts.remedy}`,
      });
    }
  }

  async #judge<I extends Json, O extends Json>(operation: Operation<I, O>, actor: Actor, input: I): Promise<void> {
    const verdict = await operation.judge?.(actor, input);
    if (verdict && !verdict.isAllowed) await this.#verdicts.refuse(actor, operation.wanted(input), verdict);
  }

  async #claim(trx: Transaction, request: { actor: Actor; claim: Claim }): Promise<ClaimTaken> {
    return takeClaim(trx, { ...request.claim, actor: request.actor, at: this.#parts.clock.now() });
  }

  async #recordIntent(
    trx: Transaction,
    intent: { operation: string; what: string; actor: Actor; runId: RunId; input: Json; concerns: readonly string[] },
  ): Promise<void> {
    const body = { ...intent, actor: auditedActor(intent.actor), concerns: [...intent.concerns] };
    await appendAudit(trx, { at: this.#parts.clock.now(), kind: 'intent', body });
  }

  #goOn(runId: RunId): void {
    void this.#parts.durable.execute(runId);
  }
}

/** What a person who starts it, or goes on with it, has to hold. */
function rightFor({ right }: { right: Right | 'decision' }): Right {
  return right === 'decision' ? 'manage-sso' : right;
}

/** What a click claimed, as the reference of the run that it started: a second click finds the run by it. */
function claimKey({ reference, verb, revision }: Claim): string {
  return `${reference} ${verb} ${String(revision)}`;
}

async function refuseSecond(
  trx: Transaction,
  { exclusiveAmong: kinds }: { exclusiveAmong?: readonly string[] },
  own?: RunId,
): Promise<void> {
  if (kinds === undefined) return;
  await holdKinds(trx, kinds);
  const other = await findUnderWay(trx, { kinds, ...(own === undefined ? {} : { except: own }) });
  if (!other) return;
  throw alreadyUnderWay(other.actor.name);
}

function parseInput<I extends Json, O extends Json>(operation: Operation<I, O>, raw: unknown): I {
  const parsed = operation.input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw unusable(first && `${first.path.join('.')}: ${first.message}`);
}

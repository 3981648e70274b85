import type { z } from 'zod';
import type { Step, WaitFor } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { ProblemFacts } from '../platform/problem.js';
import type { Json } from '../platform/json.js';
import type { RunActor, Transaction } from '../platform/schema.js';
import type { Right, Verdict } from './permissions.js';

/** Whoever asks, as their door proved it. */
export type Actor = RunActor;

/** A deed that changes something: who may, what it takes, and its steps. Every change goes through one of these. */
export interface Operation<Input extends Json, Outcome extends Json> {
  readonly kind: string;
  readonly version: number;
  /**
   * `decision`: it carries out what was decided and stored before, and `judge` reads that again. Nobody starts such a deed;
   * it is planned together with the decision, and whoever may manage SSO can go on with one that failed.
   */
  readonly right: Right | 'decision';
  readonly input: z.ZodType<Input>;
  /** Two of these kinds at once would write over each other: a second one is refused while one is under way. */
  readonly exclusiveAmong?: readonly string[];
  /**
   * For a deed that gives access to somebody, or takes it: whose, as keys of `access-clash`. One at a time changes each.
   * `takesOnlyOwn`: it takes only what Latchkey has given for a while and nobody else has given since, so that it overtakes
   * nobody, and others that take need not wait for it.
   */
  readonly access?: {
    readonly direction: 'gives' | 'takes';
    readonly takesOnlyOwn?: boolean;
    of(input: Input): readonly string[];
  };
  /** The deed in the words that follow "You cannot": "assign B.Simon to Genesys Cloud". */
  wanted(input: Input): string;
  /** Entra object ids of the people it is about, so that the audit can be asked for them. */
  concerns(input: Input): readonly string[];
  /** A rule beyond the right, such as: nobody gives access to themselves. What it needs to know, it reads at that moment. */
  judge?(actor: Actor, input: Input): Verdict | Promise<Verdict>;
  run(context: RunContext<Input>): Promise<Outcome>;
  /** Writes what belongs to its end, in the transaction of that end. A run that failed may be retried and end once more. */
  concluded?(trx: Transaction, end: Concluded<Input>): Promise<void>;
}

/** `problem`: why it failed; absent: it is done. */
export interface Concluded<Input> {
  readonly input: Input;
  readonly runId: RunId;
  readonly problem?: ProblemFacts;
}

export interface RunContext<Input> {
  readonly input: Input;
  readonly runId: RunId;
  readonly actor: Actor;
  readonly step: Step;
  readonly waitFor: WaitFor;
}

/** What a click claims: the same one counts once, however often it is delivered. */
export interface Claim {
  readonly reference: string;
  readonly verb: string;
  readonly revision: number;
}

import type { z } from 'zod';
import type { Step, WaitFor } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Json } from '../platform/json.js';
import type { RunActor } from '../platform/schema.js';
import type { Right, Verdict } from './permissions.js';

/** Whoever asks, as their door proved it. */
export type Actor = RunActor;

/** A deed that changes something: who may, what it takes, and its steps. Every change goes through one of these. */
export interface Operation<Input extends Json, Outcome extends Json> {
  readonly kind: string;
  readonly version: number;
  readonly right: Right;
  readonly input: z.ZodType<Input>;
  /** Two of these kinds at once would write over each other: a second one is refused while one is under way. */
  readonly exclusiveAmong?: readonly string[];
  /** For a deed that gives access to somebody, or takes it: whose, as keys of `access-clash`. One at a time changes each. */
  readonly access?: { readonly direction: 'gives' | 'takes'; of(input: Input): readonly string[] };
  /** The deed in the words that follow "You cannot": "assign B.Simon to Genesys Cloud". */
  wanted(input: Input): string;
  /** Entra object ids of the people it is about, so that the audit can be asked for them. */
  concerns(input: Input): readonly string[];
  /** A rule beyond the right, such as: nobody gives access to themselves. What it needs to know, it reads at that moment. */
  judge?(actor: Actor, input: Input): Verdict | Promise<Verdict>;
  run(context: RunContext<Input>): Promise<Outcome>;
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

import type { Step } from '../platform/durable.js';
import type { Json } from '../platform/json.js';
import { mayPass, Problem, type ProblemFacts } from '../platform/problem.js';

/** Why a part was not done, and what to do about it. */
export type PartProblem = {
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
  readonly requestId: string;
};

/**
 * What came of one part of an act that goes on whatever one part comes to. `refused`: for good, until somebody does
 * something about it · `later`: the system does not answer now, or does not show the change yet.
 */
export type Part<T extends Json> =
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'refused'; readonly problem: PartProblem }
  | { readonly state: 'later'; readonly problem: PartProblem };

/**
 * Does one part as a step of the run. A refusal is its result, kept in the journal; what passes leaves the step begun, so
 * that the next attempt of the run does it again. Any other error ends the run.
 */
export async function attemptPart<T extends Json>(step: Step, name: string, deed: () => Promise<T>): Promise<Part<T>> {
  try {
    return await step(name, async (): Promise<Part<T>> => {
      try {
        return { state: 'done', value: await deed() };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const { facts } = error;
        if (mayPass(facts)) throw new Problem({ ...facts, kind: 'waiting' }, { cause: error });
        if (facts.kind === 'internal') throw error;
        return { state: 'refused', problem: partProblem(facts) };
      }
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.facts.kind !== 'waiting') throw error;
    return { state: 'later', problem: partProblem(error.facts) };
  }
}

export function partProblem({ what, why = '', remedy, requestId = '' }: ProblemFacts): PartProblem {
  return { what, why, remedy, requestId };
}

import type { Entra, EntraPerson } from '../entra/entra.js';
import { appendAudit } from '../platform/audit.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Log } from '../platform/log.js';
import { Problem, type ProblemFacts } from '../platform/problem.js';
import type { Actor } from './operation.js';
import { auditedActor } from './outcome-recorder.js';
import { judge, judgeProof, refusalFacts, rightsOf, type Right, type Verdict } from './permissions.js';

export interface Permitted {
  readonly person: EntraPerson;
  /** Everything the same reading allows, for what is offered next. */
  readonly rights: readonly Right[];
}

/** Asks Entra for the standing of whoever acts, and records each refusal. */
export class Verdicts {
  readonly #parts: { database: Database; clock: Clock; entra: Pick<Entra, 'findStanding'>; log: Log };

  constructor(parts: { database: Database; clock: Clock; entra: Pick<Entra, 'findStanding'>; log: Log }) {
    this.#parts = parts;
  }

  async permitted(right: Right, actor: Actor, wanted: string): Promise<Permitted> {
    const proof = judgeProof(actor);
    if (!proof.isAllowed) return this.refuse(actor, wanted, proof);
    const standing = await this.#parts.entra.findStanding(actor.personId);
    const verdict = judge(right, standing);
    if (verdict.isAllowed && standing) return { person: standing.person, rights: rightsOf(standing) };
    return this.refuse(actor, wanted, verdict);
  }

  async rightsOf(actor: Actor): Promise<{ rights: readonly Right[]; isStranger: boolean }> {
    const standing = await this.#parts.entra.findStanding(actor.personId);
    const rights = judgeProof(actor).isAllowed ? rightsOf(standing) : [];
    return { rights, isStranger: !standing || standing.person.isGuest };
  }

  /**
   * Throws the refusal, recorded; where that could not be, it says so.
   * @param concerned ids of the people whom it would have been about.
   */
  async refuse(actor: Actor, wanted: string, verdict: Verdict, concerned: readonly string[] = []): Promise<never> {
    if (verdict.isAllowed) throw new Error('An allowed verdict is no refusal.');
    const facts = refusalFacts(verdict, wanted);
    throw new Problem(
      (await this.#recordRefusal(actor, facts, concerned))
        ? facts
        : { ...facts, why: `${facts.why ?? ''} This refusal could not be recorded.` },
    );
  }

  async #recordRefusal(actor: Actor, facts: ProblemFacts, concerned: readonly string[]): Promise<boolean> {
    try {
      const body = {
        actor: auditedActor(actor),
        what: facts.what,
        rule: facts.code ?? 'rule',
        concerns: [...new Set([actor.personId, ...concerned])],
      };
      await this.#parts.database.transaction((trx) =>
        appendAudit(trx, { at: this.#parts.clock.now(), kind: 'refusal', body }),
      );
      return true;
    } catch (error) {
      this.#parts.log.error({ error }, 'A refusal could not be written to the audit');
      return false;
    }
  }
}

import type { DirectoryLook } from '../access/reconcile-access.js';
import type { PolicyStanding } from '../access/policy-source.js';
import type { Actor } from '../operations/operation.js';
import type { OperationRegistry } from '../operations/operation-registry.js';
import type { Right } from '../operations/permissions.js';
import type { Pipeline } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Json } from '../platform/json.js';
import type { Health } from './health.js';
import {
  countCardsBehind,
  findLeaseTroubles,
  findOverdue,
  findRunTroubles,
  findUndelivered,
  stillTrue,
} from './health-rows.js';

export interface HealthParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly operations: OperationRegistry;
  readonly pipeline: Pick<Pipeline, 'permitted'>;
  readonly policyStanding: () => PolicyStanding;
  /** What Entra has said beside the leases, the last time. */
  readonly directoryLook: () => DirectoryLook;
  /** Until when the certificate is valid that the last set-up has left. */
  readonly findSetUpCertificate: () => Promise<Date | undefined>;
}

/** How Latchkey stands, for those who may look at the SSO configuration. Asks the database and nobody outside. */
export class HealthService {
  readonly #parts: HealthParts;
  readonly #startedAt: Date;
  #certificateSeen: Date | undefined;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
  }

  /** What a look at Entra has just shown. */
  sawSigningCertificate(until: Date): void {
    this.#certificateSeen = until;
  }

  /** @param rights what the reader may do now. `undefined`: it is not for them. */
  async find(rights: readonly Right[]): Promise<Health | undefined> {
    if (!rights.includes('look')) return undefined;
    const { database, clock, policyStanding, directoryLook } = this.#parts;
    const [{ db }, now] = [database, clock.now()];
    const [leases, runs, overdue, undelivered, cardsBehind] = await Promise.all([
      findLeaseTroubles(db, now),
      findRunTroubles(db, now, (kind, input) => this.#wanted(kind, input)),
      findOverdue(db, now),
      findUndelivered(db, now),
      countCardsBehind(db, now),
    ]);
    const until = this.#certificateSeen ?? (await this.#parts.findSetUpCertificate());
    const findings = await this.findings();
    return {
      ...{ policy: policyStanding(), directory: { ...directoryLook(), findings }, startedAt: this.#startedAt },
      ...{ leases, runs, overdue, undelivered, cardsBehind },
      ...(until ? { certificateUntil: until } : {}),
    };
  }

  /** What the last look at Entra has found beside the leases, and still holds. */
  findings(): Promise<DirectoryLook['findings']> {
    return stillTrue(this.#parts.database.db, this.#parts.directoryLook().findings);
  }

  /** Throws the refusal, recorded. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('look', actor, 'look at how Latchkey stands');
  }

  /** Another release may have begun it, in another shape. */
  #wanted(kind: string, input: Json): string | undefined {
    try {
      return this.#parts.operations.get(kind).wanted(input);
    } catch {
      return undefined;
    }
  }
}

import {
  appendAudit,
  exportAudit,
  verifyAudit,
  type AuditVerdict,
  type ExportedAuditEntry,
} from '../platform/audit.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Json } from '../platform/json.js';
import type { Log } from '../platform/log.js';

/** The audit for whoever runs Latchkey: at a terminal, without Entra. Each look becomes an entry of its own. */
export class OperatorAudit {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(parts: { database: Database; clock: Clock; log: Log }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** The look is recorded afterwards, with what was found, so that it hides nothing of it. */
  async verify(operator: string): Promise<{ verdict: AuditVerdict; isRecorded: boolean }> {
    const verdict = await verifyAudit(this.#database.db);
    const { ok, entries } = verdict;
    const found: Json = verdict.ok ? { ok, entries } : { ok, entries, seq: verdict.seq };
    return { verdict, isRecorded: await this.#record(operator, { what: 'audit verify', found }) };
  }

  /** Every entry, the oldest first, the look itself included: it is recorded before anything is given away. */
  async export(operator: string): Promise<{ entries: AsyncIterable<ExportedAuditEntry>; isRecorded: boolean }> {
    const isRecorded = await this.#record(operator, { what: 'audit export' });
    return { entries: exportAudit(this.#database.db), isRecorded };
  }

  /** `false`: it could not be written. Looking is answered all the same, and says so. */
  async #record(operator: string, look: Readonly<Record<string, Json>>): Promise<boolean> {
    const body = { actor: operatorActor(operator), ...look };
    try {
      const entry = { at: this.#clock.now(), kind: 'look', body };
      await this.#database.transaction((trx) => appendAudit(trx, entry));
      return true;
    } catch (error) {
      this.#log.error({ error }, 'A look at the audit could not be written to it');
      return false;
    }
  }
}

export const OPERATOR_PREFIX = 'operator:';

/** Who has the machine is known by the account there; what a name may not hold becomes `_`. */
function operatorActor(user: string): { personId: string; name: string; channel: string } {
  const name = user.replace(/[^\w.@-]/g, '_').slice(0, 64) || 'unknown';
  return { personId: `${OPERATOR_PREFIX}${name}`, name, channel: 'cli' };
}

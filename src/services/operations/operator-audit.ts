import {
  appendAudit,
  exportAudit,
  verifyAudit,
  type AuditVerdict,
  type ExportedAuditEntry,
} from '../platform/audit.js';
import type { AuditCheckpoints, CheckpointsFound } from '../platform/audit-checkpoints.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Json } from '../platform/json.js';
import type { Log } from '../platform/log.js';

/** What the chain, its head, the pages of people and the signed checkpoints say together. */
export type AuditJudgement = {
  readonly entries: number;
  /** How many signed checkpoints agree with the log. */
  readonly checkpoints: number;
  /** Sentences: what could not be proved, and why. */
  readonly notes: readonly string[];
} & (
  | { readonly ok: true }
  /** `seq` is the first entry that is wrong or missing; absent: what is wrong is the file of the checkpoints. */
  | { readonly ok: false; readonly seq?: number; readonly what: string }
);

/** Where nobody knows the key, as in a terminal without the settings of the bot. */
const NOT_CHECKED: CheckpointsFound = {
  agreeing: 0,
  notes: [
    'The signed checkpoints were not checked, as there is no key: set LATCHKEY_KEY as for the bot, or ask while it runs.',
  ],
};

/** The audit for whoever runs Latchkey: at a terminal, without Entra. Each look becomes an entry of its own. */
export class OperatorAudit {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #checkpoints: Pick<AuditCheckpoints, 'check'> | undefined;

  /** @param parts.checkpoints absent: there is no key to check them with, and `verify` says so. */
  constructor(parts: { database: Database; clock: Clock; log: Log; checkpoints?: Pick<AuditCheckpoints, 'check'> }) {
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#checkpoints = parts.checkpoints;
  }

  /** The look is recorded afterwards, with what was found, so that it hides nothing of it. */
  async verify(operator: string): Promise<{ verdict: AuditJudgement; isRecorded: boolean }> {
    const chain = await verifyAudit(this.#database.db);
    const verdict = judge(chain, (await this.#checkpoints?.check()) ?? NOT_CHECKED);
    const { ok, entries, checkpoints } = verdict;
    const seq = verdict.ok ? undefined : verdict.seq;
    const found: Json = { ok, entries, checkpoints, ...(seq === undefined ? {} : { seq }) };
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

/** What the chain itself shows comes first, as it names the entry more exactly. */
function judge(chain: AuditVerdict, { agreeing, fault, notes }: CheckpointsFound): AuditJudgement {
  const { entries } = chain;
  if (!chain.ok) return { ...chain, checkpoints: agreeing, notes };
  if (fault) return { ok: false, entries, ...fault, checkpoints: agreeing, notes };
  return { ok: true, entries, checkpoints: agreeing, notes };
}

export const OPERATOR_PREFIX = 'operator:';

/** Who has the machine is known by the account there; what a name may not hold becomes `_`. */
function operatorActor(user: string): { personId: string; name: string; channel: string } {
  const name = user.replace(/[^\w.@-]/g, '_').slice(0, 64) || 'unknown';
  return { personId: `${OPERATOR_PREFIX}${name}`, name, channel: 'cli' };
}

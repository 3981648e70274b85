import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import { MOST_IN_A_BATCH } from '../entra/graph-batch.js';
import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import type { Operation, RunContext } from '../operations/operation.js';
import { auditedActor } from '../operations/outcome-recorder.js';
import { judgeAsker } from '../operations/permissions.js';
import { chunks, mapAtOnce } from '../platform/at-once.js';
import { appendAudit } from '../platform/audit.js';
import { inBackground } from '../platform/background.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import { LedgerUnavailable } from '../platform/execution.js';
import { RunLost, type Claim } from '../platform/ledger.js';
import { readSignals, type Signals } from '../platform/ledger-waiting.js';
import type { RunActor, Transaction } from '../platform/schema.js';
import { refuseStranger, sortOut } from './bulk-fitness.js';
import { findUserOfRow, noteRolesOfRow, noteUserOfRow } from './bulk-genesys-users.js';
import { orWaiting } from './bulk-refusals.js';
import { assignRows, failedAlone, genesysWish, provisioned } from './bulk-row.js';
import { countRows, leaveOut, nextRows, writeRows, type BulkRow } from './bulk-store.js';
import { putBackLeftOut, unlessTaken, type TakingParts } from './bulk-taken.js';
import { ensureGenesysUser, type FoundUser, type Kept } from './ensure-genesys-user.js';
import { rolesLastSeen, rolesOffered, type HeldRole } from './role-snapshot.js';

export const BULK_KIND = 'bulk-assign';

export const bulkInput = z.object({
  bulkId: z.string(),
  /** Entra object id: whoever may go on, as the plan was compared with them. */
  askerId: z.string(),
  fileName: z.string(),
  /** SHA-256, for the audit. */
  fileHash: z.string(),
  count: z.number(),
  servicePrincipalId: z.string(),
  templateId: z.string(),
  appRoleIds: z.array(z.string()),
});
export type BulkInput = z.infer<typeof bulkInput>;

export type BulkOutcome = {
  readonly bulkId: string;
  readonly fileName: string;
  readonly added: number;
  /** At the plan, and when their turn came. */
  readonly already: number;
  readonly failed: number;
  readonly wrong: number;
  /** By a stop, or as their access was taken away since the plan. */
  readonly leftOut: number;
  /** Absent: an earlier release left nobody out without a stop. */
  readonly isStopped?: boolean;
};

export interface BulkParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly database: Database;
  readonly clock: Clock;
}

/** After so long a part ends, so that progress, pauses and a new verdict after a restart are never far. */
const PART_MS = 3_000;
/** Genesys's limit lets four people take six seconds; what stands between shorter parts would cost a tenth of the time. */
const PROVISIONING_PART_MS = 30_000;
const MOST_IN_A_PART = 400;
const MOST_PROVISIONED_IN_A_PART = 40;
/** Graph answers 409 to more than four writes for one application at a time. */
const AT_ONCE = 4;

type PartResult = {
  /** Which pause was asked for, from 1; 0: none. */
  readonly pause: number;
  readonly next: 'go on' | 'stop' | 'end';
};

/** Does what the rows of a planned bulk ask for, part by part; each row's result is kept with it. */
export function bulkAssign(parts: BulkParts): Operation<BulkInput, BulkOutcome> {
  return {
    kind: BULK_KIND,
    version: 1,
    right: 'manage-sso',
    input: bulkInput,
    exclusiveAmong: [BULK_KIND],
    wanted: ({ count, fileName }) => `give ${String(count)} people of “${fileName}” access to Genesys Cloud`,
    concerns: () => [],
    judge: (actor, { askerId }) => judgeAsker(actor.personId, askerId),
    run: (context) => runParts(parts, context),
  };
}

async function runParts(parts: BulkParts, context: RunContext<BulkInput>): Promise<BulkOutcome> {
  const { input, step, waitFor } = context;
  let end: PartResult['next'] = 'go on';
  for (let number = 1; end === 'go on'; number += 1) {
    const deed = (attempt: { isRepeated?: boolean; claim?: number }): Promise<PartResult> =>
      inBackground(() => new Part(parts, context, attempt).run()).catch((error: unknown) => {
        throw orWaiting(error);
      });
    const { next, pause } = await step(`Part ${String(number)}`, deed, { safePoint: true });
    end = next;
    if (end === 'go on' && pause > 0) {
      const remedy = 'What is done is kept. Press Go on to continue, or Stop to leave the rest out.';
      await waitFor(goOnSignal(pause), { what: 'It is paused.', remedy });
    }
  }
  return step('Count the results', async () => {
    const { by } = await countRows(parts.database.db, input.bulkId, parts.clock.now());
    const { done = 0, already = 0, there = 0, failed = 0, wrong = 0, 'left-out': leftOut = 0 } = by;
    const { bulkId, fileName } = input;
    const isStopped = end === 'stop';
    return { bulkId, fileName, added: done, already: already + there, failed, wrong, leftOut, isStopped };
  });
}

export const STOP_SIGNAL = 'stop';

export function pauseSignal(number: number): string {
  return `pause ${String(number)}`;
}

export function goOnSignal(number: number): string {
  return `go on ${String(number)}`;
}

/** How often the run was paused, and whether it is now. */
export function pausesIn({ byName }: Pick<Signals, 'byName'>): { count: number; isPaused: boolean } {
  let count = 0;
  while (byName.has(pauseSignal(count + 1))) count += 1;
  return { count, isPaused: count > 0 && !byName.has(goOnSignal(count)) };
}

/** A few seconds of the work, on whatever rows still wait. */
class Part {
  readonly #parts: BulkParts;
  readonly #input: BulkInput;
  readonly #actor: RunActor;
  readonly #claim: Claim;
  readonly #isRepeated: boolean;
  readonly #startedAt: number;

  constructor(
    parts: BulkParts,
    { input, runId, actor }: RunContext<BulkInput>,
    { isRepeated = false, claim = 0 }: { isRepeated?: boolean; claim?: number },
  ) {
    this.#parts = parts;
    this.#input = input;
    this.#actor = actor;
    this.#claim = { runId, fence: claim };
    this.#isRepeated = isRepeated;
    this.#startedAt = parts.clock.wall().getTime();
  }

  async run(): Promise<PartResult> {
    const { db } = this.#parts.database;
    const { bulkId } = this.#input;
    const signals = await readSignals(db, this.#claim.runId);
    if (signals.byName.has(STOP_SIGNAL)) return this.#stop();
    const { count, isPaused } = pausesIn(signals);
    if (isPaused) return { next: 'go on', pause: count };
    const toAssign = await nextRows(db, bulkId, 'to-assign', MOST_IN_A_PART);
    if (toAssign.length > 0) return this.#assign(toAssign);
    const toProvision = await nextRows(db, bulkId, 'to-provision', MOST_PROVISIONED_IN_A_PART);
    if (toProvision.length > 0) return this.#provision(toProvision);
    return { next: 'end', pause: 0 };
  }

  async #stop(): Promise<PartResult> {
    const { bulkId } = this.#input;
    await this.#write((trx) => leaveOut(trx, this.#claim, { bulkId, at: this.#parts.clock.now() }));
    return { next: 'stop', pause: 0 };
  }

  async #assign(rows: readonly BulkRow[]): Promise<PartResult> {
    const { servicePrincipalId, templateId, appRoleIds } = this.#input;
    const assign = await this.#parts.entra.openAssigning({ servicePrincipalId, templateId, appRoleIds });
    await mapAtOnce(chunks(rows, MOST_IN_A_BATCH), AT_ONCE, async (some) => {
      if (this.#hasTaken(PART_MS)) return;
      const fit = await this.#fit(some);
      if (fit.length === 0) return;
      await this.#keep(await unlessTaken(await assignRows(fit, assign, this.#isRepeated), this.#taking()));
    });
    return { next: 'go on', pause: 0 };
  }

  async #provision(rows: readonly BulkRow[]): Promise<PartResult> {
    await mapAtOnce(rows, AT_ONCE, async (row) => {
      if (this.#hasTaken(PROVISIONING_PART_MS) || (await this.#isToldToStand())) return;
      for (const fit of await this.#fit([row])) await this.#provisionRow(fit);
    });
    return { next: 'go on', pause: 0 };
  }

  /** Keeps the result of those for whom nothing may be done any more, and returns the others. */
  async #fit(rows: readonly BulkRow[]): Promise<readonly BulkRow[]> {
    const { database, entra } = this.#parts;
    const { fit, unfit } = await sortOut(rows, { db: database.db, entra, bulkId: this.#input.bulkId });
    if (this.#isRepeated) await putBackLeftOut(unfit, this.#taking());
    if (unfit.length > 0) await this.#keep(unfit);
    return fit;
  }

  #taking(): TakingParts {
    const { entra, genesys, database } = this.#parts;
    return { entra, genesys, db: database.db, bulk: this.#input };
  }

  async #provisionRow(row: BulkRow): Promise<void> {
    const { genesys, database, clock } = this.#parts;
    const wish = genesysWish(row);
    if (!wish) throw new Error('A row that asks for nothing in Genesys waits for Genesys.');
    const key = { bulkId: this.#input.bulkId, line: row.line };
    try {
      const restoresOf = (userId: string): Promise<HeldRole[]> => this.#restoresOf(row, userId);
      const beforeWaking = (user: GenesysUser): Promise<void> => refuseStranger(database, row, user);
      const ensured = await ensureGenesysUser(genesys, { ...wish, restoresOf, beforeWaking }, this.#kept(row));
      const noted = { roles: ensured.genesysRoles, at: clock.now() };
      const result = provisioned(row, ensured, row.deed?.genesys?.divisionName ?? '');
      await this.#keep(await unlessTaken([result], this.#taking()), (trx) => noteRolesOfRow(trx, key, noted));
    } catch (error) {
      await this.#keep([failedAlone(row, error)]);
    }
  }

  /** The user is kept with the row; a role that is given twice is given once. */
  #kept({ line, deed }: BulkRow): Kept {
    const key = { bulkId: this.#input.bulkId, line };
    const [personId, email] = [deed?.personId ?? '', deed?.genesys?.email ?? ''];
    const user = async (find: () => Promise<FoundUser>): Promise<FoundUser> => {
      const before = await findUserOfRow(this.#parts.database.db, key);
      if (before) return before;
      const found = await find();
      const noted = { ...key, ...found, personId, email, at: this.#parts.clock.now() };
      await this.#write((trx) => noteUserOfRow(trx, this.#claim, noted));
      return found;
    };
    return { user, step: (_name, deed) => deed() };
  }

  /** The noted roles that Genesys still has. */
  async #restoresOf({ deed }: BulkRow, userId: string): Promise<HeldRole[]> {
    const { genesys, database } = this.#parts;
    const noted = await rolesLastSeen(database, { userId, personId: deed?.personId ?? '' });
    if (!noted || noted.length === 0) return [];
    const [divisions, roles] = await Promise.all([genesys.listDivisions(), genesys.listRoles()]);
    return rolesOffered(noted, { divisions, roles });
  }

  /** Looked for before each person where a part takes long. */
  async #isToldToStand(): Promise<boolean> {
    const signals = await readSignals(this.#parts.database.db, this.#claim.runId);
    return signals.byName.has(STOP_SIGNAL) || pausesIn(signals).isPaused;
  }

  #hasTaken(ms: number): boolean {
    return this.#parts.clock.wall().getTime() - this.#startedAt >= ms;
  }

  /** The results and their audit line, together. */
  async #keep(rows: readonly BulkRow[], alongside?: (trx: Transaction) => Promise<void>): Promise<void> {
    const at = this.#parts.clock.now();
    const { bulkId, fileName } = this.#input;
    await this.#write(async (trx) => {
      await writeRows(trx, this.#claim, {
        bulkId,
        rows: rows.map(({ line, state, note, wasAssigned }) => ({ line, state, note, wasAssigned })),
        at,
      });
      await alongside?.(trx);
      const body = {
        ...{ operation: BULK_KIND, runId: this.#claim.runId, actor: auditedActor(this.#actor), state: 'done' },
        what: `give people of “${fileName}” access to Genesys Cloud`,
        concerns: rows.flatMap(({ deed }) => (deed ? [deed.personId] : [])),
        outcome: { rows: rows.map(({ line, note }) => ({ line, note })) },
      };
      await appendAudit(trx, { at, kind: 'outcome', body });
    });
  }

  async #write(work: (trx: Transaction) => Promise<void>): Promise<void> {
    try {
      await this.#parts.database.transaction(work);
    } catch (error) {
      if (error instanceof RunLost) throw error;
      throw new LedgerUnavailable('What came of some rows could not be written.', { cause: error });
    }
  }
}

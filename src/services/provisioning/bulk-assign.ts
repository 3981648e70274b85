import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { AssignMany, BulkAnswer } from '../entra/entra-bulk.js';
import { MOST_IN_A_BATCH } from '../entra/graph-batch.js';
import type { Genesys } from '../genesys/genesys.js';
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
import { Problem, problemFacts } from '../platform/problem.js';
import type { RunActor, Transaction } from '../platform/schema.js';

import { WAS_ASSIGNED } from './bulk-plan.js';
import { countRows, leaveOut, nextRows, writeRows, type BulkRow } from './bulk-store.js';

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
  readonly leftOut: number;
};

export interface BulkParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly database: Database;
  readonly clock: Clock;
}

/** After so long a part ends, so that progress, pauses and a new verdict after a restart are never far. */
const PART_MS = 3_000;
const MOST_IN_A_PART = 400;
const MOST_PROVISIONED_IN_A_PART = 20;
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
  for (let number = 1; ; number += 1) {
    const deed = (attempt: { isRepeated?: boolean; claim?: number }): Promise<PartResult> =>
      inBackground(() => new Part(parts, context, attempt).run());
    const { next, pause } = await step(`Part ${String(number)}`, deed, { safePoint: true });
    if (next !== 'go on') break;
    if (pause > 0) {
      const remedy = 'What is done is kept. Press Go on to continue, or Stop to leave the rest out.';
      await waitFor(goOnSignal(pause), { what: 'It is paused.', remedy });
    }
  }
  return step('Count the results', async () => {
    const { by } = await countRows(parts.database.db, input.bulkId, parts.clock.now());
    const { done = 0, already = 0, there = 0, failed = 0, wrong = 0, 'left-out': leftOut = 0 } = by;
    const { bulkId, fileName } = input;
    return { bulkId, fileName, added: done, already: already + there, failed, wrong, leftOut };
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
  readonly #endsAt: number;

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
    this.#endsAt = parts.clock.wall().getTime() + PART_MS;
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
      if (this.#isOver()) return;
      await this.#keep(await assignRows(some, assign, this.#isRepeated));
    });
    return { next: 'go on', pause: 0 };
  }

  async #provision(rows: readonly BulkRow[]): Promise<PartResult> {
    await mapAtOnce(rows, AT_ONCE, async (row) => {
      if (this.#isOver()) return;
      await this.#keep([await provisionRow(this.#parts.genesys, row)]);
    });
    return { next: 'go on', pause: 0 };
  }

  #isOver(): boolean {
    return this.#parts.clock.wall().getTime() >= this.#endsAt;
  }

  /** The results and their audit line, together. */
  async #keep(rows: readonly BulkRow[]): Promise<void> {
    const at = this.#parts.clock.now();
    const { bulkId, fileName } = this.#input;
    await this.#write(async (trx) => {
      await writeRows(trx, this.#claim, {
        bulkId,
        rows: rows.map(({ line, state, note }) => ({ line, state, note })),
        at,
      });
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

async function assignRows(rows: readonly BulkRow[], assign: AssignMany, isRepeated: boolean): Promise<BulkRow[]> {
  const wished = rows.flatMap((row) => (row.deed ? [{ row, deed: row.deed }] : []));
  const answers = await assign(
    wished.map(({ deed: { personId, appRoleId } }) => ({ personId, appRoleId })),
    { isRepeated },
  );
  return wished.map(({ row, deed }, at) => assigned(row, answers[at] ?? 'already', deed));
}

function assigned(row: BulkRow, answer: BulkAnswer, { appRoleName, genesys }: NonNullable<BulkRow['deed']>): BulkRow {
  if (typeof answer === 'object') {
    const { what, said = '' } = answer.refused;
    return { ...row, state: 'failed', note: `${what} ${said}`.trim() };
  }
  const note = answer === 'added' ? `Assigned in Entra as ${appRoleName}.` : WAS_ASSIGNED;
  if (genesys) return { ...row, state: 'to-provision', note };
  return { ...row, state: answer === 'added' ? 'done' : 'already', note };
}

const USER_WAS = {
  active: 'user was there',
  inactive: 'user activated',
  deleted: 'user restored',
  unknown: 'user created',
};

/** Throws what concerns everybody: Genesys is away, a permission is missing. */
async function provisionRow(genesys: Genesys, row: BulkRow): Promise<BulkRow> {
  const wish = row.deed?.genesys;
  if (!row.deed || !wish) return { ...row, state: 'failed', note: 'The row asks for nothing in Genesys.' };
  try {
    const { email, divisionId, divisionName } = wish;
    const { user, was } = await genesys.ensureActiveUser({ name: row.deed.personName, email, divisionId });
    const given: string[] = [];
    for (const role of wish.roles) {
      if (await genesys.ensureGrant(user.id, { roleId: role.id, divisionId })) given.push(role.name);
    }
    const isUnchanged = was === 'active' && given.length === 0;
    const roles = given.length === 0 ? 'roles were there' : `${given.join(', ')} given in ${divisionName}`;
    return {
      ...row,
      state: isUnchanged && row.note === WAS_ASSIGNED ? 'already' : 'done',
      note: `${row.note} Genesys: ${USER_WAS[was]}; ${roles}.`,
    };
  } catch (error) {
    if (!isOfOneRow(error)) throw error;
    const { what, said = '' } = problemFacts(error);
    return { ...row, state: 'failed', note: `${row.note} ${what} ${said}`.trim() };
  }
}

/** What the remote side has against this user alone. */
function isOfOneRow(error: unknown): boolean {
  return error instanceof Problem && ['conflict', 'invalid', 'not-found'].includes(error.facts.answer ?? '');
}

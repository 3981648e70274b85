import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { auditedActor } from '../operations/outcome-recorder.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { appendAudit } from '../platform/audit.js';
import { isFirstTime, type DeliveredDeed } from '../platform/claim-store.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Durable, RunRecord } from '../platform/durable.js';
import { newId, parseRunId, type RunId } from '../platform/ids.js';
import { findRunByReference, holdKinds } from '../platform/ledger.js';
import { readSignals } from '../platform/ledger-waiting.js';
import type { Transaction } from '../platform/schema.js';
import { applicationInUse } from './application-in-use.js';
import {
  BULK_KIND,
  bulkAssign,
  goOnSignal,
  pausesIn,
  pauseSignal,
  STOP_SIGNAL,
  type BulkInput,
} from './bulk-assign.js';
import { parseBulkFile, type BulkFile } from './bulk-csv.js';
import { contentOf, planBulk, rolesByPerson, wantsGenesys, type BulkTruth } from './bulk-plan.js';
import { nothingToSteer, planGone, sameFileStarted } from './bulk-refusals.js';
import {
  countRows,
  findBulk,
  hasOpenRowOf,
  hashOf,
  listStarted,
  markStarted,
  readRows,
  saveBulk,
  type Bulk,
  type BulkRow,
} from './bulk-store.js';
import { plainName } from './file-name.js';

/** A file as it came in. */
export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a file led to. */
export type BulkPlan =
  | { readonly kind: 'planned'; readonly bulk: Bulk; readonly wrongRows: readonly BulkRow[] }
  /** The very same file is under way, or was done with nothing left over. */
  | { readonly kind: 'known'; readonly bulk: Bulk; readonly run: RunRecord };

/** How far a run is. */
export interface BulkProgress {
  readonly done: number;
  readonly total: number;
  /** People finished in a minute, over the last half one; absent while there is nothing to measure. */
  readonly perMinute?: number;
  readonly failed: number;
  readonly phase: 'entra' | 'genesys';
  /** `pausing`: after the people who are under way. */
  readonly pace: 'working' | 'pausing' | 'paused';
}

export interface BulkServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly database: Database;
  readonly clock: Clock;
}

const PLAN_VALID_MS = 60 * 60_000;
const RATE_OVER_MS = 30_000;
const MOST_WRONG_SHOWN = 10;
const GIVE_ACCESS = 'give people access to Genesys Cloud';
const STEER = 'pause, go on with or stop giving access from a file';
const GO_ON = 'go on with a bulk that gives you access to Genesys Cloud';

/** Many people from one file: looked at whole first, then done row by row, with a result for each. */
export class BulkService {
  readonly #parts: BulkServiceParts;
  readonly #operation;

  constructor(parts: BulkServiceParts) {
    this.#parts = parts;
    this.#operation = bulkAssign(parts);
    parts.pipeline.register(this.#operation);
  }

  /** Whether the actor may send files at all. Throws the refusal, recorded. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, GIVE_ACCESS);
  }

  /** Compares the whole file with both systems; changes nothing. Throws for what is wrong with the file as a whole. */
  async plan(actor: Actor, { name, bytes }: SentFile): Promise<BulkPlan> {
    await this.permit(actor);
    const file = parseBulkFile(bytes);
    const { clock, database } = this.#parts;
    // Before anything is read: whose access is taken from then on is not in what was read.
    const [fileHash, madeAt] = [hashOf(bytes), clock.now()];
    const known = await this.#findKnown(fileHash);
    if (known) return known;
    const { truth, ...target } = await this.#read(actor, file);
    const rows = planBulk(file, truth);
    const id = newId();
    const expiresAt = new Date(madeAt.getTime() + PLAN_VALID_MS);
    const { personId, name: askerName, channel } = actor;
    const bulk = {
      id,
      fileHash,
      fileName: plainName(name),
      asker: { personId, name: askerName, channel },
      madeAt,
      expiresAt,
    };
    const content = contentOf(file, rows, { ...target, assigned: truth.assigned });
    await saveBulk(database.db, { bulk, rows, content });
    const wrongRows = rows.filter(({ state }) => state === 'wrong').slice(0, MOST_WRONG_SHOWN);
    return { kind: 'planned', bulk: { ...bulk, content }, wrongRows };
  }

  /** Starts what was planned. Of two who start the same file at once, one does. */
  start(actor: Actor, bulkId: string): Promise<Started> {
    return this.#parts.pipeline.start(this.#operation, {
      ...{ actor, claim: runClaim(bulkId), wanted: GIVE_ACCESS },
      prepare: () => this.#input(bulkId),
      alongside: (trx) => this.#take(trx, bulkId),
    });
  }

  /** Lets the run stop after the people who are under way, until told to go on. @param delivery steers once, by its id. */
  async pause(actor: Actor, runId: string, delivery?: string): Promise<void> {
    await this.#steer(actor, { runId, verb: 'pause', delivery }, (was) =>
      was.isPaused ? [] : [pauseSignal(was.count + 1)],
    );
  }

  /** Refuses whoever would get access by it. */
  async goOn(actor: Actor, runId: string, delivery?: string): Promise<void> {
    const { database, pipeline } = this.#parts;
    await this.#steer(actor, { runId, verb: 'go on with', delivery }, async ({ count, isPaused }, bulkId) => {
      const isForThemselves = await hasOpenRowOf(database.db, bulkId, actor.personId);
      if (isForThemselves) await pipeline.permittedFor(actor, actor.personId, GO_ON);
      return isPaused ? [goOnSignal(count)] : [];
    });
  }

  /** Ends the run early: the rows that still wait are left out. */
  async stop(actor: Actor, runId: string, delivery?: string): Promise<void> {
    await this.#steer(actor, { runId, verb: 'stop', delivery }, ({ count, isPaused }) => [
      STOP_SIGNAL,
      ...(isPaused ? [goOnSignal(count)] : []),
    ]);
  }

  async progress(run: RunRecord): Promise<BulkProgress> {
    const { database, clock } = this.#parts;
    const { bulkId, count: total } = run.input as BulkInput;
    const since = new Date(clock.now().getTime() - RATE_OVER_MS);
    const { by, lately } = await countRows(database.db, bulkId, since);
    const { 'to-assign': toAssign = 0, 'to-provision': toProvision = 0, failed = 0 } = by;
    const measured = Math.min(RATE_OVER_MS, clock.now().getTime() - run.startedAt.getTime());
    const { isPaused } = pausesIn(await readSignals(database.db, run.id));
    const pace = !isPaused ? 'working' : run.state === 'waiting' ? 'paused' : 'pausing';
    return {
      ...{ done: total - toAssign - toProvision, total, failed, pace },
      phase: toAssign > 0 ? 'entra' : 'genesys',
      ...(lately > 0 && measured > 0 ? { perMinute: Math.max(1, Math.round((lately * 60_000) / measured)) } : {}),
    };
  }

  /** The bulk with all its rows, for a report. */
  async report(bulkId: string): Promise<{ bulk: Bulk; rows: readonly BulkRow[] }> {
    const { db } = this.#parts.database;
    const bulk = await findBulk(db, bulkId);
    if (!bulk) throw planGone();
    return { bulk, rows: await readRows(db, bulkId) };
  }

  async #findKnown(fileHash: string): Promise<Extract<BulkPlan, { kind: 'known' }> | undefined> {
    const { db } = this.#parts.database;
    const [newest] = await listStarted(db, fileHash);
    const bulk = newest === undefined ? undefined : await findBulk(db, newest);
    const run = bulk && (await this.#runOf(bulk.id));
    if (!bulk || !run) return undefined;
    if (isUnderWay(run)) return { kind: 'known', bulk, run };
    const { by } = await countRows(db, bulk.id, this.#parts.clock.now());
    const { wrong = 0, failed = 0, 'left-out': leftOut = 0 } = by;
    return run.state === 'done' && wrong + failed + leftOut === 0 ? { kind: 'known', bulk, run } : undefined;
  }

  async #runOf(bulkId: string): Promise<RunRecord | undefined> {
    const runId = await findRunByReference(this.#parts.database.db, referenceOf(bulkId));
    return runId && this.#parts.durable.find(runId);
  }

  /** With as few calls as there are: people fifteen to a filter, twenty filters to a call; assignments by the page. */
  async #read(
    actor: Actor,
    file: BulkFile,
  ): Promise<{ truth: BulkTruth; servicePrincipalId: string; templateId: string }> {
    const { entra, genesys } = this.#parts;
    const { ids, templateId } = await applicationInUse(this.#parts);
    const isGenesysWanted = file.wishes.some(wantsGenesys);
    const [people, appRoles, assignments, claims, divisions, genesysRoles] = await Promise.all([
      entra.findPeopleByNames(file.wishes.map(({ upn }) => upn)),
      entra.getAppRoles(ids),
      entra.listAssignments(ids.servicePrincipalId),
      isGenesysWanted ? entra.findClaims(ids) : undefined,
      isGenesysWanted ? genesys.listDivisions() : [],
      isGenesysWanted ? genesys.listRoles() : [],
    ]);
    const truth = {
      ...{ askerId: actor.personId, people, appRoles, claims, divisions, genesysRoles },
      assigned: rolesByPerson(assignments),
    };
    return { truth, servicePrincipalId: ids.servicePrincipalId, templateId };
  }

  async #input(bulkId: string): Promise<BulkInput> {
    const bulk = await this.#usable(bulkId);
    const { servicePrincipalId, templateId, appRoleIds, toAdd } = bulk.content;
    return {
      ...{ bulkId, askerId: bulk.asker.personId, fileName: bulk.fileName, fileHash: bulk.fileHash, count: toAdd },
      ...{ servicePrincipalId, templateId, appRoleIds: [...appRoleIds] },
    };
  }

  async #usable(bulkId: string): Promise<Bulk> {
    const bulk = await findBulk(this.#parts.database.db, bulkId);
    if (!bulk || bulk.startedAt !== undefined || bulk.expiresAt <= this.#parts.clock.now()) throw planGone();
    return bulk;
  }

  async #take(trx: Transaction, bulkId: string): Promise<void> {
    await holdKinds(trx, [BULK_KIND]);
    const bulk = await findBulk(trx, bulkId);
    if (!bulk || bulk.startedAt !== undefined) throw planGone();
    for (const other of await listStarted(trx, bulk.fileHash)) {
      const started = await findBulk(trx, other);
      // What was started after this plan was made is not in it.
      if (started?.startedAt && started.startedAt >= bulk.madeAt) throw sameFileStarted(started.asker.name);
    }
    await markStarted(trx, bulkId, this.#parts.clock.now());
  }

  async #steer(
    actor: Actor,
    { runId, verb, delivery }: { runId: string; verb: string; delivery: string | undefined },
    signalsFor: (pauses: ReturnType<typeof pausesIn>, bulkId: string) => readonly string[] | Promise<readonly string[]>,
  ): Promise<void> {
    const { person } = await this.#parts.pipeline.permitted('manage-sso', actor, STEER);
    const id = parseRunId(runId);
    const run = await this.#parts.durable.find(id);
    if (run?.kind !== BULK_KIND || !isUnderWay(run)) throw nothingToSteer();
    const input = run.input as BulkInput;
    const names = await signalsFor(pausesIn(await readSignals(this.#parts.database.db, id)), input.bulkId);
    if (names.length === 0) throw nothingToSteer();
    await this.#signal(id, {
      ...{ names, deed: { reference: id, verb, delivery } },
      actor: { ...actor, name: person.name },
      what: `${verb} ${this.#operation.wanted(input)}`,
    });
    void this.#parts.durable.goOn(id);
  }

  async #signal(
    runId: RunId,
    { names, deed, actor, what }: { names: readonly string[]; deed: DeliveredDeed; actor: Actor; what: string },
  ): Promise<void> {
    const { database, durable, clock } = this.#parts;
    await database.transaction(async (trx) => {
      const at = clock.now();
      if (!(await isFirstTime(trx, deed, { actor, at }))) throw nothingToSteer();
      for (const name of names) {
        const { isFirst } = await durable.signal(trx, runId, { name, value: null, actor });
        if (!isFirst) throw nothingToSteer();
      }
      const body = { operation: BULK_KIND, what, actor: auditedActor(actor), runId, concerns: [] };
      await appendAudit(trx, { at, kind: 'intent', body });
    });
  }
}

/** The click on *Run* claims it; the run is found by it. */
function runClaim(bulkId: string): Claim {
  return { reference: `bulk:${bulkId}`, verb: 'run-bulk', revision: 0 };
}

function referenceOf(bulkId: string): string {
  const { reference, verb, revision } = runClaim(bulkId);
  return `${reference} ${verb} ${String(revision)}`;
}

function isUnderWay({ state }: RunRecord): boolean {
  return state === 'running' || state === 'waiting';
}

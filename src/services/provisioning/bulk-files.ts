import type { Actor } from '../operations/operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Log } from '../platform/log.js';
import { Problem } from '../platform/problem.js';
import type { BulkRowState } from '../platform/schema-bulk.js';
import type { Sweep } from '../platform/tick.js';
import type { AccessListService } from './access-list-service.js';
import { parseBulkFile } from './bulk-csv.js';
import { linkGone } from './bulk-refusals.js';
import type { BulkService, SentFile } from './bulk-service.js';
import { createLink, findLink, takeLink, type FileLink } from './bulk-store.js';
import { csvText } from './csv-text.js';

export interface BulkFilesParts {
  readonly bulk: Pick<BulkService, 'permit' | 'report'>;
  readonly accessList: Pick<AccessListService, 'permit' | 'export'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Where people find the page of that token. */
  readonly fileUrl: (token: string) => string;
}

/** What stands behind a link, for its page. */
export type FilePurpose = FileLink['purpose'];

const UPLOAD_MINUTES = 60;
const REPORT_HOURS = 24;
const ACCESS_MINUTES = 60;
/** For whoever asks what came of a file, or sends it again. */
const STARTED_KEPT_DAYS = 30;
const HOUR_MS = 3_600_000;

const RESULTS: Readonly<Record<BulkRowState, string>> = {
  wrong: 'wrong',
  there: 'already there',
  'to-assign': 'not done yet',
  'to-provision': 'not done yet',
  done: 'added',
  already: 'already there',
  failed: 'failed',
  'left-out': 'left out',
};

/**
 * The page by which files come in and reports go out. A link is made for one person and stands in their personal chat
 * alone; who has it is who may use it, until people can sign in to Latchkey's own pages (docs/decisions/0019-bulk.md).
 */
export class BulkFiles {
  readonly #parts: BulkFilesParts;
  #onUpload: (actor: Actor, file: SentFile) => Promise<void> = () => Promise.resolve();

  constructor(parts: BulkFilesParts) {
    this.#parts = parts;
  }

  /** Calls with each file that was taken: whoever shows its plan. */
  onUpload(listener: (actor: Actor, file: SentFile) => Promise<void>): void {
    this.#onUpload = listener;
  }

  /** A link that takes one file within the hour. Throws the refusal, recorded. */
  async openUpload(actor: Actor): Promise<{ url: string; until: Date }> {
    await this.#parts.bulk.permit(actor);
    return this.#open({ purpose: 'upload', holder: holderOf(actor) }, UPLOAD_MINUTES * 60_000);
  }

  /** A link that gives the report for a day, as often as it is asked. Throws the refusal, recorded. */
  async openReport(actor: Actor, bulkId: string): Promise<{ url: string; until: Date }> {
    await this.#parts.bulk.permit(actor);
    return this.#open({ purpose: 'report', bulkId, holder: holderOf(actor) }, REPORT_HOURS * HOUR_MS);
  }

  /** A link that gives the list of who has access within the hour. Throws the refusal, recorded. */
  async openAccessList(actor: Actor): Promise<{ url: string; until: Date }> {
    await this.#parts.accessList.permit(actor);
    return this.#open({ purpose: 'access', holder: holderOf(actor) }, ACCESS_MINUTES * 60_000);
  }

  /** What a link is for; `undefined`: it is used, too old, or never was. Changes nothing: link previews ask this too. */
  async look(token: string): Promise<FilePurpose | undefined> {
    return (await this.#find(token))?.purpose;
  }

  /**
   * Takes the file, once, and returns how many people it names; its plan follows in the chat. A file that cannot be read is
   * a `Problem`, and leaves the link as it is for another try.
   */
  async upload(token: string, file: SentFile): Promise<number> {
    const link = await this.#find(token);
    if (link?.purpose !== 'upload') throw linkGone();
    const { wishes, wrong } = parseBulkFile(file.bytes);
    if (!(await takeLink(this.#parts.database.db, token))) throw linkGone();
    const failed = (error: unknown): void => this.#parts.log.error({ error }, 'The plan of a file could not be shown');
    void this.#onUpload(link.holder, file).catch(failed);
    return wishes.length + wrong.length;
  }

  /**
   * The result of each row, or who has access, as CSV, for a holder who may see it at that moment; `undefined`: the link
   * gives nothing.
   */
  async report(token: string): Promise<{ name: string; csv: string } | undefined> {
    const link = await this.#find(token);
    if (link?.purpose === 'access') return this.#parts.accessList.export(link.holder);
    if (link?.purpose !== 'report' || link.bulkId === undefined || !(await this.#maySee(link.holder))) return undefined;
    const { bulk, rows } = await this.#parts.bulk.report(link.bulkId);
    const lines = rows.map(({ line, upn, state, note }) => [String(line), upn, RESULTS[state], note]);
    return { name: reportName(bulk.fileName), csv: csvText([['line', 'upn', 'result', 'note'], ...lines]) };
  }

  async #maySee(holder: Actor): Promise<boolean> {
    try {
      await this.#parts.bulk.permit(holder);
      return true;
    } catch (error) {
      if (error instanceof Problem && error.facts.kind === 'refused') return false;
      throw error;
    }
  }

  /** What nobody can use any more. */
  get sweep(): Sweep {
    const { db } = this.#parts.database;
    return {
      name: 'old files of many people',
      everySeconds: 60,
      sweep: async (now) => {
        await db.deleteFrom('file_link').where('expires_at', '<=', now).execute();
        const before = (hours: number): Date => new Date(now.getTime() - hours * HOUR_MS);
        // A report of what was only planned can be asked for until its link is over.
        await db
          .deleteFrom('bulk')
          .where('state', '<>', 'started')
          .where('made_at', '<=', before(2 * REPORT_HOURS))
          .execute();
        await db
          .deleteFrom('bulk')
          .where('started_at', '<=', before(STARTED_KEPT_DAYS * 24))
          .execute();
      },
    };
  }

  async #open(link: FileLink, validMs: number): Promise<{ url: string; until: Date }> {
    const { database, clock, fileUrl } = this.#parts;
    const until = new Date(clock.now().getTime() + validMs);
    return { url: fileUrl(await createLink(database.db, { ...link, expiresAt: until })), until };
  }

  #find(token: string): Promise<FileLink | undefined> {
    return findLink(this.#parts.database.db, token, this.#parts.clock.now());
  }
}

function holderOf({ personId, name, channel }: Actor): Actor {
  return { personId, name, channel };
}

/** For a header and a file system: plain letters only. */
function reportName(fileName: string): string {
  const plain = fileName
    .replace(/\.csv$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 60);
  return `${plain === '' ? 'bulk' : plain}-report.csv`;
}

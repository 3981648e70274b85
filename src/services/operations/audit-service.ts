import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import { lookForPerson, type PersonFound } from '../people/person.js';
import { listAudit, type StoredAuditEntry } from '../platform/audit.js';
import type { Database } from '../platform/database.js';
import type { Actor } from './operation.js';
import { OPERATOR_PREFIX } from './operator-audit.js';
import type { Pipeline } from './run-operation.js';

/** What one entry says, in pieces for the words. Names are those that were written down at the time. */
export interface AuditLine {
  readonly seq: number;
  readonly at: Date;
  /** `intent`, `outcome`, `refusal`, `look`, or what a later release writes. */
  readonly kind: string;
  /** Who did it or asked for it, and through which door. */
  readonly who?: string;
  readonly channel?: string;
  /** The deed, in the words that follow "to": "assign B.Simon to Genesys Cloud". */
  readonly deed: string;
  readonly isRetry: boolean;
  /** What an outcome came to: `done`, `failed`. */
  readonly state?: string;
  /** Why it failed: a sentence. */
  readonly problem?: string;
  readonly requestId?: string;
  /** Which rule refused it. */
  readonly rule?: string;
  /** Who has signed in for it, where that was somebody else: a name, or the object id of somebody who has left Entra. */
  readonly signedInAs?: string;
  /** By which sign-in the approval was proven; in wall time, as Entra says it. */
  readonly provenBy?: { readonly signedInAt: Date; readonly authenticationContext?: string | undefined };
}

export interface AuditPage {
  readonly person: AuditedPerson;
  /** Newest first. */
  readonly lines: readonly AuditLine[];
  /** Whether there is more in that direction. */
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

export interface AuditedPerson {
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName?: string;
}

/** Beside which entry to go on, and in which direction; absent: the newest. */
export type AuditCursor = { readonly older: number } | { readonly newer: number };

export interface AuditServiceParts {
  readonly database: Database;
  readonly entra: Pick<Entra, 'findPeople' | 'findPerson'>;
  readonly pipeline: Pick<Pipeline, 'permitted'>;
}

const PAGE = 10;
const OBJECT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const OPERATOR = new RegExp(`^${OPERATOR_PREFIX}[\\w.@-]{1,64}$`);

/** What is recorded about a person, for those who may look. */
export class AuditService {
  readonly #parts: AuditServiceParts;

  constructor(parts: AuditServiceParts) {
    this.#parts = parts;
  }

  /** Whether the actor may look. Throws the refusal, recorded. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('look', actor, 'look at the audit');
  }

  /**
   * Whom the words mean; `me` is the actor. Somebody who has left Entra is still found by object id, and whoever was at
   * the machine by `operator:<user>`.
   */
  async lookFor(actor: Actor, words: string): Promise<AuditPersonFound> {
    if (/^(me|myself)$/i.test(words)) return { kind: 'one', personId: actor.personId };
    if (OBJECT_ID.test(words)) return { kind: 'one', personId: words.toLowerCase() };
    if (OPERATOR.test(words)) return { kind: 'one', personId: words };
    const found = await lookForPerson(this.#parts.entra, words);
    return found.kind === 'one' ? { kind: 'one', personId: found.person.id } : found;
  }

  /** A page of ten. @param personId anything: what is no id has no entries. */
  async page(personId: string, cursor?: AuditCursor): Promise<AuditPage> {
    const [person, { entries, hasNewer, hasOlder }] = await Promise.all([
      this.#person(personId),
      this.#entries(personId, cursor),
    ]);
    const lines = await Promise.all(entries.map((entry) => this.#withName(toLine(entry))));
    return { person, lines, hasNewer, hasOlder };
  }

  async #withName({ signedInAs: id, ...line }: AuditLine): Promise<AuditLine> {
    return id === undefined ? line : { ...line, signedInAs: (await this.#person(id)).name };
  }

  async #entries(
    person: string,
    cursor: AuditCursor | undefined,
  ): Promise<{ entries: readonly StoredAuditEntry[]; hasNewer: boolean; hasOlder: boolean }> {
    const { db } = this.#parts.database;
    const limit = PAGE + 1; // one more says whether there is another page
    if (cursor && 'newer' in cursor) {
      const newer = await listAudit(db, { person, limit, after: cursor.newer });
      // Less than a page away from the newest: that page, filled up.
      if (newer.length <= PAGE) return this.#entries(person, undefined);
      return { entries: newer.slice(-PAGE), hasNewer: true, hasOlder: true };
    }
    const older = await listAudit(db, { person, limit, ...(cursor ? { before: cursor.older } : {}) });
    return { entries: older.slice(0, PAGE), hasNewer: cursor !== undefined, hasOlder: older.length > PAGE };
  }

  async #person(id: string): Promise<AuditedPerson> {
    const person = OBJECT_ID.test(id) ? await this.#parts.entra.findPerson(id) : undefined;
    return person ? { id, name: person.name, userPrincipalName: person.userPrincipalName } : { id, name: id };
  }
}

export type AuditPersonFound =
  { readonly kind: 'one'; readonly personId: string } | Exclude<PersonFound, { kind: 'one' }>;

/** As much of an entry as the pipeline writes; every part may be missing from an entry of another release. */
const entryBody = z.object({
  actor: z
    .object({ personId: z.string().optional().catch(undefined), name: z.string(), channel: z.string() })
    .optional()
    .catch(undefined),
  operation: z.string().optional().catch(undefined),
  what: z.string().optional().catch(undefined),
  state: z.string().optional().catch(undefined),
  problem: z.object({ what: z.string(), requestId: z.string() }).optional().catch(undefined),
  rule: z.string().optional().catch(undefined),
  signedInAs: z.string().optional().catch(undefined),
  provenBy: z
    .object({ signedInAt: z.coerce.date(), authenticationContext: z.string().optional() })
    .optional()
    .catch(undefined),
});

const RETRY = /, again$/;

function toLine({ seq, at, kind, body }: StoredAuditEntry): AuditLine {
  const { actor, operation = '', what, state, problem, rule, signedInAs, provenBy } = entryBody.catch({}).parse(body);
  const requestId = problem?.requestId;
  return {
    ...{ seq, at, kind, isRetry: RETRY.test(operation) },
    deed: deedIn(what) ?? operation.replace(RETRY, '').replaceAll('-', ' '),
    ...(actor ? { who: actor.name, channel: actor.channel } : {}),
    ...(state === undefined ? {} : { state }),
    ...(problem ? { problem: problem.what } : {}),
    ...(requestId ? { requestId } : {}),
    ...(rule === undefined ? {} : { rule }),
    ...(signedInAs === undefined || signedInAs === actor?.personId ? {} : { signedInAs }),
    ...(provenBy ? { provenBy } : {}),
  };
}

/** A refusal says "You cannot …." to the person; the deed is what stands between. */
function deedIn(what: string | undefined): string | undefined {
  return what?.replace(/^You cannot (.*)\.$/s, '$1');
}

import type { Assignment } from '../entra/entra-access.js';
import type { GroupMember } from '../entra/entra-groups.js';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import { mapAtOnce } from '../platform/at-once.js';
import type { Clock } from '../platform/clock.js';
import { Problem } from '../platform/problem.js';
import { accessCsv } from './access-csv.js';
import { accessList, withPeople, type AccessList, type AccessRow, type AssignedGroup } from './access-list.js';
import { applicationInUse } from './application-in-use.js';

/** Twenty people, and what is said about all of them. */
export interface AccessPage {
  readonly rows: readonly AccessRow[];
  /** Of all pages. */
  readonly people: number;
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly groups: readonly AssignedGroup[];
  readonly applications: number;
  /** Otherwise everybody in the tenant may sign in, listed or not. */
  readonly isAssignmentRequired: boolean;
}

export interface AccessListServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pick<Pipeline, 'permitted'>;
  readonly clock: Pick<Clock, 'wall'>;
}

interface ListRead {
  readonly list: AccessList;
  readonly isAssignmentRequired: boolean;
}

const PAGE = 20;
const GROUPS_AT_ONCE = 4;
const KEPT_MS = 60_000;
/** The list of a large tenant takes some megabytes. */
const MOST_KEPT = 10;

/**
 * Who has access, for those who may look. A list takes a call for 999 assignments and one for 999 members of an assigned
 * group; whoever turns its pages is shown the same list for a minute. Each page takes two for the twenty people on it.
 */
export class AccessListService {
  readonly #parts: AccessListServiceParts;
  /** By asker, the oldest first. */
  readonly #kept = new Map<string, { readonly read: ListRead; readonly until: number }>();

  constructor(parts: AccessListServiceParts) {
    this.#parts = parts;
  }

  /** Whether the actor may look. Throws the refusal, recorded. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('look', actor, 'see who has access');
  }

  /** The first page of a list that is read anew. */
  async begin(actor: Actor): Promise<AccessPage> {
    this.#kept.delete(actor.personId);
    return this.page(actor, 0);
  }

  /** @param wanted from 0; beyond the last page, the last one. */
  async page(actor: Actor, wanted: number): Promise<AccessPage> {
    const { list, isAssignmentRequired } = await this.#keptFor(actor);
    const { rows, groups, applications } = list;
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    const page = Math.min(Math.max(wanted, 0), pages - 1);
    const shown = await this.#described(rows.slice(page * PAGE, (page + 1) * PAGE));
    return { rows: shown, people: rows.length, page, pages, groups, applications, isAssignmentRequired };
  }

  /** Everybody, as a CSV file, for whoever may look at that moment; `undefined` for somebody who no longer may. */
  async export(actor: Actor): Promise<{ name: string; csv: string } | undefined> {
    try {
      await this.permit(actor);
    } catch (error) {
      if (error instanceof Problem && error.facts.kind === 'refused') return undefined;
      throw error;
    }
    return { name: 'who-has-access.csv', csv: accessCsv(await this.#described((await this.#read()).list.rows)) };
  }

  async #keptFor({ personId }: Actor): Promise<ListRead> {
    const now = this.#parts.clock.wall().getTime();
    for (const [asker, { until }] of this.#kept) if (until <= now) this.#kept.delete(asker);
    const before = this.#kept.get(personId);
    if (before) return before.read;
    const read = await this.#read();
    this.#kept.delete(personId);
    this.#kept.set(personId, { read, until: this.#parts.clock.wall().getTime() + KEPT_MS });
    for (const asker of [...this.#kept.keys()].slice(0, -MOST_KEPT)) this.#kept.delete(asker);
    return read;
  }

  async #read(): Promise<ListRead> {
    const { entra } = this.#parts;
    const { ids } = await applicationInUse(this.#parts);
    const [assignments, { appRoles, isAssignmentRequired }] = await Promise.all([
      entra.listAssignments(ids.servicePrincipalId),
      entra.getSettings(ids),
    ]);
    const members = await this.#membersOf(assignments);
    return { list: accessList(assignments, members, appRoles), isAssignmentRequired };
  }

  async #membersOf(assignments: readonly Assignment[]): Promise<ReadonlyMap<string, readonly GroupMember[]>> {
    const groups = assignments.filter(({ kind }) => kind === 'group').map(({ principalId }) => principalId);
    const read = await mapAtOnce([...new Set(groups)], GROUPS_AT_ONCE, async (id) => {
      return [id, await this.#parts.entra.listMembers(id)] as const;
    });
    return new Map(read);
  }

  /** Who is in a group was read with it; the others are read now. */
  async #described(rows: readonly AccessRow[]): Promise<AccessRow[]> {
    const ids = rows.filter((row) => row.userPrincipalName === undefined).map(({ personId }) => personId);
    return withPeople(rows, await this.#parts.entra.findPeopleByIds(ids));
  }
}

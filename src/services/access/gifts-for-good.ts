import { sql } from 'kysely';
import { z } from 'zod';
import type { Executor } from '../platform/schema.js';
import type { GivenItem } from './gift-items.js';
import { keyOfItem, type AccessItem } from './gift.js';

/** What administrators have given by hand through Latchkey: it has no end, so no end of a lease takes it. */

const given = z.object({ id: z.string() });
const assigned = z.object({ servicePrincipalId: z.string(), appRoleId: z.string() });
const changed = z.object({ application: z.object({ servicePrincipalId: z.string() }), to: given });
const provisioned = z.object({
  divisionId: z.string(),
  roles: z.array(z.object({ roleId: z.string() })).optional(),
  /** The first release gave one role. */
  roleId: z.string().optional(),
});
const bulkRow = z.object({
  appRoleId: z.string(),
  genesys: z.object({ divisionId: z.string(), roles: z.array(given) }).nullable(),
});

/** What such a run gave or is about to give, by its kind. */
const GIFT_OF: Readonly<Record<string, (input: unknown) => AccessItem[]>> = {
  'assign-person': (input) => {
    const { servicePrincipalId, appRoleId } = assigned.parse(input);
    return [{ kind: 'app-role', servicePrincipalId, appRoleId }];
  },
  'change-role': (input) => {
    const { application, to } = changed.parse(input);
    return [{ kind: 'app-role', servicePrincipalId: application.servicePrincipalId, appRoleId: to.id }];
  },
  'provision-person': (input) => {
    const { divisionId, roles = [], roleId } = provisioned.parse(input);
    const ids = [...roles.map((role) => role.roleId), ...(roleId === undefined ? [] : [roleId])];
    return rolesAndUser(divisionId, ids);
  },
};

function rolesAndUser(divisionId: string, roleIds: readonly string[]): AccessItem[] {
  return [
    ...roleIds.map((roleId): AccessItem => ({ kind: 'genesys-role', roleId, divisionId })),
    { kind: 'genesys-user' },
  ];
}

/**
 * Keys of those of the items that an administrator has given for good since Latchkey gave them for a while: done, or under
 * way. A run that was begun before and gone on with since counts.
 */
export async function givenForGood(
  db: Executor,
  personId: string,
  items: readonly GivenItem[],
): Promise<ReadonlySet<string>> {
  if (items.length === 0) return new Set();
  const since = new Date(Math.min(...items.map(({ givenAt }) => givenAt.getTime())));
  const gifts = [...(await byRuns(db, personId, since)), ...(await byBulks(db, personId, since))];
  const isSince = ({ key, givenAt }: GivenItem): boolean =>
    gifts.some((gift) => gift.at >= givenAt && gift.items.some((item) => keyOfItem(item) === key));
  return new Set(items.filter(isSince).map(({ key }) => key));
}

interface Gift {
  readonly at: Date;
  readonly items: readonly AccessItem[];
}

async function byRuns(db: Executor, personId: string, since: Date): Promise<Gift[]> {
  const rows = await db
    .selectFrom('run')
    .select(['kind', 'input', 'changed_at'])
    .where('kind', 'in', Object.keys(GIFT_OF))
    .where('changed_at', '>=', since)
    .where('state', 'in', ['done', 'running', 'waiting'])
    .where(sql<string>`coalesce(input ->> 'personId', input -> 'principal' ->> 'id')`, '=', personId)
    .execute();
  return rows.map(({ kind, input, changed_at: at }) => ({ at, items: GIFT_OF[kind]?.(input) ?? [] }));
}

/** `there`: it was so when the file was planned, and whoever started it wanted it to be so. */
async function byBulks(db: Executor, personId: string, since: Date): Promise<Gift[]> {
  const rows = await db
    .selectFrom('bulk_row')
    .innerJoin('bulk', 'bulk.id', 'bulk_row.bulk_id')
    .select(['bulk_row.wish', 'bulk_row.changed_at', 'bulk.content'])
    .where(sql<string>`bulk_row.wish ->> 'personId'`, '=', personId)
    .where('bulk_row.changed_at', '>=', since)
    .where('bulk_row.state', 'in', ['there', 'to-assign', 'to-provision', 'done', 'already'])
    .where('bulk.started_at', 'is not', null)
    .execute();
  return rows.map(({ wish, changed_at: at, content }) => {
    const { appRoleId, genesys } = bulkRow.parse(wish);
    const { servicePrincipalId } = z.object({ servicePrincipalId: z.string() }).parse(content);
    const inGenesys = genesys
      ? rolesAndUser(
          genesys.divisionId,
          genesys.roles.map(({ id }) => id),
        )
      : [];
    return { at, items: [{ kind: 'app-role', servicePrincipalId, appRoleId }, ...inGenesys] };
  });
}

import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Executor } from '../platform/schema.js';
import { findTakings, leftOut, type Taking } from './bulk-fitness.js';
import type { BulkRow } from './bulk-store.js';

export interface TakingParts {
  readonly entra: Pick<Entra, 'removeAssignments'>;
  readonly genesys: Pick<Genesys, 'findUserByEmail' | 'deactivateUser' | 'revokeTokens'>;
  readonly db: Executor;
  readonly bulk: { readonly bulkId: string; readonly servicePrincipalId: string; readonly templateId: string };
}

/**
 * Of rows that were just done: those whose people somebody has begun to take access from meanwhile are put back and left
 * out. A look before the deed cannot see what begins while the request is on its way, and whoever took the access may have
 * looked before it arrived.
 */
export async function unlessTaken(rows: readonly BulkRow[], parts: TakingParts): Promise<BulkRow[]> {
  const personIds = rows.flatMap(({ deed }) => (deed ? [deed.personId] : []));
  const takings = await findTakings(parts.db, { bulkId: parts.bulk.bulkId, personIds });
  const kept: BulkRow[] = [];
  for (const row of rows) {
    const taking = takings.get(row.deed?.personId ?? '');
    if (taking) await putBack(row, taking, parts);
    kept.push(taking ? leftOut(row, taking) : row);
  }
  return kept;
}

/** For rows that are left out before the deed, where an attempt before this one may have done it. */
export async function putBackLeftOut(rows: readonly BulkRow[], parts: TakingParts): Promise<void> {
  await unlessTaken(
    rows.filter(({ state }) => state === 'left-out'),
    parts,
  );
}

/** Only what this bulk may have given; what was there before is for whoever took the access. */
async function putBack(row: BulkRow, { isInGenesys, isGivenSince }: Taking, parts: TakingParts): Promise<void> {
  const { deed } = row;
  if (!deed || isGivenSince) return;
  if (row.wasAssigned !== true) {
    const principal = { kind: 'person', id: deed.personId } as const;
    const { servicePrincipalId, templateId } = parts.bulk;
    await parts.entra.removeAssignments({
      ...{ principal, servicePrincipalId, templateId },
      appRoleIds: [deed.appRoleId],
    });
  }
  if (!isInGenesys || !deed.genesys) return;
  const user = await parts.genesys.findUserByEmail(deed.genesys.email);
  if (user?.state !== 'active') return;
  await parts.genesys.deactivateUser(user.id);
  await parts.genesys.revokeTokens(user.id);
}

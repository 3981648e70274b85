import type { AssignMany, BulkAnswer } from '../entra/entra-bulk.js';
import { Problem, problemFacts, type ProblemFacts } from '../platform/problem.js';
import { STRANGER } from './bulk-refusals.js';
import type { BulkRow, RowDeed } from './bulk-store.js';
import type { EnsuredGenesysUser, GenesysUserWish, UserWas } from './ensure-genesys-user.js';

/** What comes of rows, with the notes that the report gives of them. */

export const WAS_ASSIGNED = 'Was assigned in Entra already.';

/** Each row after Entra has answered for it. */
export async function assignRows(
  rows: readonly BulkRow[],
  assign: AssignMany,
  isRepeated: boolean,
): Promise<BulkRow[]> {
  const wished = rows.flatMap((row) => (row.deed ? [{ row, deed: row.deed }] : []));
  const answers = await assign(
    wished.map(({ deed: { personId, appRoleId } }) => ({ personId, appRoleId })),
    { isRepeated },
  );
  return wished.map(({ row, deed }, at) => assigned(row, answers[at] ?? 'already', deed));
}

export function assigned(row: BulkRow, answer: BulkAnswer, { appRoleName, genesys }: RowDeed): BulkRow {
  if (typeof answer === 'object') return failed(row, answer.refused);
  const wasAssigned = answer === 'already';
  const note = wasAssigned ? WAS_ASSIGNED : `Assigned in Entra as ${appRoleName}.`;
  if (genesys) return { ...row, state: 'to-provision', note, wasAssigned };
  return { ...row, state: wasAssigned ? 'already' : 'done', note, wasAssigned };
}

const USER_WAS: Readonly<Record<UserWas, string>> = {
  active: 'user was there',
  inactive: 'user activated',
  deleted: 'user restored',
  unknown: 'user created',
};

export function provisioned(
  row: BulkRow,
  { was, roles, restored }: Pick<EnsuredGenesysUser, 'was' | 'roles' | 'restored'>,
  divisionName: string,
): BulkRow {
  const given = roles.filter(({ isNew }) => isNew).map(({ roleName }) => roleName);
  const back = restored.map((role) => `${role.roleName} (${role.divisionName})`);
  const parts = [
    USER_WAS[was],
    ...(back.length > 0 ? [`${back.join(', ')} given back`] : []),
    ...(given.length > 0 ? [`${given.join(', ')} given in ${divisionName}`] : []),
    ...(back.length + given.length === 0 ? ['roles were there'] : []),
  ];
  const isUnchanged = row.wasAssigned && was === 'active' && given.length === 0;
  return { ...row, state: isUnchanged ? 'already' : 'done', note: `${row.note} Genesys: ${parts.join('; ')}.` };
}

/** The row as a wish in Genesys; `undefined`: it asks for nothing there. */
export function genesysWish({ deed }: BulkRow): Omit<GenesysUserWish, 'restoresOf'> | undefined {
  if (!deed?.genesys) return undefined;
  const { email, divisionId, roles } = deed.genesys;
  const named = roles.map(({ id, name }) => ({ roleId: id, roleName: name }));
  return { name: deed.personName, email, divisionId, roles: named };
}

/** The row that failed for a reason of its own. Throws what concerns everybody: Genesys is away, a permission is missing. */
export function failedAlone(row: BulkRow, error: unknown): BulkRow {
  if (!isOfOneRow(error)) throw error;
  return failed(row, problemFacts(error));
}

/** What the remote side has against this user alone. */
function isOfOneRow(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  const { code, answer = '' } = error.facts;
  return code === STRANGER || ['conflict', 'invalid', 'not-found'].includes(answer);
}

/** All that a card would say: the report is the only place where it stands. */
function failed(row: BulkRow, { what, why, said, remedy, requestId }: ProblemFacts): BulkRow {
  const sentences = [
    ...[row.note, what, why],
    said && `It said: “${said.replace(/\.+$/, '')}”.`,
    remedy,
    requestId && `Request id: ${requestId}.`,
  ];
  return { ...row, state: 'failed', note: sentences.filter(Boolean).join(' ') };
}

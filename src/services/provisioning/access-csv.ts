import type { AccessRow } from './access-list.js';
import { csvText } from './csv-text.js';

const HEADINGS = ['upn', 'name', 'account', 'role', 'how', 'since'];

/**
 * Who has access, for spreadsheets: a line for each way in which somebody has it. Cells that a spreadsheet would run as a
 * formula are made text; times are UTC.
 */
export function accessCsv(rows: readonly AccessRow[]): string {
  return csvText([HEADINGS, ...rows.flatMap(linesOf)]);
}

function linesOf(row: AccessRow): string[][] {
  const { userPrincipalName = '', name, ways } = row;
  return ways.map(({ role, group, since }) => [
    ...[userPrincipalName, name, accountWords(row), role],
    ...[group === undefined ? 'direct' : `group: ${group}`, since?.toISOString() ?? ''],
  ]);
}

/** `member`, `guest`, each perhaps `disabled`; somebody who was not found is `unknown`. */
function accountWords({ userPrincipalName, isGuest, isEnabled }: AccessRow): string {
  if (userPrincipalName === undefined) return 'unknown';
  return [isGuest === true ? 'guest' : 'member', isEnabled === false ? 'disabled' : ''].filter(Boolean).join(', ');
}

import type { Assignment } from '../entra/entra-access.js';
import type { GroupMember } from '../entra/entra-groups.js';
import type { AppRole } from '../entra/entra.js';
import { accessCsv } from './access-csv.js';
import { accessList, withPeople, type AccessRow } from './access-list.js';

const ROLES: readonly AppRole[] = [
  { id: 'r-user', displayName: 'User', isEnabled: true, allowsUsers: true },
  { id: 'r-lead', displayName: 'Lead', isEnabled: true, allowsUsers: true },
];
const SINCE = new Date('2026-11-24T10:47:03Z');

function given(principalId: string, changes: Partial<Assignment> = {}): Assignment {
  return {
    ...{ id: `a-${principalId}`, principalId, principalName: principalId, kind: 'person', appRoleId: 'r-user' },
    ...{ since: SINCE, ...changes },
  };
}

function member(id: string, changes: Partial<GroupMember> = {}): GroupMember {
  return {
    id,
    name: id,
    kind: 'person',
    userPrincipalName: `${id}@x.example`,
    isEnabled: true,
    isGuest: false,
    ...changes,
  };
}

const group = (id: string, changes: Partial<Assignment> = {}): Assignment => given(id, { kind: 'group', ...changes });

describe('Who has access', () => {
  test('somebody with it directly and through two groups is listed once, with all three ways', () => {
    const members = new Map([
      ['agents', [member('omar')]],
      ['leads', [member('omar'), member('dana')]],
    ]);

    const { rows } = accessList(
      [given('omar'), group('agents'), group('leads', { appRoleId: 'r-lead' })],
      members,
      ROLES,
    );

    expect(
      rows.map(({ personId, ways }) => [personId, ways.map(({ role, group: through }) => [role, through])]),
    ).toEqual([
      ['dana', [['Lead', 'leads']]],
      [
        'omar',
        [
          ['User', undefined],
          ['User', 'agents'],
          ['Lead', 'leads'],
        ],
      ],
    ]);
  });

  test('a group in a group gives nobody access, and is named; an application is counted and nobody', () => {
    const members = new Map([
      ['agents', [member('omar'), member('night', { kind: 'group' }), member('d', { kind: 'other' })]],
    ]);

    const list = accessList([group('agents'), given('robot', { kind: 'other' })], members, ROLES);

    expect(list.rows.map(({ personId }) => personId)).toEqual(['omar']);
    expect(list.groups).toEqual([{ name: 'agents', people: 1, nested: ['night'] }]);
    expect(list.applications).toBe(1);
  });

  test('names are sorted as a reader would, and namesakes always in the same order', () => {
    const names = ['Ånd 2', 'anna', 'Zoe', 'Ånd 10', 'Anna'];
    const assignments = names.map((principalName, at) => given(`p${String(at)}`, { principalName }));

    const sorted = accessList(assignments, new Map(), ROLES).rows;
    const again = accessList(assignments.toReversed(), new Map(), ROLES).rows;

    expect(sorted.map(({ name }) => name)).toEqual(['Ånd 2', 'Ånd 10', 'anna', 'Anna', 'Zoe']);
    expect(again).toEqual(sorted);
  });

  test('a role that the application has no longer is shown by its id', () => {
    const { rows } = accessList([given('omar', { appRoleId: 'r-gone' })], new Map(), ROLES);

    expect(rows[0]?.ways[0]?.role).toBe('r-gone');
  });
});

describe('The list as CSV', () => {
  const row = (changes: Partial<AccessRow> = {}): AccessRow => ({
    ...{ personId: 'p', name: 'Omar Owner', userPrincipalName: 'omar@x.example', isGuest: false, isEnabled: true },
    ways: [{ role: 'User', since: SINCE }],
    ...changes,
  });
  const linesOf = (...rows: AccessRow[]): string[] => accessCsv(rows).replace('\ufeff', '').split('\r\n');

  test('has a line for each way, and a heading', () => {
    expect(
      linesOf(
        row({
          ways: [
            { role: 'User', since: SINCE },
            { role: 'Lead', group: 'Leads, all' },
          ],
        }),
      ),
    ).toEqual([
      'upn,name,account,role,how,since',
      'omar@x.example,Omar Owner,member,User,direct,2026-11-24T10:47:03.000Z',
      'omar@x.example,Omar Owner,member,Lead,"group: Leads, all",""',
      '',
    ]);
  });

  test.each([
    ["Ann;=cmd|'/C calc'!A0;x", "Ann;'=cmd|'/C calc'!A0;x"],
    ['Ann\t@SUM(A1)', "Ann\t'@SUM(A1)"],
    ['Anne-Marie; Bern +49', 'Anne-Marie; Bern +49'],
  ])('%j runs nowhere either where the list separator is another one', (name, shown) => {
    expect(linesOf(row({ name, ways: [{ role: 'User' }] })).join('\n')).toContain(`"${shown}"`);
  });

  test.each([['=HYPERLINK("https://evil.example","x")'], ['+1'], ['-2+3'], ['@SUM(A1)'], ['\t=1'], ['\r=1']])(
    '%j as a name, a role or an address runs in no spreadsheet',
    (hostile) => {
      const [, line = ''] = linesOf(row({ name: hostile, userPrincipalName: hostile, ways: [{ role: hostile }] }));

      expect(line).not.toMatch(/(^|,)"?[=+\-@\t\r]/);
      expect(line.split("'").length - 1).toBeGreaterThanOrEqual(3);
    },
  );

  test('says of an account whether it is a guest, disabled, or not to be found', () => {
    const gone: AccessRow = { personId: 'p', name: 'Omar Owner', ways: [{ role: 'User' }] };
    const rows = [row({ isGuest: true, isEnabled: false }), gone];

    expect(
      linesOf(...rows)
        .slice(1, 3)
        .map((line) => line.split(',').slice(0, 4)),
    ).toEqual([
      ['omar@x.example', 'Omar Owner', '"guest', ' disabled"'],
      ['""', 'Omar Owner', 'unknown', 'User'],
    ]);
  });
});

test('the name of today takes the place of the one of the day of the assignment', () => {
  const { rows } = accessList([given('omar', { principalName: 'Omar Old' })], new Map(), ROLES);
  const today = { id: 'omar', name: 'Omar New', userPrincipalName: 'omar@x.example', isEnabled: false, isGuest: false };

  expect(withPeople(rows, [today])).toMatchObject([{ name: 'Omar New', isEnabled: false }]);
});

import type { EntraPerson } from '../entra/entra.js';
import { parseBulkFile } from './bulk-csv.js';
import { planBulk, type BulkTruth } from './bulk-plan.js';
import type { BulkRow } from './bulk-store.js';

const ROLE = { isEnabled: true, allowsUsers: true };
const [USER, LEAD] = [
  { id: 'role-user', displayName: 'User', ...ROLE },
  { id: 'role-lead', displayName: 'Lead', ...ROLE },
];

function person(name: string, more: Partial<EntraPerson> = {}): [string, EntraPerson] {
  const userPrincipalName = `${name}@x.com`;
  return [userPrincipalName, { id: name, name, userPrincipalName, isEnabled: true, isGuest: false, ...more }];
}

const truth: BulkTruth = {
  askerId: 'ada',
  people: new Map([
    ...[person('ada'), person('ana'), person('ben'), person('gone', { isEnabled: false })],
    person('mia', { mail: 'mia@mail.com' }),
  ]),
  appRoles: [USER, LEAD, { id: 'role-x', displayName: 'msiam_access', ...ROLE }],
  assigned: new Map([['ben', new Set([USER.id])]]),
  claims: { emailFrom: 'mail', includesBasicClaims: true, otherClaims: [] },
  divisions: [
    { id: 'd-home', name: 'Home', isHome: true },
    { id: 'd-berlin', name: 'Berlin', isHome: false },
    { id: 'd-twin', name: 'Twin', isHome: false },
    { id: 'd-twin-2', name: 'twin', isHome: false },
  ],
  genesysRoles: [
    { id: 'g-employee', name: 'employee' },
    { id: 'g-agent', name: 'Agent' },
  ],
};

function plan(row: string): BulkRow | undefined {
  const file = parseBulkFile(Buffer.from(`upn,role,genesysDivision,genesysRoles\n${row}`));
  return planBulk(file, truth)[0];
}

test.each([
  ['somebody new', 'ana@x.com,,,', 'to-assign', { appRoleId: USER.id, genesys: null }],
  ['a role by its name, whatever its case', 'ana@x.com,LEAD,,', 'to-assign', { appRoleId: LEAD.id }],
  ['somebody who has the role', 'BEN@x.com,user,,', 'there', { appRoleId: USER.id }],
  ['somebody who has another role', 'ben@x.com,Lead,,', 'to-assign', { appRoleId: LEAD.id }],
  [
    'Genesys with what everybody has',
    'mia@x.com,,berlin,',
    'to-assign',
    { genesys: { email: 'mia@mail.com', divisionName: 'Berlin', roles: [{ name: 'employee' }] } },
  ],
  [
    'Genesys for somebody who is assigned',
    'mia@x.com,,,agent',
    'to-assign',
    { genesys: { divisionName: 'Home', roles: [{ name: 'Agent' }] } },
  ],
])('%s', (_, row, state, deed) => {
  expect(plan(row)).toMatchObject({ line: 2, state, deed });
});

test('Whoever is assigned and is to have something in Genesys goes on there', () => {
  const ben = new Map([...truth.people, person('ben', { mail: 'ben@x.com' })]);
  const file = parseBulkFile(Buffer.from('upn,genesysRoles\nben@x.com,Agent'));

  expect(planBulk(file, { ...truth, people: ben })).toMatchObject([{ state: 'to-provision' }]);
});

test.each([
  ['nobody', 'nobody@x.com,,,', 'Nobody in Entra'],
  ['the asker', 'ada@x.com,,,', 'Nobody can give access to themselves'],
  ['a disabled account', 'gone@x.com,,,', 'disabled'],
  ['a role that is not on offer', 'ana@x.com,Boss,,', 'There is: User, Lead.'],
  ['Entra’s own placeholder', 'ana@x.com,msiam_access,,', 'There is no role'],
  ['a division that is none', 'mia@x.com,,Paris,', 'There is: Home, Berlin'],
  ['a division that two have', 'mia@x.com,,Twin,', 'or more than one'],
  ['a Genesys role that is none', 'mia@x.com,,,Boss', 'There is no Genesys role “Boss”'],
  ['no mail where the sign-in sends it', 'ana@x.com,,,Agent', 'has none'],
])('%s is wrong, and why', (_, row, words) => {
  expect(plan(row)).toMatchObject({ state: 'wrong', deed: null, note: expect.stringContaining(words) });
});

test('The rows come in the order of the file, wrong ones among them', () => {
  const file = parseBulkFile(Buffer.from('upn\nana@x.com\nrubbish\nben@x.com'));

  expect(planBulk(file, truth).map(({ line, state }) => [line, state])).toEqual([
    [2, 'to-assign'],
    [3, 'wrong'],
    [4, 'there'],
  ]);
});

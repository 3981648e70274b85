import type { EntraPerson } from '../entra/entra.js';
import { parseBulkFile } from './bulk-csv.js';
import { contentOf, planBulk, type BulkTruth } from './bulk-plan.js';
import { WAS_ASSIGNED } from './bulk-row.js';
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

function plan(row: string, about = truth): BulkRow | undefined {
  const file = parseBulkFile(Buffer.from(`upn,role,genesysDivision,genesysRoles\n${row}`));
  return planBulk(file, about)[0];
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

describe('whoever has another role than the usual one', () => {
  const held = { ...truth, assigned: new Map([['mia', new Set([LEAD.id])]]) };

  test('has access, where the row names no role', () => {
    expect(plan('mia@x.com,,,', held)).toMatchObject({ state: 'there', note: 'Has the role Lead already.' });
    expect(plan('mia@x.com,,,Agent', held)).toMatchObject({
      ...{ state: 'to-provision', note: 'Has the role Lead already.' },
      deed: { appRoleId: LEAD.id, appRoleName: 'Lead' },
    });
  });

  test('has access, even with roles that are no longer on offer, or where none is', () => {
    const old = { ...truth, assigned: new Map([['mia', new Set(['role-x', 'role-gone'])]]), appRoles: [] };

    expect(plan('mia@x.com,,,', old)).toMatchObject({
      ...{ state: 'there', note: 'Has the roles role-x and role-gone already.' },
    });
  });

  test('keeps to the usual one, where both are held', () => {
    const both = { ...truth, assigned: new Map([['mia', new Set([LEAD.id, USER.id])]]) };

    expect(plan('mia@x.com,,,', both)).toMatchObject({ state: 'there', note: WAS_ASSIGNED });
  });

  test('gets the one that the row names as a second one, which is counted', () => {
    const file = parseBulkFile(Buffer.from('upn,role\nmia@x.com,User\nana@x.com,\nben@x.com,'));
    const rows = planBulk(file, { ...held, assigned: new Map([...truth.assigned, ...held.assigned]) });

    expect(rows.map(({ state }) => state)).toEqual(['to-assign', 'to-assign', 'there']);
    const target = { ...held, servicePrincipalId: 's', templateId: 't' };
    expect(contentOf(file, rows, target)).toMatchObject({ toAdd: 2, secondRoles: 1, appRoleIds: [USER.id] });
  });

  test('asks for no role of the application where only Genesys is left to do', () => {
    const file = parseBulkFile(Buffer.from('upn,genesysRoles\nmia@x.com,Agent'));
    const target = { assigned: held.assigned, servicePrincipalId: 's', templateId: 't' };

    expect(contentOf(file, planBulk(file, held), target)).toMatchObject({ toAdd: 1, secondRoles: 0, appRoleIds: [] });
  });
});

test.each([
  ['nobody', 'nobody@x.com,,,', 'Nobody in Entra'],
  ['the asker', 'ada@x.com,,,', 'Nobody can give access to themselves'],
  ['a disabled account', 'gone@x.com,,,', 'disabled'],
  ['a role that is not on offer', 'ana@x.com,Boss,,', 'Choose one of: User, Lead.'],
  ['Entra’s own placeholder', 'ana@x.com,msiam_access,,', 'The application has no role “msiam_access”'],
  ['a division that is none', 'mia@x.com,,Paris,', 'Choose one of: Home, Berlin'],
  ['a division that two have', 'mia@x.com,,Twin,', 'or several of that name'],
  ['a Genesys role that is none', 'mia@x.com,,,Boss', 'Genesys has no role “Boss”'],
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

import { GraphProblem, type GraphFailure } from '../entra/entra-problems.js';
import { GenesysProblem } from '../genesys/genesys-problems.js';
import { parseBulkFile } from './bulk-csv.js';
import { planBulk, type BulkTruth } from './bulk-plan.js';
import { assigned, failedAlone, provisioned } from './bulk-row.js';
import type { BulkRow, RowDeed } from './bulk-store.js';
import type { EnsuredGenesysUser, UserWas } from './ensure-genesys-user.js';

const ROLE = { isEnabled: true, allowsUsers: true };
const person = (id: string, more: object = {}) => ({
  ...{ id, name: id, userPrincipalName: `${id}@x.com`, isEnabled: true, isGuest: false, ...more },
});
const truth: BulkTruth = {
  askerId: 'ada',
  people: new Map([
    ...['ada', 'ana'].map((id) => [`${id}@x.com`, person(id)] as const),
    ['gone@x.com', person('gone', { isEnabled: false })],
  ]),
  appRoles: [
    { id: 'user', displayName: 'User', ...ROLE },
    { id: 'lead', displayName: 'Lead', ...ROLE },
  ],
  assigned: new Map(),
  claims: { emailFrom: 'mail', includesBasicClaims: true, otherClaims: [] },
  divisions: Array.from({ length: 10 }, (_, at) => ({ id: String(at), name: `Site ${String(at)}`, isHome: false })),
  genesysRoles: [
    { id: 'a', name: 'Agent' },
    { id: 'b', name: 'agent' },
    { id: 'e', name: 'employee' },
  ],
};

function wrong(row: string, about: BulkTruth = truth): string {
  const header = 'upn,role,genesysDivision,genesysRoles,until';
  const rows = planBulk(parseBulkFile(Buffer.from(`${header}\n${row}`)), about).filter(
    ({ state }) => state === 'wrong',
  );
  if (rows.length !== 1) throw new Error('Not one row is wrong.');
  return rows[0]?.note ?? '';
}

const WRONG: Readonly<Record<string, string>> = {
  nobody: wrong('nobody@x.com'),
  oneself: wrong('ada@x.com'),
  'a disabled account': wrong('gone@x.com'),
  'no such app role': wrong('ana@x.com,Boss'),
  'an application without roles': wrong('ana@x.com', { ...truth, appRoles: [] }),
  'no such division, of many': wrong('ana@x.com,,Paris'),
  'no home division': wrong('ana@x.com,,,Agent', { ...truth, divisions: truth.divisions.slice(0, 2) }),
  'no such Genesys role, but two': wrong('ana@x.com,,Site 1,Agent'),
  'no Genesys role at all': wrong('ana@x.com,,Site 1,Agent', { ...truth, genesysRoles: [] }),
  'no mail address': wrong('ana@x.com,,Site 1,employee'),
  'no upn': wrong(',User'),
  'no user principal name': wrong('ana'),
  'a cell that is too long': wrong(`ana@x.com,${'x'.repeat(257)}`),
  'a formula': wrong('ana@x.com,=1+1'),
  'a control character': wrong('ana@x.com,"a\nb"'),
  'too many cells': wrong('ana@x.com,,,,,more'),
  'an end': wrong('ana@x.com,,,,2027-01-01'),
  'a person twice': wrong('ana@x.com\nANA@x.com'),
};

const deed: RowDeed = { personId: 'ana', personName: 'Ana', appRoleId: 'user', appRoleName: 'User', genesys: null };
const row: BulkRow = { line: 2, upn: 'ana@x.com', state: 'to-assign', deed, note: '', wasAssigned: false };
const inGenesys: BulkRow = { ...row, state: 'to-provision', note: 'Assigned in Entra as User.' };
const HOME = { divisionId: 'home', divisionName: 'Home' };

function ensured(was: UserWas, given: readonly string[], back: readonly string[] = []): string {
  const roles = ['employee', 'Agent'].map((roleName) => ({ roleName, isNew: given.includes(roleName) }));
  const restored: EnsuredGenesysUser['restored'] = back.map((roleName) => ({ roleId: 'r', roleName, ...HOME }));
  return provisioned(inGenesys, { was, roles, restored }, 'Berlin').note;
}

const DONE: Readonly<Record<string, string>> = {
  assigned: assigned(row, 'added', deed).note,
  'assigned before': assigned(row, 'already', deed).note,
  'a user who was made': ensured('unknown', ['employee', 'Agent']),
  'a user who had a role': ensured('active', ['Agent']),
  'a user who had everything': ensured('active', []),
  'a user who was inactive': ensured('inactive', []),
  'a user who was deleted': ensured('deleted', ['Agent'], ['Supervisor', 'Analyst']),
};

const entraSays = (failure: GraphFailure): GraphProblem =>
  new GraphProblem(failure, { to: 'assign people to Genesys Cloud', needs: [] }, []);

const FAILED: Readonly<Record<string, string>> = {
  'gone in Entra': assigned(
    row,
    { refused: entraSays({ status: 404, message: 'Resource does not exist.', requestId: 'e-1' }).facts },
    deed,
  ).note,
  'refused by Entra': assigned(
    row,
    { refused: entraSays({ status: 400, message: 'Not for this user', requestId: 'e-2' }).facts },
    deed,
  ).note,
  'refused by Genesys': failedAlone(
    inGenesys,
    new GenesysProblem(
      { status: 409, code: 'general.conflict', message: 'Taken', correlationId: 'g-1' },
      'create a user',
    ),
  ).note,
};

test('the notes of all rows are these', () => {
  const all = Object.entries({ ...WRONG, ...DONE, ...FAILED }).map(([name, note]) => `[${name}]\n${note}`);

  expect(`\n${all.join('\n\n')}\n`).toMatchSnapshot();
});

test.each(Object.entries({ ...WRONG, ...DONE, ...FAILED }))('%s: whole sentences', (_, note) => {
  expect(note).toMatch(/^[A-Z].*\.$/s);
  expect(note).not.toMatch(/“”|undefined|null| {2}|: \./);
});

test.each(Object.entries(WRONG))('%s: what is wrong, and then what to do', (_, note) => {
  expect(note).toMatch(/[.:] (Ask|Correct|Choose|Delete|Enable|Give|Leave|Make|Take|Write)\b/);
});

test.each(Object.entries(FAILED))('%s: with the request id, for support', (_, note) => {
  expect(note).toMatch(/Request id: [eg]-\d\.$/);
});

test('what concerns everybody fails no row', () => {
  const away = new GenesysProblem({ status: 503 }, 'create a user');

  expect(() => failedAlone(inGenesys, away)).toThrow(away);
});

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { policyNeeds } from './policy-needs.js';

const SHIPPED = resolve(__dirname, '../../../policy.yaml');
const shipped = readFileSync(SHIPPED, 'utf8');
const NOTHING = { groups: false, stepUpRoles: [] };

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'latchkey-policy-')), 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

test('the shipped policy gives roles of the application, and one that names a group gives groups', () => {
  const withGroup = shipped.replace('entraRole: User', 'entraGroup: Genesys Agents');

  expect(policyNeeds(SHIPPED)).toEqual(NOTHING);
  expect(policyNeeds(fileOf(withGroup))).toEqual({ groups: true, stepUpRoles: [] });
});

test('a role with stepUp needs people to be signed in', () => {
  const withStepUp = shipped.replace('name: Supervisor', 'name: Supervisor\n    stepUp: true');

  expect(policyNeeds(fileOf(withStepUp))).toEqual({ groups: false, stepUpRoles: ['Supervisor'] });
});

test('a file that is not there, or cannot be used, needs nothing', () => {
  expect([policyNeeds(fileOf('roles: ]')), policyNeeds('/nowhere/policy.yaml')]).toEqual([NOTHING, NOTHING]);
});

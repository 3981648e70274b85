import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { givesGroups } from './policy-groups.js';

const SHIPPED = resolve(__dirname, '../../../policy.yaml');

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'latchkey-policy-')), 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

test('the shipped policy gives roles of the application, and one that names a group gives groups', () => {
  const withGroup = readFileSync(SHIPPED, 'utf8').replace('entraRole: User', 'entraGroup: Genesys Agents');

  expect([givesGroups(SHIPPED), givesGroups(fileOf(withGroup))]).toEqual([false, true]);
});

test('a file that is not there, or cannot be used, gives none', () => {
  expect([givesGroups(fileOf('roles: ]')), givesGroups('/nowhere/policy.yaml')]).toEqual([false, false]);
});

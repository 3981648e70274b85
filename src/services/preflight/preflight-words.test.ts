import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { proseIn } from '../platform/testing/thrown-words.js';

const SOURCES = readdirSync(__dirname)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join(__dirname, name))
  .sort();
const REPORT = join(__dirname, '../../preflight/preflight-words.ts');

test('the sentences of which everything that preflight says is made are these', () => {
  expect(proseIn([...SOURCES, REPORT]).join('\n')).toMatchSnapshot();
});

test('whatever is not well is found with what to do', () => {
  const found = SOURCES.flatMap(findingsIn);

  expect(found.length).toBeGreaterThan(15);
  expect(found.filter(({ properties }) => !properties.includes('remedy'))).toEqual([]);
});

/** Each object that says a state other than `ok`, by the properties that it has; one that is built on another has its. */
function findingsIn(path: string): { where: string; properties: string[] }[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: { where: string; properties: string[] }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const properties = node.properties.map((one) => one.name?.getText() ?? '');
      const state = node.properties.find((one) => one.name?.getText() === 'state')?.getText() ?? '';
      const isBuilt = node.properties.some((one) => ts.isSpreadAssignment(one) && !/remoteIds/.test(one.getText()));
      if (/warning|missing|could-not-look/.test(state) && !isBuilt) found.push({ where: node.getText(), properties });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

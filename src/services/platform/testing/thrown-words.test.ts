import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proseIn, thrownIn } from './thrown-words.js';

const SOURCE = `
// A comment is no prose: it says nothing to anybody.
export function refuse(name: string): never {
  if (name === '') throw new Error('There is no name.');
  if (name === 'x') throw new Problem({ kind: 'input', what: \`The name \${name} is of no use here.\`, remedy: 'Take another.' });
  if (name === 'y') throw byRule('not-y', 'No.');
  throw new Problem({ kind: 'refused', what: 'No.', remedy: 'Ask.', code: 'not-that-name' }, { cause });
}

function byRule(code: string, what: string): Problem {
  return new Problem({ kind: 'refused', what, remedy: 'Ask.', code });
}
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-thrown-'));
  writeFileSync(join(folder, 'source.ts'), SOURCE);
  writeFileSync(join(folder, 'source.test.ts'), SOURCE.replace('not-that-name', 'of-a-test'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('finds every code, every problem without one, and every other error', () => {
  expect(thrownIn([folder])).toEqual({
    codes: ['not-y', 'not-that-name'],
    withoutCode: [expect.stringMatching(/source\.ts:5$/)],
    plain: ["'There is no name.'"],
  });
});

test('finds the fixed parts of every sentence, and no comment', () => {
  expect(proseIn([join(folder, 'source.ts')])).toEqual(['There is no name.', 'is of no use here.']);
});

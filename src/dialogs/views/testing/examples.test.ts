import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyView } from './examples.js';

const DIALOGS = join(__dirname, '../..');

/** The names of all exported functions that make a view, as the sources have them. */
function viewFunctions(): string[] {
  return readdirSync(DIALOGS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing'))
    .flatMap((file) => [...readFileSync(join(DIALOGS, file), 'utf8').matchAll(/^export function (\w+View)\(/gm)])
    .map(([, name = '']) => name);
}

test('every exported view has examples, and no example is of a view that is gone', () => {
  const shown = [...new Set(everyView().map(({ of }) => of))];

  expect(shown.sort()).toEqual(viewFunctions().sort());
});

test('no two examples have one name', () => {
  const names = everyView().map(({ name }) => name);

  expect(names).toEqual([...new Set(names)]);
});

test('the states of a view that have titles of their own say something else to those who see no cards, too', () => {
  const views = everyView().map(({ of, view: { title, tone, fallback } }) => ({ of, title, tone, fallback }));

  const silent = views.filter((one) =>
    views.some((other) => other.of === one.of && other.title !== one.title && other.fallback === one.fallback),
  );

  expect(silent).toEqual([]);
});

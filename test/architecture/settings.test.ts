import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SANDBOX_SETTINGS } from '../../sandbox/settings.js';
import { SETTINGS, type Setting } from '../../src/settings.js';

const documented = readFileSync(join(__dirname, '../../.env.example'), 'utf8');

/** The comment above `#NAME=`, by name, in the order of the file. */
function readBlocks(text: string): Map<string, string> {
  const blocks = text
    .trimEnd()
    .split(/\n\n+/)
    .flatMap((block): [string, string][] => {
      const name = /^#([A-Za-z_]+)=$/m.exec(block)?.[1];
      return name === undefined ? [] : [[name, block]];
    });
  return new Map(blocks);
}

function wordsOf(setting: Setting): string[] {
  const { meaning, unit, whereToFind } = setting;
  return [`# ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`]
    .concat(unit === undefined ? [] : [`# Unit: ${unit}.`])
    .concat(setting.default === undefined ? [] : [`# Default: ${setting.default}.`])
    .concat(whereToFind === undefined ? [] : [`# Where to find it: ${whereToFind}`]);
}

const ALL: readonly Setting[] = [...SETTINGS, ...SANDBOX_SETTINGS];

test('.env.example lists every setting once, in the order of the code, and no other', () => {
  const names = [...documented.matchAll(/^#([A-Za-z_]+)=$/gm)].map((match) => match[1]);

  expect(names).toEqual(ALL.map((setting) => setting.name));
});

test.each(ALL.map((setting) => [setting.name, setting] as const))(
  '.env.example says of %s what it means, its unit, its default and where to find it',
  (name, setting) => {
    const lines = readBlocks(documented).get(name)?.split('\n');

    expect(lines).toEqual([...wordsOf(setting), `#${name}=`]);
  },
);

test('the settings of the sandbox stand in a part of their own', () => {
  const [before, sandbox] = documented.split('---- The sandbox only');

  expect(before).not.toContain('SANDBOX_');
  for (const { name } of SANDBOX_SETTINGS) expect(sandbox).toContain(name);
});

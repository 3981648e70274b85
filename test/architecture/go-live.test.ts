import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WANTED_RIGHTS } from '../../src/services/preflight/genesys-permissions.js';
import {
  GROUP_PERMISSION,
  PASSWORD_PERMISSION,
  WANTED_PERMISSIONS,
} from '../../src/services/preflight/graph-permissions.js';
import { SETTINGS } from '../../src/settings.js';

const ROOT = join(__dirname, '../..');
const PAGES = ['docs/go-live.md', 'docs/operations.md'] as const;
const goLive = readFileSync(join(ROOT, 'docs/go-live.md'), 'utf8');
const section = (from: string, to: string): string => goLive.slice(goLive.indexOf(from), goLive.indexOf(to));
const codes = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '').filter((code) => pattern.test(code));

const ALL_PERMISSIONS = [...WANTED_PERMISSIONS, PASSWORD_PERMISSION, GROUP_PERMISSION];

test('the permissions of Microsoft Graph are those that preflight asks for, with what each is for', () => {
  const graph = section('## 2.', '## 3.');
  const named = codes(graph, /^[A-Z]\w+(-\w+)?\.(ReadWrite|Read|RevokeSessions)\.\w+$/);

  expect([...new Set(named)].sort()).toEqual(ALL_PERMISSIONS.map(({ permission }) => permission).sort());
  for (const { permission, for: purpose } of ALL_PERMISSIONS)
    expect(graph).toContain(`| \`${permission}\` | ${purpose}`);
});

test('the role in Genesys Cloud is the one that preflight asks for', () => {
  expect(codes(section('## 3.', '## 4.'), /^\w+:\w+:\w+$/).sort()).toEqual(
    WANTED_RIGHTS.map(({ permission }) => permission).sort(),
  );
});

test('every setting that live mode cannot do without is named', () => {
  for (const { name } of SETTINGS.filter(
    ({ isCredential, name }) => isCredential && !/Certificate|CERTIFICATE/.test(name),
  ))
    expect(goLive).toContain(name);
});

test.each(PAGES)('%s names settings, scripts, figures and files that exist', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const metrics = readFileSync(join(ROOT, 'src/services/platform/metrics.ts'), 'utf8');
  const settings: readonly string[] = [...SETTINGS.map(({ name }) => name), 'POSTGRES_PASSWORD', 'PUBLIC_HOST'];

  for (const word of codes(text, /^[A-Z]+_[A-Z_]+(=\S+)?$/)) expect(settings).toContain(word.split('=')[0]);
  for (const [, script] of text.matchAll(/npm run ([a-z]+)/g)) expect(Object.keys(scripts)).toContain(script);
  for (const figure of codes(text, /^latchkey_[a-z_]+$/)) expect(metrics).toContain(`'${figure}'`);
  for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)\)/g))
    expect({ link, exists: existsSync(join(ROOT, dirname(page), link)) }).toEqual({ link, exists: true });
});

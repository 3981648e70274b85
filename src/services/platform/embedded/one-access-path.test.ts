import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const SOURCES = resolve(__dirname, '../../..');
/** PGlite, its adapters, and Kysely's own dialect for it: a second way to its one session mixes callers' transactions. */
const ANOTHER_WAY = /from '(@electric-sql\/[^']+|[^']*pglite[^']*)'|PGliteDialect|import\('@electric-sql/;

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

test('nothing outside this folder reaches the embedded database but through its pool', () => {
  const outside = sourcesIn(SOURCES).filter((file) => !file.startsWith(__dirname));

  const offenders = outside.filter((file) => ANOTHER_WAY.test(readFileSync(file, 'utf8')));

  expect(outside.length).toBeGreaterThan(20);
  // The command line and the preflight only ask whether there is a database.
  expect(offenders.map((file) => relative(SOURCES, file)).sort()).toEqual([
    'cli.ts',
    'services/preflight/look-at-database.ts',
  ]);
});

test('inside this folder nobody uses PGlite’s own adapters: they answer one message too many after an error', () => {
  const offenders = sourcesIn(__dirname).filter((file) =>
    /@electric-sql\/pglite\/(?!nodefs)|pglite-socket|PGliteDialect/.test(readFileSync(file, 'utf8')),
  );

  expect(offenders).toEqual([]);
});

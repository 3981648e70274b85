import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const PLATFORM = resolve(__dirname, '..');

/** Compiles the platform into a temporary folder, for tests that need a process of its own. Returns that folder. */
export function compilePlatform(): string {
  const out = mkdtempSync(join(tmpdir(), 'latchkey-compiled-'));
  symlinkSync(join(nearest(PLATFORM, 'node_modules'), 'node_modules'), join(out, 'node_modules'));
  for (const source of sourcesIn(PLATFORM)) {
    const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true },
      fileName: source,
    });
    const target = join(out, relative(PLATFORM, source)).replace(/\.ts$/, '.js');
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  return out;
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.d|\.test)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function nearest(folder: string, name: string): string {
  if (readdirSync(folder).includes(name)) return folder;
  if (dirname(folder) === folder) throw new Error(`There is no ${name} above ${PLATFORM}.`);
  return nearest(dirname(folder), name);
}

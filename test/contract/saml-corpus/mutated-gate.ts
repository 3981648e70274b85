import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import type { Judge } from './gate-stand.js';

const SANDBOX = join(__dirname, '../../../sandbox/genesys');

/** A small change to the source of one of the gate's files, `saml-envelope` for instance. */
export interface SourceChange {
  readonly file: string;
  /** Must occur exactly once. */
  readonly from: string;
  readonly to: string;
}

/** `require` of packages; relative files are never asked of it. */
export type RequirePackage = (name: string) => unknown;

/**
 * The gate compiled in memory with the changes made; nothing is written. Throws where a change does not match exactly
 * once, so that a rule that was reworded cannot drop out of the list unnoticed.
 */
export function loadGate(changes: readonly SourceChange[], requirePackage: RequirePackage): Judge {
  const loaded = new Map<string, object>();
  const load = (file: string): object => {
    const known = loaded.get(file);
    if (known) return known;
    const exported = {};
    loaded.set(file, exported);
    const requireFrom: RequirePackage = (name) =>
      name.startsWith('./') ? load(name.slice(2, -3)) : requirePackage(name);
    // The compiled text is our own source with one of the listed changes.
    const run = new Function('exports', 'require', compile(changed(file, changes)));
    run(exported, requireFrom);
    return exported;
  };
  return (load('saml-gate') as { judgeSamlResponse: Judge }).judgeSamlResponse;
}

function changed(file: string, changes: readonly SourceChange[]): string {
  const source = readFileSync(join(SANDBOX, `${file}.ts`), 'utf8');
  return changes
    .filter((change) => change.file === file)
    .reduce((text, { from, to }) => {
      const found = text.split(from).length - 1;
      if (found !== 1)
        throw new Error(`"${from}" occurs ${found} times in ${file}.ts; a change must match exactly once.`);
      return text.replace(from, () => to);
    }, source);
}

const compiled = new Map<string, string>();

function compile(source: string): string {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const { outputText } = transpileModule(source, {
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2023 },
  });
  compiled.set(source, outputText);
  return outputText;
}

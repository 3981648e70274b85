import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** What the sources of a folder throw, as far as their text shows it. */
export interface Thrown {
  /** Every `code` of a `Problem`: in the words themselves, or given to a function that takes it first, as `code`. */
  readonly codes: readonly string[];
  /** Where a `Problem` is made of words that have no code, as `file:line`. */
  readonly withoutCode: readonly string[];
  /** The text of each plain `Error`, as it is written in the source: a fault of ours, which nobody is shown. */
  readonly plain: readonly string[];
}

/** @param paths of files, or of folders with all that is below them; tests, and what only tests use, left out. */
export function thrownIn(paths: readonly string[]): Thrown {
  const [codes, withoutCode, plain]: [Set<string>, string[], string[]] = [new Set(), [], []];
  const takeCode = functionsOfCode(paths);
  walk(paths, (node, file) => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'code') {
      if (ts.isStringLiteral(node.initializer)) codes.add(node.initializer.text);
    }
    if (ts.isCallExpression(node) && takeCode.has(node.expression.getText())) {
      const [code] = node.arguments;
      if (code && ts.isStringLiteral(code)) codes.add(code.text);
    }
    if (!ts.isNewExpression(node)) return;
    const [words] = node.arguments ?? [];
    if (node.expression.getText() === 'Problem' && words && ts.isObjectLiteralExpression(words)) {
      const isCoded = words.properties.some((one) => ts.isSpreadAssignment(one) || one.name.getText() === 'code');
      const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (!isCoded) withoutCode.push(`${relative(process.cwd(), file.fileName)}:${String(line)}`);
    }
    if (node.expression.getText() === 'Error' && words) plain.push(words.getText());
  });
  return { codes: [...codes], withoutCode, plain };
}

function functionsOfCode(paths: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  walk(paths, (node) => {
    if (!ts.isFunctionDeclaration(node) || node.parameters[0]?.name.getText() !== 'code') return;
    if (node.name) names.add(node.name.text);
  });
  return names;
}

/** Three words or more that begin, end or stand between what is filled in. */
const PROSE = /[a-z]\S* \S+ \S/;

/** The fixed parts of all sentences in the sources: what a message cannot be without. */
export function proseIn(paths: readonly string[]): string[] {
  const parts = new Set<string>();
  walk(paths, (node) => {
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (isText && PROSE.test(node.text)) parts.add(node.text.trim());
  });
  return [...parts];
}

function walk(paths: readonly string[], visit: (node: ts.Node, file: ts.SourceFile) => void): void {
  for (const path of paths.flatMap(sourcesAt)) {
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    const step = (node: ts.Node): void => {
      visit(node, file);
      ts.forEachChild(node, step);
    };
    step(file);
  }
}

function sourcesAt(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/testing/'))
    .sort();
}

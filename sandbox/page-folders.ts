import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the page's files are: what needs no compiling lies in the sources, the scripts in `dist`. */
export function pageFolders(): readonly string[] {
  const root = projectRoot();
  return [join(root, 'sandbox', 'page'), join(root, 'dist', 'sandbox', 'page')];
}

/** The folder of package.json, from the sources as from `dist`. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

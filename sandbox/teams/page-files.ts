import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/**
 * Headers of every file of the page: no inline script, nothing from elsewhere. `data:` images may stand in cards.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

/**
 * Finds a file of the page: `/` is index.html, `/sandbox/adaptivecards.js` the official renderer, `/sandbox/<name>` a
 * file of that name in one of the folders (flat; TypeScript sources are not served). `undefined`: there is none.
 */
export async function findPageFile(folders: readonly string[], path: string): Promise<PageFile | undefined> {
  const name = path === '/' ? 'index.html' : /^\/sandbox\/([a-z0-9-]+\.(?:html|css|js|svg))$/.exec(path)?.[1];
  if (name === undefined) return undefined;
  for (const file of candidates(folders, name)) {
    const content = await readFile(file).catch(() => undefined);
    const type = CONTENT_TYPES[extname(name)];
    if (content && type) return { content, headers: { ...PAGE_HEADERS, 'Content-Type': type } };
  }
  return undefined;
}

function candidates(folders: readonly string[], name: string): string[] {
  // The package's `main` cannot be loaded by a browser; this is its browser build.
  if (name === 'adaptivecards.js') return [require.resolve('adaptivecards/dist/adaptivecards.min.js')];
  return folders.map((folder) => join(folder, name));
}

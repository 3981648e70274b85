import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Problem } from '../services/platform/problem.js';
import { proseIn, thrownIn } from '../services/platform/testing/thrown-words.js';
import { mountFilePage, type FileLinks } from './file-page.js';
import type { Handler } from './routes.js';

const SOURCE = join(__dirname, 'file-page.ts');

const files: FileLinks = {
  look: async (token) => (['upload', 'report', 'access'] as const).find((purpose) => token.startsWith(purpose)),
  upload: async (_token, { name }) => {
    if (name === 'late.csv') throw new Problem({ kind: 'stale', what: 'No.', remedy: 'Again.' });
    if (name === 'bad.csv') throw new Problem({ kind: 'input', what: 'There is no row.', remedy: 'Add one.' });
    return 2;
  },
  report: async () => undefined,
};

let server: Server;
let url: string;
beforeAll(async () => {
  const handlers = new Map<string, Handler>();
  mountFilePage(
    {
      get: (_path, handler) => void handlers.set('GET', handler),
      post: (_path, handler) => void handlers.set('POST', handler),
    },
    files,
  );
  server = createServer((request, response) => {
    const token = request.url?.split('/').at(-1) ?? '';
    void handlers.get(request.method ?? '')?.(request, response, { token });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/file/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const look = async (purpose: string): Promise<string> => (await fetch(`${url}${purpose}-abcdefghijklmnop`)).text();

async function send(name: string, content: string | Uint8Array<ArrayBuffer> = 'upn\n'): Promise<string> {
  const form = new FormData();
  form.set('file', new File([content], name));
  return (await fetch(`${url}upload-abcdefghijklmnop`, { method: 'POST', body: form })).text();
}

/** What somebody reads of a page, line by line. */
function read(page: string): string {
  const body = /<main>([\s\S]*)<\/main>/.exec(page)?.[1] ?? page;
  const lines = body
    .replace(/\n/g, ' ')
    .replace(/<\/(p|h1|label|button)>/g, '\n')
    .replace(/<[^>]*>/g, '');
  return lines
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter(Boolean)
    .join('\n');
}

test('the words of every page and of every fault are these, and none is missing', async () => {
  const pages = {
    'to send a file': await look('upload'),
    'a file that came': await send('people.csv'),
    'a large file': await send('large.csv', new Uint8Array(5 * 1024 * 1024 + 1)),
    'no file': await send('empty.csv', ''),
    'a file that cannot be taken': await send('bad.csv'),
    'a link that was used meanwhile': await send('late.csv'),
    'a report': await look('report'),
    'who has access': await look('access'),
    'a link that is gone': await look('gone'),
  };

  const words = Object.entries(pages).map(([name, page]) => `[${name}]\n${read(page)}`);
  expect(`\n${words.join('\n\n')}\n`).toMatchSnapshot();
  const shown = Object.values(pages).join('\n');
  expect(proseIn([SOURCE]).filter((part) => !shown.includes(part))).toEqual([]);
  expect(thrownIn([SOURCE])).toEqual({ codes: [], withoutCode: [], plain: [] });
});

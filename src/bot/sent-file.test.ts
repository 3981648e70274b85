import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Problem } from '../services/platform/problem.js';
import { fetchFile } from './sent-file.js';

const notFetched = (): Problem =>
  new Problem({ kind: 'input', what: 'It was not handed over.', remedy: 'Send it again.', code: 'file-not-fetched' });

let server: Server;
let answers: (response: ServerResponse) => void;
let url: string;
beforeAll(async () => {
  server = createServer((_request, response) => answers(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/a`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('the bytes of a file come as they are', async () => {
  answers = (response) => response.end('upn\n');

  const file = await fetchFile(url, { system: 'teams', notFetched });

  expect(Buffer.from(file).toString()).toBe('upn\n');
});

test.each([
  ['refused', 403, undefined],
  ['no file', 200, () => false],
] as const)('what is %s and never ends holds no connection', async (_what, status, isFile) => {
  let closed: Promise<unknown> = Promise.resolve();
  answers = (response) => {
    closed = once(response, 'close');
    response.writeHead(status).write('x'.repeat(100_000));
  };

  await expect(fetchFile(url, { system: 'slack', notFetched, ...(isFile ? { isFile } : {}) })).rejects.toMatchObject({
    facts: { code: 'file-not-fetched' },
  });
  await closed;
});

import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { FileLinks } from '../../src/bot/file-page.js';
import { startHttpServer, type HttpServer } from '../../src/bot/http-server.js';
import { inboundActivity } from '../../src/bot/teams/activity.js';
import { readSentFile } from '../../src/bot/teams/sent-file.js';
import { Problem } from '../../src/services/platform/problem.js';
import { recordingLog } from '../../src/services/platform/testing/test-parts.js';

const UPLOAD = 'upload-abcdefghijklmnop';
const REPORT = 'report-abcdefghijklmnop';
const MB = 1024 * 1024;

let bot: HttpServer;
let logged: () => string;
/** What was taken. */
let taken: { name: string; size: number }[];
let looks: number;

beforeEach(async () => {
  const { log, text } = recordingLog();
  logged = text;
  taken = [];
  looks = 0;
  const files: FileLinks = {
    look: async (token) => {
      looks += 1;
      return token === UPLOAD ? 'upload' : token === REPORT ? 'report' : undefined;
    },
    upload: async (_token, { name, bytes }) => {
      if (bytes[0] === 0x21) throw new Problem({ kind: 'input', what: 'No <b>CSV</b>.', remedy: 'Another & one.' });
      taken.push({ name, size: bytes.length });
      return 3;
    },
    report: async () => ({ name: 'people"\r\nX: y-report.csv', csv: '\ufefftext\r\n' }),
  };
  bot = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, files, log },
    teams: { receive: async (_request, response) => void response.end() },
    ready: async () => ({ ok: true, checks: {} }),
    secrets: { exists: async () => false, open: async () => undefined },
  });
});

afterEach(() => bot.close(0));

const urlOf = (token: string): string => `http://127.0.0.1:${String(bot.port)}/file/${token}`;

function send(content: string | Uint8Array<ArrayBuffer>, name = 'people.csv', token = UPLOAD): Promise<Response> {
  const form = new FormData();
  form.set('file', new File([content], name));
  return fetch(urlOf(token), { method: 'POST', body: form });
}

function raw(body: string | Uint8Array<ArrayBuffer>, type: string): Promise<Response> {
  return fetch(urlOf(UPLOAD), { method: 'POST', headers: { 'Content-Type': type }, body });
}

test('Looking at a link changes nothing, needs no script, and a press takes the file', async () => {
  const page = await fetch(urlOf(UPLOAD));
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*form-action 'self'/);
  expect(await page.text()).not.toContain('<script');
  expect(taken).toEqual([]);

  const answer = await send('upn\na@x.com', '../..\\<i>people\u202e.csv');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('&lt;i&gt;people');
  expect(taken).toEqual([{ name: '<i>people.csv', size: 11 }]);
});

test('What the file was refused for is shown as text', async () => {
  const answer = await send('!');

  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain('No &lt;b&gt;CSV&lt;/b&gt;. Another &amp; one.');
});

test('Five megabytes are taken, more are not, be it said beforehand or not', async () => {
  expect((await send(new Uint8Array(5 * MB))).status).toBe(200);
  expect((await send(new Uint8Array(5 * MB + 1))).status).toBe(413);
  expect((await send(new Uint8Array(6 * MB))).status).toBe(413);
  expect(taken).toHaveLength(1);

  const status = await new Promise<string>((resolve, reject) => {
    const socket = connect(bot.port, '127.0.0.1');
    socket.once('data', (chunk) => {
      resolve(chunk.toString().split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
    socket.write(
      `POST /file/${UPLOAD} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = Buffer.alloc(MB, 'a');
    for (let sent = 0; sent < 7; sent += 1) {
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
    }
  });
  expect(status).toContain('413');
});

test('Without a link nobody’s body is read', async () => {
  const answer = await send(new Uint8Array(1_000), 'a.csv', 'another-abcdefghijklmnop');

  expect(answer.status).toBe(410);
  expect(taken).toEqual([]);
  expect((await send('a', 'a.csv', 'short')).status).toBe(410);
});

test('A report is an attachment with a harmless name, by a press alone', async () => {
  expect(await (await fetch(urlOf(REPORT))).text()).toContain('Download the report');

  const answer = await fetch(urlOf(REPORT), { method: 'POST' });
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="peopleXy-report.csv"');
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(Buffer.from(await answer.arrayBuffer()).toString('utf8')).toBe('\ufefftext\r\n');
});

test.each([
  ['no form', 'upn\na', 'text/csv'],
  ['no boundary', 'x', 'multipart/form-data'],
  ['a boundary that never comes', 'x'.repeat(1_000), 'multipart/form-data; boundary=b'],
  [
    'a text in place of the file',
    '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nupn\r\n--b--\r\n',
    'multipart/form-data; boundary=b',
  ],
  [
    'another field',
    '--b\r\nContent-Disposition: form-data; name="x"; filename="a"\r\n\r\nupn\r\n--b--\r\n',
    'multipart/form-data; boundary=b',
  ],
  [
    'a form that ends too early',
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nupn',
    'multipart/form-data; boundary=b',
  ],
  ['an endless header', `--b\r\n${'a'.repeat(100_000)}: b\r\n\r\nupn\r\n--b--\r\n`, 'multipart/form-data; boundary=b'],
])('%s is refused in words', async (_, body, type) => {
  const answer = await raw(body, type);

  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('No file came');
  expect(taken).toEqual([]);
});

test('Rubbish never breaks the page', async () => {
  const piece = fc.constantFrom(
    '--b',
    '\r\n',
    '--b--',
    'Content-Disposition: form-data; name="file"; filename="a"',
    '"',
    ';',
    '\0',
    'upn',
  );
  const body = fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 20 }).map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      const { status } = await raw(text, 'multipart/form-data; boundary=b');
      expect([200, 400, 422, 429]).toContain(status);
    }),
    { numRuns: 60 },
  );
  expect(logged()).not.toContain('A route failed');
  expect(looks).toBeGreaterThan(20);
});

describe('a file of a chat is fetched', () => {
  let store: Server;

  async function fetched(answer: RequestListener): Promise<Uint8Array> {
    store = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => store.once('listening', resolve));
    const downloadUrl = `http://127.0.0.1:${String((store.address() as AddressInfo).port)}/a`;
    const activity = inboundActivity.parse({
      ...{ type: 'message', channelId: 'msteams', serviceUrl: 'http://127.0.0.1:1/', from: { id: '1' } },
      ...{ recipient: { id: '2' }, conversation: { id: 'a', conversationType: 'personal' } },
      attachments: [
        { contentType: 'application/vnd.microsoft.teams.file.download.info', name: 'a.csv', content: { downloadUrl } },
      ],
    });
    const said = readSentFile(activity, { fileDomain: 'loopback' });
    if (said?.kind !== 'file') throw new Error('There is no file.');
    return said.read();
  }

  afterEach(() => {
    store.closeAllConnections();
    store.close();
  });

  test('without a token of ours', async () => {
    let headers: object = {};
    const bytes = await fetched((request, response) => {
      headers = request.headers;
      response.end('upn');
    });

    expect(Buffer.from(bytes).toString()).toBe('upn');
    expect(Object.keys(headers)).not.toContain('authorization');
  });

  test('no redirect is followed', async () => {
    let asked = 0;
    const reading = fetched((_request, response) => {
      asked += 1;
      response.writeHead(302, { Location: '/b' });
      response.end();
    });

    await expect(reading).rejects.toMatchObject({ facts: { code: 'file-not-fetched' } });
    expect(asked).toBe(1);
  });

  test('and cut off after five megabytes', async () => {
    const reading = fetched((_request, response) => {
      for (let sent = 0; sent < 6; sent += 1) response.write(Buffer.alloc(MB));
      response.end();
    });

    await expect(reading).rejects.toMatchObject({ facts: { code: 'file-too-large' } });
  });

  test('a refusal and a broken answer are told in words', async () => {
    const refused = fetched((_request, response) => {
      response.writeHead(403);
      response.end();
    });
    await expect(refused).rejects.toMatchObject({ facts: { code: 'file-not-fetched' } });
    store.close();
    await expect(fetched((request) => request.socket.destroy())).rejects.toMatchObject({
      facts: { code: 'file-not-fetched' },
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../../src/bot/http-server.js';
import { recordingLog } from '../../src/services/platform/testing/test-parts.js';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz012345';

let bot: HttpServer;
let logged: () => string;

async function start(changes: Partial<HttpServerOptions> = {}): Promise<void> {
  const { log, text } = recordingLog();
  logged = text;
  bot = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    teams: { receive: async (_request, response) => void response.end('taken in') },
    ready: async () => ({ ok: true, checks: { database: 'answers' } }),
    secrets: { exists: async () => false, open: async () => undefined },
    log,
    ...changes,
  });
}

afterEach(() => bot.close(0));

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Unlike `fetch` it sends the path and the Host as they are. */
function ask(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: bot.port, path, method, headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.end();
  });
}

describe('health', () => {
  test('it lives, and says what is ready', async () => {
    await start();

    expect(await ask('/healthz')).toMatchObject({ status: 200, text: '{"ok":true}' });
    const ready = await ask('/readyz');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toEqual({ ok: true, checks: { database: 'answers', door: 'open' } });
  });

  test('without its database it lives, but is not ready', async () => {
    await start({ ready: async () => ({ ok: false, checks: { database: 'does not answer' } }) });

    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/readyz')).status).toBe(503);
  });

  test('once it is to stop it says that it is not ready, and still takes messages, one to a connection', async () => {
    await start();

    bot.announceStop();

    const ready = await ask('/readyz');
    expect(ready.status).toBe(503);
    expect(JSON.parse(ready.text)).toEqual({ ok: false, checks: { database: 'answers', door: 'closing' } });
    expect((await ask('/healthz')).status).toBe(200);
    expect(await ask('/api/messages', 'POST')).toMatchObject({ text: 'taken in', headers: { connection: 'close' } });
  });
});

describe('the figures', () => {
  const scrape = async (): Promise<{ contentType: string; text: string }> => ({
    contentType: 'text/plain; version=0.0.4',
    text: 'latchkey_runs 1\n',
  });
  const token = { reveal: () => 'a-token-of-some-length' };
  const bearer = (text: string): Record<string, string> => ({ Authorization: text });

  test('are nowhere without a token, wherever somebody asks from and whatever they send', async () => {
    await start({ metrics: { scrape } });

    for (const headers of [{}, bearer('Bearer '), bearer('Bearer undefined'), { 'X-Forwarded-For': '127.0.0.1' }]) {
      expect(await ask('/metrics', 'GET', headers)).toMatchObject({ status: 404 });
    }
  });

  test('are for whoever brings the token', async () => {
    await start({ metrics: { scrape, token } });

    const reply = await ask('/metrics', 'GET', bearer('Bearer a-token-of-some-length'));

    expect(reply).toMatchObject({ status: 200, text: 'latchkey_runs 1\n' });
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4');
  });

  test.each(['', 'a-token-of-some-length', 'Bearer a-token-of-some-lengtH', 'Basic a-token-of-some-length', 'Bearer '])(
    'are not for "%s"',
    async (authorization) => {
      await start({ metrics: { scrape, token } });

      const reply = await ask('/metrics', 'GET', bearer(authorization));

      expect(reply).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect(reply.text).not.toMatch(/latchkey_|length/);
    },
  );
});

describe('too much', () => {
  const flood = async (count: number, path: string, method = 'GET', headers = {}): Promise<Reply[]> =>
    Promise.all(Array.from({ length: count }, () => ask(path, method, headers)));
  const statuses = (replies: readonly Reply[]): number[] => [...new Set(replies.map(({ status }) => status))].sort();

  test('of one-time links from one address is refused for a while; the next address is served', async () => {
    await start();
    const from = (address: string): object => ({ 'X-Forwarded-For': address });

    const replies = await flood(80, `/secret/${TOKEN}`, 'GET', from('198.51.100.1'));
    const refused = replies.filter(({ status }) => status === 429);

    expect(statuses(replies)).toEqual([410, 429]);
    expect(refused.length).toBeLessThanOrEqual(20);
    expect(refused[0]).toMatchObject({
      headers: { 'retry-after': '1' },
      text: expect.stringContaining('Wait') as string,
    });
    expect(statuses(await flood(5, `/secret/${TOKEN}`, 'GET', from('198.51.100.2')))).toEqual([410]);
    expect(statuses(await flood(1, '/healthz', 'GET', from('198.51.100.1')))).toEqual([200]);
  });

  test('is not what Teams sends in a busy moment', async () => {
    await start();

    expect(statuses(await flood(300, '/api/messages', 'POST'))).toEqual([200]);
  });

  test('is no figure for Prometheus, which asks a few times a minute', async () => {
    const token = { reveal: () => 'a-token-of-some-length' };
    await start({ metrics: { scrape: async () => ({ contentType: 'text/plain', text: '' }), token } });

    expect(statuses(await flood(40, '/metrics'))).toEqual([401, 429]);
  });

  test.each([
    ['GET', '/healthz'],
    ['GET', '/readyz'],
    ['POST', `/secret/${TOKEN}`],
  ])('%s %s takes no body worth the name', async (method, path) => {
    await start();

    expect(await ask(path, method, { 'Content-Length': '1000000000' })).toMatchObject({ status: 413 });
  });

  test('a request that trickles in is cut off', async () => {
    await start({ requestTimeoutMs: 200, teams: { receive: (request) => text(request).then(() => undefined) } });

    const slow = httpRequest({ host: '127.0.0.1', port: bot.port, path: '/api/messages', method: 'POST' });
    const status = new Promise<number | undefined>((resolve, reject) => {
      slow.on('response', (response) => resolve(response.statusCode));
      slow.on('error', reject);
    });
    slow.setHeader('Content-Length', '100');
    slow.write('{');

    expect(await status).toBe(408);
    expect((await ask('/healthz')).status).toBe(200);
    // By itself Node would look after 30 s.
  }, 20_000);

  test('a body without an end, for a route that reads none, is cut off', async () => {
    await start();

    const socket = connect(bot.port, '127.0.0.1');
    const closed = new Promise<string>((resolve) => {
      let seen = '';
      socket.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(seen));
    });
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    socket.write(`POST /secret/${TOKEN} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const pump = (): void => {
      if (socket.destroyed) return;
      socket.write(chunk, () => setImmediate(pump));
    };
    pump();

    expect(await closed).toMatch(/^HTTP\/1.1 410 /);
    expect((await ask('/healthz')).status).toBe(200);
    // The time for a whole request would end it after 30 s.
  }, 20_000);
});

describe('every answer', () => {
  test.each(['/healthz', '/nothing', '/secret/short'])(
    '%s cannot be framed, sniffed or cached, and names no server',
    async (path) => {
      await start();

      const { headers } = await ask(path);

      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cache-control': 'no-store',
      });
      expect(headers).not.toHaveProperty('server');
    },
  );

  test('a path that is not there and a method that is not meant are refused in our own words', async () => {
    await start();

    expect(await ask('/nothing')).toMatchObject({ status: 404, text: 'There is nothing here.' });
    expect(await ask('/healthz', 'DELETE')).toMatchObject({ status: 405 });
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  test('a route that fails says nothing of why, and the server goes on', async () => {
    await start({ ready: () => Promise.reject(new Error('password=hunter2')) });

    const reply = await ask('/readyz');

    expect(reply).toMatchObject({ status: 500, text: 'Latchkey could not answer.' });
    expect(logged()).toContain('A route failed');
    expect((await ask('/healthz')).status).toBe(200);
  });

  test('a route that fails half-way is cut off, and the server goes on', async () => {
    const receive = async (_request: unknown, response: ServerResponse): Promise<void> => {
      response.writeHead(200);
      response.write('half');
      throw new Error('broken');
    };
    await start({ teams: { receive } });

    await expect(ask('/api/messages', 'POST')).rejects.toThrow();

    expect((await ask('/healthz')).status).toBe(200);
  });

  test('the sandbox has no page where it is not', async () => {
    await start();

    expect((await ask('/')).status).toBe(404);
    expect((await ask('/sandbox/index.html')).status).toBe(404);
    expect((await ask('/sandbox/api/personas')).status).toBe(404);
  });
});

describe('a one-time password', () => {
  /** Holds one secret, as the real store does: `open` takes it away. */
  function oneSecret(password: string): {
    exists(token: string): Promise<boolean>;
    open(token: string): Promise<object | undefined>;
  } {
    const secrets = new Map([[TOKEN, { userName: 'b.simon@contoso.example', password }]]);
    return {
      exists: async (token) => secrets.has(token),
      open: async (token) => {
        const secret = secrets.get(token);
        secrets.delete(token);
        return secret;
      },
    };
  }

  test('is not used up by a link preview, and shown once by the button', async () => {
    await start({ secrets: oneSecret('Abc#<1>"&') as HttpServerOptions['secrets'] });

    const previews = [await ask(`/secret/${TOKEN}`), await ask(`/secret/${TOKEN}`)];
    const shown = await ask(`/secret/${TOKEN}`, 'POST');
    const again = await ask(`/secret/${TOKEN}`, 'POST');
    const later = await ask(`/secret/${TOKEN}`);

    for (const preview of previews) {
      expect(preview.status).toBe(200);
      expect(preview.text).toContain('<form method="post">');
      expect(preview.text).not.toContain('Abc#');
    }
    expect(shown.text).toContain('value="Abc#&lt;1&gt;&quot;&amp;"');
    expect(shown.text).toContain('value="b.simon@contoso.example"');
    for (const gone of [again, later]) {
      expect(gone.status).toBe(410);
      expect(gone.text).toContain('New password');
      expect(gone.text).not.toContain('Abc#');
    }
  });

  test('stands on a page without scripts, that nobody keeps, frames or learns the address of', async () => {
    await start({ secrets: oneSecret('x') as HttpServerOptions['secrets'] });

    const { headers, text } = await ask(`/secret/${TOKEN}`, 'POST');

    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'.*form-action 'self'; frame-ancestors 'none'/,
    );
    expect(text).not.toMatch(/<script|https?:\/\//);
    expect(text).toMatch(/<label for="password">/);
  });

  test.each([
    'unknown-but-well-formed',
    'short',
    '%2e%2e%2f%2e%2e',
    '%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00',
    '%zz',
  ])('a link with %s looks like a used one or is refused', async (token) => {
    await start({ secrets: oneSecret('x') as HttpServerOptions['secrets'] });

    for (const method of ['GET', 'POST']) {
      const { status, text } = await ask(`/secret/${token}`, method);
      expect([400, 404, 410]).toContain(status);
      expect(text).not.toContain('%zz');
    }
  });
});

describe("the sandbox's page", () => {
  let folder: string;
  let sandbox: ReturnType<typeof createServer>;
  let seen: { url: string; body: string; headers: IncomingHttpHeaders }[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-page-'));
    for (const [name, content] of [
      ['index.html', '<!doctype html><title>page</title>'],
      ['main.js', 'export {};'],
      ['secret.ts', 'source'],
      ['secret.env', 'x'],
    ] as const) {
      writeFileSync(join(folder, name), content);
    }
    seen = [];
    sandbox = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', body, headers: request.headers });
        if (request.url?.startsWith('/sandbox/api/events')) {
          response.writeHead(200, { 'Content-Type': 'text/event-stream' });
          response.write('data: first\n\n');
          return;
        }
        response.writeHead(418, { 'Content-Type': 'application/json', 'X-Sandbox-Revision': '7' });
        response.end('{"short":"and stout"}');
      });
    });
    await new Promise<void>((resolve) => sandbox.listen(0, '127.0.0.1', resolve));
    const proxyTo = `http://127.0.0.1:${(sandbox.address() as AddressInfo).port}`;
    await start({ page: { folders: [folder], files: { 'adaptivecards.js': join(folder, 'main.js') }, proxyTo } });
  });

  afterEach(async () => {
    sandbox.closeAllConnections();
    await new Promise((resolve) => sandbox.close(resolve));
    rmSync(folder, { recursive: true });
  });

  test('is served with its scripts and nothing inline', async () => {
    const page = await ask('/');

    expect(page).toMatchObject({ status: 200, text: '<!doctype html><title>page</title>' });
    expect(page.headers['content-security-policy']).toMatch(/default-src 'self'/);
    expect((await ask('/sandbox/main.js')).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await ask('/sandbox/adaptivecards.js')).text).toBe('export {};');
  });

  test.each([
    '/sandbox/secret.ts',
    '/sandbox/secret.env',
    '/sandbox/..%2findex.html',
    '/sandbox/%2e%2e/package.json',
    '/sandbox/../../package.json',
    '/sandbox/toString',
    '/sandbox/main.js/',
  ])('%s is none of its files', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  test('its calls are passed on unread, and their answers back', async () => {
    const reply = await fetch(`http://127.0.0.1:${bot.port}/sandbox/api/send?x=1`, {
      method: 'POST',
      body: '{"not":"read"',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': 't' },
    });

    expect(reply.status).toBe(418);
    expect(reply.headers.get('x-sandbox-revision')).toBe('7');
    expect(await reply.text()).toBe('{"short":"and stout"}');
    expect(seen).toMatchObject([
      { url: '/sandbox/api/send?x=1', body: '{"not":"read"', headers: { 'x-sandbox-token': 't' } },
    ]);
  });

  test('its events flow while the stream is open', async () => {
    const reply = await fetch(`http://127.0.0.1:${bot.port}/sandbox/api/events?persona=ada`);
    const reader = reply.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();

    expect(Buffer.from(first?.value ?? []).toString()).toBe('data: first\n\n');
    expect(reply.headers.get('content-type')).toBe('text/event-stream');
  });

  test('its open events do not hold the server back when it closes', async () => {
    const reply = await fetch(`http://127.0.0.1:${bot.port}/sandbox/api/events`);
    const ended = reply.text().then(
      () => 'ended',
      () => 'ended',
    );

    await bot.close(600_000);

    expect(await ended).toBe('ended');
  });

  test('a sandbox that is gone is a 502, and the server goes on', async () => {
    await new Promise((resolve) => sandbox.close(resolve));

    expect(await ask('/sandbox/api/personas')).toMatchObject({ status: 502, text: 'The sandbox does not answer.' });
    expect((await ask('/healthz')).status).toBe(200);
  });

  test.each(['/', '/healthz', '/sandbox/api/personas', '/api/messages'])(
    'a foreign name for this machine does not get to %s',
    async (path) => {
      const reply = await ask(path, path === '/api/messages' ? 'POST' : 'GET', { Host: 'rebound.attacker.example' });

      expect(reply).toMatchObject({ status: 421, text: 'Only this machine may ask here.' });
      expect(seen).toEqual([]);
    },
  );
});

test('closing lets a running answer end', async () => {
  let finish: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    void start({
      teams: {
        receive: async (_request, response) => {
          await new Promise<void>((end) => {
            finish = end;
            resolve();
          });
          response.end('finished');
        },
      },
    }).then(() => void running.push(ask('/api/messages', 'POST')));
  });
  const running: Promise<Reply>[] = [];
  await begun;

  const closed = bot.close(10_000);
  finish();
  await closed;

  expect(await running[0]).toMatchObject({ status: 200, text: 'finished' });
});

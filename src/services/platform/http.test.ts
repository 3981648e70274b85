import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import {
  fetchWithin,
  isLoopbackUrl,
  lookUntil,
  NoAnswer,
  parseRetryAfter,
  paceOf,
  redactSaying,
  withRetries,
  type Pace,
} from './http.js';

/** A pace whose time passes only by waiting. */
function virtualPace(random = 0.5): Pace & { readonly waits: number[] } {
  let now = Date.parse('2026-01-12T09:00:00Z');
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    now += ms;
    return Promise.resolve();
  };
  return { ...paceOf({ wall: () => new Date(now) }, { sleep, random: () => random }), waits };
}

describe('Retry-After', () => {
  const now = new Date('2026-01-12T09:00:00Z');

  test.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['86400', 180_000],
    ['Mon, 12 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 12 Jan 2026 08:00:00 GMT', 0],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2027', 180_000],
    [undefined, undefined],
    [null, undefined],
  ])('%p asks for %p ms', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  test('whatever a server sends, nobody waits longer than three minutes', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const ms = parseRetryAfter(header, now) ?? 0;

        expect(ms >= 0 && ms <= 180_000).toBe(true);
      }),
    );
  });
});

describe('trying again', () => {
  const always = { from: 'Entra', judge: () => ({ againAfterMs: undefined }) };

  test('waits 1, 2, 4 … 30 seconds, less some chance, until the budget would be passed', async () => {
    const pace = virtualPace(1);

    await expect(
      withRetries(() => Promise.reject(new Error('busy')), { ...always, budgetMs: 100_000, pace }),
    ).rejects.toThrow('busy');

    expect(pace.waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('obeys what the remote side says', async () => {
    const pace = virtualPace();
    let tries = 0;

    const done = await withRetries(
      () => {
        tries += 1;
        return tries < 3 ? Promise.reject(new Error('busy')) : Promise.resolve('done');
      },
      { from: 'Entra', judge: () => ({ againAfterMs: 7_000 }), budgetMs: 60_000, pace },
    );

    expect([done, pace.waits]).toEqual(['done', [7_000, 7_000]]);
  });

  test('a wait that the budget does not hold is not begun', async () => {
    const pace = virtualPace();

    await expect(
      withRetries(() => Promise.reject(new Error('busy')), {
        from: 'Entra',
        judge: () => ({ againAfterMs: 90_000 }),
        budgetMs: 60_000,
        pace,
      }),
    ).rejects.toThrow('busy');

    expect(pace.waits).toEqual([]);
  });

  test('what is not worth repeating happens once', async () => {
    let tries = 0;
    const attempt = (): Promise<never> => {
      tries += 1;
      return Promise.reject(new Error('no'));
    };

    await expect(
      withRetries(attempt, { ...always, judge: () => 'give-up', budgetMs: 60_000, pace: virtualPace() }),
    ).rejects.toThrow('no');

    expect(tries).toBe(1);
  });

  test('the waits of many never add up to more than the budget', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(200_000), fc.double({ min: 0, max: 1, noNaN: true }), async (budgetMs, random) => {
        const pace = virtualPace(random);

        await withRetries(() => Promise.reject(new Error('x')), { ...always, budgetMs, pace }).catch(() => undefined);

        expect(pace.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(budgetMs);
      }),
    );
  });
});

describe('looking until it is there', () => {
  const because = 'Entra does not show it yet';

  test('looks quickly at first and every five seconds at last', async () => {
    const pace = virtualPace();

    await expect(
      lookUntil(() => Promise.resolve(undefined), { because, budgetMs: 120_000, pace }),
    ).resolves.toBeUndefined();

    expect(pace.waits[0]).toBe(50);
    expect(pace.waits.at(-1)).toBe(5_000);
    expect(pace.waits.length).toBeLessThan(45);
  });

  test('sees a value soon after it appears', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 100_000 }), async (appearsAfterMs) => {
        const pace = virtualPace();
        const start = pace.wall().getTime();
        const elapsed = (): number => pace.wall().getTime() - start;

        const look = (): Promise<true | undefined> => Promise.resolve(elapsed() >= appearsAfterMs || undefined);
        await lookUntil(look, { because, budgetMs: 120_000, pace });

        expect(elapsed() - appearsAfterMs).toBeLessThanOrEqual(50 + Math.min(appearsAfterMs * 0.25, 5_000));
      }),
    );
  });
});

describe('what stays on this machine', () => {
  test.each([
    'http://127.0.0.1:4010',
    'https://localhost',
    'http://bot.localhost:1/x',
    'http://[::1]:3',
    'http://127.1.2.3',
  ])('%s does', (url) => {
    expect(isLoopbackUrl(url)).toBe(true);
  });

  test.each([
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://evil.example/127.0.0.1',
    'http://127.0.0.1@evil.example',
    'http://0.0.0.0',
    'http://169.254.169.254',
    'ftp://localhost',
    'file:///etc/passwd',
    '127.0.0.1',
    '',
  ])('%s does not', (url) => {
    expect(isLoopbackUrl(url)).toBe(false);
  });
});

describe('the remote side’s own words', () => {
  test('hold no token, no control and no direction character', () => {
    const said = redactSaying('Bearer abc.def-123 \u202eevil\u0000 Basic dXNlcjpwYXNz eyJhbGciOi.eyJzdWIi.c2ln end');

    expect(said).toBe('*** evil *** *** end');
  });

  test('are short', () => {
    expect(redactSaying('x'.repeat(10_000))).toHaveLength(500);
  });
});

describe('a request', () => {
  let server: Server;
  const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const silenceOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'answered',
      (error: unknown) => (error instanceof NoAnswer ? error.silence : String(error)),
    );

  beforeEach(async () => {
    server = createServer((request, response) => {
      if (request.url === '/redirect') {
        response.writeHead(302, { location: '/elsewhere' });
        response.end();
      } else if (request.url === '/drop') response.destroy();
      else if (request.url === '/half') response.setHeader('content-length', 100).write('half');
      else if (request.url === '/ok') response.end('fine');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  });

  test('comes back whole', async () => {
    await expect(fetchWithin(`${url()}/ok`, { timeoutMs: 5_000, system: 'entra' })).resolves.toMatchObject({
      status: 200,
      text: 'fine',
    });
  });

  test('follows no redirect', async () => {
    await expect(fetchWithin(`${url()}/redirect`, { timeoutMs: 5_000, system: 'entra' })).resolves.toMatchObject({
      status: 302,
    });
  });

  test('that is never answered, or only half, ends by its time limit', async () => {
    await expect(silenceOf(fetchWithin(`${url()}/never`, { timeoutMs: 50, system: 'entra' }))).resolves.toBe('timeout');
    await expect(silenceOf(fetchWithin(`${url()}/half`, { timeoutMs: 50, system: 'entra' }))).resolves.toBe('timeout');
  });

  test('whose connection is cut may have been done', async () => {
    await expect(silenceOf(fetchWithin(`${url()}/drop`, { timeoutMs: 5_000, system: 'entra' }))).resolves.toBe('lost');
  });

  test('that nobody took was certainly not done', async () => {
    const gone = url();
    server.close();
    await once(server, 'close');

    await expect(silenceOf(fetchWithin(`${gone}/ok`, { timeoutMs: 5_000, system: 'entra' }))).resolves.toBe('refused');
  });
});

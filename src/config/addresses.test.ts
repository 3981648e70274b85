import fc from 'fast-check';
import { loginHosts, MICROSOFT_CLOUDS } from '../services/entra/microsoft-clouds.js';
import { BASE_URLS, readBaseUrl, readPublicUrl, realHostOf } from './addresses.js';
import { SettingsReader, type Environment } from './settings-reader.js';

function read<T>(env: Environment, reading: (settings: SettingsReader) => T): { value: T; isRight: boolean } {
  const settings = new SettingsReader(env);
  const value = reading(settings);
  try {
    settings.finish();
    return { value, isRight: true };
  } catch {
    return { value, isRight: false };
  }
}

const HOSTS = loginHosts(MICROSOFT_CLOUDS.global);
const baseUrl = (text: string) => read({ ENTRA_LOGIN_URL: text }, (it) => readBaseUrl(it, 'ENTRA_LOGIN_URL', HOSTS));
const publicUrl = (text: string) => read({ PUBLIC_URL: text }, (it) => readPublicUrl(it, 'live'));

/** Addresses inside a network, and ways to write a host so that it is read as another one. */
const INTERNAL = [
  ...['10.0.0.1', '172.16.0.9', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '255.255.255.255'],
  ...['[::ffff:10.0.0.1]', '[::ffff:169.254.169.254]', '[fe80::1]', '[fd00::1]', '[::]', '[::ffff:127.0.0.1]'],
  ...['167772161', '0x0a000001', '012.0.0.1', '2852039166', '0xA9FEA9FE', '10.1', '169.254.43518'],
  ...['localhost.', '127.0.0.1.evil.example', 'localhost.evil.example', 'login.microsoftonline.com.'],
  ...['login.microsoftonline.com.evil.example', 'evil-login.microsoftonline.com', 'metadata.google.internal'],
  ...['printer', 'db.local', 'nas.lan', 'intranet.corp', '１０.0.0.1', 'ⓛocal.internal', '%31%30.0.0.1'],
];
const SCHEMES = [
  'http://',
  'https://',
  'HTTPS://',
  'https:\\\\',
  'https:/',
  'ftp://',
  'file://',
  'javascript:',
  '//',
  '',
];
const BEFORE = ['', 'login.microsoftonline.com@', '127.0.0.1@', '127.0.0.1:80@', ':secret@', 'localhost%00@', '\\@'];
const AFTER = [
  '',
  '/',
  ':22',
  ':443',
  '/path',
  '?x=127.0.0.1',
  '#127.0.0.1',
  '/@127.0.0.1',
  '\\@127.0.0.1',
  ' 127.0.0.1',
];

const hostile = fc
  .tuple(
    fc.constantFrom(...SCHEMES),
    fc.constantFrom(...BEFORE),
    fc.constantFrom(...INTERNAL),
    fc.constantFrom(...AFTER),
  )
  .map((parts) => parts.join(''));
const anything = fc.oneof(
  hostile,
  fc.webUrl({ withQueryParameters: true }),
  fc.string(),
  fc.ipV4().map((ip) => `https://${ip}`),
  fc.ipV6().map((ip) => `http://[${ip}]`),
);

describe('a base URL', () => {
  test('is never an internal address, however it is written', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { isRight, value } = baseUrl(text);
        expect({ text, isRight, value }).toEqual({ text, isRight: text.trim() === '', value: undefined });
      }),
      { numRuns: 5_000 },
    );
  });

  test('that is taken leads to this machine or to a host of the table, and to nothing else', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { isRight, value } = baseUrl(text);
        if (!isRight || value === undefined) return;
        const url = new URL(value);
        expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
        const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
        expect(isHere || (url.protocol === 'https:' && HOSTS.includes(url.host))).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['http://127.0.0.1:4010/', 'http://127.0.0.1:4010'],
    ['https://localhost:8443/prefix/', 'https://localhost:8443/prefix'],
    ['http://[::1]:1', 'http://[::1]:1'],
    // Other ways to write 127.0.0.1: what is kept is what the parser understood.
    ['http://2130706433:80', 'http://127.0.0.1'],
    ['https://login.microsoftonline.com/', 'https://login.microsoftonline.com'],
    ['https://LOGIN.microsoftonline.com:443', 'https://login.microsoftonline.com'],
  ])('%s is taken as %s', (text, value) => {
    expect(baseUrl(text)).toEqual({ isRight: true, value });
  });

  test.each([
    'https://login.microsoftonline.com:8443',
    'http://login.microsoftonline.com',
    'https://login.microsoftonline.com/tenant',
    'https://login.microsoftonline.us',
    'http://127.0.0.1:4010/?to=elsewhere',
    'http://127.0.0.1:4010/#elsewhere',
  ])('%s is not: another port, scheme, path or cloud, or more than an address', (text) => {
    expect(baseUrl(text).isRight).toBe(false);
  });

  test.each(BASE_URLS)('%s has no host of its own unless it is given some', (name) => {
    const { isRight } = read({ [name]: 'https://login.microsoftonline.com' }, (it) => readBaseUrl(it, name));

    expect(isRight).toBe(false);
  });

  test('is a real one when it is not this machine', () => {
    expect(['http://127.0.0.1:1', 'https://[::1]', undefined].map(realHostOf)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(realHostOf('https://graph.microsoft.us')).toBe('graph.microsoft.us');
  });
});

describe('PUBLIC_URL, live', () => {
  test('is never an address or a name that only a local network knows', () => {
    const nowhere = INTERNAL.filter((host) => !/\.example$|^(evil-)?login\.microsoftonline\.com$/.test(host));
    fc.assert(
      fc.property(
        fc.constantFrom(...nowhere),
        fc.constantFrom(...BEFORE),
        fc.constantFrom(...AFTER),
        (host, before, after) => {
          expect(publicUrl(`https://${before}${host}${after}`).isRight).toBe(false);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('that is taken is an https origin with a name of two labels or more', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const { isRight, value } = publicUrl(text);
        if (!isRight || value === undefined) return;
        expect(value).toBe(new URL(value).origin);
        expect(value).toMatch(/^https:\/\/([a-z0-9-]+\.)+[a-z][a-z0-9-]+(:\d+)?$/);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([
    'https://localhost',
    'https://bot.localhost',
    'https://127.0.0.1',
    'https://latchkey',
    'https://u:p@latchkey.example',
  ])('%s is refused', (text) => {
    expect(publicUrl(text).isRight).toBe(false);
  });

  test.each([
    'https://latchkey.contoso.example',
    'https://latchkey.contoso.example:8443',
    'https://xn--mller-kva.example',
  ])('%s is taken', (text) => {
    expect(publicUrl(text)).toEqual({ isRight: true, value: text });
  });
});

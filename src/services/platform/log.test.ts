import fc from 'fast-check';
import { Problem } from './problem.js';
import { createRedact, REDACTED } from './redact.js';
import { recordingLog } from './testing/test-parts.js';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----';

test('a line has a fixed message and its fields', () => {
  const { log, lines } = recordingLog();

  log.child({ operation: 'set-up-sso' }).info({ step: 'Add the app', requestId: 'r-1' }, 'A step is done');
  log.warn('The clock could not be read');

  expect(lines()).toMatchObject([
    { operation: 'set-up-sso', step: 'Add the app', requestId: 'r-1', msg: 'A step is done' },
    { msg: 'The clock could not be read' },
  ]);
});

const secretNames = [
  ...['authorization', 'Authorization', 'cookie', 'Set-Cookie', 'password', 'newPassword', 'MicrosoftAppPassword'],
  ...['secret', 'clientSecret', 'client_secret', 'SLACK_SIGNING_SECRET', 'token', 'access_token', 'SLACK_BOT_TOKEN'],
  ...['client_assertion', 'privateKey', 'private_key', 'passphrase', 'LATCHKEY_KEY', 'SAMLResponse', 'apiKey', 'key'],
];

test.each(secretNames)('what stands under the name %s is not written', (name) => {
  const { log, text } = recordingLog();

  log.info({ request: { headers: [{ [name]: 'hunter2-value' }] } }, 'Sent');

  expect(text()).not.toContain('hunter2-value');
  expect(text()).toContain(REDACTED);
});

test.each([
  ['a bearer token', `got Authorization: Bearer abc123.def-456`, 'abc123'],
  ['a basic credential', 'sent Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
  ['a JWT', `token was ${JWT}!`, JWT],
  ['a private key', `key:\n${PEM}\n`, 'MIIEvQ'],
  ['a private key that was cut', PEM.slice(0, 40), 'MIIEv'],
  ['a Slack token', 'used xoxb-1234567890-abcdefgh', 'abcdefgh'],
  ['a form', 'grant_type=client_credentials&client_secret=s3cr3t%21&x=1', 's3cr3t'],
  ['a one-time link', 'GET /secret/aGVsbG8td29ybGQtYWdhaW4 200', 'aGVsbG8'],
])('%s inside any text is not written', (_, text, secret) => {
  const redact = createRedact();

  expect(JSON.stringify(redact({ note: text, list: [text], error: new Error(text) }))).not.toContain(secret);
});

test('an error of PostgreSQL is written without the values that it names', () => {
  const error = Object.assign(new Error('duplicate key value violates unique constraint "person_pkey"'), {
    ...{ severity: 'ERROR', code: '23505', constraint: 'person_pkey' },
    ...{ detail: 'Key (mail)=(ana@contoso.example) already exists.', where: `unnamed portal parameter $1 = 'hunter2'` },
  });

  const written = JSON.stringify(createRedact()(error));

  expect(written).toContain('person_pkey');
  expect(written).not.toMatch(/ana@contoso|hunter2/);
});

test('an error is written with its causes and its facts, without its secrets', () => {
  const { log, lines, text } = recordingLog();
  const cause = Object.assign(new Error(`refused ${JWT}`), { code: 'ECONNREFUSED', params: ['hunter2-value'] });
  const error = new Problem({ kind: 'remote', what: 'Entra is away.', remedy: 'Retry.', requestId: 'r-1' }, { cause });

  log.error({ error }, 'A run failed');

  expect(lines()[0]).toMatchObject({
    error: { name: 'Problem', message: 'Entra is away.', facts: { requestId: 'r-1' }, cause: { code: 'ECONNREFUSED' } },
  });
  expect(text()).toContain('log.test');
  expect(text()).not.toContain(JWT);
  expect(text()).not.toContain('hunter2-value');
});

test('a configured secret is not written, wherever it stands', () => {
  const { log, text } = recordingLog(['correct horse']);

  log.info({ odd: ['my correct horse!'], 'correct horse': 1 }, 'correct horse sent');

  expect(text()).not.toContain('correct horse');
});

test('what is no secret stays readable', () => {
  const redact = createRedact();
  const harmless = {
    ...{ operation: 'set-up-sso', requestId: 'r-1', status: 403, at: new Date(0), tokenExpires: 12, tokenCount: 3 },
    ...{ rule: 'missing.permissions', thumbprint: 'AB12', ok: true, none: null },
  };

  expect(redact(harmless)).toEqual(harmless);
});

test('circles, depth and odd values do not stop a line', () => {
  const { log, lines } = recordingLog();
  const circle: Record<string, unknown> = {
    big: 12n,
    run: () => 1,
    bytes: Buffer.from('abc'),
    map: new Map([['a', 1]]),
  };
  circle['self'] = circle;

  log.info(circle, 'Odd');

  expect(lines()[0]).toMatchObject({ big: '12', bytes: '[3 bytes]', map: { a: 1 }, self: '[circular]' });
});

test('whatever is logged, a configured secret is not in it', () => {
  const secret = 'zq-SECRET-zq';
  const anything = fc.object({ values: [fc.string(), fc.integer(), fc.constant(secret), fc.constant(`a${secret}b`)] });
  fc.assert(
    fc.property(anything, (fields) => {
      const { log, text } = recordingLog([secret]);
      log.info(fields, 'Anything');
      expect(text()).not.toContain(secret);
    }),
  );
});

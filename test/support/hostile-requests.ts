import fc from 'fast-check';
import { connect } from 'node:net';
import { PEOPLE, TEAMS_BOT, TENANT_ID } from '../../sandbox/credentials.js';

/** A request as no honest client would send it, ready for the wire. */
export interface HostileRequest {
  /** Method, target and headers, as one text with its empty line. */
  readonly head: string;
  readonly body: Buffer;
  /** The sender goes away in the middle: there may be no answer. */
  readonly isCutOff: boolean;
}

export interface Outcome {
  /** Absent: the connection was closed without an answer. */
  readonly status: number | undefined;
  readonly text: string;
}

/** Never part of a good answer: a stack, a path of ours, a library, the text of an exception, a secret. */
const LEAK =
  /\bat .{1,200}:\d+:\d+|node_modules|\/dist\/|\/src\/|\b(?:Type|Syntax|Range|Reference)Error\b|SQLSTATE|relation "|client-secret|hunter2/;

/** What was wrong with an answer; `undefined`: nothing. */
export function faultOf({ head, isCutOff }: HostileRequest, { status, text }: Outcome): string | undefined {
  const request = JSON.stringify(head.slice(0, 300));
  if (LEAK.test(text)) return `${request} was told too much: ${text.slice(0, 500)}`;
  if (status === undefined) return isCutOff ? undefined : `${request} got no answer`;
  return status < 500 ? undefined : `${request} got ${String(status)}: ${text.slice(0, 200)}`;
}

/** The lines of a log that tell of a failure which nobody foresaw. */
export function unforeseenIn(log: string): string[] {
  return log.split('\n').filter((line) => UNFORESEEN.test(line));
}
const UNFORESEEN =
  /A route failed|nobody caught|fault of ours|A turn failed|could not be taken in|"fault":|Warning: Possible/;

/** Sends it over a connection of its own and takes in the answer until the other side closes. */
export function sendHostile(port: number, { head, body, isCutOff }: HostileRequest): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1');
    socket.setTimeout(20_000, () => socket.destroy());
    socket.on('data', (chunk: string) => (answer += chunk));
    // A server that has answered need not read on, so the rest of the request may meet a closed connection.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1];
      resolve({ status: status === undefined ? undefined : Number(status), text: answer });
    });
    socket.write(head, 'latin1');
    socket.write(body);
    if (isCutOff) socket.end();
  });
}

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    '\u0000',
    '\u202E',
    '${1+1}',
    '<at>x</at>',
  ),
  fc.constantFrom('x'.repeat(5_000), '💥'.repeat(300), '%00', '../../etc/passwd', "'; drop table run; --"),
);
const scalar = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom(1e308, -0));
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
})).value;
/** Written by hand, as a literal or a copy would set the prototype instead of the key. */
const POLLUTION = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"type":"message"}';

/** An activity that would be let in, for the fields to be spoilt one by one. */
function activityTo(serviceUrl: string): Record<string, unknown> {
  const [ada] = PEOPLE;
  return {
    ...{ type: 'message', id: 'h', timestamp: '2026-11-24T09:00:00Z', channelId: 'msteams', serviceUrl },
    ...{ text: 'help', textFormat: 'plain', locale: 'en-US', recipient: TEAMS_BOT },
    from: { id: '29:hostile', name: 'Ada', aadObjectId: ada?.id },
    conversation: { id: 'a:hostile', conversationType: 'personal', tenantId: TENANT_ID },
    channelData: { tenant: { id: TENANT_ID } },
    ...{ name: 'adaptiveCard/action', replyToId: '1', membersAdded: [TEAMS_BOT], action: 'add', entities: [] },
    value: { action: { type: 'Action.Execute', verb: 'run-plan', data: { reference: 'x', revision: 1 } } },
  };
}
const FIELDS = Object.keys(activityTo(''));
const VERBS = [
  'run-plan',
  'form-answer',
  'intent',
  'retry-run',
  'undo-set-up',
  'assign',
  'create-person',
  'audit-page',
];

function spoiltActivity(serviceUrl: string): fc.Arbitrary<Record<string, unknown>> {
  const data = fc.dictionary(
    fc.constantFrom('reference', 'revision', 'answer', 'person', 'words', '__proto__'),
    anything,
  );
  const action = fc.record({
    type: fc.oneof(fc.constant<unknown>('Action.Execute'), anything),
    verb: fc.oneof(fc.constantFrom<unknown>(...VERBS), anything),
    data: fc.oneof<fc.Arbitrary<unknown>[]>(data, anything),
  });
  return fc
    .record({
      type: fc.constantFrom('message', 'invoke', 'invoke', 'conversationUpdate', 'installationUpdate', 'event', 'x'),
      id: fc.uuid(),
      value: fc.oneof(fc.record({ action, trigger: anything }), anything),
      spoilt: fc.dictionary(fc.constantFrom(...FIELDS), anything, { maxKeys: 3 }),
      text: fc.oneof(word, fc.constantFrom('help', 'status', 'set up sso', 'assign ', 'cancel', 'back')),
    })
    .map(({ spoilt, ...rest }) => ({ ...activityTo(serviceUrl), ...rest, ...spoilt }));
}

function bodyTo(serviceUrl: string): fc.Arbitrary<Buffer> {
  const text = fc.oneof(
    { weight: 6, arbitrary: spoiltActivity(serviceUrl).map((activity) => JSON.stringify(activity)) },
    { weight: 2, arbitrary: anything.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: word },
    fc.constantFrom(POLLUTION, '', '{', '[1,', 'null', '"', '\uFEFF{}', '{"type":"message","type":"invoke"}'),
    fc.constantFrom('['.repeat(30_000), '{"a":'.repeat(30_000), `{"text":"${'x'.repeat(300_000)}"}`),
  );
  return fc.oneof(
    { weight: 8, arbitrary: text.map((content) => Buffer.from(content, 'utf8')) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)) },
  );
}

const METHODS = [
  'GET',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'TRACE',
  'PROPFIND',
  'get',
  'BREW',
  'P\u00d6ST',
];
const PATHS = [
  ...[
    '/slack/events',
    '/slack/events?x=1',
    '//slack/events',
    '/api/messages',
    '/healthz',
    '/readyz',
    '/metrics',
    '/secret/abcdefghijklmnopqrstuvwxyz012345',
    '/secret/x',
    '/',
  ],
  ...['/sandbox/index.html', '/sandbox/api/personas', '/sandbox/api/send', '/sandbox/../../package.json', '//', '*'],
  ...[
    '/api/messages/',
    '/api/messages?a=%zz',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/%00',
    '/secret/%ff',
    '/file/abcdefghijklmnopqrstuvwxyz012345',
    '/file/%ff',
    '/link/abcdefghijklmnopqrstuvwxyz012345',
    '/link/%ff',
    '/link/callback',
    '/link/callback?code=x&state=abcdefghijklmnopqrstuvwxyz012345',
    '/link/callback?code=x&code=y&state=%ff&error=<b>',
    '/link/callback?code=x&state=approve.abcdefghijklmnopqrstuvwxyz012345',
    '/step-up/abcdefghijklmnopqrstuvwxyz012345',
    '/step-up/%ff',
    '/step-up/00000000-0000-4000-8000-000000000000/approve',
    '/step-up/%ff/approve',
    'http://evil.example/',
  ],
];
/** In a request line: no space and no line end, or it would be another request. */
const strayPath = fc
  .string({ unit: 'binary', maxLength: 60 })
  .map((text) => `/${text.replace(/[\s\u0000-\u001f]/g, '')}`);
const CONTENT_TYPES = [
  ...['application/json', 'application/json', 'application/json', 'application/json; charset=utf-16', 'text/plain'],
  ...['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json;', 'a/b/c', ''],
];
const STRAY_HEADERS = [
  ...[
    'Content-Encoding: gzip',
    'Content-Encoding: br',
    'Accept: ../../x',
    'Authorization: Bearer hunter2',
    'Cookie: a=b',
  ],
  ...['Authorization: Bearer eyJhbGciOiJub25lIn0.e30.', 'X-Forwarded-Proto: javascript:', 'Upgrade: websocket'],
  ...['Expect: 100-continue', 'Expect: something', 'Range: bytes=0-1', 'If-Match: *', 'X-HTTP-Method-Override: DELETE'],
  ...[
    'Accept-Version: 9.9',
    'Content-Type: application/json',
    `X-Long: ${'y'.repeat(9_000)}`,
    `X-Too-Long: ${'y'.repeat(20_000)}`,
  ],
  ...[
    'Bad Header: 1',
    'NoColon',
    'X-Control: \u0001',
    'Content-Length: 5',
    'Content-Length: -1',
    'Transfer-Encoding: x',
  ],
];

/**
 * Requests for every route: wrong methods, paths, headers, types, lengths and bodies, and activities that are nearly right.
 * @param serviceUrl where a message that is let in is answered.
 * @param authorization a good proof of who sends it, for what lies behind live authentication.
 */
export function hostileRequests(serviceUrl: string, authorization?: string): fc.Arbitrary<HostileRequest> {
  const proof = authorization === undefined ? [] : [`Authorization: ${authorization}`];
  return fc
    .record({
      method: fc.oneof({ weight: 3, arbitrary: fc.constant('POST') }, fc.constantFrom(...METHODS)),
      path: fc.oneof(
        { weight: 4, arbitrary: fc.constant('/api/messages') },
        { weight: 4, arbitrary: fc.constantFrom(...PATHS) },
        strayPath,
      ),
      type: fc.oneof({ weight: 3, arbitrary: fc.constant('application/json') }, fc.constantFrom(...CONTENT_TYPES)),
      strays: fc.oneof(
        { weight: 3, arbitrary: fc.constant<string[]>([]) },
        fc.subarray(STRAY_HEADERS, { minLength: 1, maxLength: 2 }),
      ),
      // A proxy in front tells each sender apart, or all would be one, and too fast.
      sender: fc.ipV4(),
      body: bodyTo(serviceUrl),
      framing: fc.constantFrom<Framing>('whole', 'whole', 'whole', 'chunked', 'cut off', 'unfinished'),
    })
    .map(({ method, path, type, strays, sender, body, framing }) => {
      const { header, bytes } = FRAMINGS[framing](body);
      const lines = [
        `${method} ${Buffer.from(path).toString('latin1')} HTTP/1.1`,
        ...['Host: 127.0.0.1', 'Connection: close', `X-Forwarded-For: ${sender}`, `Content-Type: ${type}`, header],
        ...proof,
        ...strays,
      ];
      // Such a request has no end that both sides agree on.
      const isOpenEnded = strays.some((stray) => /^(Content-Length|Transfer-Encoding|Expect|Upgrade)/.test(stray));
      const isCutOff = framing === 'cut off' || framing === 'unfinished' || isOpenEnded;
      return { head: `${lines.join('\r\n')}\r\n\r\n`, body: bytes, isCutOff };
    });
}

type Framing = 'whole' | 'chunked' | 'cut off' | 'unfinished';

const FRAMINGS: Readonly<Record<Framing, (body: Buffer) => { header: string; bytes: Buffer }>> = {
  whole: (body) => ({ header: `Content-Length: ${body.length}`, bytes: body }),
  chunked: (body) => ({
    header: 'Transfer-Encoding: chunked',
    bytes:
      body.length === 0
        ? Buffer.from('0\r\n\r\n')
        : Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]),
  }),
  'cut off': (body) => ({ header: `Content-Length: ${body.length + 10}`, bytes: body }),
  unfinished: (body) => ({
    header: 'Transfer-Encoding: chunked',
    bytes: Buffer.concat([Buffer.from('ffffff\r\n'), body]),
  }),
};

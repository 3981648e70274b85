import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkSlack, judgeSlack } from './slack-area.js';
import { SLACK_EMAIL_SCOPE, SLACK_SCOPES } from './slack-scopes.js';

const scopes = Object.keys(SLACK_SCOPES);
const good = { teamId: 'T1', isForOrganization: false, scopes };

test('a whole app lacks nothing', () => {
  expect(judgeSlack(good).filter(({ state }) => state !== 'ok')).toEqual([]);
});

test.each(scopes)('without the scope %s it is named, with how to add it', (scope) => {
  const found = judgeSlack({ ...good, scopes: scopes.filter((one) => one !== scope) });

  expect(found.filter(({ state }) => state !== 'ok')).toEqual([
    expect.objectContaining({
      ...{ name: `slack-scope:${scope}`, state: 'missing' },
      remedy: expect.stringContaining(`add ${scope}, then reinstall`),
    }),
  ]);
});

test('a refused token, an app for a whole organisation and scopes that nobody needs are named', () => {
  const named = (facts: Parameters<typeof judgeSlack>[0]): string[] =>
    judgeSlack(facts).flatMap(({ name, state, what }) => (state === 'ok' ? [] : [`${name}: ${what}`]));

  expect(named({ ...good, error: 'invalid_auth' })).toEqual(['slack-sign-in: Slack does not take the bot token.']);
  expect(named({ ...good, isForOrganization: true })).toEqual([expect.stringContaining('serves one workspace')]);
  expect(named({ ...good, scopes: [...scopes, 'users:read.email'] })).toEqual([
    expect.stringContaining(
      'slack-scope-too-much: The Slack app may do more than this release uses: users:read.email.',
    ),
  ]);
});

test('where people may ask by their e-mail, the scope for it is needed', () => {
  const email = Object.keys(SLACK_EMAIL_SCOPE);
  const named = (granted: readonly string[]): string[] =>
    judgeSlack({ ...good, scopes: granted }, true).flatMap(({ name, state }) => (state === 'ok' ? [] : [name]));

  expect(named([...scopes, ...email])).toEqual([]);
  expect(named(scopes)).toEqual(['slack-scope:users:read.email']);
});

describe('what Slack says of its token', () => {
  let server: Server;
  let apiUrl: string;
  let asked: (string | undefined)[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      response.setHeader('x-oauth-scopes', scopes.join(', '));
      response.end(JSON.stringify({ ok: true, team_id: 'T1', is_enterprise_install: false }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  });
  afterAll(() => server.close());

  test('is asked once, and scopes come with it', async () => {
    asked = [];

    const found = await checkSlack({ token: 'xoxb-1', apiUrl });

    expect(asked).toEqual(['POST /api/auth.test Bearer xoxb-1']);
    expect(found.every(({ state }) => state === 'ok')).toBe(true);
    expect(found).toHaveLength(1 + scopes.length);
  });

  test('that people may ask by their e-mail is warned of', async () => {
    const found = await checkSlack({ token: 'xoxb-1', apiUrl, readsEmail: true });

    expect(found.find(({ name }) => name === 'slack-requesters-by-email')).toMatchObject({
      ...{ state: 'warning', what: expect.stringContaining('can ask for access in their name') },
    });
  });

  test('nothing is known when Slack does not answer', async () => {
    expect(await checkSlack({ token: 'xoxb-1', apiUrl: 'http://127.0.0.1:9/api' })).toEqual([
      expect.objectContaining({ name: 'slack-sign-in', state: 'could-not-look' }),
    ]);
  });
});

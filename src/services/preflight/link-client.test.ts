import { Problem, type ProblemFacts } from '../platform/problem.js';
import { lookAt, notLooked, type Finding, type Look } from './finding.js';
import { judgeLinkClient, judgeLinkSignIn } from './link-client.js';
import type { CredentialOwner } from './own-credentials.js';

const CLIENT = {
  clientId: 'c',
  deeds: 'link their Slack account',
  redirectUri: 'https://latchkey.contoso.example/link/callback',
};
const OWNER: CredentialOwner = { key: 'link', setting: 'LINK_CLIENT_SECRET', kind: 'secret' };
const unseen = (name: string, problem: ProblemFacts): Finding => notLooked(name, problem);
const registered = (...redirectUris: string[]) =>
  ({
    ok: true,
    value: { objectId: 'o', appId: 'c', name: 'Latchkey', credentials: [], redirectUris, idTokenClaims: [] },
  }) as const;

test.each([
  ['the very address', CLIENT.redirectUri, 'ok'],
  ['one with a slash behind it', `${CLIENT.redirectUri}/`, 'missing'],
  ['one of another case', 'https://latchkey.contoso.example/Link/callback', 'missing'],
  ['one without TLS', 'http://latchkey.contoso.example/link/callback', 'missing'],
])('%s among the redirect URIs is judged to the letter', (_what, uri, state) => {
  expect(judgeLinkClient(CLIENT, registered('https://other.example', uri), unseen)[0]?.state).toBe(state);
});

test('of this machine any port does', () => {
  const here = { ...CLIENT, redirectUri: 'http://localhost:3978/link/callback' };

  expect(judgeLinkClient(here, registered('http://localhost/link/callback'), unseen)[0]?.state).toBe('ok');
});

test('a registration of another tenant cannot be looked at, and without an address there is nothing to look for', () => {
  const none: Look<undefined> = { ok: true, value: undefined };

  expect(judgeLinkClient(CLIENT, none, unseen)[0]).toMatchObject({ name: 'link-redirect', state: 'could-not-look' });
  expect(judgeLinkClient({ clientId: 'c', deeds: '' }, none, unseen)).toEqual([]);
});

test('a credential is wrong when Entra says so, and unknown when Entra says nothing', async () => {
  const failing = (answer: 'unauthorized' | 'timeout') =>
    lookAt(() => Promise.reject(new Problem({ kind: 'remote', system: 'entra', answer, what: 'x.', remedy: 'y.' })));

  expect(judgeLinkSignIn(OWNER, CLIENT, await failing('unauthorized')).state).toBe('missing');
  expect(judgeLinkSignIn(OWNER, CLIENT, await failing('timeout')).state).toBe('could-not-look');
  expect(judgeLinkSignIn(OWNER, CLIENT, await lookAt(() => Promise.reject(new Error('x')))).state).toBe(
    'could-not-look',
  );
});

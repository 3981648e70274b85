import { BOT, TENANT_ID } from '../../sandbox/credentials.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import { MICROSOFT_CLOUDS, type MicrosoftCloud } from '../../src/services/entra/microsoft-clouds.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, secretProof, WaitingClock } from './remote-stand.js';
import { Stranger } from './tls-stand.js';

const TOKEN = `e30.${Buffer.from(JSON.stringify({ oid: BOT.servicePrincipalId, roles: [] })).toString('base64url')}.x`;

/** What was meant for the internet goes to a server on this machine; where it was meant to go is written down. */
async function besideTheInternet(
  story: (sent: { url: string; body: string; authorization: string }[]) => Promise<void>,
): Promise<void> {
  const answer = { token_type: 'Bearer', expires_in: 3_599, access_token: TOKEN, value: [] };
  const headers = { 'content-type': 'application/json' };
  const stranger = await Stranger.listen({ status: 200, headers, body: JSON.stringify(answer) });
  const real = globalThis.fetch;
  const sent: { url: string; body: string; authorization: string }[] = [];
  globalThis.fetch = (input, init) => {
    const url = String(input);
    const authorization = new Headers(init?.headers).get('authorization') ?? '';
    sent.push({ url, body: String(init?.body ?? ''), authorization });
    if (url.includes('/.well-known/openid-configuration')) return Promise.resolve(discoveryOf(new URL(url).origin));
    return real(stranger.url, init);
  };
  try {
    await story(sent);
  } finally {
    globalThis.fetch = real;
    await stranger.close();
  }
}

/** The SDK knows most sign-in hosts by heart and asks the others. */
function discoveryOf(login: string): Response {
  const base = `${login}/${TENANT_ID}`;
  return Response.json({
    issuer: `${base}/v2.0`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  });
}

const alternative: MicrosoftCloud = { ...MICROSOFT_CLOUDS.china, loginHost: 'login.chinacloudapi.cn' };

test.each<[string, MicrosoftCloud, string, string]>([
  ['global', MICROSOFT_CLOUDS.global, 'login.microsoftonline.com', 'graph.microsoft.com'],
  ['usgov', MICROSOFT_CLOUDS.usgov, 'login.microsoftonline.us', 'graph.microsoft.us'],
  ['dod', MICROSOFT_CLOUDS.dod, 'login.microsoftonline.us', 'dod-graph.microsoft.us'],
  ['china', MICROSOFT_CLOUDS.china, 'login.partner.microsoftonline.cn', 'microsoftgraph.chinacloudapi.cn'],
  ['china by its other host', alternative, 'login.chinacloudapi.cn', 'microsoftgraph.chinacloudapi.cn'],
])('in %s the SDKs sign in and ask at the hosts of that cloud, and at no other', async (_, cloud, login, graph) => {
  await besideTheInternet(async (sent) => {
    const clock = new WaitingClock();
    const entra = createEntra({
      ...{ ...BOT_AT_ENTRA, cloud, credential: secretProof('a secret of that cloud') },
      ...{ reachable: createReachable({}), clock, sleep: clock.sleep, budgetMs: 1_000 },
    });

    await expect(entra.listDomains()).resolves.toEqual([]);

    const signIn = sent.find(({ body }) => body.includes('client_secret'));
    const call = sent.find(({ authorization }) => authorization !== '');
    expect(signIn?.url).toMatch(`https://${login}/${TENANT_ID}/oauth2/v2.0/token`);
    expect(new URLSearchParams(signIn?.body).get('scope')).toContain(`https://${graph}/.default`);
    expect(call).toMatchObject({
      url: expect.stringMatching(`^https://${graph}/v1.0/domains`),
      authorization: `Bearer ${TOKEN}`,
    });
    expect(new Set(sent.map(({ url }) => new URL(url).host))).toEqual(new Set([login, graph]));
  });
});

test('a link to the next page that leads to another cloud is not followed with the token', async () => {
  await besideTheInternet(async (sent) => {
    const clock = new WaitingClock();
    const next = 'https://graph.microsoft.com/v1.0/domains?$skiptoken=x';
    const real = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const answer = await real(input, init);
      return String(input).includes('/domains') ? Response.json({ value: [], '@odata.nextLink': next }) : answer;
    };
    const entra = createEntra({
      ...{ ...BOT_AT_ENTRA, cloud: MICROSOFT_CLOUDS.usgov },
      ...{ reachable: createReachable({}), clock, sleep: clock.sleep, budgetMs: 1_000 },
    });

    await expect(entra.listDomains()).rejects.toMatchObject({ facts: { code: 'unexpected-answer' } });
    expect(sent.filter(({ url }) => url.includes('graph.microsoft.com'))).toEqual([]);
  });
});

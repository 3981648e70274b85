import { paceOf } from '../platform/http.js';
import { createCredential, tokenClaims, type BotCredential } from './credential.js';

const bot = (loginUrl?: string): BotCredential => ({
  tenantId: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  clientId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  clientSecret: 'secret',
  loginUrl,
  timeoutMs: 1_000,
  pace: paceOf({ wall: () => new Date() }),
});

describe('the credential is chosen by the scheme of the login URL', () => {
  test.each([undefined, 'https://login.microsoftonline.us'])(
    '%p takes the class of @azure/identity',
    async (loginUrl) => {
      const { ClientSecretCredential } = await import('@azure/identity');

      expect(await createCredential(bot(loginUrl))).toBeInstanceOf(ClientSecretCredential);
    },
  );

  test('http on this machine takes our own', async () => {
    const { ClientSecretCredential } = await import('@azure/identity');

    expect(await createCredential(bot('http://127.0.0.1:4010'))).not.toBeInstanceOf(ClientSecretCredential);
  });

  test('http to anywhere else is refused: the secret would travel in the open', async () => {
    await expect(createCredential(bot('http://login.example'))).rejects.toThrow(RangeError);
  });
});

describe('what a token says', () => {
  const jwt = (payload: unknown): string =>
    ['e30', Buffer.from(JSON.stringify(payload)).toString('base64url'), 'x'].join('.');

  test('who the bot is, and what it may do', () => {
    expect(tokenClaims(jwt({ oid: 'o', roles: ['User.Read.All'], other: 1 }))).toEqual({
      oid: 'o',
      roles: ['User.Read.All'],
    });
  });

  test.each(['', 'opaque', 'a.b.c', jwt(null), jwt({ roles: 'all' })])('%p says nothing', (token) => {
    expect(tokenClaims(token)).toEqual({ roles: [] });
  });
});

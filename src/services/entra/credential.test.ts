import { paceOf } from '../platform/http.js';
import type { BotCredential } from './bot-credential.js';
import { createCredential, tokenClaims } from './credential.js';
import { GLOBAL_CLOUD } from './microsoft-clouds.js';
import { sdkCredential, SdkWire } from './sdk-credential.js';

const bot = (own: Partial<BotCredential> = {}): BotCredential => ({
  tenantId: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  cloud: GLOBAL_CLOUD,
  clientId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  proof: { kind: 'secret', secret: { reveal: () => 'secret' } },
  timeoutMs: 1_000,
  pace: paceOf({ wall: () => new Date() }),
  ...own,
});

describe('the credential', () => {
  test('is the class of @azure/identity for a secret, and no chain', async () => {
    const { ClientSecretCredential } = await import('@azure/identity');

    expect(await sdkCredential(bot(), new SdkWire(bot()))).toBeInstanceOf(ClientSecretCredential);
  });

  test('is that of a managed identity when the settings say so, with or without a client id', async () => {
    const { ManagedIdentityCredential } = await import('@azure/identity');
    const ofSystem = bot({ proof: { kind: 'managed-identity' }, clientId: undefined });
    const ofUser = bot({ proof: { kind: 'managed-identity' } });

    expect(await sdkCredential(ofSystem, new SdkWire(ofSystem))).toBeInstanceOf(ManagedIdentityCredential);
    expect(await sdkCredential(ofUser, new SdkWire(ofUser))).toBeInstanceOf(ManagedIdentityCredential);
  });

  test('http to anywhere else than this machine is refused: the secret would travel in the open', () => {
    expect(() => createCredential(bot({ loginUrl: 'http://login.example' }))).toThrow(RangeError);
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

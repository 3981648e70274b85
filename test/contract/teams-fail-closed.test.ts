import fc from 'fast-check';
import { createTeamsConnector } from '../../src/bot/teams/connector.js';
import { ConfigError, readConfig, SETTINGS, type Config, type Environment } from '../../src/config.js';

const GUID = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';

/** Values that are right, for settings that most others depend on. */
const RIGHT: Readonly<Record<string, string>> = {
  PUBLIC_URL: 'https://latchkey.contoso.example',
  MicrosoftAppId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003',
  MicrosoftAppTenantId: GUID,
  MicrosoftAppPassword: 'bot secret',
  AZURE_TENANT_ID: GUID,
  AZURE_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  AZURE_CLIENT_SECRET: 'graph secret',
  GENESYSCLOUD_REGION: 'eu-central-1',
  GENESYSCLOUD_OAUTHCLIENT_ID: '6e0e5f75-c1e2-4a53-8d1f-5d1a7b0c0001',
  GENESYSCLOUD_OAUTHCLIENT_SECRET: 'genesys secret',
};
const STAND_INS: Readonly<Record<string, string>> = {
  GRAPH_BASE_URL: 'http://127.0.0.1:4010',
  ENTRA_LOGIN_URL: 'http://127.0.0.1:4010',
  GENESYS_GATEWAY_URL: 'http://127.0.0.1:4020',
};
const TEAMS_STAND_IN: Readonly<Record<string, string>> = {
  TEAMS_OPENID_URL: 'http://127.0.0.1:4030/v1/.well-known/openidconfiguration',
  TEAMS_TOKEN_ISSUER: 'http://127.0.0.1:4030',
  TEAMS_LOGIN_URL: 'http://127.0.0.1:4030',
};

/** Without Teams. */
const SLACK_ALONE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(RIGHT).filter(([name]) => !name.startsWith('MicrosoftApp'))),
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_SIGNING_SECRET: 'a'.repeat(32),
};

/** One of them set, and Teams is on. */
const TEAMS_SETTINGS = [
  ...SETTINGS.map(({ name }) => name).filter((name) => /^(MicrosoftApp|Certificate)/.test(name)),
  ...Object.keys(TEAMS_STAND_IN),
];

function read(env: Environment): Config | ConfigError {
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

const problemsOf = (env: Environment): readonly string[] => {
  const result = read(env);
  return result instanceof ConfigError ? result.problems : [];
};

/** What `readConfig` makes of it is an error, a sandbox that nobody outside reaches, or a door that asks for a token. */
async function expectFailClosed(env: Environment): Promise<void> {
  const result = read(env);
  const isSet = (name: string): boolean => (env[name]?.trim() ?? '') !== '';
  if (result instanceof ConfigError) {
    const isLive = env['LATCHKEY_MODE']?.trim() === 'live';
    const isOn = TEAMS_SETTINGS.some(isSet);
    for (const name of ['MicrosoftAppId', 'MicrosoftAppTenantId'].filter((needed) => isLive && isOn && !isSet(needed)))
      expect(result.problems.join('\n')).toMatch(new RegExp(`^${name} is missing`, 'm'));
    return;
  }
  if (result.mode === 'sandbox') {
    expect(result.host).toBe('127.0.0.1');
    expect(SETTINGS.filter(({ name, isCredential }) => isCredential && isSet(name))).toEqual([]);
    expect(Object.keys(TEAMS_STAND_IN).filter(isSet)).toEqual([]);
    return;
  }
  const { teams, slack } = result.remote;
  if (!teams) {
    expect(TEAMS_SETTINGS.filter(isSet)).toEqual([]);
    expect(slack).toBeDefined();
    return;
  }
  if (teams.kind !== 'registered') throw new Error('Live without a registration.');
  const tokens = { get: async () => '', renew: () => undefined };
  const connector = createTeamsConnector({ ...teams, tokens });
  expect(connector.isLoopbackOnly).toBe(false);
  expect(await connector.authenticate(undefined)).toMatchObject({ ok: false });
  expect(await connector.authenticate('Bearer e30.e30.')).toMatchObject({ ok: false });
  const isStandIn = teams.cloud.serviceHosts === 'loopback';
  expect(isStandIn).toBe(Object.keys(TEAMS_STAND_IN).some(isSet));
  if (isStandIn) for (const name of Object.keys(STAND_INS)) expect(env[name]).toMatch(/127\.0\.0\.1/);
}

const garbage = fc.constantFrom(
  '',
  ' ',
  '0',
  'false',
  'off',
  'none',
  'null',
  'undefined',
  '*',
  'http://127.0.0.1:1',
  GUID,
);

test('no setting, no missing setting and no mixture of them turns authentication off in live mode', async () => {
  const complete = { ...RIGHT, ...STAND_INS, ...TEAMS_STAND_IN };
  const values = Object.fromEntries(
    SETTINGS.map(({ name }) => [
      name,
      fc.oneof(
        { weight: 3, arbitrary: fc.constant(complete[name]) },
        { weight: 1, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: garbage },
      ),
    ]),
  );
  const mode = fc.constantFrom(undefined, '', 'live', 'sandbox', 'LIVE', 'none');
  const environments = fc.tuple(fc.record(values), mode).map(([env, wanted]) => ({ ...env, LATCHKEY_MODE: wanted }));
  await fc.assert(fc.asyncProperty(environments, expectFailClosed), { numRuns: 3_000 });
});

test('nor does leaving out or spoiling a few settings of a complete installation', async () => {
  const bases = fc.constantFrom(
    ...[RIGHT, SLACK_ALONE, { ...RIGHT, ...STAND_INS }, { ...RIGHT, ...STAND_INS, ...TEAMS_STAND_IN }],
  );
  const names = SETTINGS.map(({ name }) => name);
  const changes = fc.dictionary(fc.constantFrom(...names), fc.option(garbage, { nil: undefined }), { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(bases, changes, (base, change) =>
      expectFailClosed({
        ...base,
        LATCHKEY_MODE: 'live',
        ...change,
        ...(change['LATCHKEY_MODE'] === undefined ? { LATCHKEY_MODE: 'live' } : {}),
      }),
    ),
    { numRuns: 3_000 },
  );
});

test('the complete installations of these properties are complete', () => {
  expect(problemsOf(RIGHT)).toEqual([]);
  expect(problemsOf(SLACK_ALONE)).toEqual([]);
  expect(problemsOf({ ...RIGHT, ...STAND_INS, ...TEAMS_STAND_IN })).toEqual([]);
});

describe('how the bot proves who it is', () => {
  const WITHOUT_PROOF = { ...RIGHT, MicrosoftAppPassword: '' };
  const proofOf = (env: Environment): unknown => {
    const result = read(env);
    return result instanceof ConfigError || result.mode !== 'live' || result.remote.teams?.kind !== 'registered'
      ? result
      : result.remote.teams.proof;
  };

  test('by a secret, a certificate or a managed identity', () => {
    const certificate = { CertificatePrivateKey: '/run/bot.pem', CertificateThumbprint: 'aa:'.repeat(19) + 'aa' };

    expect(proofOf(RIGHT)).toMatchObject({ kind: 'secret' });
    expect(proofOf({ ...WITHOUT_PROOF, ...certificate })).toMatchObject({
      kind: 'certificate',
      thumbprint: 'AA'.repeat(20),
    });
    expect(proofOf({ ...WITHOUT_PROOF, CertificatePrivateKey: '/run/bot.pem' })).toMatchObject({ kind: 'certificate' });
    expect(proofOf({ ...WITHOUT_PROOF, MicrosoftAppType: 'UserAssignedMsi' })).toEqual({ kind: 'managed-identity' });
  });

  test.each<[string, Environment, readonly string[]]>([
    ['nothing', {}, ['MicrosoftAppPassword is missing']],
    ['a thumbprint alone', { CertificateThumbprint: 'A'.repeat(40) }, ['CertificatePrivateKey is missing']],
    [
      'a thumbprint that is none',
      { CertificateThumbprint: 'abc', CertificatePrivateKey: 'x' },
      ['CertificateThumbprint must be'],
    ],
    [
      'a secret and a certificate',
      { MicrosoftAppPassword: 'x', CertificatePrivateKey: 'x' },
      ['MicrosoftAppPassword is set beside a certificate'],
    ],
    [
      'a managed identity with a secret',
      { MicrosoftAppType: 'UserAssignedMSI', MicrosoftAppPassword: 'x' },
      ['MicrosoftAppPassword must not be set'],
    ],
    [
      'a multi-tenant bot',
      { MicrosoftAppType: 'MultiTenant', MicrosoftAppPassword: 'x' },
      ['MicrosoftAppType must be'],
    ],
  ])('%s is refused by name', (_what, env, expected) => {
    expect(problemsOf({ ...WITHOUT_PROOF, ...env })).toEqual(expected.map((start) => expect.stringContaining(start)));
  });
});

describe('the cloud', () => {
  test.each([
    ['usgov', 'https://api.botframework.us', ['smba.infra.gov.teams.microsoft.us'], 'sharepoint.us'],
    ['dod', 'https://api.botframework.us', ['smba.infra.dod.teams.microsoft.us'], 'sharepoint-mil.us'],
    [
      'global',
      'https://api.botframework.com',
      ['smba.trafficmanager.net', 'smba.infra.gcc.teams.microsoft.com'],
      'sharepoint.com',
    ],
  ])('%s has its own issuer and its own hosts', (name, tokenIssuer, serviceHosts, fileDomain) => {
    expect(read({ ...RIGHT, AZURE_CLOUD: name })).toMatchObject({
      remote: { teams: { cloud: { tokenIssuer, serviceHosts, fileDomain } } },
    });
  });

  test('where Latchkey does not know Teams is refused', () => {
    expect(problemsOf({ ...RIGHT, AZURE_CLOUD: 'china' })).toEqual([
      expect.stringMatching(/^AZURE_CLOUD is "china", where Latchkey does not know Teams/),
    ]);
  });
});

describe('a stand-in for those who sign', () => {
  test.each(Object.keys(TEAMS_STAND_IN))('needs %s as well', (name) => {
    const problems = problemsOf({ ...RIGHT, ...STAND_INS, ...TEAMS_STAND_IN, [name]: '' });

    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} is missing`))]);
  });

  test('is refused in front of real systems, where it could forge messages', () => {
    const problems = problemsOf({ ...RIGHT, ...TEAMS_STAND_IN });

    expect(problems).toEqual(
      Object.keys(TEAMS_STAND_IN).map((name) => expect.stringMatching(`^${name} must not be set`)),
    );
  });

  test.each(['https://login.botframework.com/x', 'http://10.0.0.1/', 'http://127.0.0.1@attacker.example/'])(
    'is on this machine only, not %s',
    (url) => {
      const problems = problemsOf({ ...RIGHT, ...STAND_INS, ...TEAMS_STAND_IN, TEAMS_OPENID_URL: url });

      expect(problems).toEqual([expect.stringMatching(/^TEAMS_OPENID_URL must be an address of this machine/)]);
    },
  );

  test('is refused in sandbox mode, which authenticates nobody', () => {
    expect(problemsOf(TEAMS_STAND_IN)).toHaveLength(3);
  });
});

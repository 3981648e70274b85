import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  ConfigError,
  publicUrl,
  readConfig,
  readRemoteSettings,
  Secret,
  SETTINGS,
  type Environment,
} from './config.js';

const LIVE: Environment = {
  PUBLIC_URL: 'https://latchkey.contoso.example',
  MicrosoftAppId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003',
  MicrosoftAppTenantId: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  MicrosoftAppPassword: 'bot secret',
  AZURE_TENANT_ID: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  AZURE_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  AZURE_CLIENT_SECRET: 'graph secret',
  GENESYSCLOUD_REGION: 'eu-central-1',
  GENESYSCLOUD_OAUTHCLIENT_ID: '6e0e5f75-c1e2-4a53-8d1f-5d1a7b0c0001',
  GENESYSCLOUD_OAUTHCLIENT_SECRET: 'genesys secret',
};

const TEAMS: readonly string[] = Object.keys(LIVE).filter((name) => name.startsWith('MicrosoftApp'));
const SLACK: Environment = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'a'.repeat(32) };

function withoutTeams(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !TEAMS.includes(name)));
}

function problemsOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test('a setting that @azure/identity would read behind our back is an error and no trap', () => {
  expect(problemsOf({ AZURE_REGIONAL_AUTHORITY_NAME: 'westeurope' })).toEqual([
    expect.stringMatching(/^AZURE_REGIONAL_AUTHORITY_NAME is set, .* remove it/),
  ]);
});

describe('the mode', () => {
  test('without any setting it is the sandbox, on this machine only', () => {
    const config = readConfig({});

    expect(config).toMatchObject({ mode: 'sandbox', host: '127.0.0.1', port: 3978, dataDir: './.latchkey' });
    expect(publicUrl(config, 3978)).toBe('http://localhost:3978');
  });

  test('any credential without LATCHKEY_MODE means live, and each missing setting is named with where to find it', () => {
    const problems = problemsOf({ AZURE_CLIENT_SECRET: 'x' });

    const named = problems.map((problem) => problem.split(' ')[0]);
    const wanted = ['MicrosoftAppId', ...Object.keys(LIVE).filter((name) => !TEAMS.includes(name))];
    expect(new Set(named)).toEqual(new Set(wanted.filter((name) => name !== 'AZURE_CLIENT_SECRET')));
    expect(problems.find((problem) => problem.startsWith('AZURE_CLIENT_ID'))).toMatch(/Entra admin center/);
    expect(
      problems.filter((problem) => /^MicrosoftAppId and SLACK_BOT_TOKEN are both unset/.test(problem)),
    ).toHaveLength(1);
  });

  test('either chat does, and one that has none of its settings is off', () => {
    const slackAlone = { ...withoutTeams(LIVE), ...SLACK };
    const config = readConfig(slackAlone);

    expect(config).toMatchObject({ mode: 'live', remote: { slack: { delivery: { kind: 'http' } } } });
    expect(config).not.toHaveProperty('remote.teams.kind');
    expect(readConfig(LIVE)).not.toHaveProperty('remote.slack.botToken');
    expect(problemsOf({ ...slackAlone, AZURE_CLOUD: 'china' })).toEqual([]);
  });

  test('with Slack there must be a client that people can sign in to; without Slack nobody asks for one', () => {
    const managed = { ...LIVE, AZURE_CLIENT_SECRET: '', AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' };
    const own = { LINK_CLIENT_ID: LIVE['AZURE_CLIENT_ID'], LINK_CLIENT_SECRET: 'x' };

    expect(problemsOf(managed)).toEqual([]);
    expect(problemsOf({ ...managed, ...SLACK, PORT: 'x' })).toEqual([
      expect.stringMatching(/^PORT must be/),
      expect.stringMatching(/^LINK_CLIENT_ID is missing: Slack is on/),
    ]);
    expect(problemsOf({ ...managed, ...SLACK, ...own })).toEqual([]);
    // What the registration itself lacks is said once.
    expect(problemsOf({ ...LIVE, ...SLACK, AZURE_CLIENT_SECRET: '' })).toEqual([
      expect.stringMatching(/^AZURE_CLIENT_SECRET is missing/),
    ]);
  });

  test.each([...TEAMS, 'MicrosoftAppType', 'CertificateThumbprint', 'TEAMS_LOGIN_URL'])(
    'Teams is on as soon as %s is set, and then all that it needs must be',
    (name) => {
      const value = LIVE[name] ?? (name === 'MicrosoftAppType' ? 'SingleTenant' : 'http://127.0.0.1:4030');
      const problems = problemsOf({ ...withoutTeams(LIVE), ...SLACK, [name]: value });

      const missing = ['MicrosoftAppId', 'MicrosoftAppTenantId'].filter((needed) => needed !== name);
      for (const needed of missing) expect(problems.join('\n')).toMatch(new RegExp(`^${needed} is missing`, 'm'));
    },
  );

  test.each(Object.keys(LIVE))('live does not start without %s', (name) => {
    const problems = problemsOf({ ...LIVE, LATCHKEY_MODE: 'live', [name]: '' });

    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} is missing`))]);
  });

  test('whatever is missing, live does not start and names all of it at once', () => {
    fc.assert(
      fc.property(
        fc.subarray(Object.keys(LIVE), { minLength: 1 }),
        fc.constantFrom('', '  ', undefined),
        (missing, nothing) => {
          const without = Object.fromEntries(missing.map((name) => [name, nothing]));
          const problems = problemsOf({ ...LIVE, ...without, LATCHKEY_MODE: 'live' });

          const named = problems.map((problem) => problem.split(' ')[0]);
          // Without any of its settings Teams is off, and no chat is there.
          const isOff = TEAMS.every((name) => missing.includes(name));
          const wanted = isOff ? ['MicrosoftAppId', ...missing.filter((name) => !TEAMS.includes(name))] : missing;
          expect([...named].sort()).toEqual([...wanted].sort());
          for (const problem of problems) expect(problem).toMatch(/ is missing| are both unset/);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('no credential, alone or with others, right or wrong, leads to the sandbox or to live without authentication', () => {
    const credentials = SETTINGS.filter(({ isCredential }) => isCredential).map(({ name }) => name);
    const some = fc.uniqueArray(fc.constantFrom(...credentials), { minLength: 1 });
    fc.assert(
      fc.property(
        some,
        fc.string({ minLength: 1 }).filter((text) => text.trim() !== ''),
        fc.boolean(),
        (names, value, others) => {
          const env = { ...(others ? LIVE : {}), ...Object.fromEntries(names.map((name) => [name, value])) };
          let config: ReturnType<typeof readConfig> | undefined;
          try {
            config = readConfig(env);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
          }
          if (config === undefined) return;
          expect(config.mode).toBe('live');
          if (config.mode !== 'live') return;
          const { teams, slack } = config.remote;
          expect([teams, slack]).not.toEqual([undefined, undefined]);
          expect(teams?.kind ?? 'registered').toBe('registered');
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('live with everything set has authentication on', () => {
    const config = readConfig(LIVE);

    expect(config).toMatchObject({
      mode: 'live',
      remote: { tenantId: LIVE['AZURE_TENANT_ID'], teams: { kind: 'registered', appId: LIVE['MicrosoftAppId'] } },
    });
  });

  test('the sandbox does not start beside credentials', () => {
    const problems = problemsOf({ LATCHKEY_MODE: 'sandbox', AZURE_CLIENT_ID: 'x', MicrosoftAppId: 'y' });

    expect(problems).toEqual([expect.stringContaining('MicrosoftAppId, AZURE_CLIENT_ID are set')]);
  });

  test('a misspelt mode is not taken for one', () => {
    expect(problemsOf({ LATCHKEY_MODE: 'prod' })).toEqual([expect.stringContaining('"sandbox" or "live"')]);
  });
});

describe('values', () => {
  test.each([
    ['HOST', '0.0.0.0', '127.0.0.1'],
    ['PORT', '70000', '0 to 65535'],
    ['PORT', '3978x', '0 to 65535'],
    ['PUBLIC_URL', 'https://latchkey.example.com', 'localhost'],
    ['PUBLIC_URL', 'http://localhost:3978/path', 'without a path'],
    ['LATCHKEY_KEY', 'short', '32 random bytes'],
    ['LOG_LEVEL', 'loud', 'debug, info'],
    ['REPLICATION_BUDGET_S', '0', '1 to 3600'],
    ['GRAPH_BASE_URL', 'http://169.254.169.254/latest', 'this machine'],
    ['GRAPH_BASE_URL', 'http://127.0.0.1@attacker.example', 'this machine'],
    ['ENTRA_LOGIN_URL', 'https://login.microsoftonline.com.attacker.example', 'this machine'],
    ['GENESYS_GATEWAY_URL', 'ftp://127.0.0.1', 'this machine'],
    ['LATCHKEY_CLOCK_URL', 'https://graph.microsoft.com', 'this machine'],
  ])('%s=%s is refused, with what would be right', (name, value, hint) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} .*${hint}`))]);
  });

  test('live must be reached by https, at a GUID of a tenant, as a single-tenant bot', () => {
    const env = {
      ...LIVE,
      PUBLIC_URL: 'http://latchkey.example',
      AZURE_TENANT_ID: 'contoso',
      MicrosoftAppType: 'MultiTenant',
    };

    expect(problemsOf(env).map((problem) => problem.split(' ')[0])).toEqual([
      'PUBLIC_URL',
      'AZURE_TENANT_ID',
      'MicrosoftAppType',
    ]);
  });

  test('the clock of a sandbox is refused in front of the real systems', () => {
    expect(problemsOf({ ...LIVE, LATCHKEY_CLOCK_URL: 'http://127.0.0.1:4010/_sandbox/clock' })).toEqual([
      expect.stringMatching(/^LATCHKEY_CLOCK_URL must not be set/),
    ]);
  });

  test('nor does one stand-in before a real system make its time movable', () => {
    const problems = problemsOf({
      ...LIVE,
      GRAPH_BASE_URL: 'https://graph.microsoft.com',
      ENTRA_LOGIN_URL: 'https://login.microsoftonline.com',
      GENESYS_GATEWAY_URL: 'http://127.0.0.1:4020',
      LATCHKEY_CLOCK_URL: 'http://127.0.0.1:4010/_sandbox/clock',
    });

    expect(problems).toEqual([expect.stringMatching(/^LATCHKEY_CLOCK_URL must not be set/)]);
  });

  test('the bot of one tenant does not manage another one', () => {
    const problems = problemsOf({ ...LIVE, AZURE_TENANT_ID: '00000000-1d2e-4a7f-9c1b-0a8d5e4c7b21' });

    expect(problems).toEqual([expect.stringMatching(/^MicrosoftAppTenantId and AZURE_TENANT_ID name two tenants/)]);
  });

  test('an unknown region is refused with the nearest that there are', () => {
    expect(problemsOf({ ...LIVE, GENESYSCLOUD_REGION: 'eu-central-9' })).toEqual([
      expect.stringMatching(/^GENESYSCLOUD_REGION is no region .* eu-central-1 \(mypurecloud\.de\)/),
    ]);
    expect(problemsOf({ ...LIVE, GENESYSCLOUD_REGION: 'login.mypurecloud.de.evil.example' })).toHaveLength(1);
  });

  test('the sandbox stands for the global cloud alone', () => {
    expect(problemsOf({ AZURE_CLOUD: 'usgov' })).toEqual([expect.stringMatching(/^AZURE_CLOUD must be global/)]);
    expect(problemsOf({ AZURE_CLOUD: 'global' })).toEqual([]);
  });

  test('a password in an address is not repeated', () => {
    expect(problemsOf({ GRAPH_BASE_URL: 'http://me:hunter2@127.0.0.1:4010' }).join()).not.toContain('hunter2');
  });

  test('a secret of Genesys is not sent to a host of Microsoft', () => {
    expect(problemsOf({ GENESYS_GATEWAY_URL: 'https://graph.microsoft.com' })).toEqual([
      expect.stringMatching(/^GENESYS_GATEWAY_URL must be an address of this machine/),
    ]);
  });

  test('all problems are said at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'x', HOST: 'x' })).toHaveLength(3);
  });
});

test('what a sandbox hands over is read like what an operator sets', () => {
  const remote = readRemoteSettings({
    AZURE_TENANT_ID: LIVE['AZURE_TENANT_ID'],
    AZURE_CLIENT_ID: LIVE['AZURE_CLIENT_ID'],
    AZURE_CLIENT_SECRET: 's',
    GENESYSCLOUD_REGION: 'mypurecloud.de',
    GENESYSCLOUD_OAUTHCLIENT_ID: 'id',
    GENESYSCLOUD_OAUTHCLIENT_SECRET: 's',
    GRAPH_BASE_URL: 'http://127.0.0.1:4010/',
    LATCHKEY_CLOCK_URL: 'http://127.0.0.1:4010/_sandbox/clock',
  });

  expect(remote).toMatchObject({
    teams: { kind: 'loopback-only' },
    entra: { graphBaseUrl: 'http://127.0.0.1:4010' },
    clockUrl: 'http://127.0.0.1:4010/_sandbox/clock',
  });
});

test('a secret shows itself to nobody who does not ask for it by name', () => {
  const secret = new Secret('top secret');
  const config = readConfig(LIVE);

  expect([`${String(secret)}`, JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain('top secret');
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toMatch(/(bot|graph|genesys) secret/);
  expect(secret.reveal()).toBe('top secret');
});

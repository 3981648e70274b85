import { join } from 'node:path';
import {
  ConfigError,
  readCommandSettings,
  readConfig,
  readForManifest,
  readRemoteSettings,
  type Environment,
} from '../config.js';
import { proseIn } from '../services/platform/testing/thrown-words.js';
import { SETTINGS } from '../settings.js';

const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
const LIVE: Environment = {
  PUBLIC_URL: 'https://latchkey.contoso.example',
  MicrosoftAppId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003',
  MicrosoftAppTenantId: TENANT,
  MicrosoftAppPassword: 'bot secret',
  AZURE_TENANT_ID: TENANT,
  AZURE_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  AZURE_CLIENT_SECRET: 'graph secret',
  GENESYSCLOUD_REGION: 'eu-central-1',
  GENESYSCLOUD_OAUTHCLIENT_ID: '6e0e5f75-c1e2-4a53-8d1f-5d1a7b0c0001',
  GENESYSCLOUD_OAUTHCLIENT_SECRET: 'genesys secret',
};
const HERE = 'http://127.0.0.1:4010';
const STAND_INS = { GRAPH_BASE_URL: HERE, ENTRA_LOGIN_URL: HERE, GENESYS_GATEWAY_URL: HERE };
const live = (changes: Environment): Environment => ({ ...LIVE, ...changes });
const at = (address: string): Environment => ({ DATABASE_URL: address });

/** Everything that can be wrong with the settings, by what is wrong. */
const WRONG: Readonly<Record<string, Environment>> = {
  'nothing but a credential': { AZURE_CLIENT_SECRET: 'x' },
  'no credential for Graph': live({ AZURE_CLIENT_SECRET: '' }),
  'two credentials for Graph': live({ AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' }),
  'a credential of another kind': live({ AZURE_CLIENT_SECRET: '', AZURE_TOKEN_CREDENTIALS: 'AzureCliCredential' }),
  'a certificate that is not there': live({ AZURE_CLIENT_SECRET: '', AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere.pem' }),
  'a password without a certificate': live({ AZURE_CLIENT_CERTIFICATE_PASSWORD: 'x' }),
  'an unknown mode': { LATCHKEY_MODE: 'test' },
  'the sandbox beside one credential': { LATCHKEY_MODE: 'sandbox', AZURE_CLIENT_SECRET: 'x' },
  'the sandbox beside credentials': { ...LIVE, LATCHKEY_MODE: 'sandbox' },
  'what is no GUID': live({ AZURE_TENANT_ID: 'contoso' }),
  'a bot without tenant and secret': live({ MicrosoftAppTenantId: '', MicrosoftAppPassword: '' }),
  'no chat': live({ MicrosoftAppId: '', MicrosoftAppTenantId: '', MicrosoftAppPassword: '' }),
  'Slack without a client to sign in with': live({
    ...{ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'a'.repeat(32) },
    ...{ AZURE_CLIENT_SECRET: '', AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
  }),
  'a secret of no link client': live({ LINK_CLIENT_SECRET: 'x' }),
  'a link client without a proof': live({ LINK_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001' }),
  'a link client whose password opens nothing': live({
    ...{ LINK_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001', LINK_CLIENT_SECRET: 'x' },
    LINK_CLIENT_CERTIFICATE_PASSWORD: 'x',
  }),
  'a Slack app without its secret': live({ SLACK_BOT_TOKEN: 'xoxb-1' }),
  'a Slack app without its token': live({ SLACK_SIGNING_SECRET: 'a'.repeat(32) }),
  'a token that is no bot token': live({ SLACK_BOT_TOKEN: 'xoxp-1', SLACK_SIGNING_SECRET: 'a'.repeat(32) }),
  'a short signing secret': live({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'short' }),
  'Slack by two ways': live({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'a'.repeat(32), SLACK_APP_TOKEN: 'x' }),
  'two tenants': live({ AZURE_TENANT_ID: '00000000-1d2e-4a7f-9c1b-0a8d5e4c7b21' }),
  'what is no number': { PORT: 'x' },
  'what is none of these': { LOG_LEVEL: 'loud' },
  'the sandbox for everybody': { HOST: '0.0.0.0' },
  'a channel without an address': { LATCHKEY_ADMIN_CHANNEL: '#general' },
  'a short key': { LATCHKEY_KEY: 'short' },
  'a former key alone': { LATCHKEY_KEY_PREVIOUS: Buffer.alloc(32).toString('base64') },
  'PostgreSQL without a key': live(at('postgres://latchkey:x@localhost/latchkey')),
  'a short token': { METRICS_TOKEN: 'short' },
  'no database address': at('mysql://localhost/latchkey'),
  'a database address with more': at('postgres://localhost/latchkey?options=x'),
  'a database elsewhere': at('postgres://latchkey:x@db.contoso.example/latchkey'),
  'a database that is not verified': at('postgres://latchkey:x@db.contoso.example/latchkey?sslmode=prefer'),
  'a public address with a path': live({ PUBLIC_URL: 'https://latchkey.contoso.example/bot' }),
  'a public address without TLS': live({ PUBLIC_URL: 'http://latchkey.contoso.example' }),
  'a public address that nobody knows': live({ PUBLIC_URL: 'https://latchkey.local' }),
  'a public address of the sandbox': { PUBLIC_URL: 'https://latchkey.contoso.example' },
  'a stand-in elsewhere': { GRAPH_BASE_URL: 'http://me:hunter2@graph.evil.example' },
  'a host of another cloud': live({ GRAPH_BASE_URL: 'https://graph.microsoft.us' }),
  'an unknown cloud': live({ AZURE_CLOUD: 'moon' }),
  'a cloud without Teams': live({ AZURE_CLOUD: 'china' }),
  'a cloud in the sandbox': { AZURE_CLOUD: 'usgov' },
  'an issuer of somebody else': live({ ENTRA_ISSUER_HOST: 'sts.evil.example' }),
  'an unknown region': live({ GENESYSCLOUD_REGION: 'eu-central-9' }),
  'the clock of the real systems': live({ LATCHKEY_CLOCK_URL: HERE }),
  'an unknown kind of bot': live({ MicrosoftAppType: 'MultiTenant' }),
  'a secret of a managed identity': live({ MicrosoftAppType: 'UserAssignedMSI' }),
  'a secret beside a certificate': live({ CertificateThumbprint: '00'.repeat(20), CertificatePrivateKey: 'key.pem' }),
  'what is no thumbprint': live({
    ...{ MicrosoftAppPassword: '', CertificateThumbprint: 'AB', CertificatePrivateKey: 'key.pem' },
  }),
  'a stand-in for Teams alone': live({ TEAMS_OPENID_URL: HERE }),
  'half a stand-in for Teams': live({ ...STAND_INS, TEAMS_OPENID_URL: HERE }),
  'a stand-in for Teams in the sandbox': { TEAMS_LOGIN_URL: HERE },
  'another authority': { AZURE_REGIONAL_AUTHORITY_NAME: 'westeurope' },
};

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('Nothing is wrong.');
}

const ALL: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(WRONG).map(([name, env]) => [name, problemsOf(() => readConfig(env))])),
  'what a sandbox hands over': problemsOf(() => readRemoteSettings({})),
  'a package without a bot': problemsOf(() => readForManifest({ MicrosoftAppPassword: 'x' })),
  'a package of somebody who cannot be shown': problemsOf(() =>
    readForManifest({ MicrosoftAppPassword: 'x', TEAMS_DEVELOPER_NAME: 'C'.repeat(33), TEAMS_PRIVACY_URL: 'our wiki' }),
  ),
  'a command with a wrong key': problemsOf(() => readCommandSettings({ LATCHKEY_KEY: 'short' })),
};
const SAID = Object.values(ALL).flat();

test('the words of everything that can be wrong with the settings are these', () => {
  const all = Object.entries(ALL).map(([name, problems]) => `[${name}]\n${problems.join('\n')}`);
  expect(`\n${all.join('\n\n')}\n`).toMatchSnapshot();
});

test.each(SAID)('%s', (problem) => {
  // What it is about, in a whole sentence, and what would be right.
  expect(SETTINGS.map(({ name }) => `${name} `).concat('AZURE_REGIONAL_AUTHORITY_NAME ')).toContain(
    `${problem.split(' ')[0] ?? ''} `,
  );
  expect(problem).toMatch(/[.?]$/);
  expect(problem).toMatch(
    /must be |must have |must begin |is missing: |[Mm]ake one|[Ss]et |[Rr]emove |keep one|Correct it|add |use |it knows /,
  );
  expect(problem).not.toMatch(/hunter2|undefined|null|\[object/);
});

test('several are said under one heading, one line each', () => {
  expect(new ConfigError(['PORT must be 1.', 'HOST must be 2.']).message).toBe(
    '2 settings need attention:\n  - PORT must be 1.\n  - HOST must be 2.',
  );
  expect(new ConfigError(['PORT must be 1.']).message).toBe('One setting needs attention:\n  - PORT must be 1.');
});

test('no sentence about a setting stands in the sources that is not said here', () => {
  const said = SAID.join('\n');
  const prose = proseIn([__dirname, join(__dirname, '../config.ts')]);

  expect(prose.length).toBeGreaterThan(30);
  expect(prose.filter((part) => !said.includes(part))).toEqual([
    'One setting needs attention',
    'settings need attention',
  ]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MICROSOFT_CLOUDS, type MicrosoftCloudName } from '../services/entra/microsoft-clouds.js';
import { ConfigError } from './config-error.js';
import { readEntra, type EntraSettings } from './entra.js';
import { SettingsReader, type Environment } from './settings-reader.js';

const APP = { AZURE_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001' };
const SECRET = { ...APP, AZURE_CLIENT_SECRET: 'graph secret' };

let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-config-'));
  file = join(folder, 'some.pem');
  writeFileSync(file, 'something');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(env: Environment): EntraSettings {
  const settings = new SettingsReader(env);
  const entra = readEntra(settings);
  settings.finish();
  return entra;
}

function problemsOf(env: Environment): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the credential for Graph', () => {
  const kinds = (): Record<string, Environment> => ({
    secret: { AZURE_CLIENT_SECRET: 's' },
    certificate: { AZURE_CLIENT_CERTIFICATE_PATH: file },
    federated: { AZURE_FEDERATED_TOKEN_FILE: file },
    'managed-identity': { AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
  });

  test.each(['secret', 'certificate', 'federated', 'managed-identity'])('%s alone is taken', (kind) => {
    expect(read({ ...APP, ...kinds()[kind] }).credential.kind).toBe(kind);
  });

  test('two of them are one problem that names both and what to do', () => {
    for (const [one, first] of Object.entries(kinds())) {
      for (const [other, second] of Object.entries(kinds())) {
        if (one === other) continue;
        const problems = problemsOf({ ...APP, ...first, ...second });
        expect(problems).toEqual([expect.stringMatching(/ are set\. .*keep one of them\.$/)]);
        for (const name of [...Object.keys(first), ...Object.keys(second)]) expect(problems[0]).toContain(name);
      }
    }
  });

  test('none of them is one problem that names all four', () => {
    expect(problemsOf(APP)).toEqual([
      expect.stringMatching(
        /^AZURE_CLIENT_SECRET is missing.*AZURE_CLIENT_CERTIFICATE_PATH.*AZURE_FEDERATED_TOKEN_FILE.*AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential/,
      ),
    ]);
  });

  test.each(['AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_FEDERATED_TOKEN_FILE'])(
    '%s must name a file that is there',
    (name) => {
      expect(problemsOf({ ...APP, [name]: join(folder, 'nowhere') })).toEqual([
        expect.stringMatching(new RegExp(`^${name} names a file that is not there .*nowhere`)),
      ]);
    },
  );

  test.each(['prod', 'dev', 'EnvironmentCredential', 'AzureCliCredential'])(
    'AZURE_TOKEN_CREDENTIALS=%s would be a chain or somebody else: refused',
    (value) => {
      expect(problemsOf({ ...APP, AZURE_TOKEN_CREDENTIALS: value })).toEqual([
        expect.stringContaining('must be ManagedIdentityCredential'),
      ]);
    },
  );

  test('a password without a certificate is a mistake', () => {
    expect(problemsOf({ ...SECRET, AZURE_CLIENT_CERTIFICATE_PASSWORD: 'x' })).toEqual([
      expect.stringContaining('AZURE_CLIENT_CERTIFICATE_PASSWORD opens a certificate'),
    ]);
  });

  test('only a managed identity does without AZURE_CLIENT_ID', () => {
    expect(read({ AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' }).clientId).toBeUndefined();
    expect(problemsOf({ AZURE_CLIENT_SECRET: 's' })).toEqual([expect.stringContaining('AZURE_CLIENT_ID is missing')]);
  });
});

describe('AZURE_CLOUD', () => {
  test.each(['global', 'usgov', 'dod', 'china'] as const)('%s takes the hosts of the table', (name) => {
    expect(read({ ...SECRET, AZURE_CLOUD: name }).cloud).toEqual(MICROSOFT_CLOUDS[name]);
  });

  test('is global unless it is set, and nothing that is not in the table', () => {
    expect(read(SECRET).cloud.name).toBe('global');
    expect(problemsOf({ ...SECRET, AZURE_CLOUD: 'germany' })).toEqual([
      expect.stringContaining('AZURE_CLOUD must be global, usgov, dod, china'),
    ]);
  });

  test.each<[MicrosoftCloudName, string, string]>([
    ['global', 'GRAPH_BASE_URL', 'https://graph.microsoft.us'],
    ['usgov', 'GRAPH_BASE_URL', 'https://dod-graph.microsoft.us'],
    ['usgov', 'ENTRA_LOGIN_URL', 'https://login.microsoftonline.com'],
  ])('in %s, %s=%s belongs to another cloud', (AZURE_CLOUD, name, url) => {
    expect(problemsOf({ ...SECRET, AZURE_CLOUD, [name]: url })).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be`)),
    ]);
  });

  test('its own hosts as base URLs are the real ones, not stand-ins', () => {
    expect(
      read({
        ...SECRET,
        GRAPH_BASE_URL: 'https://graph.microsoft.com/',
        ENTRA_LOGIN_URL: 'https://login.microsoftonline.com',
      }),
    ).toMatchObject({
      graphBaseUrl: undefined,
      loginUrl: undefined,
      cloud: { loginHost: 'login.microsoftonline.com' },
    });
  });

  test('the other sign-in host of China is used once it is named', () => {
    const { cloud, loginUrl } = read({
      ...SECRET,
      AZURE_CLOUD: 'china',
      ENTRA_LOGIN_URL: 'https://login.chinacloudapi.cn',
    });

    expect([cloud.loginHost, loginUrl]).toEqual(['login.chinacloudapi.cn', undefined]);
  });

  test('hosts that nobody documents can be corrected, within Microsoft', () => {
    const env = {
      ...SECRET,
      AZURE_CLOUD: 'china',
      ENTRA_ISSUER_HOST: 'sts2.chinacloudapi.cn',
      ENTRA_MYAPPS_HOST: 'myapps.azure.cn',
    };

    expect(read(env).cloud).toMatchObject({ issuerHost: 'sts2.chinacloudapi.cn', myAppsHost: 'myapps.azure.cn' });
    for (const host of [
      'evil.example',
      'azure.cn.evil.example',
      'evilazure.cn',
      'a@myapps.azure.cn',
      'x/myapps.azure.cn',
    ]) {
      expect(problemsOf({ ...env, ENTRA_MYAPPS_HOST: host })).toEqual([
        expect.stringContaining('ENTRA_MYAPPS_HOST must be a host'),
      ]);
    }
  });
});

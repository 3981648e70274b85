import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { BOT, BOT_PERMISSIONS, GENESYS, SEED_PASSWORD, TEAMS_APP, TENANT_ID } from '../../sandbox/credentials.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { CLIENT_PERMISSIONS } from '../../sandbox/genesys/directory.js';
import { createGenesysSandbox } from '../../sandbox/genesys/genesys-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createTeamsSandbox } from '../../sandbox/teams/teams-sandbox.js';
import { readForPreflight } from '../../src/config.js';
import { preflightParts } from '../../src/preflight/preflight-parts.js';
import { createClock } from '../../src/services/platform/clock.js';
import { lockDataFolder } from '../../src/services/platform/embedded/data-lock.js';
import type { Finding } from '../../src/services/preflight/finding.js';
import { Preflight, type PreflightParts } from '../../src/services/preflight/preflight.js';
import { exitCodeOf, type PreflightReport } from '../../src/services/preflight/report.js';
import { SandboxControl } from '../support/sandbox-control.js';

type Settings = Readonly<Record<string, string>>;

let stopAll: () => Promise<void>;
let entra: SandboxControl;
let genesys: SandboxControl;
let dataDir: string;
/** A whole live installation, in front of the sandbox. */
let live: Settings;

beforeAll(async () => {
  const addresses: SandboxAddresses = { entra: '', genesys: '', teams: '' };
  const store = {
    entra: new SandboxStore(':memory:'),
    genesys: new SandboxStore(':memory:'),
    teams: new SandboxStore(':memory:'),
  };
  const clock = new SandboxClock(store.entra);
  const servers = {
    entra: createEntraSandbox({ store: store.entra, clock, addresses }),
    genesys: createGenesysSandbox({ store: store.genesys, clock, addresses }),
    teams: createTeamsSandbox({ store: store.teams, clock, addresses, botUrl: () => '', pageFolders: [] }),
  };
  for (const name of ['entra', 'genesys', 'teams'] as const)
    addresses[name] = `http://127.0.0.1:${String(await servers[name].listen(0))}`;
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-preflight-'));
  [entra, genesys] = [new SandboxControl(addresses.entra), new SandboxControl(addresses.genesys)];
  live = {
    AZURE_TENANT_ID: TENANT_ID,
    AZURE_CLIENT_ID: BOT.clientId,
    AZURE_CLIENT_SECRET: BOT.clientSecret,
    GENESYSCLOUD_REGION: GENESYS.region,
    GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId,
    GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret,
    MicrosoftAppId: TEAMS_APP.appId,
    MicrosoftAppTenantId: TENANT_ID,
    MicrosoftAppPassword: TEAMS_APP.password,
    PUBLIC_URL: 'https://latchkey.contoso.example',
    DATA_DIR: dataDir,
    GRAPH_BASE_URL: addresses.entra,
    ENTRA_LOGIN_URL: addresses.entra,
    GENESYS_GATEWAY_URL: addresses.genesys,
    TEAMS_OPENID_URL: `${addresses.teams}/v1/.well-known/openidconfiguration`,
    TEAMS_TOKEN_ISSUER: addresses.teams,
    TEAMS_LOGIN_URL: addresses.teams,
  };
  stopAll = async () => {
    await Promise.all(Object.values(servers).map((server) => server.close()));
    for (const one of Object.values(store)) one.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
});
afterAll(() => stopAll?.());
afterEach(() => reset());

async function reset(): Promise<void> {
  await Promise.all([entra, genesys].map(({ url }) => fetch(`${url}/_sandbox/reset`, { method: 'POST' })));
}

/** Looks, from this process. The public name is nobody's, so that the look at it goes elsewhere on this machine. */
async function preflight(own: Settings = {}, parts: Partial<PreflightParts> = {}): Promise<PreflightReport> {
  const settings = readForPreflight(() => undefined, { ...live, ...own });
  const publicUrl = own['PUBLIC_URL'] === '' ? undefined : live['ENTRA_LOGIN_URL'];
  return new Preflight({ ...preflightParts(settings, createClock()), publicUrl, ...parts }).run();
}

const notFine = ({ findings }: PreflightReport): Finding[] => findings.filter(({ state }) => state !== 'ok');
const namesOf = (findings: readonly Finding[]): string[] => findings.map(({ name }) => name);
const named = ({ findings }: PreflightReport, name: string): Finding | undefined =>
  findings.find((finding) => finding.name === name);

/** What the sandbox's own installation is warned of: it is a rehearsal, and nobody serves `/healthz` at that address. */
const REHEARSAL = ['stand-ins', 'public-url'];

test('a whole installation lacks nothing', async () => {
  const report = await preflight();

  expect(notFine(report).filter(({ state }) => state !== 'warning')).toEqual([]);
  expect(namesOf(notFine(report)).sort()).toEqual([...REHEARSAL].sort());
  expect(exitCodeOf(report)).toBe(0);
  expect(named(report, 'credential:entra')?.what).toContain('"Sandbox" of Latchkey (AZURE_CLIENT_SECRET) is good for');
  expect(named(report, 'credential:teams')?.what).toContain('of Latchkey in Teams (MicrosoftAppPassword)');
});

test('it changes nothing: only reads are sent, and requests for a token', async () => {
  await preflight();

  const sent = [...(await entra.requests()), ...(await genesys.requests())];
  const others = sent.filter(({ method, path }) => method !== 'GET' && !/\/(oauth2\/v2\.0|oauth)\/token$/.test(path));
  expect(sent.length).toBeGreaterThan(15);
  expect(others).toEqual([]);
});

test('the system as it was found is the system as it is left', async () => {
  const before = [await entra.state(), await genesys.state()];

  await preflight();

  expect([await entra.state(), await genesys.state()]).toEqual(before);
});

test.each(BOT_PERMISSIONS)('without the Graph permission %s it is named, with how to add it', async (permission) => {
  await entra.fault('permission-removed', { permission });

  const report = await preflight();

  const found = named(report, `graph-permission:${permission}`);
  expect(found?.state).toBe('missing');
  expect(found?.remedy).toContain(`add ${permission}`);
  expect(report.findings.filter(({ state }) => state === 'missing').map(({ name }) => name)).toContain(found?.name);
  expect(exitCodeOf(report)).toBe(1);
});

test.each(CLIENT_PERMISSIONS)(
  'without the Genesys permission %s it is named, with how to add it',
  async (permission) => {
    await genesys.fault('permission-removed', { permission });

    const report = await preflight();

    const missing = report.findings.filter(({ state }) => state === 'missing');
    expect(namesOf(missing)).toEqual([`genesys-permission:${permission}`]);
    expect(missing[0]?.remedy).toContain(`add ${permission.replaceAll(':', ' > ')}`);
  },
);

test('several missing permissions are all named at once', async () => {
  await entra.fault('permission-removed', { permission: 'Domain.Read.All' });
  await entra.fault('permission-removed', { permission: 'Policy.Read.All' });
  await genesys.fault('permission-removed', { permission: 'sso:provider:edit' });

  const report = await preflight();

  expect(namesOf(report.findings.filter(({ state }) => state === 'missing'))).toEqual([
    'graph-permission:Policy.Read.All',
    'graph-permission:Domain.Read.All',
    'genesys-permission:sso:provider:edit',
  ]);
});

test.each([
  ['AZURE_CLIENT_SECRET', 'entra-sign-in', 'AADSTS7000215'],
  ['GENESYSCLOUD_OAUTHCLIENT_SECRET', 'genesys-sign-in', 'invalid_client'],
  ['MicrosoftAppPassword', 'teams-sign-in', 'AADSTS7000215'],
])('a wrong %s is found at the sign-in, and the rest is looked at all the same', async (setting, name, code) => {
  const report = await preflight({ [setting]: 'not-the-secret' });

  const missing = report.findings.filter(({ state }) => state === 'missing');
  expect(namesOf(missing)).toEqual([name]);
  expect(missing[0]?.remoteIds?.['code']).toBe(code);
  expect(missing[0]?.remedy).toContain(setting);
  expect(report.summary.ok).toBeGreaterThan(15);
});

test('a system that is away is unknown, not wrong', async () => {
  await genesys.fault('unavailable', { times: 'always' });

  const report = await preflight();

  expect(named(report, 'genesys-sign-in')?.state).toBe('could-not-look');
  expect(report.summary.missing).toBe(0);
  expect(exitCodeOf(report)).toBe(2);
});

test('settings that are missing are named one by one, and what they do not concern is looked at', async () => {
  const report = await preflight({ GENESYSCLOUD_OAUTHCLIENT_ID: '', MicrosoftAppId: '', PUBLIC_URL: '', PORT: 'many' });

  expect(namesOf(report.findings.filter(({ state }) => state === 'missing')).sort()).toEqual([
    'setting:GENESYSCLOUD_OAUTHCLIENT_ID',
    'setting:MicrosoftAppId',
    'setting:PORT',
    'setting:PUBLIC_URL',
  ]);
  expect(named(report, 'genesys-sign-in')?.state).toBe('could-not-look');
  expect(named(report, 'entra-sign-in')?.state).toBe('ok');
});

test('a chat that has none of its settings is off, and one whose settings are wrong is not', async () => {
  const off = Object.fromEntries(
    Object.keys(live).flatMap((name) => (/^(Microsoft|TEAMS_)/.test(name) ? [[name, '']] : [])),
  );
  const slack = { SLACK_BOT_TOKEN: 'xoxp-1', SLACK_SIGNING_SECRET: 'a'.repeat(32) };

  const [teamsAlone, slackAlone] = [await preflight(), await preflight({ ...off, ...slack })];

  expect(named(teamsAlone, 'slack-sign-in')).toMatchObject({
    state: 'ok',
    what: expect.stringMatching(/is off/) as string,
  });
  expect(named(slackAlone, 'teams-sign-in')).toMatchObject({
    state: 'ok',
    what: expect.stringMatching(/is off/) as string,
  });
  expect(named(slackAlone, 'slack-sign-in')?.state).toBe('could-not-look');
  expect(namesOf(slackAlone.findings.filter(({ state }) => state === 'missing'))).toEqual(['setting:SLACK_BOT_TOKEN']);
});

describe('with Slack, what people sign in to when they link their account', () => {
  const SLACK = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_SIGNING_SECRET: 'a'.repeat(32),
    SLACK_API_URL: 'http://127.0.0.1:9',
  };
  const OTHER = { LINK_CLIENT_ID: TEAMS_APP.appId, LINK_CLIENT_SECRET: TEAMS_APP.password };

  test('is fine where it lets the sign-in lead back here', async () => {
    const report = await preflight(SLACK);

    expect(named(report, 'link-redirect')).toMatchObject({
      state: 'ok',
      what: expect.stringContaining(`${live['PUBLIC_URL'] ?? ''}/link/callback`) as string,
    });
    expect(named(report, 'link-sign-in')).toBeUndefined();
  });

  test('is missing what leads back to another name, or has no such address at all', async () => {
    const [renamed, other] = [
      await preflight({ ...SLACK, PUBLIC_URL: 'https://latchkey.fabrikam.example' }),
      await preflight({ ...SLACK, ...OTHER }),
    ];

    expect(named(renamed, 'link-redirect')).toMatchObject({ state: 'missing' });
    expect(named(other, 'link-redirect')?.what).toContain('Latchkey in Teams does not let a sign-in lead to');
    expect(named(other, 'link-redirect')?.remedy).toContain('add https://latchkey.contoso.example/link/callback');
  });

  test('has a credential of its own, which is tried and whose end is told', async () => {
    const own = { LINK_CLIENT_ID: BOT.clientId, LINK_CLIENT_SECRET: BOT.clientSecret };
    const [right, wrong] = [
      await preflight({ ...SLACK, ...own }),
      await preflight({ ...SLACK, ...own, LINK_CLIENT_SECRET: 'not-the-secret' }),
    ];

    expect(named(right, 'link-sign-in')?.state).toBe('ok');
    expect(named(right, 'credential:link')?.what).toContain('(LINK_CLIENT_SECRET) is good for');
    expect(named(wrong, 'link-sign-in')).toMatchObject({ state: 'missing' });
    expect(named(wrong, 'link-sign-in')?.remedy).toContain('LINK_CLIENT_SECRET');
  });

  test('is not looked at where Slack is off, nor told from what may not be read', async () => {
    for (const permission of ['Application.Read.All', 'Application.ReadWrite.OwnedBy', 'Directory.Read.All'])
      await entra.fault('permission-removed', { permission });

    const [off, unread] = [await preflight(), await preflight(SLACK)];

    expect(named(off, 'link-redirect')).toBeUndefined();
    expect(named(unread, 'link-redirect')?.state).toBe('could-not-look');
  });
});

test('approvals that need a sign-in: what people sign in to is looked at without Slack, too', async () => {
  const file = join(dataDir, 'step-up.yaml');
  const shipped = readFileSync(resolve(__dirname, '../../policy.yaml'), 'utf8');
  writeFileSync(file, shipped.replace('name: Supervisor', 'name: Supervisor\n    stepUp: true'));
  const other = { LINK_CLIENT_ID: TEAMS_APP.appId, LINK_CLIENT_SECRET: TEAMS_APP.password };

  const [right, wrong] = [
    await preflight({ LATCHKEY_POLICY: file }),
    await preflight({ LATCHKEY_POLICY: file, ...other }),
  ];

  expect(named(right, 'link-redirect')?.what).toMatch(/^People who approve what needs a sign-in sign in to Latchkey/);
  expect(named(right, 'step-up-claim')?.state).toBe('ok');
  expect(named(wrong, 'link-redirect')?.what).toContain('so that nobody can approve what needs a sign-in');
  expect(named(wrong, 'step-up-claim')).toMatchObject({ state: 'warning' });
});

test('a setting whose name is nearly right is pointed out', async () => {
  const report = await preflight({ AZURE_CLIENT_SECRET: '', AZURE_CLIENT_SECERT: 'x' });

  expect(named(report, 'setting:AZURE_CLIENT_SECERT')).toMatchObject({ state: 'warning' });
  expect(named(report, 'setting:AZURE_CLIENT_SECERT')?.remedy).toContain('AZURE_CLIENT_SECRET');
});

test('a secret that is about to end is a warning, and one that has ended is missing', async () => {
  const [, end = ''] = /until (\d+ \w+ \d+)\.$/.exec(named(await preflight(), 'credential:entra')?.what ?? '') ?? [];
  const daysBefore = (days: number): Partial<PreflightParts> => ({
    clock: { now: () => new Date(Date.parse(`${end} UTC`) - days * 86_400_000), wall: () => new Date() },
  });

  const soon = await preflight({}, daysBefore(10));
  const late = await preflight({}, daysBefore(-2));

  expect(named(soon, 'credential:entra')).toMatchObject({
    state: 'warning',
    what: expect.stringContaining('ends in 10 days') as string,
  });
  expect(named(late, 'credential:entra')?.state).toBe('missing');
  expect(named(late, 'credential:teams')?.remedy).toContain('put it into MicrosoftAppPassword');
});

test('an application that Latchkey made is owned by it; one that it does not own is found, with whom to ask', async () => {
  const { access_token: token } = (await (
    await fetch(`${entra.url}/${TENANT_ID}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: BOT.clientId,
        client_secret: BOT.clientSecret,
        scope: 'https://graph.microsoft.com/.default',
        grant_type: 'client_credentials',
      }),
    })
  ).json()) as { access_token: string };
  const graph = async (path: string, init?: RequestInit): Promise<unknown> =>
    (
      await fetch(`${entra.url}/v1.0${path}`, {
        ...init,
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      })
    ).json();
  const { value } = (await graph(`/applicationTemplates?$filter=displayName eq 'Genesys Cloud for Azure'`)) as {
    value: { id: string }[];
  };
  const add = (): Promise<unknown> =>
    graph(`/applicationTemplates/${String(value[0]?.id)}/instantiate`, {
      method: 'POST',
      body: JSON.stringify({ displayName: 'Ours' }),
    });

  await add();
  const owned = (await preflight()).findings.filter(({ name }) => name.startsWith('ownership'));
  await entra.fault('not-owned');
  await add();
  const both = (await preflight()).findings.filter(({ name }) => name.startsWith('ownership'));

  expect(owned.map(({ state }) => state)).toEqual(['ok']);
  expect(both.map(({ state }) => state)).toEqual(['missing', 'ok']);
  expect(both[0]?.remedy).toContain(`service principal ${BOT.servicePrincipalId} as owner of both`);
});

test('without Entra ID P1 groups cannot be assigned, which is no reason not to start', async () => {
  await entra.fault('no-licence');

  const report = await preflight();

  expect(named(report, 'entra-licence')?.state).toBe('warning');
  expect(exitCodeOf(report)).toBe(0);
});

test('a PUBLIC_URL that nobody finds is missing, and a warning in a rehearsal with Teams on this machine', async () => {
  const publicUrl = 'https://[::1]:1';
  const settings = { problems: [], standIns: [], lookAlikes: [] };
  const unknown = 'https://latchkey.invalid';

  expect(named(await preflight({}, { publicUrl: unknown }), 'public-url')?.state).toBe('warning');
  expect(named(await preflight({}, { publicUrl: unknown, settings }), 'public-url')?.state).toBe('missing');
  expect(named(await preflight({}, { publicUrl, settings }), 'public-url')?.state).toBe('warning');
});

describe('a foreign server on this machine', () => {
  let server: Server;
  let url: string;
  let late = 0;

  beforeEach(async () => {
    server = createServer((_, response) => {
      response.setHeader('Date', new Date(Date.now() + late).toUTCString());
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const look = (address: string): Promise<PreflightReport> =>
    preflight({}, { hosts: [{ key: 'graph', title: 'Microsoft Graph', system: 'entra', url: address }] });

  test.each([
    [0, 'ok'],
    [-120_000, 'warning'],
    [600_000, 'missing'],
  ])('whose clock differs by %i ms makes the clock %s', async (ms, state) => {
    late = ms;

    expect(named(await look(url), 'clock')?.state).toBe(state);
  });

  test('is not trusted where TLS is expected, and takes no connection once it is gone', async () => {
    const untrusted = named(await look(url.replace('http:', 'https:')), 'reach:graph');
    server.close();
    server.closeAllConnections();
    const gone = named(await look(url), 'reach:graph');

    expect(untrusted?.what).toContain('did not prove to be Microsoft Graph');
    expect(gone?.what).toContain('takes no connection');
    expect(gone?.what).toContain('ECONNREFUSED');
  });

  test('serves PUBLIC_URL when it answers there', async () => {
    expect(named(await preflight({}, { publicUrl: url }), 'public-url')?.state).toBe('ok');
  });
});

test('a data folder that a running Latchkey has is seen as such, and stays its', async () => {
  const lock = lockDataFolder(dataDir, new Date());
  const inUse = named(await preflight(), 'database');
  lock.release();

  expect(inUse?.what).toContain('a Latchkey that runs has it');
  expect(named(await preflight(), 'database')?.what).toContain('The first start makes');
});

test('every name that a finding can have here is documented', async () => {
  const documented = readFileSync(resolve(__dirname, '../../docs/preflight.md'), 'utf8');
  const reports = [
    await preflight(),
    await preflight({ AZURE_CLIENT_SECRET: '', GENESYSCLOUD_OAUTHCLIENT_SECRET: 'wrong' }),
  ];

  const areas = new Set(reports.flatMap(({ findings }) => namesOf(findings)).map((name) => name.split(':')[0] ?? ''));

  expect(areas.size).toBeGreaterThan(12);
  expect([...areas].filter((area) => !new RegExp(`\`${area}[\`:]`).test(documented))).toEqual([]);
});

describe('from a terminal', () => {
  async function run(settings: Settings, ...words: string[]): Promise<{ code: number | null; said: string }> {
    const program = resolve(__dirname, '../../dist/src/preflight.js');
    const child = spawn(process.execPath, [program, ...words], {
      env: { PATH: process.env['PATH'], ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += String(chunk)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, said };
  }

  const sandbox = (): Settings => ({
    DATA_DIR: dataDir,
    PORT: '1',
    GRAPH_BASE_URL: entra.url,
    ENTRA_LOGIN_URL: entra.url,
    GENESYS_GATEWAY_URL: genesys.url,
  });

  test('a sandbox that runs is looked at, in words and as JSON', async () => {
    const words = await run(sandbox());
    const json = await run(sandbox(), '--json');

    expect(words).toMatchObject({
      code: 0,
      said: expect.stringMatching(/READY: \d+ of \d+ checks are fine/) as string,
    });
    const report = JSON.parse(json.said) as PreflightReport;
    expect(Object.keys(report)).toEqual(['mode', 'at', 'summary', 'findings']);
    expect(report.mode).toBe('sandbox');
    expect(report.findings.length).toBe(Object.values(report.summary).reduce((sum, count) => sum + count, 0));
  });

  test('what is missing ends it with 1, and the last line says what to mend', async () => {
    await genesys.fault('permission-removed', { permission: 'audits:audit:view' });

    const { code, said } = await run(sandbox());

    expect(code).toBe(1);
    expect(said.trimEnd().split('\n').at(-1)).toMatch(
      /^NOT READY: .+ Mend, from the top: genesys-permission:audits:audit:view\./,
    );
  });

  test('without any setting it says that there is nothing to look at, and how to have something', async () => {
    const { code, said } = await run({ DATA_DIR: dataDir, PORT: '1' });

    expect(code).toBe(2);
    expect(said).toContain('No credential is set, so this is the sandbox');
    expect(said).toContain('npm run sandbox');
  });

  test('no secret is printed, whatever is wrong', async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const own = {
      ...live,
      PUBLIC_URL: '',
      LATCHKEY_KEY: key,
      DATABASE_URL: 'postgres://latchkey:a-database-password@127.0.0.1:1/latchkey',
    };
    const secrets = [
      BOT.clientSecret,
      GENESYS.clientSecret,
      TEAMS_APP.password,
      key,
      'a-database-password',
      SEED_PASSWORD,
    ];

    const mistakes: Settings[] = [
      {},
      { AZURE_CLIENT_SECRET: 'wrong-entra-secret' },
      { GENESYSCLOUD_OAUTHCLIENT_SECRET: 'wrong-genesys-secret' },
    ];
    for (const wrong of mistakes) {
      for (const words of [[], ['--json']]) {
        const { said } = await run({ ...own, ...wrong }, ...words);
        const leaked = [...secrets, ...Object.values(wrong)].filter((secret) => said.includes(secret));
        expect({ leaked, hasFindings: said.includes('setting:PUBLIC_URL') }).toEqual({ leaked: [], hasFindings: true });
      }
    }
  });

  test('an unknown word is answered with the help', async () => {
    expect(await run(sandbox(), '--fix')).toMatchObject({
      code: 2,
      said: expect.stringContaining('npm run preflight') as string,
    });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { BOT, SEED_PASSWORD } from '../../sandbox/credentials.js';
import { trust } from '../contract/tls-stand.js';
import { openBrowser } from '../support/browser.js';
import { assigns, provisions, setsUpSso } from '../support/deeds.js';
import { signsIn } from '../support/desk.js';
import { liveSettings } from '../support/live-settings.js';
import { TestAuthority } from '../support/test-authority.js';
import { World } from '../support/world.js';

/**
 * docs/go-live.md, sections 7 and 8, by a new operator: live mode, authentication on both ways, Entra and Genesys over TLS,
 * the sandbox's servers in the place of the real ones.
 */

const PREFLIGHT = resolve(__dirname, '../../dist/src/preflight.js');
const B_SIMON = { userName: 'b.simon@contoso.example', password: SEED_PASSWORD };
const SIGNED_IN = 'You are signed in to Contoso Contact Centre as B.Simon';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-go-live-'));
const authority = new TestAuthority();
const server = authority.issue({ commonName: 'sandbox', hosts: ['127.0.0.1', 'localhost'] });
const trusted = file('authority.pem', authority.cert);
const installed = mkdtempSync(join(folder, 'data-'));
let distrust: () => void;
let world: World;
let settings: NodeJS.ProcessEnv;
let browser: Browser;

beforeAll(async () => {
  distrust = trust(authority);
  browser = await openBrowser();
  const paths = {
    authority: trusted,
    certificate: file('server.pem', server.cert),
    key: file('server.key', server.key),
  };
  world = await World.withoutBot({}, undefined, paths);
  await world.teams.fault('token-required');
  settings = liveSettings(world, { AZURE_CLIENT_SECRET: BOT.clientSecret, DATA_DIR: installed });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
  distrust?.();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** `npm run preflight` with the operator's settings. */
async function preflight(over: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; said: string }> {
  const env = {
    ...{ PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: trusted },
    ...{ GRAPH_BASE_URL: world.entra.url, ENTRA_LOGIN_URL: world.entra.url, GENESYS_GATEWAY_URL: world.genesys.url },
    ...{ LATCHKEY_CLOCK_URL: `${world.entra.url}/_sandbox/clock`, ...settings, ...over },
  };
  const child = spawn(process.execPath, [PREFLIGHT], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

async function ended(page: Page, words: string): Promise<void> {
  await page.getByText(words).first().waitFor();
  await page.context().close();
}

describe('A new operator goes live', () => {
  test('preflight names what is missing, then says ready, and has changed nothing', async () => {
    const missing = await preflight({ MicrosoftAppPassword: '' });
    const ready = await preflight();

    expect(missing.said).toContain('MicrosoftAppPassword');
    expect(missing.code).toBe(1);
    expect(ready).toEqual({ code: 0, said: expect.stringMatching(/ready/i) as string });
    const requests = [...(await world.entra.requests()), ...(await world.genesys.requests())];
    const writes = requests.filter(({ method, path }) => method !== 'GET' && !/\/token(\?|$)/.test(path));
    expect(writes.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    expect(requests.length).toBeGreaterThan(10);
    expect(ready.said).not.toContain(BOT.clientSecret);
  }, 120_000);

  test('the first set-up is done from Teams, and both links end in Genesys Cloud', async () => {
    await world.startBot(settings);
    await world.hasGreetedEverybody();
    const ada = world.person('Ada');

    const done = await setsUpSso(ada);
    const [sp, idp] = [done.link('Test from Genesys (SP-initiated)'), done.link('Test from Microsoft (IdP-initiated)')];
    await ended(await signsIn(browser, idp, B_SIMON), 'AADSTS50105');
    await assigns(ada, 'b.simon');
    await provisions(ada, 'b.simon');
    await ended(await signsIn(browser, idp, B_SIMON), SIGNED_IN);
    await ended(await signsIn(browser, sp, B_SIMON), SIGNED_IN);
    await ada.saysAndSees('status', 'Both sides agree');

    expect(sp).toMatch(/^https:/);
    expect(idp).toMatch(/^https:/);
    expect(world.botOutput).toMatch(/^Teams +live/m);
    expect(world.botOutput).toMatch(/^Entra +live, https:/m);
  }, 300_000);
});

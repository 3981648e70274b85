import { inflateRawSync } from 'node:zlib';
import platformClient from 'purecloud-platform-client-v2';
import { GENESYS, PEOPLE } from '../../../sandbox/credentials.js';
import { HOME_DIVISION } from '../../../sandbox/genesys/directory.js';
import { SAML_REFUSAL_CODES } from '../../../sandbox/genesys/saml-refusal.js';
import { genesysUserId } from '../../../sandbox/genesys/seed.js';
import { REFUSAL_WORDS } from '../../../sandbox/genesys/sign-in-words.js';
import { startSandbox, type RunningSandbox } from '../../../sandbox/genesys/testing/running-sandbox.js';
import { TEST_ISSUER, TEST_RPI } from '../../../sandbox/genesys/testing/signed-response.js';
import { escapeHtml } from '../../../sandbox/kit/html.js';
import { HOSTILE, WANTED } from './corpus.js';
import { GONE, OMAR, createKeys, type CorpusRow, type Outcome } from './corpus-line.js';
import { outcomeOfCodes } from './gate-stand.js';

const KEYS = createKeys();
const isStorable = ({ setting }: CorpusRow): boolean => setting.unstorable !== true;
const TARGET = 'https://login.microsoftonline.com/6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21/saml2';
const CODE = /<code id="code">([a-z_]+)<\/code>/;

/** One for all rows, except those that need another day. */
let shared: RunningSandbox;
let fresh: RunningSandbox | undefined;

beforeAll(async () => void (shared = await startWithPeople()));
afterEach(async () => {
  await fresh?.stop();
  fresh = undefined;
});
afterAll(() => shared.stop());

function apiOf({ port }: RunningSandbox): InstanceType<typeof platformClient.ApiClientClass> {
  platformClient.ApiClient.config.live_reload_config = false;
  const api = new platformClient.ApiClientClass();
  api.config.live_reload_config = false;
  api.setGateway({ protocol: 'http', host: '127.0.0.1', port, path_params_login: '', path_params_api: '' });
  return api;
}

/** Omar is inactive, and somebody was deleted. */
async function startWithPeople(): Promise<RunningSandbox> {
  const sandbox = await startSandbox();
  const api = apiOf(sandbox);
  await api.loginClientCredentialsGrant(GENESYS.clientId, GENESYS.clientSecret);
  const [omar = ''] = PEOPLE.filter(({ mail }) => mail === OMAR).map(genesysUserId);
  const users = new platformClient.UsersApi(api);
  await users.patchUser(omar, { version: 1, state: 'inactive' });
  const gone = await users.postUsers({ name: 'Gone Person', email: GONE, divisionId: HOME_DIVISION.id });
  await users.deleteUser(gone.id ?? '');
  return sandbox;
}

/** The sandbox of a row: it trusts what the row says, and the row's days have passed. */
async function stageFor(row: CorpusRow): Promise<RunningSandbox> {
  const sandbox = row.setting.daysLater ? (fresh = await startWithPeople()) : shared;
  await storeProvider(sandbox, row, false);
  if (row.setting.daysLater) sandbox.clock.advance(`P${row.setting.daysLater}D`);
  return sandbox;
}

async function storeProvider(sandbox: RunningSandbox, { setting }: CorpusRow, disabled: boolean): Promise<void> {
  const api = apiOf(sandbox);
  await api.loginClientCredentialsGrant(GENESYS.clientId, GENESYS.clientSecret);
  await new platformClient.IdentityProviderApi(api).putIdentityprovidersAdfs({
    name: 'Microsoft Entra ID',
    issuerURI: TEST_ISSUER,
    ssoTargetURI: TARGET,
    relyingPartyIdentifier: TEST_RPI,
    certificates: (setting.trusts ?? ['signer']).map((name) => KEYS[name].der.toString('base64')),
    disabled,
  });
}

/** Starts a sign-in as a browser does. @returns the id of its request. */
async function startSignIn({ url }: RunningSandbox): Promise<string> {
  const reply = await fetch(`${url}/login.mypurecloud.de/saml/start?org=contoso-gc&provider=adfs`, {
    redirect: 'manual',
  });
  const location = new URL(reply.headers.get('location') ?? '');
  const xml = inflateRawSync(Buffer.from(location.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  return / ID="([^"]+)"/.exec(xml)?.[1] ?? '';
}

function post({ url }: RunningSandbox, field: string | undefined): Promise<Response> {
  const body = new URLSearchParams(field === undefined ? {} : { SAMLResponse: field });
  return fetch(`${url}/login.mypurecloud.de/saml`, { method: 'POST', redirect: 'manual', body });
}

interface Answer {
  readonly status: number;
  readonly outcome: Outcome;
  readonly page: string;
  readonly landing: string;
}

/** What a browser sees after the post, the page that it is sent to included. */
async function answerTo(sandbox: RunningSandbox, field: string | undefined): Promise<Answer> {
  const reply = await post(sandbox, field);
  const page = await reply.text();
  const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const location = reply.headers.get('location');
  const landing =
    location === null ? '' : await (await fetch(`${sandbox.url}${location}`, { headers: { cookie } })).text();
  const shown = SAML_REFUSAL_CODES.find((code) => code === CODE.exec(page)?.[1]);
  return { status: reply.status, outcome: shown ?? 'ok', page, landing };
}

async function answersTo(row: CorpusRow): Promise<Answer[]> {
  const sandbox = await stageFor(row);
  const [requestId, attackersRequestId] = [await startSignIn(sandbox), await startSignIn(sandbox)];
  if (row.setting.disabled) await storeProvider(sandbox, row, true);
  const posts = row.make({ flow: row.flow, now: sandbox.clock.now(), requestId, attackersRequestId, keys: KEYS });
  if (row.setting.atOnce) return Promise.all(posts.map((field) => answerTo(sandbox, field)));
  const answers: Answer[] = [];
  for (const field of posts) answers.push(await answerTo(sandbox, field));
  return answers;
}

test.each(WANTED)('$name lands on a page that greets Dana', async (row) => {
  const [answer] = await answersTo(row);

  expect(answer?.status).toBe(303);
  expect(answer?.landing).toContain('as Dana Deputy');
  expect(answer?.landing).toContain(row.flow);
});

test.each(HOSTILE.filter(isStorable))('$name shows $expected and its words', async (row) => {
  const answers = await answersTo(row);
  const refused = answers.find(({ outcome }) => outcome !== 'ok');

  expect(outcomeOfCodes(answers.map(({ outcome }) => outcome))).toBe(row.expected);
  expect(refused?.status).toBe(403);
  if (row.expected !== 'ok') expect(refused?.page).toContain(escapeHtml(REFUSAL_WORDS[row.expected].remedy));
  for (const { status, landing } of answers.filter(({ outcome }) => outcome === 'ok')) {
    expect(status).toBe(303);
    expect(landing).toContain('as Dana Deputy');
  }
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BOT, GENESYS, SEED_PASSWORD } from '../../sandbox/credentials.js';
import { Browser } from '../../sandbox/entra/testing/browser.js';
import { journey } from '../support/journey.js';
import { assigns, setsUpSso } from '../support/deeds.js';
import type { World } from '../support/world.js';

/** Every file below the folder, as bytes. */
function filesBelow(folder: string): { path: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path, bytes: readFileSync(path) }));
}

/** What the sandbox itself keeps secret: the tokens it gave and the private keys it signs with. */
function secretsOfTheSandbox(world: World): string[] {
  const folder = join(world.dataDir, 'sandbox/sandbox');
  const texts = ['entra.db', 'genesys.db'].flatMap((name) => {
    const db = new DatabaseSync(join(folder, name), { readOnly: true });
    const rows = db.prepare('SELECT json FROM object').all() as { json: string }[];
    db.close();
    return rows.map(({ json }) => json);
  });
  const tokens = texts.flatMap((json) =>
    [...json.matchAll(/"(?:token|accessToken|id)":"([A-Za-z0-9_-]{40,})"/g)].map(([, token = '']) => token),
  );
  const keys = texts.flatMap((json) =>
    [...json.matchAll(/PRIVATE KEY-----\\n([A-Za-z0-9+/]{40})/g)].map(([, start = '']) => start),
  );
  return [...tokens, ...keys];
}

journey('No secret is in any log, card, audit line, error or database file', async ({ world, ada }) => {
  await setsUpSso(ada);
  const card = await ada.saysAndSees('create test user T.Simon', 'Create T.Simon in Entra');
  await ada.presses(card, 'Create');
  await ada.watches(card, 'T.Simon exists in Entra now');
  const delivered = await ada.sees('The first password of t.simon@contoso.example');
  const link = delivered.link('Show the password');
  const token = link.split('/').at(-1) ?? '';
  // Read before it is used: what stands in the database now must not open it.
  const filesWithLiveToken = filesBelow(join(world.dataDir, 'bot')).filter(({ bytes }) => bytes.includes(token));
  const page = await (await fetch(link, { method: 'POST' })).text();
  const password = /id="password"[^>]*value="([^"]+)"/.exec(page)?.[1] ?? '';
  await world.genesys.fault('permission-removed', { permission: 'directory:user:add' });
  await world.entra.fault('permission-removed', { permission: 'AppRoleAssignment.ReadWrite.All' });
  const refused = await ada.saysAndSees('assign t.simon', 'Assign T.Simon to Genesys Cloud');
  await ada.presses(refused, 'Assign T.Simon');
  await ada.watches(refused, 'did not finish');
  await world.entra.fault('permission-removed', { on: false });
  await assigns(ada, 't.simon');
  await world.stopBot();

  const { activities } = await world.teams.state<{ activities: unknown[] }>();
  const places = [
    { path: 'what the bot printed', bytes: Buffer.from(world.botOutput) },
    { path: 'the chat', bytes: Buffer.from(JSON.stringify(activities)) },
    ...filesBelow(join(world.dataDir, 'bot')),
  ];
  const secrets = [BOT.clientSecret, GENESYS.clientSecret, decodeEntities(password), ...secretsOfTheSandbox(world)];

  expect(decodeEntities(password).length).toBeGreaterThanOrEqual(16);
  expect(secrets.length).toBeGreaterThanOrEqual(6);
  for (const secret of secrets) {
    expect(places.filter(({ bytes }) => bytes.includes(secret)).map(({ path }) => path)).toEqual([]);
  }
  expect(filesWithLiveToken.map(({ path }) => path)).toEqual([]);
  const messagesWithToken = activities.filter((activity) => JSON.stringify(activity).includes(token));
  expect(messagesWithToken).toHaveLength(1);
});

/** What a browser holds on its way from the link of an account to the number, and the number. */
async function walksTheLink(link: string): Promise<{ secrets: string[]; number: string }> {
  const browser = new Browser();
  const sent = await browser.post(link, {});
  const asked = new URL(sent.headers.get('location') ?? '');
  const page = await browser.open(asked.href);
  const back = await browser.send(page, { login: 'ana.agent@contoso.example', passwd: SEED_PASSWORD });
  const came = new URL(back.headers.get('location') ?? '');
  const last = await browser.open(came.href);
  const cookie = /latchkey-link-\w+=([^;]+)/.exec(sent.headers.getSetCookie()[0] ?? '')?.[1];
  const held = [link.split('/').at(-1), cookie, asked.searchParams.get('state'), asked.searchParams.get('nonce')];
  return {
    secrets: [...held, came.searchParams.get('code')].map((secret) => secret ?? ''),
    number: /<p class="value">(\d{6})</.exec(last.text)?.[1] ?? '',
  };
}

journey('Nothing that opens an account link is in any log, audit line or database file', async ({ world, ana }) => {
  await ana.inSlack.writes('link');
  const invitation = await ana.inSlack.sees('Link your account first');
  const { secrets, number } = await walksTheLink(invitation.button('Sign in with Microsoft').element.url ?? '');
  // While the number waits, and once it was entered: what stands in the database must not give it away.
  const whileWaiting = filesBelow(join(world.dataDir, 'bot'));
  await ana.inSlack.presses('Enter the number', invitation);
  const dialog = await ana.inSlack.seesDialog('The six digits of the page');
  ana.inSlack.fills(dialog, { number });
  await ana.inSlack.submits(dialog);
  await ana.inSlack.sees('Your account is linked');
  await world.stopBot();

  const printed = { path: 'what the bot printed', bytes: Buffer.from(world.botOutput) };
  const places = [printed, ...whileWaiting, ...filesBelow(join(world.dataDir, 'bot'))];
  expect(secrets.filter((secret) => secret.length < 40)).toEqual([]);
  expect(number).toMatch(/^\d{6}$/);
  for (const secret of secrets) {
    expect(places.filter(({ bytes }) => bytes.includes(secret)).map(({ path }) => path)).toEqual([]);
  }
  // However it is stored; only within a longer number six digits are chance.
  const alone = new RegExp(`(?<!\\d)${number}(?!\\d)`);
  expect(places.filter(({ bytes }) => alone.test(bytes.toString('latin1'))).map(({ path }) => path)).toEqual([]);
});

function decodeEntities(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BOT, GENESYS } from '../../sandbox/credentials.js';
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

function decodeEntities(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import { sharedWorld } from '../support/shared-world.js';
import { until } from '../support/processes.js';

const world = sharedWorld();
let ada: Persona;
let gale: Persona;

/** Writes it to the bot and waits for a message that was not there before. */
async function asks({ name, inSlack }: Persona, words: string, expected: string | RegExp): Promise<SeenBlocks> {
  const before = new Set((await inSlack.messages()).map(({ at }) => JSON.stringify(at)));
  await inSlack.writes(words);
  return until(`${name} writes ${words} and sees ${String(expected)}`, async () =>
    (await inSlack.messages()).find((one) => !before.has(JSON.stringify(one.at)) && one.says(expected)),
  );
}

beforeAll(async () => {
  [ada, gale] = [world().person('Ada'), world().person('Gale')];
  await linksSlack(ada);
  await linksSlack(gale);
}, 120_000);

test('Ada sets up SSO from Slack: a dialog at once, complaints beside their question, the plan, the run', async () => {
  await ada.inSlack.types('/latchkey set up sso', 'general');
  const dialog = await ada.inSlack.seesDialog('Which organisation?');
  ada.inSlack.fills(dialog, { organization: 'contoso-xx' });
  await ada.inSlack.submits(dialog);

  const again = await ada.inSlack.seesDialog(/Problem: /);
  ada.inSlack.fills(again, { organization: 'contoso-gc' });
  await ada.inSlack.submits(again);
  await ada.inSlack.seesDialog('The answer is in your direct messages');

  const plan = await ada.inSlack.sees('Plan for SSO');
  await ada.inSlack.presses('Run', plan);
  const done = await ada.inSlack.watches(plan, 'SSO is set up');
  expect(done.words).toContain('✓ All good');
});

test('words cannot open a dialog, the button below them can', async () => {
  const card = await asks(ada, 'set up sso', 'This is a form. Press the button');

  await ada.inSlack.presses('Open the form', card);

  await ada.inSlack.closes(await ada.inSlack.seesDialog('Which organisation?'));
});

test('help and status, typed in a channel, are answered where only Ada reads', async () => {
  await ada.inSlack.types('/latchkey help', 'general');
  await ada.inSlack.sees('What Latchkey can do for you');
  await ada.inSlack.sees('The answer comes in your direct messages', 'general');

  await asks(ada, 'status', 'SSO status');
});

test('a mention in a channel is answered where others do not read, and help in its thread', async () => {
  await gale.inSlack.writes('status', 'general');
  await gale.inSlack.sees('The answer comes in your direct messages', 'general');
  await gale.inSlack.sees('SSO status');

  await gale.inSlack.writes('help', 'general');
  const help = await gale.inSlack.sees('What Latchkey can do for you', 'general');
  await gale.inSlack.presses(/Status/i, help);
  await gale.inSlack.sees('The answer comes in your direct messages', 'general');
});

test('the app’s own page shows what Ada may do, and its buttons answer in the direct messages', async () => {
  await ada.inSlack.opensHome();
  const home = await ada.inSlack.seesHome('What Latchkey can do for you');

  await ada.inSlack.presses(/Who has access/i, home);

  await ada.inSlack.seesDialog('The answer is in your direct messages');
  await ada.inSlack.sees('Who has access');
});

test('assign, look, take away: with the lists that fill themselves', async () => {
  const question = await asks(ada, 'assign', 'Whom?');
  const rows = await ada.inSlack.searches('person', 'b.simon', question);
  expect(rows.map(({ text }) => text.text)).toEqual([expect.stringContaining('B.Simon')]);
  ada.inSlack.fills(question, { person: rows[0] ?? '' });
  await ada.inSlack.presses('Continue', question);

  const card = await ada.inSlack.watches(question, 'B.Simon to Genesys Cloud');
  await ada.inSlack.presses(/^Assign /, card);
  await ada.inSlack.watches(card, /^Assigned$/m);
  await asks(gale, 'who has access', 'Who has access: 1 person');

  const taking = await asks(ada, 'unassign b.simon@contoso.example', 'Take Genesys Cloud');
  await ada.inSlack.presses('Unassign B.Simon', taking);
  await ada.inSlack.watches(taking, 'B.Simon is no longer assigned');
});

test('provision, audit, off-board in two steps', async () => {
  const card = await asks(ada, 'provision b.simon', 'B.Simon in Genesys Cloud');
  await ada.inSlack.presses(/^Provision /, card);
  await ada.inSlack.watches(card, /^Provisioned$/m);
  await asks(gale, 'audit b.simon', 'Audit of B.Simon');

  const leaving = await asks(ada, 'off-board b.simon', 'Nothing is changed before you confirm');
  await ada.inSlack.presses(/^Off-board /, leaving);
  await ada.inSlack.presses(/^Yes, off-board /, await ada.inSlack.watches(leaving, 'This will be done'));
  await ada.inSlack.watches(leaving, /^Off-boarded/m);
});

test('a test user is made, and the password comes to Ada alone', async () => {
  const card = await asks(ada, 'create test user T.Simon', 'Create T.Simon in Entra');
  await ada.inSlack.presses(/^Create/, card);

  await ada.inSlack.watches(card, 'T.Simon exists in Entra now');
  const link = await ada.inSlack.sees('The first password of');
  expect(link.button('Show the password').element.url).toContain('/secret/');
});

test('a file in the direct messages is planned, and run', async () => {
  await ada.inSlack.uploads('people.csv', 'upn\nana.agent@contoso.example\n');

  const plan = await ada.inSlack.sees('Plan for people.csv');
  await ada.inSlack.presses('Give 1 person access', plan);

  await ada.inSlack.watches(plan, 'people.csv is done');
});

test('pointing at a message shows what can be done about whoever wrote it', async () => {
  await linksSlack(world().person('Ana'));
  const { ts = '' } = await world().person('Ana').inSlack.writes('hello', 'general');

  await ada.inSlack.pointsAt(ts);

  await ada.inSlack.seesDialog('The answer is in your direct messages');
  await ada.inSlack.sees('Ana Agent');
});

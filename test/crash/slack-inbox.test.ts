import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { answersInSlack, asksInSlack } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import { isOnPostgres } from '../support/test-database.js';
import { until, World } from '../support/world.js';
import { RemoteProxy } from './remote-proxy.js';

/*
 * kill -9 between the acknowledgement of what somebody did in Slack and the answer to it. `spooled`: acknowledged, and no row
 * yet. `written`: its row is there, and the bot does not know. `heard`: nothing done yet, as the bot has just asked Slack who
 * that is. `answering`: done, and about to be told. That the delivery was claimed is written with its row, so there is no
 * moment between the two.
 */

type Moment = keyof typeof CALLS | 'spooled' | 'written';

let world: World;
let proxy: RemoteProxy;
let ana: Persona;
let omar: Persona;
let dieAt: { readonly moment: keyof typeof CALLS; readonly dead: () => void } | undefined;

const CALLS = {
  heard: /\/api\/users\.info/,
  answering: /\/api\/(chat\.|views\.(update|publish))/,
};

async function passOrDie(call: string): Promise<boolean> {
  if (!dieAt || !CALLS[dieAt.moment].test(call)) return true;
  const { dead } = dieAt;
  dieAt = undefined;
  await world.killBot();
  dead();
  return false;
}

beforeAll(async () => {
  const settings: NodeJS.ProcessEnv = {};
  world = await World.withoutBot(settings, pathToFileURL(resolve(__dirname, 'rows-of-inbox.preload.ts')).href);
  proxy = await RemoteProxy.open(world.slack.url, {
    before: passOrDie,
    refuses: () => false,
    after: async () => true,
  });
  settings['SLACK_API_URL'] = `${proxy.url}/api/`;
  await world.startBot();
  await world.hasGreetedEverybody();
  [ana, omar] = [world.person('Ana'), world.person('Omar')];
  await setsUpSso(world.person('Ada'));
  await linksSlack(ana);
  await linksSlack(omar);
}, 240_000);
afterAll(async () => {
  await world?.stop();
  await proxy?.close();
});

/** Whoever fails leaves no death behind for the next one. */
beforeEach(() => (dieAt = undefined));

/** By a bot that has asked nobody yet who somebody is. */
async function startsAnew(): Promise<void> {
  await world.stopBot();
  await world.startBot();
}

/** Does it, with the bot dying then, and starts the bot again. @returns whether Slack got its acknowledgement. */
async function killedWhen(moment: Moment, deed: () => Promise<{ delivered: boolean }>): Promise<boolean> {
  const { delivered } =
    moment === 'heard' || moment === 'answering' ? await killedAtCall(moment, deed) : await killedAtRow(moment, deed);
  await world.startBot();
  return delivered;
}

async function killedAtCall<T>(moment: keyof typeof CALLS, deed: () => Promise<T>): Promise<T> {
  const died = new Promise<void>((dead) => (dieAt = { moment, dead }));
  const outcome = await deed();
  await died;
  return outcome;
}

async function killedAtRow<T>(moment: 'spooled' | 'written', deed: () => Promise<T>): Promise<T> {
  await world.orderBot({ moment });
  const outcome = await deed();
  const rows = moment === 'spooled' ? 0 : 1;
  await until('it has got so far', async () => (await world.orderBot({ moment })) === rows);
  await world.killBot();
  return outcome;
}

/** On PostgreSQL nothing is acknowledged before its row is there. */
const MOMENTS: readonly Moment[] = isOnPostgres()
  ? ['written', 'heard', 'answering']
  : ['spooled', 'written', 'heard', 'answering'];

/** How many messages to that person say it. */
async function timesSaid({ inSlack }: Persona, text: string | RegExp): Promise<number> {
  return (await inSlack.messages()).filter((message) => message.says(text)).length;
}

/** What stood there before is told from what comes now by how many there are. */
async function comesAgain(person: Persona, text: string | RegExp, before: number): Promise<void> {
  await until(`${person.name} is told once more`, async () => (await timesSaid(person, text)) > before);
}

test.each(MOMENTS)('a command whose bot dies %s is answered by the next one', async (moment) => {
  await startsAnew();
  const before = await timesSaid(ana, 'What Latchkey can do');

  expect(await killedWhen(moment, () => ana.inSlack.types('/latchkey help', 'general'))).toBe(true);

  await comesAgain(ana, 'What Latchkey can do', before);
});

test('a command that opens a form, whose bot dies, is answered by a button that opens it', async () => {
  await startsAnew();

  expect(await killedWhen('heard', () => ana.inSlack.types('/latchkey request'))).toBe(true);

  const offered = await ana.inSlack.sees('This is a form');
  await ana.inSlack.presses('Open the form', offered);
  await ana.inSlack.closes(await ana.inSlack.seesDialog('Which role?'));
});

test.each(MOMENTS)('a message whose bot dies %s is answered by the next one', async (moment) => {
  await startsAnew();
  const before = await timesSaid(ana, 'What Latchkey can do');

  expect(await killedWhen(moment, () => ana.inSlack.writes('help'))).toBe(true);

  await comesAgain(ana, 'What Latchkey can do', before);
});

test.each(MOMENTS)('a mention whose bot dies %s is answered by the next one', async (moment) => {
  await startsAnew();
  const before = await timesSaid(ana, 'What Latchkey can do');
  const inChannel = async (): Promise<number> =>
    (await ana.inSlack.messages('general')).filter((message) => message.says('What Latchkey can do')).length;
  const there = await inChannel();

  expect(await killedWhen(moment, () => ana.inSlack.writes('help', 'general'))).toBe(true);

  await until(
    'it is answered',
    async () => (await timesSaid(ana, 'What Latchkey can do')) + (await inChannel()) > before + there,
  );
});

/** The dialog of a request, filled in and not sent. */
async function fillsIn(because: string): Promise<SeenBlocks> {
  await ana.inSlack.types('/latchkey request');
  const dialog = await ana.inSlack.seesDialog('Which role?');
  await startsAnew();
  ana.inSlack.fills(dialog, { role: 'supervisor', minutes: 'usually', why: because });
  return dialog;
}

async function cancels(because: string): Promise<void> {
  const card = await ana.inSlack.sees(because);
  await ana.inSlack.presses(/^Cancel the request/, card);
  await ana.inSlack.watches(card, /Cancelled by Ana Agent/);
}

test.each(MOMENTS)('a dialog that was sent, whose bot dies %s, asks once, and says so', async (moment) => {
  const because = `to see the queues, ${moment}`;
  const dialog = await fillsIn(because);

  expect(await killedWhen(moment, () => ana.inSlack.submits(dialog))).toBe(true);

  await ana.inSlack.watches(dialog, 'Asked.');
  await ana.inSlack.sees(because);
  await omar.inSlack.sees(because);
  expect(await timesSaid(ana, because)).toBe(1);
  expect(await timesSaid(omar, because)).toBe(1);
  await cancels(because);
});

test.each(MOMENTS)('an approval whose bot dies %s counts once, and the cards say so', async (moment) => {
  const because = `covering the night, ${moment}`;
  const request = await asksInSlack(ana, 'agent', { because });
  const asked = await omar.inSlack.sees(because);
  await startsAnew();

  expect(await killedWhen(moment, () => omar.inSlack.presses('Approve Ana Agent', asked))).toBe(true);

  await ana.inSlack.watches(request, /Approved by Omar Owner/);
  await world.advance('PT11S');
  const works = await ana.inSlack.watches(request, /You have access until/);
  await omar.inSlack.watches(asked, /Ana Agent has access until/);
  expect(await assignmentsOf(ana)).toBe(1);
  expect(await timesSaid(ana, because)).toBe(1);
  await answersInSlack(ana, works, { opens: /^Give back/, inputs: {} });
  await ana.inSlack.watches(request, /Ana Agent gave it back|You gave it back/);
});

/** Assignments in Entra of that person, as the directory has them. */
async function assignmentsOf({ id }: Persona): Promise<number> {
  const { appRoleAssignments } = await world.entra.state<{ appRoleAssignments: { principalId: string }[] }>();
  return appRoleAssignments.filter(({ principalId }) => principalId === id).length;
}

test('what is a row and still a line when the bot dies is answered once', async () => {
  await startsAnew();
  const before = await timesSaid(ana, 'What Latchkey can do');

  expect(await killedWhen('written', () => ana.inSlack.writes('help'))).toBe(true);
  await comesAgain(ana, 'What Latchkey can do', before);
  await startsAnew();
  // As below.
  await asksInSlack(ana, 'supervisor', { because: 'the one after it' });
  await cancels('the one after it');

  expect(await timesSaid(ana, 'What Latchkey can do')).toBe(before + 1);
});

test('what was answered is answered once, however often the bot dies afterwards', async () => {
  const before = await timesSaid(ana, 'What Latchkey can do');
  await ana.inSlack.writes('help');
  await comesAgain(ana, 'What Latchkey can do', before);
  await startsAnew();
  await startsAnew();
  // What was left behind would have been taken up by the time that this is answered.
  await asksInSlack(ana, 'supervisor', { because: 'the last one' });

  expect(await timesSaid(ana, 'What Latchkey can do')).toBe(before + 1);
});

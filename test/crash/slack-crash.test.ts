import { Consoles } from '../support/consoles.js';
import { makePeople, type AssignmentsState } from '../support/files-of-people.js';
import { linksSlack, signsIn } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import { World } from '../support/world.js';
import { RemoteProxy } from './remote-proxy.js';

/*
 * kill -9 in the middle of what Slack is for: linking an account, a dialog that stands open, work that was begun there.
 * The bot dies before or after the n-th thing that it writes to Slack, so n names one exact point.
 */

let world: World;
let proxy: RemoteProxy;
let ada: Persona;
/** What was written to Slack since the last order. */
let written: string[] = [];
let dieAt: { readonly at: number; readonly when: 'before' | 'after' } | undefined;
let onDead = (): void => undefined;

/** Asking who somebody is, is no writing. */
const WRITES = /\/api\/(chat|views)\./;

async function passOrDie(call: string, when: 'before' | 'after'): Promise<boolean> {
  if (!WRITES.test(call)) return true;
  if (when === 'before') written.push(call);
  if (dieAt?.when !== when || dieAt.at !== written.length) return true;
  dieAt = undefined;
  await world.killBot();
  onDead();
  return false;
}

beforeAll(async () => {
  const settings: NodeJS.ProcessEnv = {};
  world = await World.withoutBot(settings);
  proxy = await RemoteProxy.open(world.slack.url, {
    before: (call) => passOrDie(call, 'before'),
    refuses: () => false,
    after: (call) => passOrDie(call, 'after'),
  });
  settings['SLACK_API_URL'] = `${proxy.url}/api/`;
  await world.startBot();
  await world.hasGreetedEverybody();
  ada = world.person('Ada');
  await linksSlack(ada);
}, 180_000);
afterAll(async () => {
  await world?.stop();
  await proxy?.close();
});

/** Does it, with the bot dying there, and starts the bot again. Fails with the test's time where the bot lives on. */
async function killedAt(at: number, when: 'before' | 'after', deed: () => Promise<unknown>): Promise<void> {
  written = [];
  const dead = new Promise<void>((resolve) => (onDead = resolve));
  dieAt = { at, when };
  // Whoever's bot dies gets no answer; Slack says so.
  await deed().catch(() => undefined);
  await dead;
  await world.startBot();
}

async function timesTold(person: Persona, text: string): Promise<number> {
  return (await person.cards()).filter((card) => card.says(text)).length;
}

/** What the app's own page says; it is made anew each time it is opened. */
async function isKnown({ inSlack }: Persona): Promise<boolean> {
  await inSlack.opensHome();
  const home = await inSlack.seesHome(/What Latchkey can do for you|Link your account first/);
  return home.says('What Latchkey can do for you');
}

async function opensNumberDialog(person: Persona): Promise<{ dialog: SeenBlocks; number: string }> {
  const { inSlack } = person;
  await inSlack.writes('link');
  const invitation = await inSlack.sees('Link your account first');
  const number = await signsIn(person, invitation);
  await inSlack.presses('Enter the number', invitation);
  return { dialog: await inSlack.seesDialog('The six digits of the page'), number };
}

test('A link whose bot dies after the sign-in and before the number is made by the number, and told once', async () => {
  const dana = world.person('Dana');
  const { dialog, number } = await opensNumberDialog(dana);

  await world.killBot();
  await world.startBot();
  expect(await isKnown(dana)).toBe(false);
  dana.inSlack.fills(dialog, { number });
  await dana.inSlack.submits(dialog);

  await dana.inSlack.sees('Here you are Dana Deputy');
  await dana.sees('A Slack account was linked to you');
  expect(await timesTold(dana, 'A Slack account was linked to you')).toBe(1);
});

test.each([
  ['Ana', 1, 'after'],
  ['Omar', 2, 'before'],
] as const)(
  'The link of %s, whose bot dies at write %i (%s) of the number’s way, is there once',
  async (name, at, when) => {
    const person = world.person(name);
    const { dialog, number } = await opensNumberDialog(person);
    person.inSlack.fills(dialog, { number });

    await killedAt(at, when, () => person.inSlack.submits(dialog));
    if (!(await isKnown(person))) {
      const again = await opensNumberDialog(person);
      person.inSlack.fills(again.dialog, { number: again.number });
      await person.inSlack.submits(again.dialog);
      await person.inSlack.sees('Here you are');
    }

    await person.sees('A Slack account was linked to you');
    expect(await isKnown(person)).toBe(true);
    expect(await timesTold(person, 'A Slack account was linked to you')).toBe(1);
    await person.saysAndSees('my linked accounts', person.inSlack.userId);
  },
);

test('A dialog that stands open while the bot dies is answered by the next one', async () => {
  await ada.inSlack.types('/latchkey set up sso');
  const dialog = await ada.inSlack.seesDialog('Which organisation?');

  await world.killBot();
  await world.startBot();
  ada.inSlack.fills(dialog, { organization: 'contoso-gc' });
  await ada.inSlack.submits(dialog);

  const plan = await ada.inSlack.sees('Plan for SSO');
  await ada.inSlack.presses('Run', plan);
  await ada.inSlack.watches(plan, 'SSO is set up');
  const { applications } = await world.entra.state<{ applications: { displayName: string }[] }>();
  expect(applications.filter(({ displayName }) => displayName === 'Genesys Cloud for Azure')).toHaveLength(1);
});

/** A file in Slack that gives somebody new access. @returns its plan, and what holds once it has been carried out. */
async function plansFor(name: string): Promise<{ plan: SeenBlocks; isDoneOnce: () => Promise<void> }> {
  const [person] = await makePeople(new Consoles(world), 1, name);
  const file = `${name}.csv`;
  await ada.inSlack.uploads(file, `upn\n${person?.userPrincipalName ?? ''}\n`);
  const plan = await ada.inSlack.sees(`Plan for ${file}`);
  const isDoneOnce = async (): Promise<void> => {
    await ada.inSlack.watches(plan, `${file} is done`);
    const { appRoleAssignments } = await world.entra.state<AssignmentsState>();
    expect(appRoleAssignments.filter(({ principalId }) => principalId === person?.id)).toHaveLength(1);
    expect((await ada.inSlack.messages()).filter((message) => message.says(`${file} is done`))).toHaveLength(1);
  };
  return { plan, isDoneOnce };
}

const GIVE = 'Give 1 person access';

test.each(['before', 'after'] as const)(
  'Work begun in Slack, whose bot dies %s its first word there, is done once and its card says so',
  async (when) => {
    const { plan, isDoneOnce } = await plansFor(when);

    await killedAt(1, when, () => ada.inSlack.presses(GIVE, plan));
    // Nothing was begun yet where the card still offers it.
    const now = await ada.inSlack.watches(plan, /./);
    if (now.buttons.includes(GIVE)) await ada.inSlack.presses(GIVE, plan);

    await isDoneOnce();
  },
);

test('Work begun in Slack, whose bot dies in the middle of it, is done once and its card says so', async () => {
  const { plan, isDoneOnce } = await plansFor('middle');
  await world.entra.fault('slow-replies', { ms: '5000', match: 'appRoleAssignments' });
  await ada.inSlack.presses(GIVE, plan);
  await ada.inSlack.watches(plan, 'Giving access: middle.csv');

  await world.killBot();
  await world.entra.fault('slow-replies', { on: false });
  await world.startBot();

  await isDoneOnce();
});

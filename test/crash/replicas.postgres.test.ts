import { plansSso, setsUpSso } from '../support/deeds.js';
import { endStateOf, SET_UP as SET_UP_STATE, startOver } from '../support/fault-world.js';
import { SeenCard } from '../support/seen-card.js';
import { until } from '../support/world.js';
import { SET_UP } from './crash-deeds.js';
import { remoteState, type Remote } from './remote-state.js';
import { Replicas, type Effect, type Watch } from './replicas.js';
import { print } from '../support/print.js';

/** A dead replica's runs go on within this time: its lease, and a moment to look and to begin. */
const TAKEN_WITHIN_MS = 15_000;

let replicas: Replicas;
/** What both sides hold after an undisturbed set-up, and what it changed on the way. */
let wanted: Remote;
let wantedEffects: string[];
beforeAll(async () => {
  replicas = await Replicas.start();
  await setsUpSso(ada());
  wanted = await remoteState(replicas.world);
  wantedEffects = replicas.effects.map(({ name }) => name);
}, 180_000);
afterAll(() => replicas?.stop(), 30_000);
beforeEach(async () => {
  replicas.watch = async () => undefined;
  replicas.balancer.route = 'alternate';
  await replicas.mend();
  await startOver(replicas.world);
  replicas.effects.length = 0;
});

const ada = () => replicas.world.person('Ada');

/** Stops the effect that fits, once, until it is released. `by`: which replica asked for it. */
function hold(fits: (effect: Effect) => boolean, at: 'before' | 'after'): Held {
  let reach: (by: number) => void = () => undefined;
  let release = (): void => undefined;
  const reached = new Promise<number>((resolve) => (reach = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  let isHeld = false;
  const watch: Watch = async (effect, when) => {
    if (isHeld || when !== at || !fits(effect)) return;
    isHeld = true;
    reach(effect.by);
    await released;
  };
  replicas.watch = watch;
  return { reached, release };
}

interface Held {
  readonly reached: Promise<number>;
  readonly release: () => void;
}

/** Each content that the message was given, in order. */
async function editsOf(card: SeenCard): Promise<SeenCard[]> {
  const requests = await replicas.world.teams.requests();
  return requests
    .filter(({ method, path }) => method === 'PUT' && path.endsWith(`/activities/${card.id}`))
    .map(({ body }) => {
      const { attachments = [] } = body as { attachments?: { content: unknown }[] };
      return new SeenCard(card.id, card.conversation, attachments[0]?.content);
    });
}

const stepsDone = (card: SeenCard): number => card.text.split('✓').length - 1;

/** No content twice in a row, and no step that was shown as done is open again. */
async function expectCleanEdits(card: SeenCard): Promise<void> {
  const edits = await editsOf(card);
  const contents = edits.map(({ json }) => JSON.stringify(json));
  const progress = edits.filter((edit) => edit.says('Setting up SSO')).map(stepsDone);
  expect(edits.length).toBeGreaterThan(0);
  expect(contents.filter((content, index) => content === contents[index - 1])).toEqual([]);
  expect(progress).toEqual([...progress].sort((one, other) => one - other));
  expect(edits.at(-1)?.text).toContain(SET_UP.done);
}

const creations = (): string[] =>
  replicas.effects.map(({ name }) => name).filter((name) => /instantiate|addTokenSigningCertificate/.test(name));

test('A set-up whose requests go from one replica to the other runs as with one, and its card is edited by one', async () => {
  await setsUpSso(ada());

  const [card] = await ada().cards();
  if (!card) throw new Error('no card');
  await expectCleanEdits(card);
  expect(await endStateOf(replicas.world)).toMatchObject(SET_UP_STATE);
  expect(new Set(replicas.effects.map(({ by }) => by)).size).toBe(1);
  expect(replicas.balancer.answered.every((count) => count > 0)).toBe(true);
}, 120_000);

test.each([
  ['before', 'instantiate'],
  ['after', 'instantiate'],
  ['after', 'addTokenSigningCertificate'],
  ['after', 'identityproviders/adfs'],
] as const)(
  'The replica that is killed %s %s leaves its run to the other one: same card, same end, nothing twice',
  async (at, effect) => {
    const held = hold(({ name }) => name.includes(effect), at);
    const card = await plansSso(ada());
    await ada().presses(card, SET_UP.button);
    const dead = await held.reached;
    await replicas.signal(dead, 'SIGKILL');
    const diedAtMs = performance.now();
    // What was under way when it died never arrives.
    replicas.watch = async () => undefined;

    await until('the run is taken over', async () => ((await newestRun())?.fence ?? 0) > 1);
    const takenAfterMs = performance.now() - diedAtMs;
    await ada().watches(card, SET_UP.done);

    expect(await remoteState(replicas.world)).toEqual(wanted);
    expect(creations()).toHaveLength(2);
    expect(takenAfterMs).toBeLessThan(TAKEN_WITHIN_MS);
    print(`A killed replica's run was taken over after ${(takenAfterMs / 1_000).toFixed(1)} s\n`);
    await expectCleanEdits(card);
  },
  120_000,
);

test('A replica that is frozen past its lease and wakes has no effect any more, writes nothing, and serves on', async () => {
  // The first of two writes of one step: what comes after it asks whose the run is.
  const held = hold(({ name }) => name.startsWith('PATCH /v1.0/servicePrincipals/'), 'after');
  const card = await plansSso(ada());
  await ada().presses(card, SET_UP.button);
  const frozen = await held.reached;
  await replicas.signal(frozen, 'SIGSTOP');
  replicas.balancer.route = 1 - frozen;
  await ada().watches(card, SET_UP.done);
  const effectsOfFrozen = (): number => replicas.effects.filter(({ by }) => by === frozen).length;
  const before = { effects: effectsOfFrozen(), run: await newestRun() };

  await replicas.signal(frozen, 'SIGCONT');
  held.release();
  replicas.balancer.route = frozen;
  await ada().saysAndSees('status', 'SSO status');

  expect(effectsOfFrozen()).toBe(before.effects);
  expect(await newestRun()).toEqual(before.run);
  expect(await remoteState(replicas.world)).toEqual(wanted);
  expect(creations()).toHaveLength(2);
  await expectCleanEdits(card);
}, 120_000);

test('A replica that is stopped hands its run over at the end of the step, without the wait of a lease', async () => {
  const held = hold(({ name }) => name.includes('addTokenSigningCertificate'), 'after');
  const card = await plansSso(ada());
  await ada().presses(card, SET_UP.button);
  const stopping = await held.reached;
  const ended = replicas.signal(stopping, 'SIGTERM');
  held.release();
  await ended;
  const endedAtMs = performance.now();
  await ada().watches(card, SET_UP.done);

  const taken = replicas.effects.find(({ by, atMs }) => by !== stopping && atMs > endedAtMs - 5_000);
  expect((taken?.atMs ?? Infinity) - endedAtMs).toBeLessThan(5_000);
  expect(await remoteState(replicas.world)).toEqual(wanted);
  expect(replicas.effects.map(({ name }) => name)).toEqual(wantedEffects);
}, 120_000);

test('The same delivery to both replicas at once counts once: one card, one run', async () => {
  const card = await plansSso(ada());
  const runsBefore = await countRuns();
  replicas.balancer.route = 'all';
  await ada().presses(card, SET_UP.button);
  const help = await ada().saysAndSees('help', 'You can say:');
  replicas.balancer.route = 'alternate';
  await ada().watches(card, SET_UP.done);

  const cards = await ada().cards();
  expect(cards.findIndex(({ id }) => id === help.id)).toBe(0);
  expect(cards.slice(1).findIndex((one) => one.says('You can say:'))).not.toBe(0);
  expect(await countRuns()).toBe(runsBefore + 1);
  expect(creations()).toHaveLength(2);
  await expectCleanEdits(card);
}, 120_000);

test('Twenty presses on one Run, spread over both replicas, start one run', async () => {
  const card = await plansSso(ada());
  const runsBefore = await countRuns();
  await Promise.all(Array.from({ length: 20 }, () => ada().presses(card, SET_UP.button)));
  await ada().watches(card, SET_UP.done);

  expect(await countRuns()).toBe(runsBefore + 1);
  expect(creations()).toHaveLength(2);
  await expectCleanEdits(card);
}, 120_000);

test('Two plans that are run on both replicas at once: one starts, the other hears who was faster', async () => {
  const [personal, shared] = [await plansSso(ada()), await plansSso(ada(), 'channel')];
  const answers = await Promise.all([personal, shared].map((card) => ada().presses(card, SET_UP.button)));

  const refused = answers.filter(({ value }) => JSON.stringify(value).includes('still under way'));
  const running = JSON.stringify(answers[0]?.value).includes('still under way') ? shared : personal;
  await ada().watches(running, SET_UP.done);
  expect(refused).toHaveLength(1);
  expect(await remoteState(replicas.world)).toEqual(wanted);
}, 120_000);

test('One person assigned from two cards on both replicas at once: assigned once, and the other hears of it', async () => {
  await setsUpSso(ada());
  await replicas.world.entra.fault('conflict-on-overlap');
  await replicas.world.entra.fault('slow-replies', { ms: '300' });
  const cards = [
    await ada().saysAndSees('assign b.simon', 'to Genesys Cloud'),
    await ada().saysAndSees('assign b.simon', 'to Genesys Cloud', 'channel'),
  ];
  const answers = await Promise.all(cards.map((card) => ada().presses(card, /^Assign /)));
  const isRefused = answers.map(({ value }) => JSON.stringify(value).includes('has begun to'));
  for (const card of cards.filter((_, at) => !isRefused[at])) await ada().watches(card, /^Assigned$/m);

  expect(isRefused.filter(Boolean)).toHaveLength(1);
  expect((await remoteState(replicas.world)).entra.appRoleAssignments).toHaveLength(1);
}, 120_000);

test('Twenty answers to one question that race over both replicas: one is taken', async () => {
  const question = await ada().saysAndSees('set up sso', 'Which Genesys Cloud region?');
  const clicks = await Promise.all(
    Array.from({ length: 20 }, () => ada().presses(question, 'Continue', { answer: 'eu_central_1' })),
  );

  expect(clicks.filter(({ value }) => JSON.stringify(value ?? '').includes('no longer open'))).toHaveLength(19);
});

test('A one-time link that one replica made is opened at the other, once on both', async () => {
  const card = await ada().saysAndSees('create test user R.Simon', 'Create R.Simon in Entra');
  replicas.balancer.route = 0;
  await ada().presses(card, 'Create');
  await ada().watches(card, 'R.Simon exists in Entra now');
  const link = (await ada().sees('The first password of r.simon@contoso.example')).link('Show the password');
  const pages = await Promise.all(replicas.urls.map((url) => open(new URL(new URL(link).pathname, url).href)));

  expect(pages.filter((page) => page.includes('id="password"'))).toHaveLength(1);
  expect(await open(link)).not.toContain('id="password"');
}, 60_000);

async function open(link: string): Promise<string> {
  return (await fetch(link, { method: 'POST' })).text();
}

async function newestRun(): Promise<{ fence: number } | undefined> {
  const [run] = await replicas.rows<{ fence: number }>(
    `select id, fence, revision, state, outcome::text from run where kind = 'set-up-sso' order by started_at desc limit 1`,
  );
  return run;
}

async function countRuns(): Promise<number> {
  const [row] = await replicas.rows<{ count: string }>('select count(*) from run');
  return Number(row?.count);
}

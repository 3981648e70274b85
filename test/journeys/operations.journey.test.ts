import { plansSso, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { endStateOf, SET_UP } from '../support/fault-world.js';
import { until, World } from '../support/world.js';

interface Readiness {
  readonly status: number;
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

async function readiness(world: World): Promise<Readiness | undefined> {
  const response = await fetch(`${world.botUrl}/readyz`).catch(() => undefined);
  return response && { status: response.status, ...((await response.json()) as Omit<Readiness, 'status'>) };
}

const figures = async (world: World): Promise<string> => (await fetch(`${world.botUrl}/metrics`)).text();

/** The log's lines so far. */
function logOf(world: World): Record<string, unknown>[] {
  return world.botOutput
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

journey(
  'told to stop in the middle of a set-up, the bot says so first, ends with 0, and the next start goes on',
  async ({ world, ada }) => {
    expect(await readiness(world)).toMatchObject({
      ...{ status: 200, ok: true },
      checks: { database: 'answers', migrations: 'up to date', wake: 'running', door: 'open' },
    });
    const plan = await plansSso(ada);
    await world.entra.fault('slow-replies', { ms: '400' });
    await ada.presses(plan, 'Run');
    await until('a step is done', async () => logOf(world).some(({ msg }) => msg === 'A step of a run was done'));

    const stopped = world.stopBot();
    const said = await until('it says that it is to stop', async () => {
      const now = await readiness(world);
      return now?.status === 503 && now;
    });
    // Still taken, while whoever spreads the requests learns of it.
    await ada.says('help');

    expect(said).toMatchObject({ ok: false, checks: { database: 'answers', door: 'closing' } });
    expect(await stopped).toBe(0);
    const messages = logOf(world).map(({ msg }) => msg);
    expect(messages).toContain('Latchkey has stopped');
    expect(messages).not.toContain('A run failed');
    expect(await readiness(world)).toBeUndefined();

    await world.entra.fault('slow-replies', { on: false });
    await world.startBot();
    await ada.watches(plan, 'SSO is set up');
    expect(await endStateOf(world)).toMatchObject(SET_UP);
  },
  { STOP_NOTICE_S: '2' },
);

test('told to stop while it is still starting, the bot ends in order too', async () => {
  const world = await World.withoutBot();
  try {
    const starting = world.startBot().catch(() => undefined);
    await until('it is at work on its database', async () => world.botOutput.includes('Migrated the database'));

    expect(await world.stopBot()).toBe(0);

    await starting;
    expect(logOf(world).map(({ msg }) => msg)).toContain('Latchkey has stopped');
  } finally {
    await world.stop();
  }
}, 120_000);

journey(
  'a second signal ends the bot at once',
  async ({ world }) => {
    world.signalBot('SIGTERM');
    await until('it says that it is to stop', async () => (await readiness(world))?.status === 503);

    world.signalBot('SIGTERM');
    await world.botDies();

    expect(logOf(world).map(({ msg }) => msg)).not.toContain('Latchkey has stopped');
  },
  { STOP_NOTICE_S: '120' },
);

journey('figures and log of a set-up: every system, every step, and what support asks for', async ({ world, ada }) => {
  await setsUpSso(ada);
  await ada.saysAndSees('status', /SSO/);

  const text = await figures(world);
  for (const line of [
    /^latchkey_turns_total\{intent="set-up-sso",outcome="posted"\} 1$/m,
    /^latchkey_turns_total\{intent="run-plan",outcome="answered"\} 1$/m,
    /^latchkey_turn_duration_seconds_count\{intent="status"\} 1$/m,
    /^latchkey_remote_calls_total\{system="entra",kind="write",result="20\d"\} \d+$/m,
    /^latchkey_remote_calls_total\{system="entra",kind="sign-in",result="200"\} \d+$/m,
    /^latchkey_remote_calls_total\{system="genesys",kind="read",result="200"\} \d+$/m,
    /^latchkey_remote_calls_total\{system="teams",kind="write",result="20\d"\} \d+$/m,
    /^latchkey_runs\{state="running"\} 0$/m,
    /^latchkey_queue_oldest_due_seconds\{queue="wake"\} /m,
    /^latchkey_signing_certificate_expiry_days\{known_from="last-set-up"\} 109\d/m,
    /^latchkey_signing_certificate_expiry_days\{known_from="last-look"\} 109\d/m,
  ]) {
    expect(text).toMatch(line);
  }
  // Nobody's name, no id, no path: whatever somebody typed or Graph answered.
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|contoso|ada|applications\//i);

  const steps = logOf(world).filter(({ msg }) => msg === 'A step of a run was done');
  expect(steps.length).toBeGreaterThan(5);
  for (const step of steps) {
    expect(step).toMatchObject({
      operation: 'set-up-sso',
      runId: expect.any(String) as string,
      step: expect.any(String) as string,
      requestIds: expect.any(Array) as string[],
    });
  }
  expect(steps.flatMap(({ requestIds }) => requestIds as string[]).length).toBeGreaterThan(steps.length);
});

journey(
  'somebody who writes far too fast is asked to wait, and goes on where they were',
  async ({ world, ada, gale }) => {
    await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
    for (let turn = 0; turn < 12; turn += 1) await ada.says('help');

    await until('Ada is asked to wait', async () =>
      (await ada.texts()).some((text) => text.startsWith('That was a lot at once.')),
    );
    await gale.saysAndSees('help', /status/i);
    await until('Ada is served again', async () => {
      await ada.says('Frankfurt');
      return (await ada.cards()).some((card) => card.says('Which organisation?'));
    });

    expect(await figures(world)).toMatch(/^latchkey_turns_total\{intent="help",outcome="too-fast"\} \d+$/m);
  },
  { TURNS_PER_MINUTE: '10' },
);

import { journey } from '../support/journey.js';
import { assigns, plansSso, provisions } from '../support/deeds.js';
import type { World } from '../support/world.js';

/** Method and route of what both sides were sent since, ids replaced; repeated reads that wait for a value count once. */
async function callsSince(world: World, marks: { entra: number; genesys: number }): Promise<string[]> {
  const entra = (await world.entra.requests())
    .slice(marks.entra)
    .map(({ method, path }) => `Entra   ${method} ${route(path)}`);
  const genesys = (await world.genesys.requests())
    .slice(marks.genesys)
    .map(({ method, path }) => `Genesys ${method} ${route(path)}`);
  return [...entra, ...genesys].sort();
}

function route(path: string): string {
  return decodeURIComponent(path)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '{id}')
    .replace(/login\.[a-z.]*?\.(de|com)(?=\/)/, '{login}');
}

async function mark(world: World): Promise<{ entra: number; genesys: number }> {
  return { entra: (await world.entra.requests()).length, genesys: (await world.genesys.requests()).length };
}

journey(
  'The remote calls of a set-up, an assignment and a provisioning are these, each for a reason',
  async ({ world, ada }) => {
    await world.hasGreetedEverybody();
    let from = await mark(world);
    const plan = await plansSso(ada);
    expect(await callsSince(world, from)).toMatchSnapshot('plan: the right, the organisation, both sides');

    from = await mark(world);
    await ada.presses(plan, 'Run');
    await ada.watches(plan, 'SSO is set up');
    expect(await callsSince(world, from)).toMatchSnapshot(
      'run: the right, both sides again, the writes, both sides read back',
    );

    from = await mark(world);
    await assigns(ada, 'b.simon');
    expect(await callsSince(world, from)).toMatchSnapshot('assign');

    from = await mark(world);
    await provisions(ada, 'b.simon');
    expect(await callsSince(world, from)).toMatchSnapshot('provision');
  },
);

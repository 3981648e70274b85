import { ROLES } from '../../sandbox/genesys/directory.js';
import { assigns, plansSso, setsUpSso } from '../support/deeds.js';
import { endStateOf, SET_UP } from '../support/fault-world.js';
import { journey } from '../support/journey.js';

const NOT_ACTIVE = 'You are eligible for Cloud Application Administrator, but it is not active';

journey(
  'A role that has run out in PIM since the plan was made stops Run, with the way to activate it, and nothing is changed',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    await world.entra.fault('pim-expired');

    const click = await ada.presses(plan, 'Run');

    const words = JSON.stringify([click.value, (await ada.texts()).slice(-1)]);
    expect(words).toContain(NOT_ACTIVE);
    expect(words).toContain('Activate Cloud Application Administrator in Privileged Identity Management');
    expect(await endStateOf(world)).toMatchObject({ applications: 0, providers: 0 });

    await world.entra.fault('pim-expired', { on: false });
    await ada.presses(plan, 'Run');
    await ada.watches(plan, 'SSO is set up');
  },
);

journey(
  'A role that runs out in the middle lets the run that was begun end, and refuses the next deed',
  async ({ world, ada }) => {
    const plan = await plansSso(ada);
    // The verdict at Run reads the roles once; every later reading finds them run out. A greeting reads them as well.
    await world.hasGreetedEverybody();
    await world.entra.fault('pim-expired', { afterReads: '1' });

    await ada.presses(plan, 'Run');

    const done = await ada.watches(plan, 'SSO is set up');
    expect(await endStateOf(world)).toMatchObject(SET_UP);
    const click = await ada.presses(done, 'Undo …');
    expect(JSON.stringify([click.value, (await ada.texts()).slice(-1)])).toContain(NOT_ACTIVE);
    expect(await endStateOf(world)).toMatchObject(SET_UP);
  },
);

journey(
  'A Genesys licence that is used up is said in Genesys’s words, and the user has no more than the role of everybody',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    await assigns(ada, 'b.simon');
    await world.genesys.fault('no-licence');
    const agent = ROLES.find(({ name }) => name === 'Agent')?.id ?? '';

    const card = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
    await ada.presses(card, /^Provision /, { roles: agent });
    const stopped = await ada.watches(card, 'did not finish');

    expect(stopped.text).toContain('No cloudCX1 license is available for the role.');
    expect(stopped.text).toMatch(/What to do:?\s/);
    const { grants } = await world.genesys.state<{ grants: { role: { name?: string } }[] }>();
    expect(grants.map(({ role }) => role.name)).not.toContain('Agent');

    await world.genesys.fault('no-licence', { on: false });
    await ada.presses(stopped, 'Retry');
    await ada.watches(card, /^(Provisioned|Already provisioned)$/m);
  },
);

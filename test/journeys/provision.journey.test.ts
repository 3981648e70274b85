import { DIVISIONS, ROLES } from '../../sandbox/genesys/directory.js';
import { SEED_PASSWORD } from '../../sandbox/credentials.js';
import { Consoles } from '../support/consoles.js';
import { offBoards, provisions, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { signInByHand } from '../support/sign-in-by-hand.js';
import type { World } from '../support/world.js';

const B_SIMON = 'b.simon@contoso.example';
const OMAR = 'omar.owner@contoso.example';
const MIA = 'mia.mailmismatch@contoso.example';
const MIA_MAIL = 'mia@mail.contoso.example';

interface GenesysState {
  readonly users: { id: string; email: string; state: string }[];
  readonly grants: { subjectId: string; role: { name: string }; division: { name: string } }[];
}

const idOf = (name: string): string => ROLES.find((role) => role.name === name)?.id ?? '';
const keyOf = (role: string, division: string): string =>
  `${idOf(role)}:${DIVISIONS.find(({ name }) => name === division)?.id ?? ''}`;

async function usersOf(world: World, email: string): Promise<{ id: string; state: string; roles: string[] }[]> {
  const { users, grants } = await world.genesys.state<GenesysState>();
  const found = users.filter((one) => one.email === email);
  return found.map(({ id, state }) => ({
    ...{ id, state },
    roles: grants
      .filter(({ subjectId }) => subjectId === id)
      .map(({ role, division }) => `${role.name} in ${division.name}`)
      .sort(),
  }));
}

async function deletesInGenesys(world: World, email: string): Promise<void> {
  const [user] = await usersOf(world, email);
  await new Consoles(world).genesys('DELETE', `/api/v2/users/${user?.id ?? ''}`);
}

journey('Several roles at once, each with its licence on the card, each added by itself', async ({ world, ada }) => {
  await setsUpSso(ada);

  const card = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
  expect(card.text).toContain('employee (licence collaborate)');
  expect(card.text).toContain('Supervisor (licence cloudCX2, wemUpgrade1)');
  expect(card.inputs()['roles']).toBe(idOf('employee'));
  const berlin = DIVISIONS.find(({ name }) => name === 'Berlin')?.id ?? '';
  const roles = [idOf('Agent'), idOf('Supervisor')].join(',');
  await ada.presses(card, /^Provision /, { roles, division: berlin });
  const done = await ada.watches(card, /^Provisioned$/m);

  expect(done.text).toContain('Genesys roles\nAgent, Supervisor');
  expect(await usersOf(world, B_SIMON)).toMatchObject([
    { state: 'active', roles: ['Agent in Berlin', 'Supervisor in Berlin', 'employee in Home'] },
  ]);
  const adds = (await world.genesys.requests()).filter(({ path }) => /\/bulkadd\b/.test(path));
  expect(adds.map(({ body }) => (body as { grants: unknown[] }).grants.length)).toEqual([1, 1]);
  const replacing = (await world.genesys.requests()).filter(({ path }) =>
    /bulkreplace|\/users\/[^/]+\/roles\b/.test(path),
  );
  expect(replacing.filter(({ method }) => method !== 'GET')).toEqual([]);
});

journey('A deleted user is restored with the roles that Latchkey noted', async ({ world, ada }) => {
  await setsUpSso(ada);
  await offBoards(ada, OMAR);
  const [before] = await usersOf(world, OMAR);
  await deletesInGenesys(world, OMAR);
  expect(await usersOf(world, OMAR)).toMatchObject([{ state: 'deleted', roles: [] }]);

  const card = await ada.saysAndSees(`provision ${OMAR}`, 'in Genesys Cloud');
  expect(card.text).toContain('Latchkey noted them and gives them back one by one');
  expect(card.text).toContain('Supervisor in Home');
  await ada.presses(card, /^Provision /);
  const done = await ada.watches(card, /^Provisioned$/m);

  expect(done.text).toContain('Omar Owner was restored in Genesys Cloud.');
  expect(done.text).toMatch(/Given back\n(employee in Home, Supervisor in Home|Supervisor in Home, employee in Home)/);
  expect(await usersOf(world, OMAR)).toEqual([{ ...before, state: 'active' }]);
});

journey('Of the noted roles only those are given back that stay chosen', async ({ world, ada }) => {
  await setsUpSso(ada);
  const first = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
  await ada.presses(first, /^Provision /, { roles: [idOf('Agent'), idOf('Supervisor')].join(',') });
  await ada.watches(first, /^Provisioned$/m);
  await deletesInGenesys(world, B_SIMON);

  const card = await ada.saysAndSees('provision b.simon', 'It will be restored');
  await ada.presses(card, /^Provision /, { restores: keyOf('Agent', 'Home') });
  await ada.watches(card, /^Provisioned$/m);

  expect(await usersOf(world, B_SIMON)).toMatchObject([
    { state: 'active', roles: ['Agent in Home', 'employee in Home'] },
  ]);
});

journey('Of a deleted user whom Latchkey never met it says that no roles are known', async ({ world, ada }) => {
  await setsUpSso(ada);
  await deletesInGenesys(world, OMAR);

  const card = await ada.saysAndSees(`provision ${OMAR}`, 'in Genesys Cloud');
  expect(card.text).toContain('Latchkey knows of none');
  await ada.presses(card, /^Provision /);
  await ada.watches(card, /^Provisioned$/m);

  expect(await usersOf(world, OMAR)).toMatchObject([{ state: 'active', roles: ['employee in Home'] }]);
});

journey(
  'Where licences cannot be read the card says so, and the person is provisioned all the same',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    await world.genesys.fault('unavailable', { match: '/license/infer', times: 'always' });

    const card = await ada.saysAndSees('provision b.simon', 'Not every licence could be read');
    await ada.presses(card, /^Provision /);
    await ada.watches(card, /^Provisioned$/m);

    expect(await usersOf(world, B_SIMON)).toMatchObject([{ state: 'active' }]);
  },
  { REPLICATION_BUDGET_S: '3' },
);

journey('Mia has two addresses: she is warned about before, and signs in once the claim is chosen', async (cast) => {
  const { world, ada } = cast;
  const done = await setsUpSso(ada);
  const assign = await ada.saysAndSees(`assign ${MIA}`, 'to Genesys Cloud');
  expect(assign.text).toContain(`The sign-in sends the user principal name, ${MIA}`);
  expect(assign.buttons()).toContain('Send the mail address instead …');
  await ada.presses(assign, /^Assign /);
  await ada.watches(assign, /^Assigned$/m);

  const card = await ada.saysAndSees(`provision ${MIA}`, 'in Genesys Cloud');
  expect(card.text).toContain(`The sign-in sends the user principal name, ${MIA}`);
  expect(card.text).toContain(`not by ${MIA_MAIL}`);
  const before = new Set((await ada.cards()).map(({ id }) => id));
  await ada.presses(card, 'Send the mail address instead …');
  const question = await ada.sees('Nothing is changed before you confirm');
  expect(before.has(question.id)).toBe(false);
  expect(question.text).toContain('1 person who is assigned directly has two addresses');
  await ada.presses(question, 'Send the mail address');
  const changed = await ada.watches(question, 'The sign-in now sends the mail address of everybody as Email.');
  await ada.presses(changed, 'Provision Mia Mailmismatch');
  const again = await ada.sees(`Genesys e-mail\n${MIA_MAIL}`);
  await ada.presses(again, /^Provision /);
  await ada.watches(again, /^Provisioned$/m);

  expect(await usersOf(world, MIA)).toEqual([]);
  expect(await usersOf(world, MIA_MAIL)).toMatchObject([{ state: 'active' }]);
  const mia = { userName: MIA, password: SEED_PASSWORD };
  expect(await signInByHand(done.link('Test from Microsoft (IdP-initiated)'), mia)).toContain('You are signed in');
  await ada.saysAndSees('status', 'Both sides agree');
});

journey(
  'Created although the answer was an error, seen late by the search, changed meanwhile, throttled: one user, active',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    await world.genesys.fault('stale-reads', { seconds: '2', only: 'users' });
    await world.genesys.fault('created-but-refused', { code: 'unable.to.set.password' });
    await world.genesys.fault('throttled', { match: '/bulkadd', times: '2', retryAfter: '1' });

    const card = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
    await ada.presses(card, /^Provision /, { roles: [idOf('employee'), idOf('Agent')].join(',') });
    await ada.watches(card, /^Provisioned$/m);

    expect(await usersOf(world, B_SIMON)).toMatchObject([
      { state: 'active', roles: ['Agent in Home', 'employee in Home'] },
    ]);
    await world.genesys.fault('stale-reads', { on: false });
    await world.genesys.fault('conflict', { times: '2' });
    await offBoards(ada, 'b.simon', 'B.Simon is off-boarded.');
    expect((await provisions(ada, 'b.simon')).text).toContain('B.Simon was activated again');
  },
);

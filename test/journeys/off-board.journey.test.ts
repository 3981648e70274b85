import { GROUPS } from '../../sandbox/entra/seed.js';
import { Consoles } from '../support/consoles.js';
import { assigns, offBoards, provisions, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { signInByHand } from '../support/sign-in-by-hand.js';
import type { World } from '../support/world.js';

const B_SIMON = 'b.simon@contoso.example';
const OMAR = 'omar.owner@contoso.example';

interface EntraState {
  readonly appRoleAssignments: { principalDisplayName: string; principalType: string }[];
  readonly servicePrincipals: { id: string; displayName: string; appRoles: { id: string; displayName: string }[] }[];
}
interface GenesysState {
  readonly users: { id: string; email: string; state: string }[];
  readonly grants: { subjectId: string; role: { name: string } }[];
}

async function assignedNames(world: World): Promise<string[]> {
  const { appRoleAssignments } = await world.entra.state<EntraState>();
  return appRoleAssignments.map(({ principalDisplayName }) => principalDisplayName);
}

async function genesysUser(world: World, email: string): Promise<{ state: string | undefined; roles: string[] }> {
  const { users, grants } = await world.genesys.state<GenesysState>();
  const user = users.find((one) => one.email === email);
  const roles = grants.filter(({ subjectId }) => subjectId === user?.id).map(({ role }) => role.name);
  return { state: user?.state, roles };
}

/** The writes that one system was sent since so many requests. */
async function writesSince(system: World['entra'], count: number): Promise<string[]> {
  return (await system.requests())
    .slice(count)
    .filter(({ method, path }) => method !== 'GET' && /\/(v1\.0|api)\//.test(path) && !/search|token$/.test(path))
    .map(
      ({ method, path }) => `${method} ${path.replace(/^.*\/(v1\.0|api\/v2)\//, '').replace(/\/[\w-]{36,}/g, '/…')}`,
    );
}

journey('Ada off-boards B.Simon in one confirmed act: nobody signs in as him any more', async ({ world, ada }) => {
  const done = await setsUpSso(ada);
  await assigns(ada, 'b.simon');
  await provisions(ada, 'b.simon');
  const link = done.link('Test from Microsoft (IdP-initiated)');
  expect(await signInByHand(link)).toContain('You are signed in');
  const [entraSaw, genesysSaw] = [(await world.entra.requests()).length, (await world.genesys.requests()).length];

  const plan = await ada.saysAndSees('off-board b.simon', 'Nothing is changed before you confirm');
  expect(plan.text).toContain('Assigned in Entra\nas User');
  expect(plan.text).toContain('Genesys user\nB.Simon, active');
  expect(plan.text).toContain(`Genesys e-mail\n${B_SIMON}`);
  expect(plan.text).toContain('Genesys roles\nemployee in Home');
  await ada.presses(plan, 'Off-board B.Simon …');
  const question = await ada.watches(plan, 'This will be done');
  expect(question.buttons()).toEqual(['Yes, off-board B.Simon', 'Back', 'Cancel']);
  expect(await assignedNames(world)).toEqual(['B.Simon']);
  await ada.presses(question, 'Yes, off-board B.Simon');
  const ended = await ada.watches(question, 'B.Simon is off-boarded.');

  expect(ended.text).toContain('Entra, assignment\ntaken away (User)');
  expect(ended.text).toContain('Entra, sessions\nended');
  expect(ended.text).toContain('Genesys, user\nmade inactive');
  expect(ended.text).toContain('Genesys, sessions\nended');
  expect(await assignedNames(world)).toEqual([]);
  expect(await genesysUser(world, B_SIMON)).toEqual({ state: 'inactive', roles: ['employee'] });
  expect(await writesSince(world.entra, entraSaw)).toEqual([
    expect.stringMatching(/^DELETE .*appRoleAssign/),
    'POST users/…/revokeSignInSessions',
  ]);
  expect(await writesSince(world.genesys, genesysSaw)).toEqual(['PATCH users/…', 'DELETE tokens/…']);
  expect(await signInByHand(link)).not.toContain('You are signed in');

  const audit = await ada.saysAndSees('audit b.simon', 'off-board B.Simon');
  expect(audit.text).toContain('Done, for Ada Admin: off-board B.Simon.');
});

journey('A second off-boarding finds nothing to do and changes nothing', async ({ world, ada }) => {
  await setsUpSso(ada);
  await assigns(ada, 'b.simon');
  await provisions(ada, 'b.simon');
  await offBoards(ada, 'b.simon');
  const before = await genesysUser(world, B_SIMON);

  const again = await offBoards(ada, 'b.simon');

  expect(again.text).toContain('Entra, assignment\nnothing to do');
  expect(again.text).toContain('Genesys, user\nnothing to do, inactive already');
  expect(await genesysUser(world, B_SIMON)).toEqual(before);
});

journey('Where a group still gives access, each card says so and where to end it', async ({ world, ada }) => {
  await setsUpSso(ada);
  await assigns(ada, OMAR);
  await assignsGroup(world, 'Contact Centre');
  await world.genesys.fault('permission-removed', { permission: 'authorization:grant:view' });

  const plan = await ada.saysAndSees(`off-board ${OMAR}`, 'Nothing is changed before you confirm');
  expect(plan.text).toContain('Omar Owner keeps access through the group Contact Centre: take Omar Owner out');
  expect(plan.text).not.toContain('Contact Centre Leads');
  expect(plan.text).toContain('Genesys roles\ncould not be read');
  await ada.presses(plan, /^Off-board /);
  await ada.presses(await ada.watches(plan, 'This will be done'), /^Yes, /);
  const ended = await ada.watches(plan, 'Off-boarded, with something left');

  expect(ended.text).toContain('Omar Owner still has access to Genesys Cloud in Entra, through a group.');
  expect(ended.text).toContain('take Omar Owner out of it there');
  expect(await assignedNames(world)).toEqual(['Contact Centre']);
  expect(await genesysUser(world, OMAR)).toEqual({ state: 'inactive', roles: ['employee', 'Supervisor'] });
  expect(ended.buttons()).toEqual(['Off-board Omar Owner again']);
});

journey(
  'While Genesys is away, Entra is done at once, and Genesys follows by itself',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    await assigns(ada, 'b.simon');
    await provisions(ada, 'b.simon');
    await world.genesys.fault('unavailable', { times: 'always' });

    const plan = await ada.saysAndSees('off-board b.simon', 'could not be read');
    expect(plan.text).toContain('Entra’s part is done all the same');
    await ada.presses(plan, /^Off-board /);
    await ada.presses(await ada.watches(plan, 'This will be done'), /^Yes, /);
    const waiting = await ada.watches(plan, 'Off-boarding is waiting');

    expect(waiting.text).toContain('Not everything is taken away from B.Simon yet.');
    expect(await assignedNames(world)).toEqual([]);
    expect(await genesysUser(world, B_SIMON)).toMatchObject({ state: 'active' });
    await world.genesys.fault('unavailable', { on: false });
    await ada.presses(waiting, 'Check now');
    const ended = await ada.watches(plan, 'B.Simon is off-boarded.');
    expect(ended.text).toContain('Entra, assignment\ntaken away (User)');
    expect(ended.text).toContain('Genesys, user\nmade inactive');
    expect(await genesysUser(world, B_SIMON)).toMatchObject({ state: 'inactive' });
  },
  { REPLICATION_BUDGET_S: '3' },
);

journey('What one side refuses is said, with what to do, and the rest is done', async ({ world, ada }) => {
  await setsUpSso(ada);
  await assigns(ada, 'gale.reader');
  await world.genesys.fault('permission-removed', { permission: 'directory:user:edit' });
  await assigns(ada, 'b.simon');
  await provisions(ada, 'b.simon');

  const inPart = await offBoards(ada, 'b.simon', 'B.Simon is off-boarded only in part');
  const gale = await offBoards(ada, 'gale.reader', 'Gale Reader is off-boarded only in part');

  expect(inPart.text).toContain('Genesys, user\nrefused');
  expect(inPart.text).toContain('No role of the OAuth client has directory:user:edit or');
  expect(inPart.text).toContain('Genesys, sessions\nended');
  expect(gale.text).toContain('Entra, sessions\nrefused');
  expect(gale.text).toContain('Entra protects the accounts of administrators.');
  expect(gale.text).toContain('Entra, assignment\ntaken away (User)');
  expect(await assignedNames(world)).toEqual([]);
});

journey('A Genesys user of another address of the same person is told of and left alone', async ({ world, ada }) => {
  const [mia, mail] = ['mia.mailmismatch@contoso.example', 'mia@mail.contoso.example'];
  await setsUpSso(ada);
  const user = { name: 'Somebody Else', email: mail, state: 'active' };
  await new Consoles(world).genesys('POST', '/api/v2/users', user);

  const ended = await offBoards(ada, mia);

  expect(ended.text).toContain(`Genesys also has an active user with ${mail}`);
  expect(ended.text).toContain('Genesys, user\nnothing to do, there is none');
  expect(await genesysUser(world, mail)).toMatchObject({ state: 'active' });
});

journey('Nobody off-boards themselves, and nobody without the role off-boards anybody', async ({ ada, ana }) => {
  const own = await ada.saysAndSees('off-board ada.admin@contoso.example', 'Not possible');
  expect(own.text).toContain('Nobody can off-board themselves');

  await ana.saysAndSees('off-board b.simon', 'You cannot off-board people');
});

/** As an admin does it in the Entra admin center. */
async function assignsGroup(world: World, name: keyof typeof GROUPS): Promise<void> {
  const { servicePrincipals } = await world.entra.state<EntraState>();
  const app = servicePrincipals.find(({ displayName }) => displayName === 'Genesys Cloud for Azure');
  const appRoleId = app?.appRoles.find(({ displayName }) => displayName === 'User')?.id;
  const body = { principalId: GROUPS[name], resourceId: app?.id, appRoleId };
  await new Consoles(world).graph('POST', `/v1.0/groups/${GROUPS[name]}/appRoleAssignments`, body);
}

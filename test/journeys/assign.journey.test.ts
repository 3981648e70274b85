import { PEOPLE } from '../../sandbox/credentials.js';
import { GROUPS } from '../../sandbox/entra/seed.js';
import { Consoles } from '../support/consoles.js';
import { assigns, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import type { World } from '../support/world.js';

interface Held {
  readonly principalId: string;
  readonly appRoleId: string;
}

interface Directory {
  readonly appRoleAssignments: readonly Held[];
  readonly servicePrincipals: readonly { id: string; displayName: string; appRoles: readonly { id: string }[] }[];
  readonly applications: readonly { id: string; displayName: string; appRoles: readonly object[] }[];
}

const GENESYS = 'Genesys Cloud for Azure';
const SUPERVISOR = '5b1d7c3a-0000-4000-8000-000000000001';

const idOf = (name: string): string => PEOPLE.find(({ displayName }) => displayName === name)?.id ?? '';

/** Whom the application is assigned to now. */
async function assignedIds(world: World): Promise<string[]> {
  const { appRoleAssignments } = await world.entra.state<Directory>();
  return appRoleAssignments.map(({ principalId }) => principalId);
}

async function theApplication(
  world: World,
): Promise<{ objectId: string; principalId: string; roles: readonly object[] }> {
  const { applications, servicePrincipals } = await world.entra.state<Directory>();
  const application = applications.find(({ displayName }) => displayName === GENESYS);
  const principal = servicePrincipals.find(({ displayName }) => displayName === GENESYS);
  if (!application || !principal) throw new Error('There is no application yet.');
  return { objectId: application.id, principalId: principal.id, roles: application.appRoles };
}

async function addsRole(world: World, displayName: string): Promise<void> {
  const { objectId, roles } = await theApplication(world);
  const role = { id: SUPERVISOR, displayName, description: displayName, value: null, isEnabled: true };
  const appRoles = [...roles, { ...role, allowedMemberTypes: ['User'], origin: 'Application' }];
  await new Consoles(world).graph('PATCH', `/v1.0/applications/${objectId}`, { appRoles });
}

journey('Ada takes Genesys Cloud from B.Simon, and may give it again from there', async ({ world, ada, gale }) => {
  await setsUpSso(ada);
  await assigns(ada, 'b.simon');

  const card = await ada.saysAndSees('unassign b.simon', 'Take Genesys Cloud from B.Simon');
  expect(card.text).toContain('Assigned directly\nUser');
  await ada.presses(card, 'Unassign B.Simon');
  const done = await ada.watches(card, 'B.Simon is no longer assigned to Genesys Cloud in Entra.');
  expect(await assignedIds(world)).toEqual([]);

  const nothing = await ada.saysAndSees('unassign b.simon', 'is not assigned directly');
  expect(nothing.buttons()).toEqual([]);
  await ada.presses(done, 'Assign B.Simon again');
  await ada.sees(/^Assign B\.Simon to Genesys Cloud$/m);
  await ada.saysAndSees('unassign ada.admin@contoso.example', 'Nobody can take access from themselves');
  await gale.saysAndSees('unassign b.simon', 'You cannot take access to Genesys Cloud from people');
});

journey(
  'A removal whose answer is lost is done once, and one that somebody else did first counts',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    await assigns(ada, 'b.simon');
    await world.entra.fault('gateway-timeout-after-commit', { match: 'DELETE' });

    const card = await ada.saysAndSees('unassign b.simon', 'Take Genesys Cloud from B.Simon');
    await ada.presses(card, 'Unassign B.Simon');
    await ada.watches(card, 'B.Simon is no longer assigned');

    expect(await assignedIds(world)).toEqual([]);
    const deletions = (await world.entra.requests()).filter(({ method }) => method === 'DELETE');
    expect(deletions.map(({ status }) => status)).toEqual([504, 400]);
  },
);

journey('Another role is added first, and only then the old one goes', async ({ world, ada }) => {
  await setsUpSso(ada);
  await assigns(ada, 'b.simon');
  await addsRole(world, 'Supervisor');
  const card = await ada.saysAndSees('assign b.simon', 'already assigned with the role User');

  await ada.presses(card, 'Assign B.Simon', { role: SUPERVISOR });
  const question = await ada.watches(card, 'Change the role of B.Simon');
  expect(question.text).toContain('User → Supervisor: it adds Supervisor, then removes User.');
  await ada.presses(question, 'Change role of B.Simon');
  await ada.watches(question, 'B.Simon has the role Supervisor in place of User.');

  const { appRoleAssignments } = await world.entra.state<Directory>();
  expect(appRoleAssignments).toEqual([
    expect.objectContaining({ principalId: idOf('B.Simon'), appRoleId: SUPERVISOR }),
  ]);
  const writes = (await world.entra.requests())
    .filter(({ method, path }) => /^(POST|DELETE)$/.test(method) && path.includes('appRole'))
    .map(({ method }) => method);
  expect(writes).toEqual(['POST', 'POST', 'DELETE']);
});

journey('A group is assigned with its warnings, and a person keeps what it gives', async ({ world, ada }) => {
  await setsUpSso(ada);
  await assigns(ada, 'omar');

  const refused = await ada.saysAndSees('assign group Contact Centre News', 'not a security group');
  expect(refused.buttons()).toEqual([]);
  const card = await ada.saysAndSees('assign group Contact Centre Leads', 'Assign the group Contact Centre Leads');
  expect(card.text).toContain('Directly in it\n2 people');
  expect(card.text).toContain('dynamic');
  await ada.presses(card, 'Assign Contact Centre Leads');
  await ada.watches(card, 'The group Contact Centre Leads is assigned');
  expect(await assignedIds(world)).toEqual([idOf('Omar Owner'), GROUPS['Contact Centre Leads']]);
  await ada.saysAndSees('assign group Contact Centre Leads', 'is already assigned with the role User');

  const unassign = await ada.saysAndSees('unassign omar', 'has access through the group Contact Centre Leads (User)');
  await ada.presses(unassign, 'Unassign Omar Owner');
  await ada.watches(unassign, 'Omar Owner still has access through the group Contact Centre Leads');
  expect(await assignedIds(world)).toEqual([GROUPS['Contact Centre Leads']]);

  const away = await ada.saysAndSees('unassign group contact centre leads', 'Directly in it: 2 people.');
  await ada.presses(away, 'Unassign Contact Centre Leads');
  await ada.watches(away, 'Contact Centre Leads is no longer assigned');
  expect(await assignedIds(world)).toEqual([]);
});

journey('Nobody gives access to a group that they are in, and groups need a licence', async ({ world, ada, gale }) => {
  await setsUpSso(ada);

  const own = await ada.saysAndSees(`assign group ${GROUPS['Contact Centre']}`, 'You are a member of this group');
  expect(own.text).not.toContain('Night Shift');
  await gale.saysAndSees('audit ada', 'Rule: nobody gives access to themselves.');
  const card = await ada.saysAndSees('assign group Night', 'Assign the group Night Shift');
  // The click names the other group all the same.
  const answer = await ada.presses(card, 'Assign Night Shift', { reference: `${GROUPS['Contact Centre']}:x` });
  expect(JSON.stringify(answer)).toContain('You are a member of this group');
  expect(await assignedIds(world)).toEqual([]);

  await world.entra.fault('no-licence');
  await ada.saysAndSees('assign group Genesys Agents', 'only with Entra ID P1 or P2');
});

journey('Plain words find people first and groups beside them', async ({ ada, ana }) => {
  await setsUpSso(ada);

  await ana.saysAndSees('assign Contact', 'You cannot give people access');
  const several = await ada.saysAndSees('assign Contact Centre', '“Contact Centre” may be one of these.');
  expect(several.text).toContain('Contact Centre (Group · 4 direct members · id …000003 · Everybody');
  expect(several.text).toContain('Contact Centre Leads (Group · 2 direct members · dynamic');
  await ada.presses(several, 'Continue', { principal: `group:${GROUPS['Contact Centre Leads']}` });
  const group = await ada.watches(several, 'Assign the group Contact Centre Leads');
  expect(group.buttons()).toEqual(['Assign Contact Centre Leads', 'Cancel']);

  const night = await ada.saysAndSees('assign night shift', 'Assign the group Night Shift');
  expect(night.text).toContain('Directly in it\n2 people');
  await ada.saysAndSees('assign group Nobody By This Name', 'Entra knows no group by');
});

journey(
  'Somebody disabled is warned about, offered nothing, and gets it once enabled again',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    const consoles = new Consoles(world);
    const enabled = (accountEnabled: boolean): Promise<unknown> =>
      consoles.graph('PATCH', '/v1.0/users/b.simon@contoso.example', { accountEnabled });
    const [early, earlyThere] = [
      await ada.saysAndSees('assign b.simon', 'Assign B.Simon to Genesys Cloud'),
      await ada.saysAndSees('provision b.simon', 'Provision B.Simon in Genesys Cloud'),
    ];

    await enabled(false);
    for (const [card, button] of [
      [early, 'Assign B.Simon'],
      [earlyThere, 'Provision B.Simon'],
    ] as const) {
      const refused = JSON.stringify((await ada.presses(card, button)).value);
      expect(refused).toContain(
        'B.Simon is disabled in Entra and could not sign in. Enable the account in Entra first.',
      );
    }
    for (const verb of ['assign', 'provision']) {
      const card = await ada.saysAndSees(`${verb} b.simon`, 'B.Simon is disabled in Entra and cannot sign in');
      expect(card.buttons()).toEqual(['Cancel']);
    }
    expect(await assignedIds(world)).toEqual([]);
    const { users } = await world.genesys.state<{ users: { email: string }[] }>();
    expect(users.map(({ email }) => email)).not.toContain('b.simon@contoso.example');

    await enabled(true);
    await assigns(ada, 'b.simon');
    expect(await assignedIds(world)).toEqual([idOf('B.Simon')]);
  },
);

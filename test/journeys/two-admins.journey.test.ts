import { ROLES } from '../../sandbox/genesys/directory.js';
import { Consoles } from '../support/consoles.js';
import { assigns, setsUpSso } from '../support/deeds.js';
import { makePeople, type AssignmentsState } from '../support/files-of-people.js';
import { journey } from '../support/journey.js';
import type { ClickResult, Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import type { World } from '../support/world.js';

const B_SIMON = 'b.simon@contoso.example';
const AGENT = ROLES.find(({ name }) => name === 'Agent')?.id ?? '';
const UNDER_WAY = 'and that is still under way';

interface GenesysState {
  readonly users: { email: string; state: string }[];
}

/** Pim has activated what she is eligible for: now there are two who may. */
async function twoAdmins(world: World, ada: Persona): Promise<void> {
  await world.entra.fault('pim-activated');
  await setsUpSso(ada);
}

/** Both press at the same moment. @returns the answers to the clicks, as text. */
async function atOnce(...clicks: readonly Promise<ClickResult>[]): Promise<string[]> {
  return (await Promise.all(clicks)).map(({ value }) => JSON.stringify(value ?? ''));
}

async function assignedIds(world: World): Promise<string[]> {
  return (await world.entra.state<AssignmentsState>()).appRoleAssignments.map(({ principalId }) => principalId);
}

async function stateOfBSimon(world: World): Promise<string[]> {
  const { users } = await world.genesys.state<GenesysState>();
  return users.filter(({ email }) => email === B_SIMON).map(({ state }) => state);
}

/** Opens the confirmation of an off-boarding. */
async function asksToOffBoard(admin: Persona): Promise<SeenCard> {
  const card = await admin.saysAndSees('off-board b.simon', 'Nothing is changed before you confirm');
  await admin.presses(card, /^Off-board /);
  return admin.watches(card, 'This will be done');
}

journey('Two admins start the same file at once: one run, and the other hears who has started it', async (cast) => {
  const { world, ada, pim } = cast;
  await twoAdmins(world, ada);
  const people = await makePeople(new Consoles(world), 40, 'both');
  const content = `upn\n${people.map(({ userPrincipalName }) => userPrincipalName).join('\n')}`;
  const plans: SeenCard[] = [];
  for (const admin of [ada, pim]) {
    await admin.sendsFile('both.csv', content);
    plans.push(await admin.sees('Plan for both.csv'));
  }
  const [adas, pims] = plans as [SeenCard, SeenCard];

  const texts = await atOnce(ada.presses(adas, /^Give 40/), pim.presses(pims, /^Give 40/));

  expect(texts.filter((text) => text.includes('Started.'))).toHaveLength(1);
  const [first, firstCard, second] = texts[0]?.includes('Started.')
    ? ([ada, adas, pim] as const)
    : ([pim, pims, ada] as const);
  expect(texts.find((text) => !text.includes('Started.'))).toContain(`${first.name} has started this very file`);
  await first.watches(firstCard, 'both.csv is done');
  expect((await assignedIds(world)).sort()).toEqual(people.map(({ id }) => id).sort());
  await second.sendsFile('both.csv', content);
  await second.sees(new RegExp(`already applied at .* by ${first.name}`));
});

journey(
  'One assigns and another one unassigns the same person: whoever is second is told who and what',
  async (cast) => {
    const { world, ada, pim } = cast;
    await twoAdmins(world, ada);
    await assigns(ada, 'b.simon');
    const [taking, giving] = [
      await pim.saysAndSees('unassign b.simon', 'Take Genesys Cloud from B.Simon'),
      await ada.saysAndSees('assign b.simon', 'already assigned'),
    ];
    await world.entra.fault('slow-replies', { ms: '1500', match: 'appRoleAssignments' });

    const texts = await atOnce(pim.presses(taking, /^Unassign /), ada.presses(giving, /^Assign /));

    expect(texts.filter((text) => text.includes('Started.'))).toHaveLength(1);
    const isTaken = texts[0]?.includes('Started.') ?? false;
    const [deed, by] = isTaken ? ['take Genesys Cloud for Azure away from', pim] : ['assign', ada];
    expect(texts.find((text) => !text.includes('Started.'))).toContain(`${by.name} has begun to ${deed} B.Simon`);
    await (isTaken ? pim.watches(taking, 'no longer assigned') : ada.watches(giving, /^Already assigned$/m));
    expect(await assignedIds(world)).toHaveLength(isTaken ? 0 : 1);

    // The card of whoever was second still acts, on what is there now.
    if (isTaken) {
      await ada.presses(giving, /^Assign /);
      await ada.watches(giving, /^Assigned$/m);
    } else {
      await pim.presses(taking, /^Unassign /);
      await pim.watches(taking, 'no longer assigned');
    }
    expect(await assignedIds(world)).toHaveLength(isTaken ? 1 : 0);
  },
);

journey('Nobody off-boards a person whom another one is just provisioning, nor the other way round', async (cast) => {
  const { world, ada, pim } = cast;
  await twoAdmins(world, ada);
  await assigns(ada, 'b.simon');
  const question = await asksToOffBoard(pim);
  const card = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
  await world.genesys.fault('slow-replies', { ms: '1500', match: '/users' });

  await ada.presses(card, /^Provision /);
  const [early = ''] = await atOnce(pim.presses(question, /^Yes, off-board /));
  expect(early).toContain(`Ada Admin has begun to provision B.Simon in Genesys Cloud, ${UNDER_WAY}`);
  await ada.watches(card, /^Provisioned$/m);
  const again = await asksToOffBoard(pim);
  const next = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
  await pim.presses(again, /^Yes, off-board /);
  const [late = ''] = await atOnce(ada.presses(next, /^Provision /));

  expect(late).toContain(`Pim Eligible has begun to off-board B.Simon, ${UNDER_WAY}`);
  await pim.watches(again, 'B.Simon is off-boarded.');
  expect(await assignedIds(world)).toEqual([]);
  expect(await stateOfBSimon(world)).toEqual(['inactive']);
});

journey(
  'A provisioning that did not finish gives nothing more to somebody who has been off-boarded since',
  async ({ world, ada, pim }) => {
    await twoAdmins(world, ada);
    const card = await ada.saysAndSees('provision b.simon', 'in Genesys Cloud');
    await world.genesys.fault('unavailable', { times: 'always', match: 'bulkadd' });
    await ada.presses(card, /^Provision /, { roles: AGENT });
    const failed = await ada.watches(card, 'did not finish');
    await world.genesys.fault('unavailable', { on: false });

    const question = await asksToOffBoard(pim);
    await pim.presses(question, /^Yes, off-board /);
    await pim.watches(question, 'B.Simon is off-boarded.');
    await ada.presses(failed, 'Retry');

    const ended = await ada.watches(card, 'Pim Eligible has begun to off-board B.Simon meanwhile.');
    expect(ended.buttons()).toEqual([]);
    expect(await stateOfBSimon(world)).toEqual(['inactive']);
  },
  { REPLICATION_BUDGET_S: '2' },
);

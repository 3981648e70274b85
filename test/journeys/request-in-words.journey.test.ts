import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import { linksSlack } from '../support/links-slack.js';
import type { SeenBlocks } from '../support/seen-blocks.js';
import type { World } from '../support/world.js';

const BECAUSE = 'the night shift is short';

/** A namesake of Ana Agent, with another user name. */
async function namesakeOfAna(world: World): Promise<string> {
  const { id } = (await new Consoles(world).graph('POST', '/v1.0/users', {
    ...{ accountEnabled: true, displayName: 'Ana Agent', mailNickname: 'ana2' },
    userPrincipalName: 'ana2@contoso.example',
    passwordProfile: { password: 'A-long-one-2026!', forceChangePasswordNextSignIn: false },
  })) as { id: string };
  return id;
}

/** What a dialog shows as chosen, by question. */
function chosenIn(dialog: SeenBlocks, name: string): string | undefined {
  const element = dialog.input(name).element as { initial_option?: { text: { text: string } }; initial_value?: string };
  return element.initial_option?.text.text ?? element.initial_value;
}

function isNeeded(dialog: SeenBlocks, name: string): boolean {
  const { block_id } = dialog.input(name);
  const block = dialog.blocks.find((one) => one.block_id === block_id) as { optional?: boolean } | undefined;
  return block?.optional !== true;
}

journey('words fill in the dialog of Slack, and it is Dana who sends it', async ({ world, ada, ana }) => {
  const [dana, omar] = [world.person('Dana'), world.person('Omar')];
  await setsUpSso(ada);
  await linksSlack(dana);
  await linksSlack(ana);

  await dana.inSlack.types(`/latchkey request genesys agent for @ana.agent for two weeks because ${BECAUSE}`);
  const dialog = await dana.inSlack.seesDialog('Which role?');
  expect(['person', 'role', 'minutes', 'why'].map((name) => chosenIn(dialog, name))).toEqual([
    ...['Ana Agent', 'Agent', '2 weeks', BECAUSE],
  ]);
  expect((await ana.cards()).filter((card) => card.says(BECAUSE))).toEqual([]);

  await dana.inSlack.submits(dialog);
  const asked = await omar.sees('Dana Deputy asks for Agent');
  expect(asked.text).toContain('Ana Agent');
  expect(asked.text).toContain('2 weeks');

  await dana.inSlack.writes('give b.simon Genesys Supervisor until friday 17:00');
  const offer = await dana.inSlack.sees('Open the form');
  expect(offer.says('B.Simon (b.simon@contoso.example')).toBe(true);
  await dana.inSlack.presses('Open the form', offer);
  const again = await dana.inSlack.seesDialog('Which role?');
  expect(['person', 'role', 'until'].map((name) => chosenIn(again, name))).toEqual([
    ...['B.Simon', 'Supervisor', 'friday 17:00'],
  ]);
  await dana.inSlack.closes(again);

  await dana.inSlack.writes('request supervisor because @ana.agent and <at>Omar</at> need it');
  await dana.inSlack.sees('Ana Agent and Omar need it');
});

journey('what Slack and Entra cannot tell is said, and nobody is chosen', async ({ world, ada, ana }) => {
  await setsUpSso(ada);
  await linksSlack(ana);
  const namesake = await namesakeOfAna(world);
  const omar = world.person('Omar');

  await ana.inSlack.writes('request agent for @dana.deputy');
  await ana.inSlack.sees('An account that you mention is not linked');

  await ana.inSlack.types('/latchkey request pope for ana agent until whenever');
  const dialog = await ana.inSlack.seesDialog('Which role?');
  expect(dialog.says('“ana agent” may mean one of these people.')).toBe(true);
  expect(dialog.says('No role here is called “pope”.')).toBe(true);
  expect(dialog.says('“whenever” is no time to come.')).toBe(true);
  expect(['person', 'role'].map((name) => chosenIn(dialog, name))).toEqual([undefined, undefined]);

  const refused = await ana.inSlack.submits(dialog);
  expect(Object.keys(refused.errors ?? {})).not.toEqual([]);
  ana.inSlack.fills(dialog, { person: namesake, role: 'agent', until: '3 hours', why: BECAUSE });
  await ana.inSlack.submits(dialog);
  expect((await omar.sees('Ana Agent asks for Agent')).text).toContain('ana2@contoso.example');
});

journey(
  'whoever was named and is not clear stays asked for, and it is never for oneself',
  async ({ world, ada, ana }) => {
    await setsUpSso(ada);
    await linksSlack(ana);
    const namesake = await namesakeOfAna(world);

    await ana.inSlack.writes('request pope for zoe');
    await ana.inSlack.presses('Open the form', await ana.inSlack.sees('Entra knows nobody as “zoe”.'));
    const dialog = await ana.inSlack.seesDialog('Which role?');
    expect(dialog.says('Entra knows nobody as “zoe”.')).toBe(true);
    expect(dialog.says('No role here is called “pope”.')).toBe(true);
    expect(isNeeded(dialog, 'person')).toBe(true);
    expect(chosenIn(dialog, 'role')).toBeUndefined();
    await ana.inSlack.closes(dialog);

    await ana.inSlack.writes('request agent for ana agent');
    await ana.inSlack.presses('Open the form', await ana.inSlack.sees('“ana agent” may mean one of these people.'));
    const which = await ana.inSlack.seesDialog('“ana agent” may mean one of these people.');
    expect(which.says('ana2@contoso.example')).toBe(true);
    expect(isNeeded(which, 'person')).toBe(true);

    await new Consoles(world).graph('DELETE', `/v1.0/users/${namesake}`);
    ana.inSlack.fills(which, { person: namesake, why: BECAUSE });
    await ana.inSlack.submits(which);
    const again = await ana.inSlack.watches(which, 'Nothing is asked for until you have chosen who it is.');
    expect(again.input('person').element.type).toBe('external_select');
    expect(chosenIn(again, 'person')).toBeUndefined();
    expect(isNeeded(again, 'person')).toBe(true);
    expect((await ana.inSlack.submits(again)).errors).toBeDefined();
  },
);

journey('words fill in the card of Teams, hostile ones are shown as they are', async ({ world, ada, ana }) => {
  await setsUpSso(ada);
  const omar = world.person('Omar');

  const form = await omar.saysAndSees(`give Ana Genesys for two weeks because ${BECAUSE}`, 'Which role?');
  expect(form.inputs()).toMatchObject({ person: ana.id, role: 'agent', minutes: '20160', why: BECAUSE });
  expect(form.text).toContain('Ana Agent (ana.agent@contoso.example');
  await omar.presses(form, 'Ask for access');
  const asked = await world.person('Dana').sees('Omar Owner asks for Agent');
  expect(asked.text).toContain('Ana Agent');

  const hostile = await ana.saysAndSees(
    'request <b>${x}</b> for [zoe](https://evil.example) until 99:99',
    'Which role?',
  );
  expect(hostile.inputs()).toMatchObject({ person: '', role: '', until: '99:99' });
  expect(hostile.text).toContain('No role here is called “<b>${x}</b>”.');
  expect(hostile.text).toContain('Entra knows nobody as “[zoe](https://evil.example)”.');

  await namesakeOfAna(world);
  const which = await omar.saysAndSees('request agent for ana agent', 'Which role?');
  expect(which.text).toContain('“ana agent” may mean one of these people.');
  expect(which.inputs()).toMatchObject({ person: '', role: 'agent' });
});

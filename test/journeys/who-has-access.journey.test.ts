import { PEOPLE } from '../../sandbox/credentials.js';
import { GROUPS } from '../../sandbox/entra/seed.js';
import { Consoles } from '../support/consoles.js';
import { assigns, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import type { SeenCard } from '../support/seen-card.js';
import type { World } from '../support/world.js';

const ids = (...names: string[]): string[] =>
  PEOPLE.filter(({ givenName }) => names.includes(givenName)).map(({ id }) => id);

/** The lines of people. */
function peopleOn(card: SeenCard): string[] {
  return card.text
    .split('\n')
    .filter((line) => line.includes(' · '))
    .map((line) => line.replace('• ', ''));
}

/** What was assigned in the admin center, beside Latchkey. */
async function assignedByHand(world: World, principals: readonly string[]): Promise<void> {
  const { servicePrincipals } = await world.entra.state<{
    servicePrincipals: { id: string; displayName: string; appRoles: { id: string; displayName: string }[] }[];
  }>();
  const app = servicePrincipals.find(({ displayName }) => displayName === 'Genesys Cloud for Azure');
  const role = app?.appRoles.find(({ displayName }) => displayName === 'User');
  for (const principalId of principals) {
    await new Consoles(world).graph('POST', `/v1.0/servicePrincipals/${app?.id ?? ''}/appRoleAssignedTo`, {
      ...{ principalId, resourceId: app?.id, appRoleId: role?.id },
    });
  }
}

journey('Gale reads who has access, how they got it, and since when', async ({ world, ada, gale, ana }) => {
  await setsUpSso(ada);
  const nobody = await gale.saysAndSees('who has access?', 'Nobody has access: no person is assigned');
  await assigns(ada, 'omar');
  await assignedByHand(world, [GROUPS['Contact Centre'], ...ids('Guest')]);

  const list = await gale.saysAndSees('who has access', 'Who has access: 4 people');
  await ana.saysAndSees('who has access', 'You cannot see who has access');

  const day = /\d{1,2} \w{3,4} \d{4}/.source;
  expect(nobody.buttons()).toEqual([]);
  expect(peopleOn(list)).toEqual([
    expect.stringMatching(`^Ada Admin · ada.admin@.* · User, through the group Contact Centre, since ${day}$`),
    expect.stringMatching(`^Guest Gus · .* · guest · User, directly, since ${day}$`),
    expect.stringMatching(/^Mia Mailmismatch · mia.mailmismatch@contoso.example · User, through the group/),
    expect.stringMatching(
      `^Omar Owner · omar.owner@.* · User, directly, since ${day}; User, through the group Contact Centre, since ${day}$`,
    ),
  ]);
  expect(list.text).toContain('Contact Centre: 3 people directly in it; groups in it give nothing: Night Shift');
  expect(list.text).not.toContain('Dana');
});

journey(
  'Many people are read page by page, namesakes told apart, by those who may look',
  async ({ world, ada, gale, ana }) => {
    await setsUpSso(ada);
    const consoles = new Consoles(world);
    const made: string[] = [];
    for (let number = 10; number < 33; number += 1) {
      const user = {
        ...{ accountEnabled: number !== 10, displayName: 'Kim Namesake', mailNickname: `kim${String(number)}` },
        userPrincipalName: `kim${String(number)}@contoso.example`,
        passwordProfile: { password: 'Sandbox-2026!' },
      };
      made.push(((await consoles.graph('POST', '/v1.0/users', user)) as { id: string }).id);
    }
    await assignedByHand(world, made);

    const list = await gale.saysAndSees('access list', 'Who has access: 23 people');
    const first = peopleOn(list);
    await gale.presses(list, 'Next');
    const second = await gale.watches(list, 'page 2 of 2');
    await gale.presses(second, 'Previous');
    const back = await gale.watches(second, 'page 1 of 2');
    const forged = await ana.presses(back, 'Next').catch((error: unknown) => error);

    const all = [first, peopleOn(second)];
    expect(all.map((lines) => lines.length)).toEqual([20, 3]);
    expect(new Set(all.flat()).size).toBe(23);
    expect(all.flat().filter((line) => line.includes(' · disabled · '))).toEqual([
      expect.stringContaining('kim10@contoso.example'),
    ]);
    expect(peopleOn(back)).toEqual(first);
    expect([list.buttons(), second.buttons()]).toEqual([
      ['Next', 'Export as CSV'],
      ['Previous', 'Export as CSV'],
    ]);
    expect(JSON.stringify(forged)).not.toContain('Kim');
  },
);

journey('In a channel the list goes to the asker alone', async ({ world, ada, gale }) => {
  await world.hasGreetedEverybody();
  await setsUpSso(ada);
  await assigns(ada, 'b.simon');

  const said = await gale.saysAndSees('who has access', 'is in your personal chat', 'channel');
  const list = await gale.sees('Who has access: 1 person');

  expect(said.text).not.toContain('Simon');
  expect(list.text).toContain('b.simon@contoso.example');
});

journey(
  'The list goes out as CSV to whoever may look, at the moment it is fetched',
  async ({ world, ada, gale, ana }) => {
    await setsUpSso(ada);
    const formula = '=HYPERLINK("https://evil.example","Click me")';
    const user = {
      ...{
        accountEnabled: true,
        displayName: formula,
        mailNickname: 'evil',
        userPrincipalName: 'evil@contoso.example',
      },
      passwordProfile: { password: 'Sandbox-2026!' },
    };
    const { id } = (await new Consoles(world).graph('POST', '/v1.0/users', user)) as { id: string };
    await assignedByHand(world, [id, ...ids('Omar'), GROUPS['Contact Centre']]);
    const list = await gale.saysAndSees('who has access', 'Who has access: 4 people');

    const refused = await ana.presses(list, 'Export as CSV').catch((error: unknown) => error);
    await gale.presses(list, 'Export as CSV');
    const card = await gale.sees('Who has access, as CSV');
    const link = card.link('Open the list');
    const page = await (await fetch(link)).text();
    const answer = await fetch(link, { method: 'POST' });
    const lines = Buffer.from(await answer.arrayBuffer())
      .toString('utf8')
      .split('\r\n');

    expect(JSON.stringify(refused)).not.toContain('personal chat');
    expect(page).toContain('Download the list');
    expect(page).not.toContain('omar');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="who-has-access.csv"');
    expect(lines[0]).toBe('\ufeffupn,name,account,role,how,since');
    expect(lines).toHaveLength(1 + 5 + 1);
    expect(lines[1]).toMatch(/^evil@contoso\.example,"'=HYPERLINK\(""https:/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^omar\.owner@contoso\.example,Omar Owner,member,User,direct,20/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^omar.*,User,group: Contact Centre,20/));

    await world.entra.fault('pim-expired');
    expect((await fetch(link, { method: 'POST' })).status).toBe(410);
  },
);

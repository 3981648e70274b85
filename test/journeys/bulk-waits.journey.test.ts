import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { makePeople, type AssignmentsState } from '../support/files-of-people.js';
import { journey } from '../support/journey.js';

journey(
  'A bulk that gets no answer waits, goes on at once with Check now, and by itself when there is an answer',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    const people = await makePeople(new Consoles(world), 6, 'away');
    const away = (on: boolean) =>
      world.entra.fault('unavailable', { times: 'always', match: '/servicePrincipals/', on });
    const assigned = async (): Promise<number> =>
      (await world.entra.state<AssignmentsState>()).appRoleAssignments.length;
    const plans = async (name: string, some: typeof people) => {
      await ada.sendsFile(name, `upn\n${some.map(({ userPrincipalName }) => userPrincipalName).join('\n')}`);
      return ada.sees(`Plan for ${name}`);
    };
    const first = await plans('first.csv', people.slice(0, 3));
    const second = await plans('second.csv', people.slice(3));

    await away(true);
    await ada.presses(first, 'Give 3 people access');
    const waiting = await ada.watches(first, 'first.csv is waiting');
    expect(waiting.text).toContain('What is done is kept. Latchkey asks again by itself');
    expect(waiting.buttons()).toEqual(['Check now', 'Pause first.csv', 'Stop first.csv', 'Report on first.csv']);
    expect(await assigned()).toBe(0);
    await away(false);
    await ada.presses(waiting, 'Check now');
    await ada.watches(first, 'first.csv is done');
    expect(await assigned()).toBe(3);

    await away(true);
    await ada.presses(second, 'Give 3 people access');
    await ada.watches(second, 'second.csv is waiting');
    await away(false);
    await ada.watches(second, 'second.csv is done');
    expect(await assigned()).toBe(6);
  },
  { REPLICATION_BUDGET_S: '2' },
);

import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { ada, omar, StandingClock } from '../platform/testing/test-parts.js';
import { AccessListService } from './access-list-service.js';

const clock = new StandingClock();
const nobody = {
  rights: [],
  person: { id: 'a', name: 'Ada', userPrincipalName: 'a', isEnabled: true, isGuest: false },
};

/** A group of so many people is assigned; each reading of its members is counted. */
function tenant(people: number) {
  const reads = { members: 0 };
  const member = (at: number) => ({
    ...{ id: `p${String(at)}`, name: `Person ${String(at)}`, kind: 'person', isEnabled: true, isGuest: false },
    userPrincipalName: `p${String(at)}@x.example`,
  });
  const entra = {
    getGalleryTemplate: async () => ({ id: 'template' }),
    findInstances: async () => [{ applicationObjectId: 'o', servicePrincipalId: 'sp', appId: 'app' }],
    listAssignments: async () => [
      { id: 'a', principalId: 'g', principalName: 'Agents', kind: 'group', appRoleId: 'r' },
    ],
    getSettings: async () => ({ appRoles: [], isAssignmentRequired: true }),
    listMembers: async () => {
      reads.members += 1;
      return Array.from({ length: people + reads.members - 1 }, (_, at) => member(at));
    },
    findPeopleByIds: async () => [],
  } as unknown as Entra;
  const list = new AccessListService({
    ...{ entra, genesys: {} as Genesys, clock, pipeline: { permitted: async () => nobody } },
  });
  return { reads, list };
}

test('whoever turns the pages is shown one list, which was read once', async () => {
  const { reads, list } = tenant(50);

  const pages = [await list.begin(ada), await list.page(ada, 1), await list.page(ada, 2)];

  expect(pages.map(({ rows, people }) => [rows.length, people])).toEqual([
    [20, 50],
    [20, 50],
    [10, 50],
  ]);
  expect(reads.members).toBe(1);
});

test('after a minute it is read anew', async () => {
  const { list } = tenant(50);
  await list.begin(ada);

  clock.advance(1);

  await expect(list.page(ada, 1)).resolves.toMatchObject({ people: 51 });
});

test('whoever asks again sees what is there now, and so does everybody else', async () => {
  const { list } = tenant(50);
  await list.begin(ada);

  await expect(list.begin(ada)).resolves.toMatchObject({ people: 51 });
  await expect(list.page(omar, 1)).resolves.toMatchObject({ people: 52 });
  await expect(list.page(ada, 1)).resolves.toMatchObject({ people: 51 });
});

test('of many askers only the last ones’ lists are kept', async () => {
  const { reads, list } = tenant(50);
  for (let at = 0; at < 11; at += 1) await list.begin({ ...ada, personId: String(at) });

  await list.page({ ...ada, personId: '10' }, 1);
  expect(reads.members).toBe(11);
  await list.page({ ...ada, personId: '0' }, 1);
  expect(reads.members).toBe(12);
});

import { PEOPLE } from '../credentials.js';
import { GROUPS } from './seed.js';
import { EntraWorld } from './testing/entra-world.js';

let world: EntraWorld;

beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const idOf = (givenName: string): string => PEOPLE.find((person) => person.givenName === givenName)?.id ?? '';

describe('the members of a group', () => {
  it('are users and groups side by side, with what was selected of either', async () => {
    const { value } = (await world.graph
      .api(`/groups/${GROUPS['Contact Centre']}/members`)
      .select('id,displayName,userPrincipalName,accountEnabled')
      .get()) as { value: object[] };

    expect(value).toContainEqual({
      ...{ '@odata.type': '#microsoft.graph.user', id: idOf('Omar'), displayName: 'Omar Owner' },
      ...{ userPrincipalName: 'omar.owner@contoso.example', accountEnabled: true },
    });
    expect(value).toContainEqual({
      ...{ '@odata.type': '#microsoft.graph.group', id: GROUPS['Night Shift'], displayName: 'Night Shift' },
      ...{ userPrincipalName: null, accountEnabled: null },
    });
  });

  it('have their default properties where nothing was selected', async () => {
    const { value } = (await world.graph.api(`/groups/${GROUPS['Night Shift']}/members`).get()) as { value: object[] };

    expect(value[0]).not.toHaveProperty('accountEnabled');
  });

  it('come page by page', async () => {
    const first = (await world.graph.api(`/groups/${GROUPS['Contact Centre']}/members`).top(3).get()) as {
      value: object[];
      '@odata.nextLink': string;
    };
    const second = (await world.graph.api(first['@odata.nextLink']).get()) as { value: object[] };

    expect([first.value.length, second.value.length]).toEqual([3, 1]);
  });
});

describe('the assignment of a group', () => {
  const assign = async (groupId: string): Promise<{ path: string }> => {
    const app = await world.readyApp();
    const role = app.application.appRoles.find(({ displayName }) => displayName === 'User');
    const body = { principalId: groupId, resourceId: app.principal.id, appRoleId: role?.id };
    const { id } = (await world.graph.api(`/groups/${groupId}/appRoleAssignments`).post(body)) as { id: string };
    return { path: id };
  };
  const listed = async (givenName: string): Promise<unknown[]> =>
    ((await world.graph.api(`/users/${idOf(givenName)}/appRoleAssignments`).get()) as { value: unknown[] }).value;

  it('is listed with its direct members as well, and with nobody of a group in it', async () => {
    await assign(GROUPS['Contact Centre']);

    expect(await listed('Omar')).toMatchObject([{ principalType: 'Group', principalDisplayName: 'Contact Centre' }]);
    expect(await listed('Dana')).toEqual([]);
  });

  it('cannot be deleted as if it were the person’s own', async () => {
    const { path } = await assign(GROUPS['Contact Centre']);

    await expect(world.graph.api(`/users/${idOf('Omar')}/appRoleAssignments/${path}`).delete()).rejects.toMatchObject({
      statusCode: 400,
    });
    expect(await listed('Omar')).toHaveLength(1);
  });

  it('is refused for what is no security group', async () => {
    await expect(assign(GROUPS['Contact Centre News'])).rejects.toMatchObject({ statusCode: 400 });
  });
});

it('a group is found by its mail address', async () => {
  const { value } = (await world.graph.api('/groups').filter("mail eq 'news@contoso.example'").get()) as {
    value: { id: string }[];
  };

  expect(value.map(({ id }) => id)).toEqual([GROUPS['Contact Centre News']]);
});

describe('who is put into a group and taken out of it', () => {
  const members = (group: keyof typeof GROUPS): string => `/groups/${GROUPS[group]}/members`;
  const add = (group: keyof typeof GROUPS, id: string): Promise<unknown> =>
    world.graph
      .api(`${members(group)}/$ref`)
      .post({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
  const remove = (group: keyof typeof GROUPS, id: string): Promise<unknown> =>
    world.graph.api(`${members(group)}/${id}/$ref`).delete();
  const isIn = async (group: keyof typeof GROUPS, id: string): Promise<boolean> =>
    ((await world.graph.api(members(group)).get()) as { value: { id: string }[] }).value.some((one) => one.id === id);

  it('takes a permission that the bot does not have from the start', async () => {
    await expect(add('Genesys Agents', idOf('Ana'))).rejects.toMatchObject({ statusCode: 403 });
  });

  describe('with the permission', () => {
    beforeEach(() => world.fault('permission-added', { permission: 'GroupMember.ReadWrite.All' }));

    it('is in it then, and out of it again', async () => {
      await add('Genesys Agents', idOf('Ana'));
      expect(await isIn('Genesys Agents', idOf('Ana'))).toBe(true);

      await remove('Genesys Agents', idOf('Ana'));
      expect(await isIn('Genesys Agents', idOf('Ana'))).toBe(false);
    });

    it('is refused twice in Graph’s words', async () => {
      await add('Genesys Agents', idOf('Ana'));

      await expect(add('Genesys Agents', idOf('Ana'))).rejects.toThrow('added object references already exist');
      await remove('Genesys Agents', idOf('Ana'));
      await expect(remove('Genesys Agents', idOf('Ana'))).rejects.toMatchObject({ statusCode: 404 });
    });

    it('never concerns a group that follows a rule, a distribution list, or one for directory roles', async () => {
      await expect(add('Contact Centre Leads', idOf('Ana'))).rejects.toMatchObject({ statusCode: 400 });
      await expect(add('Contact Centre News', idOf('Ana'))).rejects.toThrow('Cannot Update a mail-enabled');
      await expect(add('Identity Operators', idOf('Ana'))).rejects.toMatchObject({ statusCode: 403 });
    });

    it('is somebody who is there', async () => {
      await expect(add('Genesys Agents', '0e0b1ec7-0000-4000-8000-00000000beef')).rejects.toMatchObject({
        statusCode: 404,
      });
    });
  });
});

import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { AccountLinkService, type AccountLinkParts } from './account-link-service.js';
import type { ChatUser } from './link-rules.js';
import { isBarred, saveBars } from './link-bars.js';
import { endLink, findLink, saveLink } from './link-store.js';

let database: Database;
let links: AccountLinkService;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

beforeEach(async () => {
  await database.db.deleteFrom('account_link').execute();
  await database.db.deleteFrom('link_bar').execute();
  links = new AccountLinkService({ database } as AccountLinkParts);
});

const AT = new Date('2026-11-24T09:00:00Z');
const ANA = { id: '0e0b1ec7-0000-4000-8000-000000000004', name: 'Ana Agent', userPrincipalName: 'ana@contoso.example' };
const ADA = { id: '0e0b1ec7-0000-4000-8000-000000000001', name: 'Ada Admin', userPrincipalName: 'ada@contoso.example' };
const ana: ChatUser = { channel: 'slack', team: 'T1', channelUserId: 'U1', name: 'ana', teamName: 'Contoso' };

const link = (user: ChatUser, person: typeof ANA): Promise<{ id: string }> =>
  database.transaction(async (trx) => (await saveLink(trx, { user, person, at: AT })).link);

describe('Who an account is, ids alone say (T2, G6)', () => {
  test.each([
    ['a namesake', { ...ana, channelUserId: 'U2' }],
    ['the same id in another workspace', { ...ana, team: 'T2' }],
    ['the id in other letters', { ...ana, channelUserId: 'u1' }],
    ['a look-alike of the id', { ...ana, channelUserId: 'U１' }],
    ['the id with a space', { ...ana, channelUserId: 'U1 ' }],
  ])('%s is nobody', async (_what, other) => {
    await link(ana, ANA);

    await expect(links.identify(other)).resolves.toBeUndefined();
  });

  test.each([
    ['renamed', { name: 'Ada Admin' }],
    ['renamed to look like somebody else', { name: 'Аda Admin' }],
    ['in a renamed workspace', { teamName: 'Fabrikam' }],
  ])('an account that was %s stays who it is', async (_what, change) => {
    await link(ana, ANA);

    await expect(links.identify({ ...ana, ...change })).resolves.toEqual({ personId: ANA.id, name: 'Ana Agent' });
  });
});

test('a person may have several accounts, and an account is one person: a new link takes the place of the old', async () => {
  const first = await link(ana, ANA);
  await link({ ...ana, channelUserId: 'U9' }, ANA);
  await link(ana, ADA);

  await expect(links.identify(ana)).resolves.toMatchObject({ personId: ADA.id });
  expect((await links.accountsOf(ANA.id)).map(({ channelUserId }) => channelUserId)).toEqual(['U9']);
  await expect(findLink(database.db, first.id)).resolves.toMatchObject({ person: ANA, endedAt: AT });
});

test('a link ends once, and the account is nobody then', async () => {
  const { id } = await link(ana, ANA);

  const ends = [await endLink(database.db, id, AT), await endLink(database.db, id, AT)];

  expect(ends).toEqual([true, false]);
  await expect(links.identify(ana)).resolves.toBeUndefined();
});

test('a bar holds for the account with whomever, and for the person with whatever account', async () => {
  await database.transaction((trx) => saveBars(trx, { user: ana, person: ANA, barredAt: AT }));
  const other = { ...ana, channelUserId: 'U2' };

  expect(await isBarred(database.db, ana)).toBe(true);
  expect(await isBarred(database.db, ana, ADA.id)).toBe(true);
  expect(await isBarred(database.db, other, ANA.id)).toBe(true);
  expect(await isBarred(database.db, other, ADA.id)).toBe(false);
});

test.each([
  ['the account', { ...ana, person: ADA }],
  ['the person', { ...ana, channelUserId: 'U2', person: ANA }],
])('a link that was saved while %s was being barred is none', async (_whom, { person, ...user }) => {
  await link(ana, ANA);
  await link({ ...ana, channelUserId: 'U9' }, ADA);

  await database.transaction((trx) => saveBars(trx, { user, person, barredAt: AT }));

  await expect(links.identify(ana)).resolves.toBeUndefined();
  await expect(links.accountsOf(ANA.id)).resolves.toEqual([]);
  await expect(links.identify({ ...ana, channelUserId: 'U9' })).resolves.toEqual(
    person === ADA ? undefined : { personId: ADA.id, name: 'Ada Admin' },
  );
});

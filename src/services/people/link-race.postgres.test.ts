import { createTestDatabase, describeOnPostgres, type TestDatabase } from '../../../test/support/test-database.js';
import { openDatabase, type Database } from '../platform/database.js';
import { silentLog } from '../platform/testing/test-parts.js';
import { AccountLinkService, type AccountLinkParts } from './account-link-service.js';
import { createAttempt, findAttempt, waitForNumber, type LinkAttempt } from './link-attempts.js';
import { saveBars } from './link-bars.js';
import type { ChatUser } from './link-rules.js';
import { endLinksOf, saveLink } from './link-store.js';
import { beginSignIn, findSignIn, takeSignIn } from './sign-in-attempts.js';

const AT = new Date('2026-11-24T09:00:00Z');
const LATER = new Date('2026-11-24T09:10:00Z');
const ANA = { id: '0e0b1ec7-0000-4000-8000-000000000004', name: 'Ana Agent', userPrincipalName: 'ana@contoso.example' };
const account: ChatUser = { channel: 'slack', team: 'T1', channelUserId: 'U1', name: 'ana', teamName: 'Contoso' };

describeOnPostgres('Account links, when two things happen at once', () => {
  let own: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    own = await createTestDatabase();
    database = await openDatabase({ dataDir: '', postgres: own.server, log: silentLog });
  }, 60_000);
  afterAll(async () => {
    await database?.close();
    await own?.drop();
  });

  test('a link that is committed after the bar, and was saved before it, is none', async () => {
    await database.transaction(async (trx) => {
      await saveLink(trx, { user: { ...account, channelUserId: 'U2' }, person: ANA, at: AT });
      await database.transaction(async (other) => {
        await saveBars(other, { user: account, person: ANA, barredAt: AT });
        expect(await endLinksOf(other, { person: ANA.id }, AT)).toEqual([]);
      });
    });

    const links = new AccountLinkService({ database } as AccountLinkParts);
    await expect(links.accountsOf(ANA.id)).resolves.toEqual([]);
  });

  test('of two sign-ins for one account that end at once, one number waits', async () => {
    const attempts = [await signedIn('one'), await signedIn('other')];

    const waits = await Promise.all(
      attempts.map((attempt) =>
        database.transaction((trx) =>
          waitForNumber(trx, { attempt, person: ANA, numberHash: attempt.id, until: LATER }),
        ),
      ),
    );

    const rows = await database.db.selectFrom('link_attempt').select('state').execute();
    expect([waits, rows]).toEqual([[true, true], [{ state: 'number' }]]);
  });

  async function signedIn(name: string): Promise<LinkAttempt> {
    await database.transaction((trx) => createAttempt(trx, { user: account, tokenHash: name, at: AT, until: LATER }));
    const [db, table] = [database.db, 'link_attempt'] as const;
    await beginSignIn(db, table, { tokenHash: name, stateHash: name, sealed: Buffer.from('x'), now: AT });
    const signIn = await findSignIn(db, table, { stateHash: name, now: AT });
    const attempt = signIn && (await findAttempt(db, signIn.id));
    if (!attempt || !(await takeSignIn(db, table, attempt.id))) throw new Error('The sign-in is gone.');
    return attempt;
  }
});

import { ANA, asks, DANA, OMAR, RequestStand } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import { savePosting } from '../platform/conversation-store.js';
import type { Database } from '../platform/database.js';
import { cardRevision, findRequestCardsBehind } from './request-cards-behind.js';

let database: Database;
let stand: RequestStand;

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});

test('cards that show less than has happened are known, and for whom: also after a crash', async () => {
  await stand.hasChat(OMAR, DANA);
  const service = stand.service({ agent: {} });
  const { id } = await asks(service);
  const readers = [ANA.personId, OMAR.personId, DANA.personId, 'channel'];
  const show = async (): Promise<void> => {
    const card = await service.findShared(id);
    if (!card) throw new Error('There is no request.');
    for (const reader of readers)
      await savePosting(database.db, {
        ...{ reference: `request:${id}:${reader}`, channel: 'teams', conversation: reader, messageId: 'm1' },
        ...{ revision: cardRevision(card, false), contentHash: '', changedAt: stand.clock.now() },
      });
  };
  const all = readers.map((reader) => `request:${id}:${reader}`).sort();
  const behind = async (changed?: { after: Date; before: Date }): Promise<string[]> =>
    [...(await findRequestCardsBehind(database.db, changed))].sort();
  await show();
  const afterItWasAsked = await behind();

  await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
  const afterTheVote = await behind();
  await show();
  const asShown = await behind();
  const leaseId = (await service.findShared(id))?.lease?.id ?? '';
  const changedAt = stand.clock.now();
  await stand.leases.begins(leaseId);
  const minutesFrom = (minutes: number): Date => new Date(changedAt.getTime() + minutes * 60_000);

  expect([afterItWasAsked, afterTheVote, asShown]).toEqual([[], all, []]);
  expect(await behind({ after: minutesFrom(-1), before: minutesFrom(1) })).toEqual(all);
  expect(await behind({ after: minutesFrom(1), before: minutesFrom(2) })).toEqual([]);
});

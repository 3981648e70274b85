import { move } from './cli-database.js';
import { openDatabase } from './services/platform/database.js';
import { DataFolders, problemOf } from './services/platform/embedded/testing/data-folders.js';
import { openSpool } from './services/platform/spool.js';
import { silentLog } from './services/platform/testing/test-parts.js';

/** Where nobody listens. */
const NOWHERE = 'postgres://latchkey@127.0.0.1:1/latchkey';

const folders = new DataFolders();
afterAll(() => folders.removeAll());

test('what Slack has handed over and is no row yet stays behind in no move: it is refused until a bot has taken it in', async () => {
  const dataDir = folders.empty();
  const database = await openDatabase({ dataDir, log: silentLog });
  openSpool({ dataDir, log: silentLog }).note({ deliveryId: 'd1', delivery: {}, receivedAt: new Date() });
  await database.close();

  const refused = await problemOf(move({ settings: { dataDir }, log: silentLog, say: () => undefined }, NOWHERE));

  expect(refused).toMatchObject({ kind: 'refused', code: 'move-deliveries-left' });
  expect(openSpool({ dataDir, log: silentLog }).left()).toHaveLength(1);
}, 120_000);

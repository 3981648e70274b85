import { writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { openDatabase } from '../../database.js';
import { createLog } from '../../log.js';
import { BROKEN } from './breakable-disk.js';

/**
 * The program: `node --require breakable-disk.js broken-disk.js sync|log|thread <data folder>`. Commits rows, saying each number,
 * and breaks the disk after 5.
 */
async function main(way: string, dataDir: string): Promise<void> {
  const { db } = await openDatabase({ dataDir, log: createLog({ level: 'error' }) });
  for (let number = 0; ; number++) {
    if (number === 5) writeFileSync(BROKEN, way);
    if (number >= 5) await sql`select pg_switch_wal()`.execute(db);
    await db
      .insertInto('delivery')
      .values({ channel: 'test', delivery_id: String(number), at: new Date(0) })
      .execute();
    process.send?.(number);
  }
}

if (require.main === module) {
  const [way, dataDir] = process.argv.slice(2);
  main(String(way), String(dataDir)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exit(1);
  });
}

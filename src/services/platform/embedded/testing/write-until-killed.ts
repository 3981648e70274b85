import { sql } from 'kysely';
import { openDatabase } from '../../database.js';
import { createLog } from '../../log.js';

/**
 * The program: `node write-until-killed.js <data folder>`. Says `opened`, then writes row after row and says each number
 * once it is committed: a third of them in a transaction with a counter, a checkpoint after each two hundred.
 */
async function main(dataDir: string): Promise<void> {
  const { db, transaction } = await openDatabase({ dataDir, log: createLog({ level: 'silent' }) });
  await sql`create table if not exists entry (number integer primary key, counted boolean not null)`.execute(db);
  await sql`create table if not exists counter (name text primary key, value integer not null)`.execute(db);
  await sql`insert into counter values ('entries', 0) on conflict do nothing`.execute(db);
  const { rows } = await sql<{ next: number }>`select coalesce(max(number) + 1, 0) as next from entry`.execute(db);
  process.send?.('opened');
  for (let number = rows[0]?.next ?? 0; ; number++) {
    const isCounted = number % 3 === 0;
    const insert = sql`insert into entry values (${number}, ${isCounted})`;
    if (isCounted) {
      await transaction(async (trx) => {
        await insert.execute(trx);
        await sql`update counter set value = value + 1`.execute(trx);
      });
    } else await insert.execute(db);
    process.send?.(number);
    if (number % 200 === 199) await sql`checkpoint`.execute(db);
  }
}

if (require.main === module) {
  process.on('disconnect', () => process.exit(1));
  main(String(process.argv[2])).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exit(1);
  });
}

import fs from 'node:fs';
import { sql } from 'kysely';
import { openDatabase } from '../../database.js';
import { createLog } from '../../log.js';

const WAYS = {
  /** The disk reports an error when it is asked to write through. */
  sync: () => {
    fs.fdatasyncSync = () => {
      throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    };
  },
  /** The disk is full when the write-ahead log needs a new file: PostgreSQL panics, as it cannot step back from a commit. */
  log: () => {
    const { writeSync } = fs;
    const limited = (descriptor: number, bytes: NodeJS.ArrayBufferView, from: number, length: number, at: number) => {
      if (at + length > fs.fstatSync(descriptor).size) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return writeSync(descriptor, bytes, from, length, at);
    };
    fs.writeSync = limited as typeof writeSync;
  },
} as const;

/** The program: `node broken-disk.js sync|log <data folder>`. Commits rows, saying each number, and breaks the disk after 5. */
async function main(way: keyof typeof WAYS, dataDir: string): Promise<void> {
  const { db } = await openDatabase({ dataDir, log: createLog({ level: 'error' }) });
  for (let number = 0; ; number++) {
    if (number === 5) WAYS[way]();
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
  main(way === 'log' ? 'log' : 'sync', String(dataDir)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exit(1);
  });
}

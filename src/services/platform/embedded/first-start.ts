import { EXIT_CODES } from './fatal-faults.js';
import { openOnDisk } from './open-pglite.js';
import { SyncedNodeFS } from './synced-file-system.js';

/** Makes an empty database in the folder and closes it. Needs some 550 MB for the moment it takes. */
export async function makeDatabase(directory: string): Promise<void> {
  const pglite = await openOnDisk(
    directory,
    new SyncedNodeFS(directory, () => process.exit(EXIT_CODES['disk-failed'])),
  );
  await pglite.close();
}

/** The program of the throw-away process: `node first-start.js <folder>`. It ends with its parent. */
async function main(directory: string | undefined): Promise<void> {
  if (!directory) throw new Error('Say in which folder to make the database.');
  process.on('disconnect', () => process.exit(1));
  await makeDatabase(directory);
  process.exit(0);
}

if (require.main === module) {
  main(process.argv[2]).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exit(1);
  });
}

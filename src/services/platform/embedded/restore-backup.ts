import { createClock } from '../clock.js';
import { problemFacts, sentencesOf } from '../problem.js';
import { restore } from './backup.js';

/** The program: `node restore-backup.js <backup> <data folder>`. Exit code: 0 restored, 1 not, and why on standard error. */
async function main(file: string | undefined, dataDir: string | undefined): Promise<void> {
  if (file === undefined || dataDir === undefined) {
    throw new Error('Say which backup to restore into which data folder: restore-backup <backup> <data folder>');
  }
  await restore({ file, dataDir, since: createClock().wall() });
  process.stdout.write(`The database of ${file} is now in ${dataDir}.\n`, () => process.exit(0));
}

if (require.main === module) {
  main(process.argv[2], process.argv[3]).catch((error: unknown) => {
    const isForeseen = !(error instanceof Error) || error.name === 'Problem';
    const words = isForeseen ? sentencesOf(problemFacts(error)) : error.message;
    process.stderr.write(`${words}\n`, () => process.exit(1));
  });
}

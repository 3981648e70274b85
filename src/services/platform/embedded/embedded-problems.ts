import { join } from 'node:path';
import { Problem } from '../problem.js';

/** What can be wrong with the data folder, its database and its backups, in words for the operator. */

export function cannotMakeFolder(dataDir: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'input',
      what: `The data folder ${dataDir} could not be made.`,
      remedy: 'Set DATA_DIR to a folder that Latchkey may write to.',
      code: 'data-folder-unusable',
    },
    { cause },
  );
}

export function cannotLock(dataDir: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: `Latchkey could not lock its data folder ${dataDir}.`,
      remedy: 'Check that the folder is on a local disk and that Latchkey may write to it.',
      code: 'data-folder-unusable',
    },
    { cause },
  );
}

/** @param holder whose process it is; absent: not known. */
export function inUse(dataDir: string, holder: { pid: number; since: string } | undefined): Problem {
  const who = holder ? `process ${String(holder.pid)}, since ${holder.since}` : 'process unknown';
  return new Problem({
    kind: 'refused',
    what: `Another Latchkey (${who}) is using the data folder ${dataDir}.`,
    why: 'Two processes on one embedded database would lose each other’s writes.',
    remedy: 'Stop that process, or give this one another DATA_DIR.',
    code: 'data-folder-in-use',
  });
}

export function firstStartFailed(folder: string, cause: Error): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: `A new database could not be made in ${folder}.`,
      remedy: 'Check that the disk has 200 MB free and the machine 700 MB of memory, then start again.',
      code: 'first-start-failed',
    },
    { cause },
  );
}

export function cannotOpen(folder: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: `The database in ${folder} could not be opened.`,
      remedy: 'Check that the disk has room and try again. If it stays, restore the last backup (docs/operations.md).',
      code: 'database-unreadable',
    },
    { cause },
  );
}

/** @param versions the PostgreSQL that wrote it and the one that Latchkey contains. */
export function writtenByAnother(folder: string, versions: { theirs: string; ours: string }): Problem {
  return new Problem({
    kind: 'refused',
    what: `The database in ${folder} was written by PostgreSQL ${versions.theirs}; this Latchkey contains PostgreSQL ${versions.ours}.`,
    remedy: 'Start the Latchkey release that wrote it, or set DATA_DIR to an empty folder to start anew.',
    code: 'database-of-another-postgres',
  });
}

export function notADatabase(folder: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `The folder ${folder} holds files that are not a Latchkey database.`,
    remedy: 'Set DATA_DIR to an empty folder, or move those files away.',
    code: 'not-a-database',
  });
}

export function commitsNotSynced(): Problem {
  return new Problem({
    kind: 'internal',
    what: 'The embedded database does not write its commits through to the disk.',
    why: 'A power cut would destroy it. This happens when PGlite is not the version that Latchkey was built for.',
    remedy: 'Install exactly what package-lock.json names (npm ci), then start again.',
    code: 'commits-not-synced',
  });
}

export function diskFull(cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: 'The disk that holds Latchkey’s database is full, so this was not done.',
      why: 'What was saved before is safe and can still be read.',
      remedy: 'Make room on the disk of DATA_DIR, then try again; Latchkey need not be restarted.',
      code: 'disk-full',
    },
    { cause },
  );
}

export function heldTooLong(heldMs: number): Problem {
  return new Problem({
    kind: 'internal',
    what: `The database was held for ${String(heldMs / 1000)} seconds, and nobody else got a turn.`,
    why: 'Most likely code inside a transaction asked the database outside it, or waited for the network.',
    remedy: 'Try again. If it stays, restart Latchkey and report this with the log.',
    code: 'database-busy',
  });
}

export function notEmbedded(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'Only the embedded database on disk is backed up by Latchkey.',
    remedy: 'Back up PostgreSQL with its own means, such as pg_dump.',
    code: 'backup-not-embedded',
  });
}

export function backupNotWritten(file: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: `The backup ${file} could not be written.`,
      remedy: 'Check that its folder is there, has room, and that Latchkey may write to it.',
      code: 'backup-not-written',
    },
    { cause },
  );
}

export function restoreOverDatabase(dataDir: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `There is a database in ${dataDir} already; it was left alone.`,
    remedy: `Move ${join(dataDir, 'db')} away, or restore into another DATA_DIR.`,
    code: 'restore-over-database',
  });
}

export function notABackup(file: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'input',
      what: `The file ${file} is not a whole backup of Latchkey; nothing was restored.`,
      remedy: 'Choose another backup, such as the one before it.',
      code: 'backup-unreadable',
    },
    { cause },
  );
}

export function backupOfAnother(file: string, versions: { theirs: string; ours: string }): Problem {
  return new Problem({
    kind: 'refused',
    what: `The backup ${file} was written by PostgreSQL ${versions.theirs}; this Latchkey contains PostgreSQL ${versions.ours}.`,
    remedy: 'Restore it with the Latchkey release that wrote it.',
    code: 'backup-of-another-postgres',
  });
}

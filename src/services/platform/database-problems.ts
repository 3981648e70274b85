import { Problem } from './problem.js';

export function migrationFailed(cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: 'The database could not be brought up to date.',
      remedy: 'Start the release that ran before, and report this with the log. The data was left as it was.',
      code: 'migration-failed',
    },
    { cause },
  );
}

export function mayNotMigrate(cause: unknown): Problem {
  return new Problem(
    {
      kind: 'refused',
      what: 'The database must be brought up to date, and the role in DATABASE_URL may not do that.',
      remedy: 'Run "npx latchkey migrate" once with the role that owns the database, then start again.',
      code: 'migration-not-allowed',
    },
    { cause },
  );
}

import { DATABASE_AWAY, Problem } from '../problem.js';
import type { PostgresServer } from './postgres-server.js';

/** What may be wrong with the server at which PostgreSQL is or should be, in words for the operator. */
type Server = Pick<PostgresServer, 'host' | 'port' | 'database' | 'user'>;

function addressOf({ host, port }: Server): string {
  return `${host}, port ${String(port)}`;
}

export function silent(server: Server, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: `No PostgreSQL answers at ${addressOf(server)}.`,
      remedy: 'Check that it runs, that DATABASE_URL names it, and that this machine may connect to it.',
      code: DATABASE_AWAY.code ?? '',
    },
    { cause },
  );
}

export function notLetIn(server: Server, cause: Error): Problem {
  const who = server.user === undefined ? 'Latchkey' : `the role ${server.user}`;
  return new Problem(
    {
      kind: 'input',
      what: `PostgreSQL at ${addressOf(server)} does not let ${who} into the database ${server.database}.`,
      remedy: 'Check role and password in DATABASE_URL, and the rules of the server (pg_hba.conf).',
      code: 'database-not-let-in',
    },
    { cause },
  );
}

export function noSuchDatabase(server: Server, cause: Error): Problem {
  return new Problem(
    {
      kind: 'input',
      what: `PostgreSQL at ${addressOf(server)} has no database ${server.database}.`,
      remedy: 'Create it as docs/operations.md says, or name another one in DATABASE_URL.',
      code: 'no-such-database',
    },
    { cause },
  );
}

export function notVerified(server: Server, cause: Error): Problem {
  return new Problem(
    {
      kind: 'refused',
      what: `The connection to PostgreSQL at ${addressOf(server)} cannot be trusted.`,
      why: `TLS says: ${cause.message.replace(/\.?$/, '.')}`,
      remedy:
        'Name the PEM file of the authority of its certificate in DATABASE_URL, as sslrootcert, or mend the certificate.',
      code: 'database-not-verified',
    },
    { cause },
  );
}

export function tooOld(server: Server, { major, oldest }: { major: number; oldest: number }): Problem {
  return new Problem({
    kind: 'refused',
    what: `PostgreSQL at ${addressOf(server)} is version ${String(major)}; Latchkey needs version ${String(oldest)} or newer.`,
    remedy: 'Update that server, or name a newer one in DATABASE_URL.',
    code: 'database-too-old',
  });
}

export function wrongEncoding(server: Server, encoding: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `The database ${server.database} keeps its text as ${encoding}.`,
    why: 'Names of people would not fit into it.',
    remedy: `Make it anew: create database ${server.database} encoding 'UTF8' template template0.`,
    code: 'database-not-utf8',
  });
}

export function readOnlyCopy(server: Server): Problem {
  return new Problem({
    kind: 'refused',
    what: `PostgreSQL at ${addressOf(server)} is a read-only copy of another server.`,
    remedy: 'Let DATABASE_URL name the server that is written to.',
    code: 'database-read-only',
  });
}

/** @param file as `DATABASE_URL` names it. */
export function certificateUnreadable(file: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'input',
      what: `The file ${file}, which DATABASE_URL names, cannot be read.`,
      remedy: 'Check its name (relative to where Latchkey is started) and that Latchkey may read it.',
      code: 'database-certificate-unreadable',
    },
    { cause },
  );
}

import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { certificateUnreadable } from './postgres-problems.js';

/** Where PostgreSQL is and who we are there. */
export interface PostgresServer {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user?: string;
  readonly password?: { reveal(): string };
  /** `false`: in the clear. Otherwise the server's certificate and name are verified; files of PEM text. */
  readonly tls: false | { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

/** What `pg` takes for it. Throws a Problem when a certificate cannot be read. */
export function tlsOptions({ tls, host }: PostgresServer): ConnectionOptions | false {
  if (tls === false) return false;
  const { caFile, certFile, keyFile } = tls;
  return {
    rejectUnauthorized: true,
    ...(host.includes(':') || /^[\d.]+$/.test(host) ? {} : { servername: host }),
    ...(caFile === undefined ? {} : { ca: readPem(caFile) }),
    ...(certFile === undefined ? {} : { cert: readPem(certFile) }),
    ...(keyFile === undefined ? {} : { key: readPem(keyFile) }),
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw certificateUnreadable(file, cause);
  }
}

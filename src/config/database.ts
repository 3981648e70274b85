import { Secret } from '../secret.js';
import type { SettingsReader } from './settings-reader.js';

/** Where PostgreSQL is and who we are there. */
export interface DatabaseSettings {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user?: string;
  /** Absent: from the password file of libpq (`.pgpass`), or none is asked for. */
  readonly password?: Secret;
  /** `false`: in the clear, as the address says so or the server is on this machine. Files of PEM text. */
  readonly tls: false | { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

const DEFAULT_PORT = 5432;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
const KNOWN = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey'];
/** All of these verify the server's certificate and name; libpq's own `require` would not. */
const VERIFYING = ['require', 'verify-ca', 'verify-full'];

const SHAPE =
  'must be an address such as postgres://latchkey:<password>@db.example.com:5432/latchkey?sslmode=verify-full';
const SAY_TLS =
  'names a server elsewhere and no sslmode: add ?sslmode=verify-full (and &sslrootcert=<file> for an authority of ' +
  'your own), or ?sslmode=disable where nobody else is on the network between';

/** What `DATABASE_URL` says; `undefined`: unset, or wrong and noted. The address is never quoted, as it holds a password. */
export function readDatabase(settings: SettingsReader): DatabaseSettings | undefined {
  const text = settings.find('DATABASE_URL');
  if (text === undefined) return undefined;
  const read = parseDatabaseUrl(text);
  if (typeof read === 'object') return read;
  settings.wrong('DATABASE_URL', read);
  return undefined;
}

/** A PostgreSQL address, or what is wrong with it, in words that follow the name of the setting. */
export function parseDatabaseUrl(text: string): DatabaseSettings | string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hash !== '') return SHAPE;
  const unknown = [...url.searchParams.keys()].filter((name) => !KNOWN.includes(name));
  if (unknown.length > 0)
    return `has ${unknown.join(', ')}, which Latchkey does not know; it knows ${KNOWN.join(', ')}`;
  const [user, password, name] = [url.username, url.password, url.pathname.slice(1)].map(decoded);
  const host = decoded(url.hostname.replace(/^\[(.*)\]$/, '$1')) || url.searchParams.get('host');
  if (user === undefined || password === undefined || !name || !host) return SHAPE;
  const tls = tlsOf(url.searchParams, host);
  if (typeof tls === 'string') return tls;
  return {
    ...{ host, port: Number(url.port || DEFAULT_PORT), database: name, tls },
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password: new Secret(password) }),
  };
}

/** For a line that people read: where the data is, without who we are there. */
export function databaseName({ host, port, database }: DatabaseSettings): string {
  return `${database} at ${host}${port === DEFAULT_PORT || host.startsWith('/') ? '' : `:${String(port)}`}`;
}

function tlsOf(parameters: URLSearchParams, host: string): DatabaseSettings['tls'] | string {
  const mode = parameters.get('sslmode');
  if (mode === 'disable') return false;
  if (mode === null) return LOOPBACK.includes(host) || host.startsWith('/') ? false : SAY_TLS;
  if (!VERIFYING.includes(mode))
    return `has an sslmode that does not verify the server: use ${VERIFYING.join(', ')} or disable`;
  const [caFile, certFile, keyFile] = ['sslrootcert', 'sslcert', 'sslkey'].map((name) => parameters.get(name));
  return { ...(caFile ? { caFile } : {}), ...(certFile ? { certFile } : {}), ...(keyFile ? { keyFile } : {}) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

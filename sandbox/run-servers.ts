import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxAddresses } from './addresses.js';
import { createEntraSandbox } from './entra/entra-sandbox.js';
import { lockFolder } from './folder-lock.js';
import { createGenesysSandbox } from './genesys/genesys-sandbox.js';
import { SandboxClock } from './kit/clock.js';
import type { SandboxServer, TlsIdentity } from './kit/server.js';
import { SandboxStore } from './kit/store.js';
import { pageFolders } from './page-folders.js';
import { type PortWish, SERVER_NAMES, type ServerName, type TlsFiles } from './settings.js';
import { createSlackSandbox } from './slack/slack-sandbox.js';
import { createTeamsSandbox, watchForBot } from './teams/teams-sandbox.js';

export interface RunServersOptions {
  /** Folder of the databases, the lock and the noted ports. */
  readonly folder: string;
  /** Addresses of servers that run elsewhere; the others are started. */
  readonly given: Partial<SandboxAddresses>;
  readonly ports: Readonly<Record<ServerName, PortWish>>;
  readonly botUrl: () => string;
  /** PEM files with which Entra and Genesys speak https; absent: http. The chats have no need of it. */
  readonly tls?: TlsFiles | undefined;
  /** Forget what was stored. */
  readonly fresh?: boolean;
}

export interface RunningServers {
  readonly addresses: SandboxAddresses;
  /** Sentences about ports that could not be taken. */
  readonly remarks: readonly string[];
  close(): Promise<void>;
}

/** Starts the servers over the state that they left, in this process, and waits until all listen. */
export async function runServers(options: RunServersOptions): Promise<RunningServers> {
  const lock = lockFolder(options.folder);
  const opened = new Opened(options.folder, options.fresh ?? false);
  const addresses: SandboxAddresses = { entra: '', genesys: '', teams: '', ...withoutUndefined(options.given) };
  const close = async (): Promise<void> => {
    await opened.close();
    lock.release();
  };
  try {
    const remarks = await start(options, opened, addresses);
    return { addresses, remarks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: RunServersOptions, opened: Opened, addresses: SandboxAddresses): Promise<string[]> {
  const clock = new SandboxClock(opened.store('clock'));
  const { botUrl } = options;
  const tls = options.tls && readTls(options.tls);
  const create: Readonly<Record<ServerName, (store: SandboxStore) => SandboxServer>> = {
    entra: (store) => createEntraSandbox({ store, clock, addresses }),
    genesys: (store) => createGenesysSandbox({ store, clock, addresses }),
    teams: (store) => createTeamsSandbox({ store, clock, addresses, botUrl, pageFolders: pageFolders() }),
    slack: (store) => createSlackSandbox({ store, clock, addresses, botUrl }),
  };
  const noted = new NotedPorts(options.folder);
  const remarks: string[] = [];
  for (const name of SERVER_NAMES.filter((server) => options.given[server] === undefined)) {
    const server = create[name](opened.store(name));
    const ownTls = name === 'entra' || name === 'genesys' ? tls : undefined;
    const tryPort = (port: number): Promise<number> => server.listen(port, ownTls);
    const { port, remark } = await listen(name, tryPort, options.ports[name], noted.find(name));
    opened.add(server);
    addresses[name] = `${ownTls ? 'https' : 'http'}://127.0.0.1:${port}`;
    noted.note(name, port);
    if (remark !== undefined) remarks.push(`${name}: ${remark}`);
  }
  if (options.given.teams === undefined) {
    opened.add(watchForBot({ store: opened.store('teams'), clock, addresses, botUrl }));
  }
  return remarks;
}

/** What was opened, for closing it: servers first, then the stores that they write to. */
class Opened {
  readonly #folder: string;
  readonly #fresh: boolean;
  readonly #servers: SandboxServer[] = [];
  readonly #watches: { stop(): void }[] = [];
  readonly #stores = new Map<string, SandboxStore>();

  constructor(folder: string, fresh: boolean) {
    this.#folder = folder;
    this.#fresh = fresh;
  }

  store(name: string): SandboxStore {
    const known = this.#stores.get(name);
    if (known) return known;
    const file = join(this.#folder, `${name}.db`);
    if (this.#fresh) for (const part of ['', '-wal', '-shm']) rmSync(file + part, { force: true });
    const store = new SandboxStore(file);
    this.#stores.set(name, store);
    return store;
  }

  add(part: SandboxServer | { stop(): void }): void {
    if ('stop' in part) this.#watches.push(part);
    else this.#servers.push(part);
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.stop();
    await Promise.all(this.#servers.map((server) => server.close()));
    for (const store of this.#stores.values()) store.close();
  }
}

/** The ports of last time: links in old messages lead to them. */
class NotedPorts {
  readonly #file: string;
  readonly #ports: Record<string, unknown>;

  constructor(folder: string) {
    this.#file = join(folder, 'ports.json');
    this.#ports = readObject(this.#file);
  }

  find(name: ServerName): number | undefined {
    const port = this.#ports[name];
    return typeof port === 'number' ? port : undefined;
  }

  note(name: ServerName, port: number): void {
    this.#ports[name] = port;
    writeFileSync(this.#file, JSON.stringify(this.#ports, undefined, 2));
  }
}

function readObject(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {};
  try {
    return { ...(JSON.parse(readFileSync(file, 'utf8')) as object) };
  } catch {
    // Half-written when the machine stopped: then there are no old ports to keep.
    return {};
  }
}

function readTls({ certificate, key }: TlsFiles): TlsIdentity {
  return { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

const NEXT_PORTS = 50;

async function listen(
  name: ServerName,
  tryPort: (port: number) => Promise<number>,
  wish: PortWish,
  noted: number | undefined,
): Promise<{ port: number; remark?: string }> {
  if (wish.kind === 'exactly') return { port: await tryPort(wish.port).catch(cannotListen(name, wish.port)) };
  const preferred = wish.kind === 'from' ? (noted ?? wish.port) : noted;
  const following = wish.kind === 'from' ? Array.from({ length: NEXT_PORTS }, (_, step) => wish.port + step) : [0];
  for (const candidate of [...(preferred === undefined ? [] : [preferred]), ...following]) {
    const port = await tryPort(candidate).catch(ignoreTaken);
    if (port === undefined) continue;
    if (preferred === undefined || port === preferred) return { port };
    return { port, remark: `port ${preferred} is taken, so it listens on ${port}. Links in old messages may be dead.` };
  }
  throw new Error(`No free port was found from ${following[0]} on.`);
}

function cannotListen(name: ServerName, port: number): (cause: NodeJS.ErrnoException) => never {
  const setting = `SANDBOX_${name.toUpperCase()}_PORT`;
  return (cause) => {
    const words =
      cause.code === 'EADDRINUSE'
        ? `Something else is listening on port ${port} already. Stop that, which may be another sandbox, or set ${setting} to another one.`
        : `The sandbox cannot listen on port ${port} (${cause.code ?? 'no reason given'}). Set ${setting} to one that it may use.`;
    throw new Error(words, { cause });
  };
}

function ignoreTaken(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRINUSE') throw error;
  return undefined;
}

function withoutUndefined(given: Partial<SandboxAddresses>): Partial<SandboxAddresses> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

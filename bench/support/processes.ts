import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The compiled sources, beside which this file is compiled as well. */
export const DIST = resolve(__dirname, '../..');

export interface Start {
  /** From `dist/`. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** A module from `dist/` that the process loads first. */
  readonly preload?: string;
}

/** A program of its own, with nothing of our environment but the path. */
export class Running {
  readonly child: ChildProcess;
  #printed = '';

  constructor({ script, env, preload }: Start) {
    this.child = fork(join(DIST, script), [], {
      execArgv: preload === undefined ? [] : ['--require', join(DIST, preload)],
      env: { PATH: process.env['PATH'], ...env },
      silent: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#printed = (this.#printed + chunk.toString()).slice(-4_000)));
    }
  }

  /** The end of what it has printed. */
  get printed(): string {
    return this.#printed;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The process did not start.');
    return this.child.pid;
  }

  /** Asks the address again every 5 ms until anything but a 5xx comes. Rejects when the process has ended instead. */
  async isReady(address: string, withinMs = 60_000): Promise<void> {
    const before = performance.now() + withinMs;
    while (performance.now() < before) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) break;
      const response = await fetch(address).catch(() => undefined);
      await response?.arrayBuffer();
      if (response && response.status < 500) return;
      await wait(5);
    }
    throw new Error(`Nothing answers at ${address}. The process printed:\n${this.#printed}`);
  }

  /** Asks it to stop, waits until it has, and kills it when it does not within 10 s. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const kill = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
  }
}

/** Everything that a benchmark opened, for closing it in reverse order, whatever happened. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = [];

  start(order: Start): Running {
    const running = new Running(order);
    this.closeLater(() => running.stop());
    return running;
  }

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
    this.closeLater(async () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  closeLater(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** Runs the deed and closes what it opened. */
export async function withOpened<T>(deed: (opened: Opened) => Promise<T>): Promise<T> {
  const opened = new Opened();
  try {
    return await deed(opened);
  } finally {
    await opened.close();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await once(server.close(), 'close');
  return port;
}

/** Resident memory of a process in MB (10^6 bytes). Read from /proc, so on Linux only. */
export function residentMb(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1_024) / 1e6;
}

/** Processor time that all threads of a process have had so far, in ms. Read from /proc, so on Linux only. */
export function processorMs(pid: number): number {
  const ofThreads = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return ofThreads.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

/** The processes that a process has started itself. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

export function hasProc(): boolean {
  return process.platform === 'linux';
}

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Resolves when the address answers 200; rejects when the process has ended instead. */
export async function answers(address: string, child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error(`The process behind ${address} has ended.`)));
  gone.catch(() => undefined);
  await Promise.race([
    gone,
    until(`${address} answers`, async () => (await fetch(address).catch(() => undefined))?.status === 200, 120_000),
  ]);
}

/** Sends the signal and waits until the process has ended. */
export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  const gone = ended(child);
  child?.kill(signal);
  await gone;
}

/** Resolves when the process has ended by itself, or was never there. */
export async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit');
}

/** Asks again until it is so. Rejects, naming what was waited for, when it does not come within the time. */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const before = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== undefined) return seen;
    if (Date.now() > before) throw new Error(`Waited ${withinMs} ms in vain: ${what}.`);
    await new Promise((next) => setTimeout(next, 25));
  }
}

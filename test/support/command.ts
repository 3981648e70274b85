import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** What `npx latchkey` runs. */
export const PROGRAM = resolve(__dirname, '../../bin/latchkey.js');

export interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly complained: string;
}

/** Runs `latchkey …` in a terminal of its own, over that data folder or with those settings, and waits until it has ended. */
export async function latchkey(over: string | NodeJS.ProcessEnv, ...words: string[]): Promise<Ended> {
  const settings = typeof over === 'string' ? { DATA_DIR: over } : over;
  const env = { PATH: process.env['PATH'], ...settings };
  const child = spawn(process.execPath, [PROGRAM, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, complained] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complained += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said, complained };
}

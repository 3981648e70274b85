import { createHmac, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { syncFolder } from './embedded/data-folder.js';

/** What the head of a chain was at a business time (ISO 8601). */
export interface Checkpoint {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
}

export type CheckpointLine =
  | { readonly kind: 'signed'; readonly checkpoint: Checkpoint }
  /** Whole, and not signed with any of the keys. */
  | { readonly kind: 'unsigned' }
  /** The last line, without its end: the process died while it wrote. */
  | { readonly kind: 'torn' };

const HEX_32_BYTES = /^[0-9a-f]{64}$/;
const signedLine = z.object({
  chain: z.string(),
  seq: z.int().positive(),
  hash: z.string().regex(HEX_32_BYTES),
  at: z.string(),
  mac: z.string().regex(HEX_32_BYTES),
});

/** One JSON object; `mac` is HMAC-SHA-256 over the other values, a line each, in hexadecimal. */
export function signedText(checkpoint: Checkpoint, key: Buffer): string {
  const { chain, seq, hash, at } = checkpoint;
  return JSON.stringify({ chain, seq, hash, at, mac: macOf(checkpoint, key).toString('hex') });
}

/** @param keys any of them may have signed it. */
export function readSigned(text: string, keys: readonly Buffer[]): Checkpoint | undefined {
  const parsed = signedLine.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { mac, ...checkpoint } = parsed.data;
  const given = Buffer.from(mac, 'hex');
  return keys.some((key) => timingSafeEqual(macOf(checkpoint, key), given)) ? checkpoint : undefined;
}

function macOf({ chain, seq, hash, at }: Checkpoint, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(`${chain}\n${String(seq)}\n${hash}\n${at}`)
    .digest();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Adds a line, on the disk when it resolves; a file that was not there is made, for its owner only. What a crash left of the
 * line before becomes a line of its own.
 */
export async function appendLine(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    await handle.appendFile(`${size > 0 && last.toString() !== '\n' ? '\n' : ''}${text}\n`);
    await handle.sync();
    if (size === 0) syncFolder(dirname(file));
  } finally {
    await handle.close();
  }
}

/**
 * Every line, the oldest first; none when there is no file. Throws when it cannot be read.
 * @param lastBytes only what stands in these; the first of the lines may then be a piece, and is `unsigned`.
 */
export async function* readCheckpoints(
  file: string,
  keys: readonly Buffer[],
  lastBytes = Infinity,
): AsyncGenerator<CheckpointLine> {
  const size = await sizeOf(file);
  if (size === undefined) return;
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', start: Math.max(size - lastBytes, 0) })) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield judged(line, keys, 'unsigned');
  }
  if (rest !== '') yield judged(rest, keys, 'torn');
}

function judged(line: string, keys: readonly Buffer[], otherwise: 'unsigned' | 'torn'): CheckpointLine {
  const checkpoint = readSigned(line, keys);
  return checkpoint ? { kind: 'signed', checkpoint } : { kind: otherwise };
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

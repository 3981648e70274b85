import { hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from './problem.js';

/** What a sub-key is for. Each has its own, so that one can never stand in for another. */
export type KeyPurpose = 'one-time-secret' | 'cookie' | 'audit-checkpoint' | 'account-link' | 'step-up';

/** Sub-keys (32 bytes) of the deployment key. */
export interface Keys {
  derive(purpose: KeyPurpose): Buffer;
  /** The current sub-key, then that of the previous deployment key: for opening what was sealed before a change. */
  candidates(purpose: KeyPurpose): readonly Buffer[];
}

const KEY_BYTES = 32;

/**
 * The deployment key: the setting (32 bytes in base64), else made once in `DATA_DIR/key` (mode 0600).
 * Throws a Problem when either is there but is no such key. A lost key costs open one-time links, nothing else.
 */
export function loadKey({
  latchkeyKey,
  previousKey,
  dataDir,
}: {
  latchkeyKey?: string | undefined;
  previousKey?: string | undefined;
  dataDir: string;
}): Keys {
  const current = latchkeyKey === undefined ? keyInFolder(dataDir) : parseKey(latchkeyKey, 'LATCHKEY_KEY');
  return keysOf(current, previousKey);
}

/** As `loadKey`, but makes none: `undefined` when there is neither the setting nor the file. */
export function findKey({ latchkeyKey, previousKey, dataDir }: Parameters<typeof loadKey>[0]): Keys | undefined {
  if (latchkeyKey !== undefined) return keysOf(parseKey(latchkeyKey, 'LATCHKEY_KEY'), previousKey);
  const file = join(dataDir, 'key');
  const text = readIfThere(file);
  return text === undefined ? undefined : keysOf(parseKey(text, file), previousKey);
}

function keysOf(current: Buffer, previousKey?: string): Keys {
  const previous = previousKey === undefined ? [] : [parseKey(previousKey, 'LATCHKEY_KEY_PREVIOUS')];
  return {
    derive: (purpose) => subKey(current, purpose),
    candidates: (purpose) => [current, ...previous].map((key) => subKey(key, purpose)),
  };
}

function keyInFolder(dataDir: string): Buffer {
  const file = join(dataDir, 'key');
  return parseKey(readIfThere(file) ?? makeKey(dataDir, file), file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new Problem(
      {
        kind: 'internal',
        what: `The key in ${file} cannot be read.`,
        remedy: 'Let the account that runs Latchkey read that file, or set LATCHKEY_KEY.',
        code: 'key-unreadable',
      },
      { cause: error },
    );
  }
}

/** Written whole under another name first; whoever links second takes the key of the first. */
function makeKey(dataDir: string, file: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, randomBytes(KEY_BYTES).toString('base64'), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8');
}

function parseKey(text: string, from: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES && key.toString('base64').replace(/=+$/, '') === text.trim().replace(/=+$/, ''))
    return key;
  throw new Problem({
    kind: 'input',
    what: `${from} is not a key.`,
    why: 'A key is 32 random bytes in base64 (44 characters).',
    remedy: 'Make one with "openssl rand -base64 32", or take over the one that was in use before.',
    code: 'malformed-key',
  });
}

function subKey(key: Buffer, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `latchkey ${purpose}`, KEY_BYTES));
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

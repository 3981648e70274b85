import type { Said } from '../../dialogs/turn.js';
import { beginRemoteCall, Problem } from '../../services/index.js';
import { isLoopbackUrl } from '../loopback.js';
import type { SentFile } from './delivery.js';

const MOST_BYTES = 5 * 1024 * 1024;
const WITHIN_MS = 20_000;

export interface FileDoor {
  readonly token: string;
  /** In front of a sandbox: files, too, are on this machine. */
  readonly isLoopbackOnly: boolean;
}

/** The file that came with a message; its bytes are fetched only when they are asked for. `undefined`: none came. */
export function readSentFile(files: readonly SentFile[], door: FileDoor): Extract<Said, { kind: 'file' }> | undefined {
  const [file] = files;
  if (!file) return undefined;
  const read = async (): Promise<Uint8Array> => {
    if (files.length > 1) throw oneAtATime();
    if (!isFileUrl(file.url, door)) throw notFromSlack();
    return download(file.url, door);
  };
  return { kind: 'file', name: file.name, read };
}

/** Whether the bot may fetch from there, with its token: where Slack keeps files, and nowhere else. */
export function isFileUrl(text: string, { isLoopbackOnly }: Pick<FileDoor, 'isLoopbackOnly'>): boolean {
  if (isLoopbackOnly) return isLoopbackUrl(text);
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, port, hostname } = new URL(text);
  return (
    protocol === 'https:' && hostname === 'files.slack.com' && [username, password, port].every((part) => part === '')
  );
}

/** Follows no redirect, as it would carry the token along; whoever has no right to the file is sent a page to sign in. */
async function download(url: string, { token }: FileDoor): Promise<Uint8Array> {
  const ended = beginRemoteCall('slack', { method: 'GET', url: new URL(url).origin });
  try {
    const response = await fetch(url, {
      headers: { Authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    ended(response.status, response.headers);
    const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html');
    if (response.status !== 200 || isPage) throw notFetched();
    return await bytesOf(response);
  } catch (error) {
    if (error instanceof Problem) throw error;
    ended('lost');
    throw notFetched();
  }
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function oneAtATime(): Problem {
  return new Problem({
    kind: 'input',
    what: 'Several files came at once.',
    remedy: 'Send one file, look at its plan, then send the next.',
    code: 'file-several',
  });
}

function tooLarge(): Problem {
  return new Problem({
    kind: 'input',
    what: 'The file has more than 5 MB.',
    remedy: 'Split it and send the parts one after the other.',
    code: 'file-too-large',
  });
}

function notFromSlack(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'The file is not where Slack keeps files, so Latchkey does not fetch it.',
    remedy: 'Attach it from your computer, or say “bulk” and use the upload page.',
    code: 'file-elsewhere',
  });
}

function notFetched(): Problem {
  return new Problem({
    kind: 'remote',
    system: 'slack',
    answer: 'unavailable',
    what: 'Slack did not hand the file over.',
    remedy:
      'Send it again, or say “bulk” and use the upload page. If it stays, the operator adds the scope files:read.',
    code: 'file-not-fetched',
  });
}

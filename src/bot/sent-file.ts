import { beginRemoteCall, Problem } from '../services/index.js';

/** A file that somebody sent in a chat: what holds of it in each of them. */

const MOST_BYTES = 5 * 1024 * 1024;
const WITHIN_MS = 20_000;

export interface FileSource {
  readonly system: 'teams' | 'slack';
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether that answer is the file. */
  readonly isFile?: (response: Response) => boolean;
  /** In the words of that chat. */
  readonly notFetched: () => Problem;
}

/** Follows no redirect: it would lead elsewhere, and carry a token along. Throws a `Problem`. */
export async function fetchFile(url: string, source: FileSource): Promise<Uint8Array> {
  const { system, headers = {}, isFile = () => true, notFetched } = source;
  const ended = beginRemoteCall(system, { method: 'GET', url: new URL(url).origin });
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) });
    ended(response.status, response.headers);
    if (response.status === 200 && isFile(response)) return await bytesOf(response);
    // Or the connection would be held until nobody remembers it.
    await response.body?.cancel();
  } catch (error) {
    if (error instanceof Problem) throw error;
    ended('lost');
  }
  throw notFetched();
}

/** Leaving the loop cancels the rest. */
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

export function oneAtATime(): Problem {
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

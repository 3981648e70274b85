import { z } from 'zod';
import type { Said } from '../../dialogs/turn.js';
import { beginRemoteCall, Problem } from '../../services/index.js';
import { isLoopbackUrl } from '../loopback.js';
import type { InboundActivity } from './activity.js';

/** How Teams hands a file to a bot that somebody attached in their personal chat. Source: Microsoft Learn, "Send and receive files". */
const DOWNLOAD_INFO = 'application/vnd.microsoft.teams.file.download.info';

const sentFile = z.object({
  contentType: z.literal(DOWNLOAD_INFO),
  name: z.string().min(1).max(1_000),
  content: z.object({ downloadUrl: z.string().max(4_000) }),
});

/** The domain under which Teams keeps files; `loopback`: in front of a sandbox, on this machine. */
export type FileDomain = 'loopback' | 'sharepoint.com' | 'sharepoint.us' | 'sharepoint-mil.us';

interface FileDoor {
  readonly fileDomain: FileDomain;
}

const MOST_BYTES = 5 * 1024 * 1024;
const WITHIN_MS = 20_000;

/** The file that came with a message; its bytes are fetched only when they are asked for. `undefined`: none came. */
export function readSentFile(activity: InboundActivity, door: FileDoor): Said | undefined {
  if (activity.type !== 'message' || activity.conversation.conversationType !== 'personal') return undefined;
  const files = (activity.attachments ?? []).flatMap((attachment) => {
    const parsed = sentFile.safeParse(attachment);
    return parsed.success ? [parsed.data] : [];
  });
  const [file] = files;
  if (!file) return undefined;
  const read = async (): Promise<Uint8Array> => {
    if (files.length > 1) throw oneAtATime();
    if (!isDownloadUrl(file.content.downloadUrl, door.fileDomain)) throw notFromTeams();
    return download(file.content.downloadUrl);
  };
  return { kind: 'file', name: file.name, read };
}

/**
 * Whether the bot may fetch from there: where Teams keeps files of chats, OneDrive for work, and nowhere else, as whoever
 * wrote the message may have written the address.
 */
export function isDownloadUrl(text: string, domain: FileDomain): boolean {
  if (domain === 'loopback') return isLoopbackUrl(text);
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, port, hostname } = new URL(text);
  const isPlain = username === '' && password === '' && port === '';
  const under = hostname.endsWith(`.${domain}`) ? hostname.slice(0, -domain.length - 1) : '';
  return protocol === 'https:' && isPlain && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(under);
}

/** Without any token of ours: the address itself is the permission. Follows no redirect. */
async function download(url: string): Promise<Uint8Array> {
  const ended = beginRemoteCall('teams', { method: 'GET', url: new URL(url).origin });
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(WITHIN_MS) });
    ended(response.status, response.headers);
    if (response.status !== 200) throw notFetched();
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

function notFromTeams(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'The file is not where Teams keeps the files of a chat, so Latchkey does not fetch it.',
    remedy: 'Attach it from your computer, or say “bulk” and use the upload page.',
    code: 'file-elsewhere',
  });
}

function notFetched(): Problem {
  return new Problem({
    kind: 'remote',
    system: 'teams',
    answer: 'unavailable',
    what: 'Teams did not hand the file over.',
    remedy: 'Send it again, or say “bulk” and use the upload page.',
    code: 'file-not-fetched',
  });
}

import { z } from 'zod';
import type { Said } from '../../dialogs/turn.js';
import { Problem } from '../../services/index.js';
import { isLoopbackUrl } from '../loopback.js';
import { fetchFile, oneAtATime } from '../sent-file.js';
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
    // Without any token of ours: the address itself is the permission.
    return fetchFile(file.content.downloadUrl, { system: 'teams', notFetched });
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

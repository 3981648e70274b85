import type { Said } from '../../dialogs/turn.js';
import { Problem } from '../../services/index.js';
import { isLoopbackUrl } from '../loopback.js';
import { fetchFile, oneAtATime } from '../sent-file.js';
import type { SentFile } from './delivery.js';

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
    return fetchFile(file.url, {
      ...{ system: 'slack', notFetched, isFile: isNoPage },
      headers: { Authorization: `Bearer ${door.token}` },
    });
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

/** Whoever has no right to the file is sent a page to sign in. */
function isNoPage(response: Response): boolean {
  return !(response.headers.get('content-type') ?? '').startsWith('text/html');
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

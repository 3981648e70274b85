import { request, type IncomingMessage } from 'node:http';
import { Problem } from '../../services/index.js';
import { pathOf, USER_HEADER } from './cli-socket.js';
import { replySchema, type Command, type Reply } from './replies.js';

/** An answer shows a sign of life each second; so long without one, and nobody is at work on it any more. */
const SILENCE_MS = 15_000;

/**
 * Asks the running bot. `undefined`: nobody listens there. Throws a Problem when somebody does and does not answer.
 * @param options.withinMs how long the answer may take to begin.
 */
export async function askBot(
  socketPath: string,
  { command, user, withinMs }: { command: Command; user: string; withinMs: number },
): Promise<AsyncIterable<Reply> | undefined> {
  const response = await open(socketPath, command, user, withinMs);
  return response && replies(response);
}

function open(
  socketPath: string,
  command: Command,
  user: string,
  withinMs: number,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { [USER_HEADER]: encodeURIComponent(user) };
    const asked = request({ socketPath, path: pathOf(command), headers, agent: false });
    const late = setTimeout(() => asked.destroy(noAnswer()), withinMs);
    asked.once('response', (response) => {
      clearTimeout(late);
      if (response.statusCode === 200) return resolve(response);
      response.resume();
      return reject(otherRelease());
    });
    asked.once('error', (error) => {
      clearTimeout(late);
      if (isNobodyThere(error)) resolve(undefined);
      else reject(error instanceof Problem ? error : noAnswer(error));
    });
    asked.end();
  });
}

async function* replies(response: IncomingMessage): AsyncGenerator<Reply> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of withoutSilence(response)) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield replySchema.parse(JSON.parse(line));
  }
}

/** Only the time that we wait is counted, not the time that our own reader takes. */
async function* withoutSilence(response: IncomingMessage): AsyncGenerator<string> {
  const chunks: AsyncIterator<unknown> = response[Symbol.asyncIterator]();
  for (;;) {
    const silence = setTimeout(() => response.destroy(noAnswer()), SILENCE_MS);
    try {
      const next = await chunks.next();
      if (next.done) return;
      yield String(next.value);
    } catch (error) {
      throw error instanceof Problem ? error : noAnswer(error);
    } finally {
      clearTimeout(silence);
    }
  }
}

function isNobodyThere(error: Error): boolean {
  return 'code' in error && ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(String(error.code));
}

/** The lock is held, and whoever holds it says nothing. */
export function noAnswer(cause?: unknown): Problem {
  return new Problem(
    {
      kind: 'remote',
      what: 'A running Latchkey has the database and does not answer.',
      remedy: 'If it has just been started, try again in a minute. Otherwise look at its log, stop it, and try again.',
      code: 'bot-silent',
    },
    { cause },
  );
}

export function otherRelease(): Problem {
  return new Problem({
    kind: 'remote',
    what: 'The running Latchkey does not know this command.',
    remedy: 'It is of another release than this command. Restart it, then try again.',
    code: 'bot-of-another-release',
  });
}

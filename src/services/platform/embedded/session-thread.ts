import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { FatalFault } from './fatal-faults.js';
import { openSessionOnDisk, type Session } from './session.js';
import { sentError, type Answer, type AskMessage, type ThreadMessage, type ThreadStart } from './thread-messages.js';

/**
 * The program of the thread that the embedded database has for itself: whatever it does there, and however long the disk
 * takes, nobody else of the process waits for it. Answers come in the order of the questions.
 */
async function main(port: MessagePort, { folder }: ThreadStart): Promise<void> {
  // The files of a database are handed over, not copied.
  const say = (message: ThreadMessage): void =>
    port.postMessage(
      message,
      'answer' in message && message.answer instanceof Uint8Array ? [message.answer.buffer] : [],
    );
  let session: Session;
  try {
    session = await openSessionOnDisk({ folder, end: (fault, error) => end(say, fault, error) });
  } catch (error) {
    return say({ kind: 'not-opened', error: sentError(error) });
  }
  port.on('message', (message: AskMessage) => void answer(session, message, say));
  say({ kind: 'opened' });
}

async function answer(session: Session, message: AskMessage, say: (said: ThreadMessage) => void): Promise<void> {
  const { id } = message;
  try {
    const done = await perform(session, message);
    say({ kind: 'answer', id, answer: done, isInTransaction: session.isInTransaction() });
  } catch (error) {
    say({ kind: 'failed', id, error: sentError(error), isInTransaction: session.isInTransaction() });
  }
}

async function perform(session: Session, message: AskMessage): Promise<Answer> {
  switch (message.kind) {
    case 'query':
      return [await session.query(message.text, message.values)];
    case 'exec':
      return session.exec(message.text);
    case 'dump':
      return session.dump();
    case 'close':
      await session.close();
      return undefined;
  }
}

/** The process ends, by its other thread; until then nothing is read, written or answered here. */
function end(say: (said: ThreadMessage) => void, fault: FatalFault, error: unknown): never {
  say({ kind: 'fault', fault, error: sentError(error) });
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

if (parentPort) void main(parentPort, workerData as ThreadStart);

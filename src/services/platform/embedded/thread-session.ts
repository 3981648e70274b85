import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EndOnFault } from './fatal-faults.js';
import { closed } from './one-session-pool.js';
import type { Session, SessionResult, SessionValue } from './session.js';
import { receivedError, type Answer, type Ask, type ThreadMessage, type ThreadStart } from './thread-messages.js';

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

type Answered = Extract<ThreadMessage, { id: number }>;

/** As `openSessionOnDisk`, in a thread of its own. Needs compiled sources. */
export async function openSessionInThread({ folder, end }: { folder: string; end: EndOnFault }): Promise<Session> {
  const given: ThreadStart = { folder };
  const session = new ThreadSession(new Worker(join(__dirname, 'session-thread.js'), { workerData: given }), end);
  await session.opened;
  return session;
}

/** The session, asked across threads. What is asked keeps the process alive, as an open database alone does not. */
class ThreadSession implements Session {
  /** Rejects, with the thread gone, when the database cannot be opened. */
  readonly opened: Promise<void>;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #isInTransaction = false;
  #isEnding = false;

  constructor(thread: Worker, end: EndOnFault) {
    this.#thread = thread;
    this.opened = new Promise((resolve, reject) => {
      thread.on('message', (message: ThreadMessage) => {
        switch (message.kind) {
          case 'opened':
            thread.unref();
            return resolve();
          case 'not-opened':
            return void this.#end().then(() => reject(receivedError(message.error)));
          case 'fault':
            return end(message.fault, receivedError(message.error));
          case 'answer':
            return this.#settle(message, ({ resolve: answered }) => answered(message.answer));
          case 'failed':
            return this.#settle(message, ({ reject: failed }) => failed(receivedError(message.error)));
        }
      });
    });
    // What nobody caught there, memory that has run out among it.
    thread.on('error', (error) => end('engine-stopped', error));
    thread.on('exit', (code) => {
      if (!this.#isEnding) end('engine-stopped', new Error(`Its thread ended with ${String(code)}.`));
      for (const { reject } of this.#waiting.values()) reject(closed());
      this.#waiting.clear();
    });
  }

  async query(text: string, values: readonly SessionValue[]): Promise<SessionResult> {
    const [result] = resultsOf(await this.#ask({ kind: 'query', text, values }));
    if (!result) throw new Error('The database answered a question with nothing.');
    return result;
  }

  async exec(text: string): Promise<readonly SessionResult[]> {
    return resultsOf(await this.#ask({ kind: 'exec', text }));
  }

  isInTransaction(): boolean {
    return this.#isInTransaction;
  }

  async dump(): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await this.#ask({ kind: 'dump' });
    if (!(answer instanceof Uint8Array)) throw new Error('The database gave something else than its files.');
    return answer;
  }

  async close(): Promise<void> {
    try {
      await this.#ask({ kind: 'close' });
    } finally {
      await this.#end();
    }
  }

  async #end(): Promise<void> {
    this.#isEnding = true;
    await this.#thread.terminate();
  }

  async #ask(ask: Ask): Promise<Answer> {
    // A thread that has ended leaves what it is asked unanswered.
    if (this.#isEnding) throw closed();
    const id = ++this.#asked;
    if (this.#waiting.size === 0) this.#thread.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ ...ask, id });
    });
  }

  #settle({ id, isInTransaction }: Answered, settle: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#thread.unref();
    this.#isInTransaction = isInTransaction;
    if (waiting) settle(waiting);
  }
}

function resultsOf(answer: Answer): readonly SessionResult[] {
  return answer === undefined || answer instanceof Uint8Array ? [] : answer;
}

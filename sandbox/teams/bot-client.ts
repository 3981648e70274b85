import type { Faults } from '../kit/faults.js';
import type { Activity } from './activity.js';
import type { BotFramework } from './bot-framework.js';

/** The bot could not be reached at all. */
export class BotUnreachable extends Error {
  override readonly name = 'BotUnreachable';
}

export interface BotAnswer {
  readonly status: number;
  /** The body as JSON, `undefined` when it is empty or something else. */
  readonly body: unknown;
}

/** A turn may take long (it waits for Entra and Genesys); two minutes without an answer means that nothing comes. */
const ANSWER_WITHIN_MS = 120_000;

/** Posts activities to the bot's `/api/messages`, signed; a bot that is not registered pays no regard to the signature. */
export class BotClient {
  readonly #botUrl: () => string;
  readonly #botFramework: Pick<BotFramework, 'authorize'>;
  readonly #faults: () => Faults | undefined;

  /** @param faults the switches of the server; `deliver-twice` is obeyed when it is on. */
  constructor(
    botUrl: () => string,
    botFramework: Pick<BotFramework, 'authorize'>,
    faults: () => Faults | undefined = () => undefined,
  ) {
    this.#botUrl = botUrl;
    this.#botFramework = botFramework;
    this.#faults = faults;
  }

  /** Delivers one activity. Throws BotUnreachable when there is no connection or no answer in two minutes. */
  async deliver(activity: Activity): Promise<BotAnswer> {
    const first = this.#post(activity);
    if (this.#faults()?.active('deliver-twice')) {
      // The second delivery overlaps the first, as Teams repeats while a turn is still running. Its answer is nobody's.
      void this.#post(activity).catch(() => undefined);
    }
    return first;
  }

  /** Whether the bot says that it is ready. */
  async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.#botUrl()}/readyz`, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  async #post(activity: Activity): Promise<BotAnswer> {
    const url = `${this.#botUrl()}/api/messages`;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'User-Agent': 'Latchkey-Teams-sandbox',
          Authorization: this.#botFramework.authorize(activity.serviceUrl ?? ''),
        },
        body: JSON.stringify(activity),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return { status: response.status, body: parse(await response.text()) };
    } catch (error) {
      throw new BotUnreachable(`No answer from ${url}: ${describe(error)}`);
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? `${error.message} (${String(cause.code)})` : error.message;
}

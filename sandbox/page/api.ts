import { Feed, feedAddress } from './feed.js';
import type { Directory, FoundChoice, InvokeAnswer, Message, Place, Removal, TroubleOverview, Wish } from './wire.js';

/** A refusal of the sandbox or of the bot, in words. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface SendAnswer {
  /** `false`: the bot does not hear it, as it was not mentioned. */
  readonly delivered?: boolean;
  /** Present when an Action.Execute was pressed. */
  readonly invoke?: InvokeAnswer;
  /** The chat's revision when the answer came: an edit that is newer outranks the answer. */
  readonly revision: number;
}

/** The sandbox's own API, by paths relative to the page, so that it works from each server that shows it. */
export class SandboxApi {
  #token = '';

  async directory(): Promise<Directory> {
    const response = await fetch('sandbox/api/personas');
    if (!response.ok) throw await errorOf(response);
    const directory = (await response.json()) as Directory;
    this.#token = directory.token;
    return directory;
  }

  /** Says or presses something. Throws ApiError with what went wrong. */
  async send(wish: Wish): Promise<SendAnswer> {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const response = await this.#post('send', { ...wish, locale: navigator.language, timezone: timeZone });
    const body = (await response.json()) as Partial<InvokeAnswer> & { delivered?: boolean };
    const revision = Number(response.headers.get('x-sandbox-revision') ?? Number.MAX_SAFE_INTEGER);
    const { statusCode, type, value } = body;
    if (statusCode === undefined || type === undefined) return { ...body, revision };
    return { invoke: { statusCode, type, value }, revision };
  }

  /** What the bot offers for the letters typed so far. Throws ApiError with what went wrong. */
  async search(query: {
    persona: string;
    conversation: Place;
    activityId: string;
    dataset: string;
    queryText: string;
  }): Promise<readonly FoundChoice[]> {
    const response = await this.#post('search', query);
    const { value } = (await response.json()) as { value?: { results?: readonly FoundChoice[]; message?: string } };
    if (value?.results) return value.results;
    throw new ApiError('NoResults', value?.message ?? 'The bot has answered something else.');
  }

  /** The faults of every server and the time. */
  async trouble(): Promise<TroubleOverview> {
    const response = await fetch('sandbox/api/trouble');
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as TroubleOverview;
  }

  /** Switches a fault on, with options, or off. Throws ApiError with what the server says is wrong. */
  async switchFault(
    server: string,
    fault: string,
    on: boolean,
    options: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.#post('trouble/faults', { ...options, server, fault, on });
  }

  /** @param duration ISO 8601, such as `PT4H` or `P30D` */
  async advance(duration: string): Promise<void> {
    await this.#post('trouble/clock', { advance: duration });
  }

  /** @returns whether the bot has begun anew as well; one that runs apart from the page does not. */
  async startOver(): Promise<boolean> {
    const response = await this.#post('trouble/reset', {});
    const beginsAnew = response.headers.has('X-Bot-Starts-Over');
    if (beginsAnew) await botIsBack();
    return beginsAnew;
  }

  /** Throws ApiError for every refusal. */
  async #post(what: string, body: object, isRetry = false): Promise<Response> {
    const response = await fetch(`sandbox/api/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': this.#token },
      body: JSON.stringify(body),
    });
    if (response.ok) return response;
    if (response.status !== 403 || isRetry) throw await errorOf(response);
    // The sandbox was started anew and has a new token.
    await this.directory();
    return this.#post(what, body, true);
  }
}

const BACK_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 150;

/** Waits until the bot has closed its doors and opened them again. */
async function botIsBack(): Promise<void> {
  const until = Date.now() + BACK_WITHIN_MS;
  for (let wasAway = false; Date.now() < until;) {
    const isReady = await fetch('readyz').then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady && wasAway) return;
    wasAway ||= !isReady;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new ApiError('BotAway', 'The sandbox is empty, but Latchkey has not come back. Look at its console.');
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => undefined)) as
    { error?: { code?: string; message?: string } } | undefined;
  const { code = `HTTP ${response.status}`, message = `The sandbox answered ${response.status}.` } = body?.error ?? {};
  return new ApiError(code, message);
}

export interface EventHandlers {
  reset(): void;
  ready(): void;
  message(message: Message): void;
  update(message: Message): void;
  remove(removal: Removal): void;
  typing(place: Place): void;
  connection(isUp: boolean): void;
}

/** Follows one persona's conversations. */
export function followPersona(persona: string, handlers: EventHandlers): Feed {
  return new Feed({
    address: (since) => feedAddress('sandbox/api/events', { persona }, since),
    events: {
      reset: () => handlers.reset(),
      ready: () => handlers.ready(),
      message: (message: Message) => handlers.message(message),
      update: (message: Message) => handlers.update(message),
      delete: (removal: Removal) => handlers.remove(removal),
      typing: ({ conversation }: { conversation: Place }) => handlers.typing(conversation),
    },
    connection: (isUp) => handlers.connection(isUp),
  });
}

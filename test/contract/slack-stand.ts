import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SLACK, SLACK_ACCOUNTS } from '../../sandbox/credentials.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createSlackSandbox } from '../../sandbox/slack/slack-sandbox.js';
import { startHttpServer, type HttpServer } from '../../src/bot/http-server.js';
import { createSlack, type Slack, type SlackConversations, type SlackRefusal } from '../../src/bot/slack/slack.js';
import type { SlackDelivery, SlackDoor } from '../../src/bot/slack/slack-door.js';
import type { Answer, Turn, UnlinkedTurn } from '../../src/dialogs/turn.js';
import type { Arrival, Inbox, Keeping, LeftBehind } from '../../src/services/platform/inbox.js';
import type { Json } from '../../src/services/platform/json.js';
import { recordingLog } from '../../src/services/platform/testing/test-parts.js';
import { MapStore } from './teams-stand.js';

export const ada = SLACK_ACCOUNTS.find(({ name }) => name === 'Ada Admin')!;
export const FORM = 'application/x-www-form-urlencoded';

export interface Sent {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly ms: number;
}

interface How {
  readonly delivery?: SlackDelivery;
  readonly turnsPerMinute?: number;
}

const BY_REQUESTS: SlackDelivery = { kind: 'http', signingSecret: SLACK.signingSecret };

/** One request as Slack signs it, and everything about it that can be wrong. */
export interface Signed {
  readonly body: string;
  readonly type?: string | undefined;
  readonly secret?: string;
  /** Seconds between the timestamp and now. */
  readonly drift?: number;
  /** When it is signed, in seconds; default now. */
  readonly at?: number;
  /** Said instead of the true ones; `undefined`: the header is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The door on the real HTTP server, the Slack sandbox behind it, and conversations that only note what they hear. */
export class SlackStand {
  readonly turns: Turn[] = [];
  readonly unlinked: UnlinkedTurn[] = [];
  readonly refusals: SlackRefusal[] = [];
  readonly places = new MapStore();
  readonly inbox = new MapInbox();
  /** By the id of the account. */
  readonly links = new Map([[ada.userId, { personId: ada.personId ?? '', name: ada.name }]]);
  answers: (turn: Turn) => Promise<Answer | undefined> = async () => undefined;
  /** What became of a turn, as the figures name it. */
  outcome = 'posted';
  answersUnlinked: (turn: UnlinkedTurn) => Promise<Answer | undefined> = async () => undefined;
  opensDialog: SlackConversations['opensDialog'] = () => false;
  readonly log = recordingLog();
  readonly #store = new SandboxStore(':memory:');
  readonly addresses = { entra: '', genesys: '', teams: '', slack: '' };
  readonly sandbox = createSlackSandbox({
    store: this.#store,
    clock: new SandboxClock(this.#store, () => new Date()),
    addresses: this.addresses,
    botUrl: () => this.url,
  });
  #server: HttpServer | undefined;
  #door: SlackDoor | undefined;
  #slack: Slack | undefined;
  #token = '';

  /**
   * @param apiUrl another Slack than the sandbox, such as one that never answers.
   * @param delivery how it reaches the bot; default by signed requests.
   * @param turnsPerMinute of one person.
   */
  static async start({ apiUrl, ...how }: { apiUrl?: string } & How = {}): Promise<SlackStand> {
    const stand = new SlackStand();
    stand.addresses.slack = `http://127.0.0.1:${await stand.sandbox.listen(0)}`;
    const answer = await fetch(`${stand.addresses.slack}/sandbox/api/slack/workspace`);
    stand.#token = ((await answer.json()) as { token: string }).token;
    await stand.#open(apiUrl ?? `${stand.addresses.slack}/api`, how);
    return stand;
  }

  async #open(apiUrl: string, { delivery = BY_REQUESTS, turnsPerMinute = 120 }: How): Promise<void> {
    const { log } = this.log;
    this.#slack = createSlack({
      ...{ botToken: SLACK.botToken, delivery, apiUrl, turnsPerMinute },
      ...{ places: this.places, inbox: this.inbox, log, now: () => new Date(), timeoutMs: 1_000 },
      accountsOf: async (personId) =>
        [...this.links].flatMap(([channelUserId, person]) =>
          person.personId === personId
            ? [{ channel: 'slack', team: SLACK.teamId, channelUserId, name: person.name } as const]
            : [],
        ),
      onRefused: (refusal) => this.refusals.push(refusal),
    });
    this.#door = this.#slack.openDoor({
      handle: async (turn, note) => {
        this.turns.push(turn);
        note?.(this.outcome);
        return this.answers(turn);
      },
      handleUnlinked: async (turn) => {
        this.unlinked.push(turn);
        return this.answersUnlinked(turn);
      },
      opensDialog: (said) => this.opensDialog(said),
      identify: async ({ channelUserId }) => this.links.get(channelUserId),
    });
    this.#server = await startHttpServer({
      ...{ host: '127.0.0.1', port: 0, log, slack: this.#door.receive },
      teams: { receive: async (_request, response) => void response.end() },
      ready: async () => ({ ok: true, checks: {} }),
      secrets: { exists: async () => false, open: async () => undefined },
    });
    void this.#door.open();
  }

  /** What `/readyz` says of Slack. */
  state(): string {
    return this.#slack?.state() ?? '';
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server?.port ?? 0}`;
  }

  get channel(): Slack['channel'] {
    if (!this.#slack) throw new Error('The stand is not open.');
    return this.#slack.channel;
  }

  /** Sends what Slack would send. */
  async send({ body, type = FORM, secret = SLACK.signingSecret, ...given }: Signed): Promise<Sent> {
    const { drift = 0, at = Math.floor(Date.now() / 1_000), headers = {} } = given;
    const timestamp = String(at + drift);
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const all = {
      'Content-Type': type,
      'X-Slack-Request-Timestamp': timestamp,
      'X-Slack-Signature': signature,
      ...headers,
    };
    const said = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const from = performance.now();
    // As bytes: of text `fetch` would name a type of its own where none is given.
    const response = await fetch(`${this.url}/slack/events`, {
      method: 'POST',
      headers: Object.fromEntries(said),
      body: Buffer.from(body),
    });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers, ms: performance.now() - from };
  }

  /** Somebody does something in the sandbox; Slack tells the bot. */
  async do(deed: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.addresses.slack}/sandbox/api/slack/deeds`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': this.#token },
      body: JSON.stringify(deed),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Record<string, unknown>;
  }

  messages(): { channel: string; text: string; ts: string; visible_to?: string; blocks?: object[] }[] {
    return (this.sandbox.options.state() as { messages: ReturnType<SlackStand['messages']> }).messages;
  }

  views(): { id: string; type: string; user: string; blocks: object[]; is_open: boolean }[] {
    return (this.sandbox.options.state() as { views: ReturnType<SlackStand['views']> }).views;
  }

  /** Resolves when everything that was taken in has been worked on. */
  async settled(): Promise<void> {
    await this.#door?.close();
  }

  /** As when the bot is told to stop, and what is under way has so long to end. */
  async stops(withinMs: number): Promise<void> {
    await this.#door?.close(withinMs);
    this.#door = undefined;
  }

  /** What is under way never ends: nobody waits for it. */
  abandon(): void {
    this.#door = undefined;
  }

  async close(): Promise<void> {
    await this.#server?.close(0);
    await this.settled();
    await this.sandbox.close();
    this.#store.close();
  }
}

/** What an inbox does, in memory. */
export class MapInbox implements Inbox {
  readonly kept = new Map<string, Json>();
  readonly known = new Set<string>();
  /** How many deliveries it was asked to keep. */
  asked = 0;
  #worker: ((left: LeftBehind) => Promise<void>) | undefined;
  /** What comes before the answer of the store. */
  slowly: () => Promise<unknown> = async () => undefined;
  /** Whether what comes outlives the process before the store answers. */
  spools = false;
  /** What was left to whoever takes it up next, and after how many seconds. */
  readonly released: { readonly deliveryId: string; readonly afterS: number }[] = [];
  hasLeft = false;
  readonly sweeps = [];

  async recover(): Promise<void> {
    return undefined;
  }

  keep(deliveryId: string, delivery: Json): Keeping {
    this.asked += 1;
    const arrival = this.#arrive(deliveryId, delivery);
    return { kept: this.spools ? Promise.resolve('new') : arrival, arrival };
  }

  async #arrive(deliveryId: string, delivery: Json): Promise<Arrival> {
    await this.slowly();
    if (this.known.has(deliveryId)) return 'known';
    this.known.add(deliveryId);
    this.kept.set(deliveryId, delivery);
    return 'new';
  }

  async begin(): Promise<boolean> {
    return true;
  }

  async done(deliveryId: string): Promise<void> {
    this.kept.delete(deliveryId);
  }

  async release(deliveryId: string, afterS: number): Promise<void> {
    this.released.push({ deliveryId, afterS });
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
  }

  onLeftBehind(worker: (left: LeftBehind) => Promise<void>): () => void {
    this.#worker = worker;
    return () => undefined;
  }

  /** As after a crash. */
  async takeUp(left: LeftBehind): Promise<void> {
    this.kept.set(left.deliveryId, left.delivery);
    await this.#worker?.(left);
  }
}

let command = 0;

/** A slash command of Ada's. */
export function commandOf(text: string, changes: Readonly<Record<string, string>> = {}): string {
  command += 1;
  return new URLSearchParams({
    ...{ command: '/latchkey', text, user_id: ada.userId, team_id: SLACK.teamId, channel_id: 'C0GENERAL01' },
    ...{ trigger_id: `trigger-${command}`, api_app_id: SLACK.appId, response_url: 'http://127.0.0.1:9/r' },
    ...changes,
  }).toString();
}

/** A message of Ada's to the bot. */
export function messageOf(text: string, changes: Readonly<Record<string, unknown>> = {}, outer: object = {}): string {
  command += 1;
  const event = {
    ...{ type: 'message', channel_type: 'im', user: ada.userId, channel: `D${ada.userId.slice(1)}`, text },
    ...{ ts: `1700000000.${command}`, event_ts: `1700000000.${command}` },
    ...changes,
  };
  const envelope = { team_id: SLACK.teamId, api_app_id: SLACK.appId, event_id: `Ev${command}`, event_time: 1 };
  return JSON.stringify({ type: 'event_callback', ...envelope, event, ...outer });
}

/** Something that is asked and never answers. */
export async function silentServer(): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

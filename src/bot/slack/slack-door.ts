import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, HTTPReceiver, SocketModeReceiver, type ReceiverEvent } from '@slack/bolt';
import type { Log } from '../../services/index.js';
import { sdkLog } from './sdk-log.js';
import { SlackGate, type GateRefusal } from './slack-gate.js';
import { ASKED_ONCE, SlackSocket } from './slack-socket.js';
import type { Acknowledge, SlackIntake } from './slack-intake.js';
import { isDispatchable, readDelivery } from './slack-wire.js';

/** How Slack reaches the bot: by signed requests, or through a socket that the bot opens. */
export type SlackDelivery =
  { readonly kind: 'http'; readonly signingSecret: string } | { readonly kind: 'socket'; readonly appToken: string };

export interface SlackDoorOptions {
  readonly delivery: SlackDelivery;
  readonly botToken: string;
  /** With a slash at the end; absent: slack.com. */
  readonly apiUrl: string | undefined;
  readonly intake: SlackIntake;
  /** Wall time, for signatures. */
  readonly now: () => Date;
  readonly log: Log;
  readonly onRefused?: ((refusal: GateRefusal) => void) | undefined;
}

export interface SlackDoor {
  /** Answers one `POST /slack/events`; its body must not have been read. Absent: Slack comes through the socket. */
  readonly receive?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** As `/readyz` says it; absent: Slack comes to us. */
  readonly state?: () => string;
  /**
   * Goes on with what was left behind; opens the socket, where there is one, and keeps it open until the door closes. Never
   * rejects.
   */
  open(): Promise<void>;
  /**
   * Takes nothing more in, and lets what has begun end.
   * @param withinMs what has not ended by then stays for the next process; default: as long as it takes.
   */
  close(withinMs?: number): Promise<void>;
}

/** Bolt behind a gate of our own. Whoever cannot prove to be Slack is refused without a word of why. */
export function createSlackDoor(options: SlackDoorOptions): SlackDoor {
  const { delivery } = options;
  return delivery.kind === 'http' ? httpDoor(options, delivery.signingSecret) : socketDoor(options, delivery.appToken);
}

function httpDoor(options: SlackDoorOptions, signingSecret: string): SlackDoor {
  const { log, intake, now } = options;
  const gate = new SlackGate({ signingSecret, now });
  const receiver = new HTTPReceiver({
    ...{ signingSecret, endpoints: [PATH], logger: sdkLog(log) },
    // Our listener does not throw: what fails in Bolt is a body of no shape that it knows.
    processEventErrorHandler: async ({ error, response }) => {
      log.warn({ error }, 'Bolt could not read a delivery of Slack');
      if (!response.headersSent) end(response, 400);
      return false;
    },
  });
  connect(options, receiver);

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const passed = await gate.admit(request);
    if (passed.kind === 'tls-check') return end(response, 200);
    if (passed.kind === 'refused') {
      log.warn({ refusal: passed.refusal }, 'A delivery was refused');
      options.onRefused?.(passed.refusal);
      // What is refused once is refused again.
      response.setHeader('X-Slack-No-Retry', '1');
      return end(response, passed.status);
    }
    // What Bolt does not know it would leave unanswered for three seconds.
    if (!isDispatchable(passed.body)) return end(response, 200);
    const closed = once(response, 'close');
    request.url = PATH;
    receiver.requestListener(request, response);
    await closed;
  }

  return { receive, open: async () => intake.open(), close: (withinMs) => intake.settle(withinMs) };
}

const PATH = '/slack/events';

function end(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}

function socketDoor(options: SlackDoorOptions, appToken: string): SlackDoor {
  const { apiUrl, log, intake } = options;
  const receiver = new SocketModeReceiver({
    ...{ appToken, logger: sdkLog(log), autoReconnectEnabled: false },
    installerOptions: { clientOptions: { ...ASKED_ONCE, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) } },
  });
  connect(options, receiver);
  const socket = new SlackSocket(receiver.client, log);

  async function open(): Promise<void> {
    intake.open();
    await socket.open();
  }

  async function close(withinMs?: number): Promise<void> {
    await socket.close();
    await intake.settle(withinMs);
  }

  return { state: () => `socket ${socket.state}`, open, close };
}

/**
 * Bolt acknowledges an event before anybody hears of it, whichever way it came. Here it is acknowledged when our listener has
 * it, so that none is lost between the two.
 */
class AppThatWaits extends App {
  override async processEvent(event: ReceiverEvent): Promise<void> {
    if (event.body['type'] !== 'event_callback') return super.processEvent(event);
    await super.processEvent({ ...event, ack: async () => undefined });
    await event.ack();
  }
}

/** One listener for everything: what a delivery is stands in its body. Bolt asks Slack nothing, neither now nor later. */
function connect(
  { botToken, apiUrl, intake, log }: SlackDoorOptions,
  receiver: HTTPReceiver | SocketModeReceiver,
): void {
  const app = new AppThatWaits({
    ...{ receiver, authorize: async () => ({ botToken }), logger: sdkLog(log) },
    ...{ ignoreSelf: false, convoStore: false },
    ...(apiUrl === undefined ? {} : { clientOptions: { slackApiUrl: apiUrl } }),
  });
  app.use(async (args) => {
    const acknowledge = acknowledgeOf(args);
    const delivery = readDelivery(args.body);
    await (delivery ? intake.take(delivery, acknowledge) : acknowledge());
  });
}

/** Of events, whose acknowledgement says nothing, it waits until this listener ends. */
function acknowledgeOf(args: object): Acknowledge {
  if (!('ack' in args) || typeof args.ack !== 'function') return async () => undefined;
  // The type of what may be answered differs with each kind of delivery; Slack judges it.
  const acknowledge = args.ack as (body?: object) => Promise<void>;
  return (body) => acknowledge(body);
}

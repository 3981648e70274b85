import type { ChatUser } from '../../dialogs/turn.js';
import type { Inbox, Log } from '../../services/index.js';
import { isLoopbackUrl } from '../loopback.js';
import { PlaceMemory } from '../place-memory.js';
import type { PlaceStore } from '../places.js';
import { Pace } from './pace.js';
import { ResponseUrls } from './response-url.js';
import type { SenderFault } from './senders.js';
import { SlackApi } from './slack-api.js';
import { createSlackChannel, type SlackChannel } from './slack-channel.js';
import { createSlackDoor, type SlackDelivery, type SlackDoor } from './slack-door.js';
import type { GateRefusal } from './slack-gate.js';
import type { SlackConversations } from './slack-conversations.js';
import { SlackIntake } from './slack-intake.js';
import { SlackTurns } from './slack-turns.js';
import { Workspace } from './workspace.js';

export type { SlackConversations } from './slack-conversations.js';

/** Why a delivery or a person was turned away. */
export type SlackRefusal = GateRefusal | SenderFault;

export interface SlackOptions {
  readonly botToken: string;
  readonly delivery: SlackDelivery;
  /** Where Slack's Web API is, without a slash at the end, such as `http://127.0.0.1:4040/api`; absent: slack.com. */
  readonly apiUrl?: string | undefined;
  readonly places: PlaceStore;
  readonly inbox: Inbox;
  /** The accounts that are proven to be that person's. */
  readonly accountsOf: (personId: string) => Promise<readonly ChatUser[]>;
  /** Wall time. */
  readonly now: () => Date;
  readonly log: Log;
  /** Of one person; default 120. */
  readonly turnsPerMinute?: number;
  /** For one call to Slack, in milliseconds. */
  readonly timeoutMs?: number;
  readonly onRefused?: (refusal: SlackRefusal) => void;
}

export interface Slack {
  readonly channel: SlackChannel;
  /** What `/readyz` says of it: Slack being away is no reason to send nobody here. */
  state(): string;
  openDoor(conversations: SlackConversations): SlackDoor;
}

/** Slack as a whole: the channel for what Latchkey writes, and the door for what people do. Nothing is asked at start. */
export function createSlack(options: SlackOptions): Slack {
  const { botToken, delivery, log, onRefused, now } = options;
  const apiUrl = options.apiUrl === undefined ? undefined : `${options.apiUrl}/`;
  const isLoopbackOnly = options.apiUrl !== undefined && isLoopbackUrl(options.apiUrl);
  const { timeoutMs } = options;
  const api = new SlackApi({ token: botToken, apiUrl, log, timeoutMs });
  const workspace = new Workspace(api, log);
  const places = new PlaceMemory(options.places);
  let door: SlackDoor | undefined;
  let turns: SlackTurns | undefined;
  const refreshHome = async (userId: string): Promise<void> => {
    if (!turns) throw new Error('The door of Slack is not open yet.');
    await turns.refreshHome(userId);
  };
  const channel = createSlackChannel({ api, workspace, places, accountsOf: options.accountsOf, refreshHome });
  const openDoor = (conversations: SlackConversations): SlackDoor => {
    const parts = {
      ...{ api, workspace, channel, conversations, log },
      responseUrls: new ResponseUrls({ isLoopbackOnly, log }),
      appId: appIdOf(delivery),
      pace: new Pace(options.turnsPerMinute ?? 120),
    };
    turns = new SlackTurns({ ...parts, places, files: { token: botToken, isLoopbackOnly }, onRefused });
    const intake = new SlackIntake({ ...parts, turns, inbox: options.inbox, now });
    door = createSlackDoor({ delivery, botToken, apiUrl, intake, now, log, onRefused });
    return door;
  };
  const state = (): string => [workspace.state, door?.state?.() ?? []].flat().join('; ');
  return { channel, state, openDoor };
}

/** The signing secret is one app's own; the token of a socket names its app. */
function appIdOf(delivery: SlackDelivery): string | undefined {
  if (delivery.kind === 'http') return undefined;
  return /^xapp-\d+-(A[A-Z0-9]+)-/.exec(delivery.appToken)?.[1];
}

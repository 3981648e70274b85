/** What the sandbox's API tells the page. */
export interface Persona {
  readonly id: string;
  readonly teamsId: string;
  readonly name: string;
  readonly userPrincipalName: string;
  readonly jobTitle: string;
  readonly isGuest: boolean;
  readonly hints: readonly string[];
}

export type Place = 'personal' | 'channel';

export interface ConversationInfo {
  readonly key: Place;
  readonly name: string;
  readonly team?: string;
}

export interface Directory {
  readonly token: string;
  readonly bot: { readonly id: string; readonly name: string };
  readonly personas: readonly Persona[];
  readonly conversations: readonly ConversationInfo[];
  readonly addresses: Readonly<Record<string, string>>;
}

export interface Attachment {
  readonly contentType: string;
  readonly content?: unknown;
  readonly contentUrl?: string;
  readonly name?: string;
}

export interface Activity {
  readonly id: string;
  readonly type: string;
  readonly timestamp?: string;
  readonly from?: { readonly id: string; readonly name?: string; readonly aadObjectId?: string };
  readonly text?: string | null;
  readonly textFormat?: string | null;
  readonly attachments?: readonly Attachment[] | null;
}

/** A message as an event carries it. `revision` grows with each change. */
export interface Message {
  readonly conversation: Place;
  readonly threadId?: string;
  readonly activityId: string;
  readonly revision: number;
  readonly edited: boolean;
  readonly activity: Activity;
}

export interface Removal {
  readonly conversation: Place;
  readonly activityId: string;
}

export interface CardAction {
  readonly activityId: string;
  readonly type: 'Action.Execute' | 'Action.Submit';
  readonly id?: string;
  readonly verb?: string;
  readonly data: unknown;
  readonly trigger: 'manual' | 'automatic';
}

export type Wish =
  | { readonly persona: string; readonly conversation: Place; readonly text: string; readonly replyTo?: string }
  | { readonly persona: string; readonly conversation: Place; readonly action: CardAction }
  | {
      readonly persona: string;
      readonly conversation: Place;
      readonly file: { readonly name: string; readonly base64: string };
    };

/** The bot's answer to an invoke, as the Universal Actions protocol shapes it. */
export interface InvokeAnswer {
  readonly statusCode: number;
  readonly type: string;
  readonly value?: unknown;
}

/** A row of a list that the bot fills. */
export interface FoundChoice {
  readonly title: string;
  readonly value: string;
}

export const ADAPTIVE_CARD = 'application/vnd.microsoft.card.adaptive';
export const INVOKE_MESSAGE = 'application/vnd.microsoft.activity.message';

/** One setting under which a fault is on: its name, and options by theirs. */
export type FaultSetting = Readonly<Record<string, string>>;

export interface FaultInfo {
  readonly fault: string;
  readonly describe: string;
  /** Name of an option → what it means. */
  readonly options: Readonly<Record<string, string>>;
  readonly on: readonly FaultSetting[];
}

export interface ServerTrouble {
  readonly server: string;
  readonly faults?: readonly FaultInfo[];
  /** Why the server could not be asked. */
  readonly error?: string;
}

export interface TroubleOverview {
  readonly servers: readonly ServerTrouble[];
  /** Business time; absent when the server that has it is away. */
  readonly clock?: { readonly now: string; readonly offsetMs: number };
}

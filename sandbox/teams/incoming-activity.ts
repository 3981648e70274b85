import { randomUUID } from 'node:crypto';
import type { SandboxAddresses } from '../addresses.js';
import { TEAMS_BOT, TENANT_ID, type SandboxPerson } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Activity, Attachment } from './activity.js';
import { CHANNEL, TEAM, conversationAccount, type Conversation } from './chat.js';
import { accountOf } from './people.js';

/** Where and how the person's Teams client runs; Teams tells the bot with every activity. */
export interface ClientInfo {
  readonly locale: string;
  /** IANA name, `Europe/Berlin`. */
  readonly timezone: string;
}

export const DEFAULT_CLIENT: ClientInfo = { locale: 'en-US', timezone: 'Europe/Berlin' };

/** Who does something, where, in which thread. */
export interface Occasion {
  readonly person: SandboxPerson;
  readonly conversation: Conversation;
  readonly threadId?: string | undefined;
  readonly client?: ClientInfo;
}

/** Makes the activities that Teams sends to a bot, with every member that Teams sends. */
export class IncomingActivities {
  readonly #clock: SandboxClock;
  readonly #addresses: SandboxAddresses;

  constructor(clock: SandboxClock, addresses: SandboxAddresses) {
    this.#clock = clock;
    this.#addresses = addresses;
  }

  /** A message; in a channel `@Latchkey` becomes the mention without which the bot does not hear it. */
  message(occasion: Occasion, id: string, text: string): Activity & { readonly id: string } {
    const inChannel = occasion.conversation.conversationType === 'channel';
    const said = inChannel ? text.replace(MENTION, MENTION_TAG) : text;
    const mention = { type: 'mention', mentioned: TEAMS_BOT, text: MENTION_TAG };
    const base = this.#base(occasion, 'message', id);
    return {
      ...base,
      text: said,
      textFormat: 'plain',
      // Teams sends the text a second time, as HTML.
      attachments: [{ contentType: 'text/html', content: toHtml(said) }],
      entities: [...(said === text ? [] : [mention]), ...base.entities],
    };
  }

  /** A file that was attached, in a personal chat. */
  file(occasion: Occasion, id: string, attachment: Attachment): Activity & { readonly id: string } {
    return { ...this.#base(occasion, 'message', id), text: '', textFormat: 'plain', attachments: [attachment] };
  }

  /** A pressed Action.Execute, or the refresh of a card (`trigger` automatic). */
  cardAction(occasion: Occasion, replyToId: string, value: { action: object; trigger: string }): Activity {
    return {
      ...this.#base(occasion, 'invoke', `f:${randomUUID()}`),
      name: 'adaptiveCard/action',
      replyToId,
      value,
    };
  }

  /** What is typed into a list that the bot fills (`Data.Query`): the first fifteen are asked for. */
  search(occasion: Occasion, replyToId: string, query: { dataset: string; queryText: string }): Activity {
    const { dataset, queryText } = query;
    return {
      ...this.#base(occasion, 'invoke', `f:${randomUUID()}`),
      name: 'application/search',
      replyToId,
      value: { queryText, queryOptions: { skip: 0, top: 15 }, dataset },
    };
  }

  /** A pressed Action.Submit: a message without text whose value holds data and inputs. */
  submit(occasion: Occasion, id: string, replyToId: string, value: unknown): Activity {
    return { ...this.#base(occasion, 'message', id), replyToId, value };
  }

  /** The bot was put into the conversation. */
  botAdded(occasion: Occasion, id: string): Activity {
    const base = this.#base(occasion, 'conversationUpdate', id);
    const eventType = occasion.conversation.conversationType === 'channel' ? { eventType: 'teamMemberAdded' } : {};
    return {
      ...base,
      membersAdded: [{ id: TEAMS_BOT.id }],
      channelData: { ...base.channelData, ...eventType },
    };
  }

  /** The app was installed there. */
  installed(occasion: Occasion, id: string): Activity {
    const base = this.#base(occasion, 'installationUpdate', id);
    const settings = { settings: { selectedChannel: { id: occasion.conversation.id } } };
    return { ...base, action: 'add', channelData: { ...settings, ...base.channelData } };
  }

  #base(occasion: Occasion, type: string, id: string) {
    const { person, conversation, threadId, client = DEFAULT_CLIENT } = occasion;
    const now = this.#clock.now();
    const country = client.locale.split('-')[1] ?? client.locale.toUpperCase();
    return {
      type,
      id,
      timestamp: now.toISOString(),
      localTimestamp: localTimestamp(now, client.timezone),
      localTimezone: client.timezone,
      channelId: 'msteams',
      serviceUrl: this.#addresses.teams,
      from: accountOf(person),
      conversation: conversationAccount(conversation, threadId),
      recipient: TEAMS_BOT,
      locale: client.locale,
      entities: [{ type: 'clientInfo', platform: 'Web', country, ...client }],
      channelData: channelDataOf(conversation),
    };
  }
}

/** Whether the bot hears it: always in a personal chat, in a channel only when it is mentioned. */
export function botHears(activity: Activity): boolean {
  if (activity.conversation?.conversationType !== 'channel') return true;
  return (activity.entities ?? []).some((entity) => entity.type === 'mention');
}

const MENTION = /(?<![\w@.])@latchkey\b/gi;
const MENTION_TAG = `<at>${TEAMS_BOT.name}</at>`;

function channelDataOf(conversation: Conversation): object {
  const tenant = { tenant: { id: TENANT_ID } };
  if (conversation.conversationType === 'personal') return tenant;
  return { teamsChannelId: CHANNEL.id, teamsTeamId: TEAM.id, channel: { id: CHANNEL.id }, team: TEAM, ...tenant };
}

function toHtml(text: string): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const mentioned = escaped.replaceAll(
    `&lt;at&gt;${TEAMS_BOT.name}&lt;/at&gt;`,
    `<span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">${TEAMS_BOT.name}</span>`,
  );
  return `<p>${mentioned.replace(/\r?\n/g, '<br>')}</p>`;
}

/** `2026-11-24T11:35:31.123+01:00`: the wall clock of that zone with its offset. */
function localTimestamp(at: Date, timezone: string): string {
  const offset = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')
    ?.value.replace('GMT', '');
  const [, sign = '+', hours = '00', minutes = '00'] = /^([+-])(\d\d):(\d\d)$/.exec(offset ?? '') ?? [];
  const shift = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return new Date(at.getTime() + shift).toISOString().replace('Z', `${sign}${hours}:${minutes}`);
}

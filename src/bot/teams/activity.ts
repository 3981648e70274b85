import { z } from 'zod';
import type { Account, Place, Said } from '../../dialogs/turn.js';

const id = z.string().min(1).max(500);
const optionalText = (maxLength: number) => z.string().max(maxLength).nullish();
const party = z.object({ id, name: optionalText(500), aadObjectId: optionalText(100) });

/**
 * An activity as Teams sends it, reduced to what Latchkey reads: everything else is dropped before the SDK sees it, so
 * that `deliveryMode`, `callerId` and the like cannot be steered from outside. Property names are Bot Framework's.
 */
export const inboundActivity = z.object({
  type: z.string().min(1).max(100),
  id: id.nullish(),
  name: optionalText(200),
  action: optionalText(50),
  channelId: z.string().min(1).max(50),
  serviceUrl: z.url({ protocol: /^https?$/ }).max(500),
  from: party,
  recipient: party,
  conversation: z.object({
    id,
    conversationType: optionalText(50),
    tenantId: optionalText(100),
  }),
  channelData: z.object({ tenant: z.object({ id: optionalText(100) }).nullish() }).nullish(),
  text: z.string().nullish(),
  value: z.unknown().optional(),
  replyToId: optionalText(500),
  membersAdded: z.array(z.object({ id })).max(1_000).nullish(),
  entities: z.array(z.unknown()).max(1_000).nullish(),
  attachments: z.array(z.unknown()).max(1_000).nullish(),
});
export type InboundActivity = z.infer<typeof inboundActivity>;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MAX_TEXT = 4_000;

/** Why somebody is not served. */
export type SenderFault = 'another channel' | 'another tenant' | 'unknown kind of conversation' | 'no object id';

/** The sender as somebody to act for, or why not. */
export type Sender =
  | { readonly kind: 'known'; readonly account: Account; readonly place: Place }
  | { readonly kind: 'refused'; readonly why: SenderFault };

const CONVERSATION_KINDS = ['personal', 'groupChat', 'channel'];

/**
 * Who sent it and from where. Only people of our own tenant, in Teams, with an Entra object id; a name or an address
 * identifies nobody. The fields are trusted because the channel signed the request that holds them.
 */
export function readSender(activity: InboundActivity, tenantId: string): Sender {
  if (activity.channelId !== 'msteams') return refused('another channel');
  const tenants = [activity.channelData?.tenant?.id, activity.conversation.tenantId].filter(
    (tenant) => tenant !== undefined && tenant !== null,
  );
  const isOurs = tenants.length > 0 && tenants.every((tenant) => tenant.toLowerCase() === tenantId.toLowerCase());
  if (!isOurs) return refused('another tenant');
  if (!CONVERSATION_KINDS.includes(activity.conversation.conversationType ?? '')) {
    return refused('unknown kind of conversation');
  }
  const personId = activity.from.aadObjectId?.toLowerCase() ?? '';
  if (!GUID.test(personId)) return refused('no object id');
  const account = {
    channel: 'teams',
    channelUserId: activity.from.id,
    personId,
    name: (activity.from.name ?? '').slice(0, 200),
  } as const;
  return { kind: 'known', account, place: readPlace(activity) };
}

function refused(why: SenderFault): Sender {
  return { kind: 'refused', why };
}

function readPlace(activity: InboundActivity): Place {
  const { id: conversation, conversationType } = activity.conversation;
  return { channel: 'teams', conversation, kind: conversationType === 'personal' ? 'personal' : 'channel' };
}

/** What was said, or `undefined` for what Latchkey does not answer (reactions, edits, people joining). */
export function readSaid(activity: InboundActivity): Said | 'not-ours' | undefined {
  switch (activity.type) {
    case 'message':
      return readSubmit(activity) ?? readText(activity);
    case 'invoke':
      return readInvoke(activity) ?? 'not-ours';
    case 'installationUpdate':
      return activity.action?.startsWith('add') ? { kind: 'arrived' } : undefined;
    case 'conversationUpdate':
      return activity.membersAdded?.some((member) => member.id === activity.recipient.id)
        ? { kind: 'arrived' }
        : undefined;
    default:
      return undefined;
  }
}

function readText(activity: InboundActivity): Said {
  return { kind: 'text', text: withoutMentions(activity).trim().slice(0, MAX_TEXT) };
}

/**
 * In a channel the text begins with the bot's own name, marked as a mention of it. Who else is mentioned stands there by
 * Entra object id, where Teams says it; the name in a mention may be anybody's, and stays marked. So do those that read
 * alike and mean several: their text does not say which is which.
 */
function withoutMentions(activity: InboundActivity): string {
  const mentions = (activity.entities ?? []).flatMap((entity) => mention.safeParse(entity).data ?? []);
  const meant = mentions.map(({ mentioned, text: marked }) => ({ marked, means: meaningOf(mentioned, activity) }));
  return meant.reduce((text, { marked, means }) => {
    const isClear = meant.every((other) => other.marked !== marked || other.means === means);
    return isClear && means !== undefined ? text.replace(marked, means) : text;
  }, activity.text ?? '');
}

/** What stands in place of a mention. `undefined`: Teams does not say whose it is. */
function meaningOf({ id: mentionedId, aadObjectId }: Mentioned, { recipient }: InboundActivity): string | undefined {
  if (mentionedId === recipient.id) return ' ';
  const personId = aadObjectId?.toLowerCase() ?? '';
  return GUID.test(personId) ? personId : undefined;
}

const mentionedParty = z.object({ id, aadObjectId: optionalText(100) });
type Mentioned = z.infer<typeof mentionedParty>;
const mention = z.object({
  type: z.literal('mention'),
  mentioned: mentionedParty,
  text: z.string().min(1).max(500),
});

/** The database holds no U+0000, and 32-bit revisions. */
const buttonData = z
  .object({
    verb: id.optional(),
    reference: z
      .string()
      .max(500)
      .regex(/^\P{Cc}*$/u),
    revision: z.int32().min(0),
  })
  .catchall(z.unknown());
const execute = z.object({
  trigger: z.string().max(50).nullish(),
  action: z.object({ type: z.literal('Action.Execute'), verb: id, data: buttonData }),
});

function readInvoke(activity: InboundActivity): Said | undefined {
  if (activity.name === SEARCH) return readSearch(activity);
  return activity.name === 'adaptiveCard/action' ? readExecute(activity) : undefined;
}

/** What Teams asks while somebody types into a list that is filled by the bot (`Data.Query`). */
export const SEARCH = 'application/search';
const search = z.object({ queryText: z.string(), dataset: z.string().min(1).max(100) });

function readSearch(activity: InboundActivity): Said | undefined {
  const parsed = search.safeParse(activity.value);
  if (!parsed.success) return undefined;
  const { dataset, queryText } = parsed.data;
  return { kind: 'search', dataset, words: queryText.trim().slice(0, MAX_TEXT) };
}

function readExecute(activity: InboundActivity): Said | undefined {
  const parsed = execute.safeParse(activity.value);
  if (!parsed.success) return undefined;
  const { trigger, action } = parsed.data;
  const verb = trigger === 'automatic' ? 'refresh' : action.verb;
  return click({ ...action.data, verb }, activity);
}

/** A button on a client from before Action.Execute: a message without text, with the button's data. */
function readSubmit(activity: InboundActivity): Said | undefined {
  const parsed = buttonData.safeParse(activity.value);
  if (!parsed.success || parsed.data.verb === undefined) return undefined;
  return click({ ...parsed.data, verb: parsed.data.verb }, activity);
}

function click(data: z.infer<typeof buttonData> & { verb: string }, activity: InboundActivity): Said {
  const { verb, reference, revision, ...inputs } = data;
  return {
    kind: 'click',
    verb,
    reference,
    revision,
    inputs: Object.fromEntries(
      Object.entries(inputs).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value.slice(0, MAX_TEXT)]] : [],
      ),
    ),
    ...(activity.replyToId ? { messageId: activity.replyToId } : {}),
  };
}

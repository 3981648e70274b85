import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PEOPLE_DATASET } from '../../dialogs/views/view.js';
import type { Deed, Delivery, SentFile, Surface } from './delivery.js';
import { readButton, readInputs, readMissing } from './slack-state.js';
import { typedText } from './typed-text.js';

/**
 * What Slack delivers, by its own property names; everything that Latchkey does not read is dropped. Sources: the typings
 * of `@slack/bolt`, platforms.md §4.
 */

const id = z.string().min(1).max(200);
const optionalId = id.nullish();
/** Slack sends up to 40,000 characters; nobody asks so much. */
const MAX_TEXT = 4_000;
const text = z.string();
const enterprise = z.union([z.boolean(), z.literal(['true', 'false'])]).nullish();

const command = z.object({
  command: z.string().startsWith('/').max(100),
  text: text.optional(),
  ...{ user_id: id, team_id: id, channel_id: id, trigger_id: id },
  ...{ api_app_id: optionalId, response_url: z.string().max(1_000).nullish(), is_enterprise_install: enterprise },
});

const envelope = {
  user: z.object({ id, team_id: optionalId }),
  team: z.object({ id }).nullish(),
  api_app_id: optionalId,
  is_enterprise_install: enterprise,
  trigger_id: optionalId,
  response_url: z.string().max(1_000).nullish(),
};
const channel = z.object({ id }).nullish();
const message = z.object({ ts: id, thread_ts: optionalId, blocks: z.array(z.unknown()).max(100).nullish() }).nullish();
const state = z.object({ values: z.unknown() }).nullish();
/** What stands somewhere, which nothing depends on. */
const standing = z
  .object({ text: z.string().max(200) })
  .optional()
  .catch(undefined);

const actions = z.object({
  type: z.literal('block_actions'),
  ...envelope,
  actions: z
    .array(
      z.object({
        ...{ action_id: id, action_ts: optionalId, type: z.string(), value: z.string().nullish(), text: standing },
      }),
    )
    .min(1),
  container: z.object({ message_ts: optionalId, channel_id: optionalId, thread_ts: optionalId }).nullish(),
  ...{ channel, message, state },
  view: z.object({ id, state }).nullish(),
});

const submission = z.object({
  type: z.literal('view_submission'),
  ...envelope,
  view: z.object({
    ...{ id, hash: z.string().nullish(), callback_id: z.string(), private_metadata: z.string(), state },
    title: standing,
  }),
});

const suggestion = z.object({ type: z.literal('block_suggestion'), ...envelope, action_id: id, value: text.nullish() });

const about = z.object({
  type: z.literal('message_action'),
  ...envelope,
  action_ts: optionalId,
  message: z.object({ user: optionalId, bot_id: optionalId }),
});

const file = z.object({ name: z.string().nullish(), url_private_download: z.string().min(1).max(4_000) });
const written = {
  user: id,
  text: text.nullish(),
  ts: id,
  channel: id,
  thread_ts: optionalId,
  bot_id: optionalId,
  ...{ team: optionalId, user_team: optionalId },
};
const event = z.discriminatedUnion('type', [
  z.object({
    ...{ type: z.literal('message'), ...written },
    channel_type: z.literal('im'),
    subtype: z.literal('file_share').nullish(),
    files: z.array(z.unknown()).max(100).nullish(),
  }),
  z.object({ type: z.literal('app_mention'), ...written, subtype: z.undefined().optional() }),
  z.object({ type: z.literal('app_home_opened'), user: id, tab: z.literal('home') }),
]);
const callback = z.object({
  type: z.literal('event_callback'),
  ...{ event, event_id: id, team_id: id, api_app_id: optionalId, is_ext_shared_channel: z.boolean().nullish() },
  authorizations: z
    .array(z.object({ is_enterprise_install: enterprise }))
    .max(20)
    .nullish(),
});

/** What a dialog of ours carries, so that its answer goes where it was opened from. */
const dialogMetadata = z.object({
  conversation: z.string().min(3).max(500),
  reference: z
    .string()
    .max(500)
    .regex(/^\P{Cc}*$/u)
    .optional(),
});

/** The delivery, or `undefined` for what Latchkey does not answer (edits, reactions, other apps' buttons). */
export function readDelivery(body: unknown): Delivery | undefined {
  const readers = [readCommand, readActions, readSubmission, readSuggestion, readAbout, readCallback];
  for (const read of readers) {
    const delivery = read(body);
    if (delivery) return delivery;
  }
  return undefined;
}

const dispatchable = z.union([
  z.object({ command: z.string() }),
  z.object({ type: z.literal('url_verification'), challenge: z.string() }),
  z.object({ type: z.literal('event_callback'), event: z.object({ type: z.string() }) }),
  z.object({ type: z.literal('block_actions'), actions: z.array(z.object({ type: z.string() })).min(1) }),
  z.object({ type: z.enum(['view_submission', 'view_closed']), view: z.object({}) }),
  z.object({ type: z.enum(['block_suggestion', 'message_action', 'shortcut']) }),
]);

/** Whether Bolt knows what kind of delivery that is; it answers no other. */
export function isDispatchable(body: unknown): boolean {
  return dispatchable.safeParse(body).success;
}

function readCommand(body: unknown): Delivery | undefined {
  const parsed = command.safeParse(body);
  if (!parsed.success) return undefined;
  const { user_id: userId, team_id: teamId, channel_id, trigger_id: triggerId, ...rest } = parsed.data;
  return {
    ...{ userId, teamId, userTeam: undefined, triggerId, id: digest('command', triggerId) },
    appId: rest.api_app_id ?? undefined,
    isEnterprise: isYes(rest.is_enterprise_install),
    isShared: false,
    responseUrl: rest.response_url ?? undefined,
    deed: { kind: 'command', text: typed(rest.text), channel: channel_id },
  };
}

function readActions(body: unknown): Delivery | undefined {
  const parsed = actions.safeParse(body);
  if (!parsed.success) return undefined;
  const { actions: all, container, channel: where, message: on, view } = parsed.data;
  const [action] = all;
  const button = action?.type === 'button' ? readButton(action.value) : undefined;
  if (!action || !button) return undefined;
  const values = (view?.state ?? parsed.data.state)?.values;
  const ts = on?.ts ?? container?.message_ts ?? undefined;
  const channelId = where?.id ?? container?.channel_id ?? undefined;
  const thread = on?.thread_ts ?? container?.thread_ts ?? undefined;
  const surface: Surface =
    ts === undefined || channelId === undefined
      ? { kind: 'page' }
      : { kind: 'message', channel: channelId, ts, thread: thread === ts ? undefined : thread };
  const deed: Deed = {
    ...{ kind: 'click', button, label: action.text?.text, surface, inputs: readInputs(values) },
    missing: button.ignoresInputs ? undefined : readMissing(on?.blocks ?? [], values),
  };
  const where_ = surface.kind === 'message' ? `${surface.channel}/${surface.ts}` : (view?.id ?? '');
  return interactive(
    parsed.data,
    ['click', where_, action.action_id, action.action_ts ?? parsed.data.trigger_id ?? ''],
    deed,
  );
}

function readSubmission(body: unknown): Delivery | undefined {
  const parsed = submission.safeParse(body);
  if (!parsed.success) return undefined;
  const { view } = parsed.data;
  const metadata = dialogMetadata.safeParse(jsonOf(view.private_metadata));
  if (!metadata.success) return undefined;
  const { conversation, reference } = metadata.data;
  return interactive(parsed.data, ['form', view.id, view.hash ?? ''], {
    ...{ kind: 'form', form: view.callback_id, title: view.title?.text, reference, viewId: view.id, conversation },
    inputs: readInputs(view.state?.values),
  });
}

function readSuggestion(body: unknown): Delivery | undefined {
  const parsed = suggestion.safeParse(body);
  if (!parsed.success) return undefined;
  const words = (parsed.data.value ?? '').trim().slice(0, MAX_TEXT);
  return interactive(parsed.data, ['search', words], { kind: 'search', dataset: PEOPLE_DATASET, words });
}

function readAbout(body: unknown): Delivery | undefined {
  const parsed = about.safeParse(body);
  if (!parsed.success) return undefined;
  const { message: on, action_ts, trigger_id } = parsed.data;
  const author = on.bot_id ? undefined : (on.user ?? undefined);
  return interactive(parsed.data, ['about', trigger_id ?? action_ts ?? ''], { kind: 'about', author });
}

function readCallback(body: unknown): Delivery | undefined {
  const parsed = callback.safeParse(body);
  if (!parsed.success) return undefined;
  const { event: happened, event_id, team_id: teamId, api_app_id, authorizations } = parsed.data;
  const { is_ext_shared_channel: shared } = parsed.data;
  const deed = deedOf(happened);
  if (!deed) return undefined;
  const team = 'team' in happened ? (happened.user_team ?? happened.team) : undefined;
  return {
    ...{ userId: happened.user, userTeam: team ?? undefined, teamId, id: digest('event', event_id), deed },
    appId: api_app_id ?? undefined,
    isShared: shared === true,
    isEnterprise: (authorizations ?? []).some((one) => isYes(one.is_enterprise_install)),
    ...{ triggerId: undefined, responseUrl: undefined },
  };
}

function deedOf(happened: z.infer<typeof event>): Deed | undefined {
  if (happened.type === 'app_home_opened') return { kind: 'home' };
  // What apps write is answered by nobody, or two of them would never stop.
  if (happened.bot_id) return undefined;
  const { channel: where, ts, thread_ts } = happened;
  const said = typed(happened.text ?? '');
  if (happened.type === 'app_mention') return { kind: 'mention', text: said, channel: where, thread: thread_ts ?? ts };
  const thread = thread_ts === ts ? undefined : (thread_ts ?? undefined);
  return { kind: 'message', text: said, channel: where, thread, files: (happened.files ?? []).flatMap(fileOf) };
}

function fileOf(given: unknown): SentFile[] {
  const parsed = file.safeParse(given);
  if (!parsed.success) return [];
  return [{ name: (parsed.data.name || 'file').slice(0, 1_000), url: parsed.data.url_private_download }];
}

function interactive(
  given: Pick<
    z.infer<typeof actions>,
    'user' | 'team' | 'api_app_id' | 'is_enterprise_install' | 'trigger_id' | 'response_url'
  >,
  marks: readonly string[],
  deed: Deed,
): Delivery {
  return {
    userId: given.user.id,
    userTeam: given.user.team_id ?? undefined,
    teamId: given.team?.id ?? '',
    appId: given.api_app_id ?? undefined,
    isEnterprise: isYes(given.is_enterprise_install),
    isShared: false,
    id: digest(given.user.id, ...marks),
    triggerId: given.trigger_id ?? undefined,
    responseUrl: given.response_url ?? undefined,
    deed,
  };
}

function isYes(flag: z.infer<typeof enterprise>): boolean {
  return flag === true || flag === 'true';
}

/** Ids of several kinds in one, and of one length. */
function digest(...marks: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(marks)).digest('base64url');
}

function typed(said: string | undefined): string {
  return typedText(said ?? '')
    .trim()
    .slice(0, MAX_TEXT);
}

function jsonOf(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

import { randomBytes } from 'node:crypto';
import { SLACK } from '../credentials.js';
import { SlackError, type Json, type StoredView } from './slack-wire.js';
import type { Triggers } from './triggers.js';
import { readView, type ViewContent } from './view-schema.js';
import type { Arguments, Methods } from './web-api.js';
import type { Workspace } from './workspace.js';

const MOST_MODALS = 3;

/** `views.*`: modals and the App Home. No scope is needed. */
export function viewMethods(workspace: Workspace, triggers: Triggers): Methods {
  return {
    'views.open': { call: (given) => open(workspace, triggers, given) },
    'views.push': { call: (given) => push(workspace, triggers, given) },
    'views.update': { call: (given) => update(workspace, given) },
    'views.publish': { call: (given) => publish(workspace, given) },
  };
}

function open(workspace: Workspace, triggers: Triggers, given: Arguments): Json {
  const content = readView(given.structure('view'), 'modal');
  requireFreeExternalId(workspace, content.external_id);
  const user = triggers.exchange(given.text('trigger_id'));
  for (const shown of workspace.modalsOf(user)) workspace.putView({ ...shown, open: false });
  return { view: viewView(showModal(workspace, user, content, undefined)) };
}

function push(workspace: Workspace, triggers: Triggers, given: Arguments): Json {
  const content = readView(given.structure('view'), 'modal');
  requireFreeExternalId(workspace, content.external_id);
  const user = triggers.exchange(given.text('trigger_id'));
  return { view: viewView(pushModal(workspace, user, content)) };
}

/** Puts a modal on top of those that are open. Throws `push_limit_reached` above three, `not_found` without any. */
export function pushModal(workspace: Workspace, user: string, content: ViewContent): StoredView {
  const modals = workspace.modalsOf(user);
  if (modals.length === 0) throw new SlackError('view_not_found');
  if (modals.length >= MOST_MODALS) throw new SlackError('push_limit_reached');
  return showModal(workspace, user, content, modals.at(-1));
}

function showModal(
  workspace: Workspace,
  user: string,
  content: ViewContent,
  below: StoredView | undefined,
): StoredView {
  const id = newViewId();
  const place = { id, user, root_view_id: below?.root_view_id ?? id, previous_view_id: below?.id ?? null, open: true };
  return workspace.putView({ ...place, ...content });
}

function update(workspace: Workspace, given: Arguments): Json {
  const [id, externalId] = [given.text('view_id'), given.text('external_id')];
  const view = workspace.views().find((one) => one.id === id || (externalId ?? '-') === one.external_id);
  if (!view?.open) throw new SlackError('not_found');
  const content = readView(given.structure('view'), view.type);
  if (content.external_id !== view.external_id) requireFreeExternalId(workspace, content.external_id);
  requireHash(given, view);
  return { view: viewView(workspace.putView({ ...withoutContent(view), ...content })) };
}

function publish(workspace: Workspace, given: Arguments): Json {
  const content = readView(given.structure('view'), 'home');
  const user = given.required('user_id', 'invalid_arguments');
  if (!workspace.users.get(user) || workspace.users.get(user)?.is_bot) throw new SlackError('user_not_found');
  const known = workspace.homeOf(user);
  requireHash(given, known);
  const id = known?.id ?? newViewId();
  const place = { id, user, root_view_id: id, previous_view_id: null, open: true };
  const since = known ? { createdRevision: known.createdRevision } : {};
  return { view: viewView(workspace.putView({ ...place, ...content, ...since })) };
}

/** The place of a view without what it shows, so that nothing of the old content stays. */
export function withoutContent(
  view: StoredView,
): Pick<StoredView, 'id' | 'user' | 'root_view_id' | 'previous_view_id' | 'open' | 'createdRevision'> {
  const { id, user, root_view_id, previous_view_id, open: isOpen, createdRevision } = view;
  return { id, user, root_view_id, previous_view_id, open: isOpen, createdRevision };
}

function requireHash(given: Arguments, view: StoredView | undefined): void {
  const hash = given.text('hash');
  if (hash !== undefined && hash !== view?.hash) throw new SlackError('hash_conflict');
}

function requireFreeExternalId(workspace: Workspace, externalId: string): void {
  const isTaken = externalId !== '' && workspace.views().some((view) => view.open && view.external_id === externalId);
  if (isTaken) throw new SlackError('duplicate_external_id');
}

function newViewId(): string {
  return `V${randomBytes(5).toString('hex').toUpperCase()}`;
}

/** A view as Slack's answers and payloads carry it. @param values what was entered so far. */
export function viewView(view: StoredView, values: Json = {}): Json {
  const { id, type, blocks, title, submit, close, private_metadata, callback_id, external_id, hash } = view;
  const { clear_on_close, notify_on_close, root_view_id, previous_view_id } = view;
  return {
    ...{ id, team_id: SLACK.teamId, type, blocks, private_metadata, callback_id, state: { values }, hash },
    ...{ title: title ?? null, submit: submit ?? null, close: close ?? null },
    ...{ clear_on_close, notify_on_close, previous_view_id, root_view_id, external_id },
    ...{ app_id: SLACK.appId, app_installed_team_id: SLACK.teamId, bot_id: SLACK.botId },
  };
}

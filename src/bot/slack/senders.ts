import type { Delivery } from './delivery.js';
import type { AccountFacts, OwnIdentity, Workspace } from './workspace.js';

/** Why somebody in Slack is not served; few enough to be counted by. */
export type SenderFault =
  | 'another workspace'
  | 'another app'
  | 'a whole organisation'
  | 'a bot'
  | 'a guest'
  | 'a stranger'
  | 'a closed account';

export type Sender =
  | { readonly kind: 'member'; readonly name: string; readonly email?: string | undefined }
  /** `words`: what the sender is told; absent: nothing, as it is no person, or not one of this workspace's app. */
  | { readonly kind: 'refused'; readonly why: SenderFault; readonly words?: string };

const WORDS: Readonly<Record<Exclude<AccountFacts['kind'], 'member'>, { why: SenderFault; words?: string }>> = {
  bot: { why: 'a bot' },
  gone: { why: 'a closed account' },
  guest: {
    why: 'a guest',
    words:
      'Latchkey serves full members of this workspace, and your account is a guest. Ask an administrator of Slack to make it a full member.',
  },
  stranger: {
    why: 'a stranger',
    words:
      'Latchkey serves members of the workspace that it is installed in, and your account belongs to another one. Ask somebody there.',
  },
};

export const NOT_SERVED = 'Latchkey does not serve this account, and nothing was done.';

/** Whether it was delivered for this installation at all; the rest is nobody's business here. */
export function judgeDelivery(
  delivery: Delivery,
  own: OwnIdentity,
  appId: string | undefined,
): SenderFault | undefined {
  if (delivery.isEnterprise) return 'a whole organisation';
  if (delivery.teamId !== own.teamId && delivery.userTeam !== own.teamId) return 'another workspace';
  if (appId !== undefined && delivery.appId !== undefined && delivery.appId !== appId) return 'another app';
  return undefined;
}

/** Only full members of our own workspace are served. Throws a `SlackApiError` when Slack does not say who it is. */
export async function judgeSender(delivery: Delivery, own: OwnIdentity, workspace: Workspace): Promise<Sender> {
  const isForeign = delivery.userTeam !== undefined && delivery.userTeam !== own.teamId;
  if (isForeign) return { kind: 'refused', ...WORDS.stranger };
  const facts = await workspace.account(delivery.userId, own);
  const { kind, name, email } = facts;
  return kind === 'member' ? { kind, name, email } : { kind: 'refused', ...WORDS[kind] };
}

import { z } from 'zod';
import type { Log } from '../../services/index.js';
import { SlackApiError, type SlackApi } from './slack-api.js';

/** What the bot token says of itself. */
export interface OwnIdentity {
  readonly teamId: string;
  /** For showing only. */
  readonly teamName?: string | undefined;
  readonly botUserId: string;
}

/** An account as far as it matters whether it is served. */
export interface AccountFacts {
  readonly name: string;
  readonly kind: 'member' | 'bot' | 'guest' | 'stranger' | 'gone';
  /** Confirmed, of a full member; absent without the scope `users:read.email`. */
  readonly email?: string | undefined;
}

const identity = z.object({
  team_id: z.string().min(1),
  team: z.string().max(200).optional().catch(undefined),
  user_id: z.string().min(1),
});
const opened = z.object({ channel: z.object({ id: z.string().min(1) }) });
const flag = z.boolean().nullish();
const account = z.object({
  user: z.object({
    team_id: z.string().nullish(),
    name: z.string().nullish(),
    real_name: z.string().nullish(),
    ...{ deleted: flag, is_bot: flag, is_workflow_bot: flag, is_restricted: flag, is_ultra_restricted: flag },
    ...{ is_stranger: flag, is_invited_user: flag, is_email_confirmed: flag },
    profile: z
      .object({ email: z.string().max(320).nullish() })
      .nullish()
      .catch(undefined),
  }),
});

const REMEMBERED = 5_000;
/** An account that became a guest, or was shut, counts as such within this time. */
const ACCOUNT_FOR_MS = 60_000;
const ASKED_AGAIN_AFTER_MS = 1_000;

/** The workspace that the app is installed in. Nothing is asked before it is needed, and Slack may be away at any time. */
export class Workspace {
  readonly #api: SlackApi;
  readonly #log: Log;
  #own: OwnIdentity | undefined;
  #asking: Promise<OwnIdentity> | undefined;
  /** What came of asking the last time, where it was no answer. */
  #failure: string | undefined;
  readonly #accounts = new Map<string, { facts: AccountFacts; until: number }>();
  readonly #directs = new Map<string, string>();

  constructor(api: SlackApi, log: Log) {
    this.#api = api;
    this.#log = log;
  }

  /** As `/readyz` says it. */
  get state(): string {
    if (this.#own) return 'known';
    return this.#failure ?? (this.#asking ? 'does not answer yet' : 'not asked yet');
  }

  /** The same where Slack has said it already. */
  get known(): OwnIdentity | undefined {
    return this.#own;
  }

  /** Which workspace and which bot user the token is for. Throws a `SlackApiError`; asks at most once a second. */
  me(): Promise<OwnIdentity> {
    if (this.#own) return Promise.resolve(this.#own);
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<OwnIdentity> {
    try {
      const { team_id: teamId, team: teamName, user_id: botUserId } = await this.#api.call('auth.test', {}, identity);
      this.#own = { teamId, teamName, botUserId };
      this.#failure = undefined;
      return this.#own;
    } catch (error) {
      this.#failure = error instanceof SlackApiError ? error.message : 'Slack answered something unknown';
      this.#log.warn({ error }, 'Slack does not say which workspace the bot token is for');
      setTimeout(() => (this.#asking = undefined), ASKED_AGAIN_AFTER_MS).unref();
      throw error;
    }
  }

  /** Throws a `SlackApiError`. */
  async account(userId: string, { teamId }: OwnIdentity): Promise<AccountFacts> {
    const known = this.#accounts.get(userId);
    if (known && performance.now() < known.until) return known.facts;
    const facts = await this.#read(userId, teamId);
    remember(this.#accounts, userId, { facts, until: performance.now() + ACCOUNT_FOR_MS });
    return facts;
  }

  async #read(userId: string, teamId: string): Promise<AccountFacts> {
    try {
      const { user } = await this.#api.call('users.info', { user: userId }, account);
      const [kind, email] = [kindOf(user, teamId), emailOf(user)];
      const name = (user.real_name || user.name || '').slice(0, 200);
      return { name, kind, ...(kind === 'member' && email !== undefined ? { email } : {}) };
    } catch (error) {
      const isUnknown = error instanceof SlackApiError && /^(user_not_found|user_not_visible)$/.test(error.code ?? '');
      if (isUnknown) return { name: '', kind: 'stranger' };
      throw error;
    }
  }

  /** The direct messages with somebody: the id of that channel. Throws a `SlackApiError`. */
  async direct(userId: string): Promise<string> {
    const known = this.#directs.get(userId);
    if (known !== undefined) return known;
    const { channel } = await this.#api.call('conversations.open', { users: userId }, opened);
    remember(this.#directs, userId, channel.id);
    return channel.id;
  }
}

function kindOf(user: z.infer<typeof account>['user'], teamId: string): AccountFacts['kind'] {
  if (user.is_bot || user.is_workflow_bot) return 'bot';
  if (user.is_stranger || user.team_id !== teamId) return 'stranger';
  if (user.deleted) return 'gone';
  return user.is_restricted || user.is_ultra_restricted || user.is_invited_user ? 'guest' : 'member';
}

/** One that the account's holder has not answered from may be anybody's. */
function emailOf({ is_email_confirmed, profile }: z.infer<typeof account>['user']): string | undefined {
  return is_email_confirmed === true ? (profile?.email ?? undefined) : undefined;
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > REMEMBERED && oldest !== undefined) memory.delete(oldest);
}

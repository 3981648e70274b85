import { z } from 'zod';
import type { Addressee, Channel } from '../../dialogs/channel.js';
import type { ChatUser, Place } from '../../dialogs/turn.js';
import { Lanes } from '../lanes.js';
import type { PlaceStore } from '../places.js';
import { toMessage, type SlackMessage } from './block-kit.js';
import { noSlackAccount, slackProblem } from './slack-problems.js';
import { addressOf, placeOf } from './slack-places.js';
import { lineMessage } from './slack-text.js';
import type { SlackApi } from './slack-api.js';
import type { Workspace } from './workspace.js';

export interface SlackChannel extends Channel {
  /** Posts one line of literal text. Throws like `post`. */
  say(place: Place, text: string): Promise<void>;
  /** Posts a message that is no view. Throws like `post`. */
  offer(place: Place, message: SlackMessage): Promise<void>;
  /** A line that only one person sees, and nobody keeps. Throws like `post`. */
  hint(place: Place, userId: string, text: string): Promise<void>;
}

export interface SlackChannelOptions {
  readonly api: SlackApi;
  readonly workspace: Workspace;
  readonly places: PlaceStore;
  /** The accounts that are proven to be that person's. */
  readonly accountsOf: (personId: string) => Promise<readonly ChatUser[]>;
  /** Shows the app's own page of that account anew. */
  readonly refreshHome: (userId: string) => Promise<void>;
}

const posted = z.object({ ts: z.string().min(1) });
const done = z.object({});
/** A link in what Latchkey writes must not be fetched by Slack, and no name in it be called. */
const QUIET = { unfurl_links: false, unfurl_media: false, link_names: false };

/**
 * The `Channel` of Slack, for answers and for news alike. What goes to one conversation goes in the order of the calls,
 * so that an older card never replaces a newer one. Every failure is a `Problem` of system `slack`.
 */
export function createSlackChannel(options: SlackChannelOptions): SlackChannel {
  const { api, workspace, places, accountsOf } = options;
  const lanes = new Lanes();

  /** In its turn. */
  function send<T>(
    conversation: string,
    method: string,
    given: Record<string, unknown>,
    answer: z.ZodType<T>,
  ): Promise<T> {
    const { channel } = addressOf(conversation);
    return lanes
      .run(conversation, () => api.call(method, { channel, ...given }, answer))
      .catch((caught: unknown) => {
        throw slackProblem(caught);
      });
  }

  async function post({ conversation }: Place, message: { text: string; blocks: object[] }): Promise<string> {
    const { thread } = addressOf(conversation);
    const where = thread === undefined ? {} : { thread_ts: thread };
    const { ts } = await send(conversation, 'chat.postMessage', { ...where, ...message, ...QUIET }, posted);
    return ts;
  }

  const channel: SlackChannel = {
    name: 'slack',
    asks: 'in-dialog',
    post: (place, view) => post(place, toMessage(view)),
    replace: async ({ conversation }, messageId, view) => {
      await send(conversation, 'chat.update', { ts: messageId, ...toMessage(view), link_names: false }, done);
    },
    offer: async (place, message) => void (await post(place, message)),
    say: async (place, text) => void (await post(place, lineMessage(text))),
    hint: async ({ conversation }, userId, text) => {
      const { thread } = addressOf(conversation);
      const where = thread === undefined ? {} : { thread_ts: thread };
      await send(conversation, 'chat.postEphemeral', { user: userId, ...where, ...lineMessage(text) }, done);
    },
    async whisper(to, view) {
      const place = await personalPlace(to);
      return { place, messageId: await channel.post(place, view) };
    },
    refreshHome: async ({ team, channelUserId }) => {
      const { teamId } = await workspace.me().catch(asProblem);
      if (team === teamId) await options.refreshHome(channelUserId);
    },
    // Slack shows no such thing for apps like this one.
    typing: async () => undefined,
  };

  async function personalPlace({ personId, ...asked }: Addressee): Promise<Place> {
    try {
      const { teamId } = await workspace.me();
      const accounts = (await accountsOf(personId)).filter(({ team }) => team === teamId);
      const account =
        accounts.find(({ channelUserId }) => asked.channel === 'slack' && channelUserId === asked.channelUserId) ??
        accounts.at(-1);
      if (!account) throw noSlackAccount();
      const place = placeOf({ team: teamId, channel: await workspace.direct(account.channelUserId) });
      const { conversation, kind } = place;
      await places.save({ conversation, kind, person: personId, account: account.channelUserId, reference: {} });
      return place;
    } catch (caught) {
      throw slackProblem(caught);
    }
  }

  return channel;
}

function asProblem(caught: unknown): never {
  throw slackProblem(caught);
}

import { isForGood } from '../services/index.js';
import type { Channel } from './channel.js';

/** A chat that takes nothing. `since`: business time of the first failure after it last took something. */
export interface ChatAway {
  readonly channel: Channel['name'];
  readonly since: Date;
}

/** One failure may be anything; the second one in a row is the chat. */
const FAILURES = 2;

/** Notes which chats take what is sent to them, as this process finds it. A chat that refuses a message answers all the same. */
export class ChatWatch {
  readonly #now: () => Date;
  readonly #failing = new Map<Channel['name'], { readonly since: Date; times: number }>();

  constructor(clock: { now(): Date }) {
    this.#now = () => clock.now();
  }

  /** The same channel, watched. */
  watch(channel: Channel): Channel {
    const { name, asks } = channel;
    return {
      ...{ name, asks },
      post: (place, view) => this.#note(name, channel.post(place, view)),
      replace: (place, messageId, view) => this.#note(name, channel.replace(place, messageId, view)),
      whisper: (to, view) => this.#note(name, channel.whisper(to, view)),
      ...(channel.refreshHome ? { refreshHome: (account) => channel.refreshHome?.(account) ?? Promise.resolve() } : {}),
      typing: (place) => channel.typing(place),
    };
  }

  away(): readonly ChatAway[] {
    return [...this.#failing]
      .filter(([, { times }]) => times >= FAILURES)
      .map(([channel, { since }]) => ({ channel, since }));
  }

  async #note<T>(name: Channel['name'], sent: Promise<T>): Promise<T> {
    try {
      const result = await sent;
      this.#failing.delete(name);
      return result;
    } catch (error) {
      if (isForGood(error)) this.#failing.delete(name);
      else this.#failed(name);
      throw error;
    }
  }

  #failed(name: Channel['name']): void {
    const known = this.#failing.get(name);
    if (known) known.times += 1;
    else this.#failing.set(name, { since: this.#now(), times: 1 });
  }
}

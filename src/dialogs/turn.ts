import type { Choice, View } from './views/view.js';

/** One thing that a person said or clicked, as any door delivers it. What is in it was verified by the door. */

export interface Account {
  readonly channel: 'teams';
  /** The channel's own id of the person, for addressing them there. */
  readonly channelUserId: string;
  /** Entra object id. */
  readonly personId: string;
  /** Display name: spoofable text, for greeting only. */
  readonly name: string;
}

export interface Place {
  readonly channel: 'teams';
  /** Where to write; in a channel this names the thread. */
  readonly conversation: string;
  readonly kind: 'personal' | 'channel';
}

export interface Turn {
  readonly account: Account;
  readonly place: Place;
  /** The conversation without its thread: where somebody who is asked something may answer. */
  readonly room: string;
  /** Unique per delivery as the channel says; a redelivery may carry it again or bring a new one. */
  readonly deliveryId: string;
  readonly said: Said;
}

export type Said =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'click';
      readonly verb: string;
      readonly reference: string;
      readonly revision: number;
      /** What was typed or picked on the card, by input id. */
      readonly inputs: Readonly<Record<string, string>>;
      /** The message that holds the button. */
      readonly messageId?: string;
    }
  /** Somebody types into a list that fills itself: so far so many letters. Asked often, and answered at once or not at all. */
  | { readonly kind: 'search'; readonly dataset: string; readonly words: string }
  /** A file came with a message, in a personal chat. `read` fetches it, and throws a `Problem`. */
  | { readonly kind: 'file'; readonly name: string; readonly read: () => Promise<Uint8Array> }
  /** The app was added to this place: the bot may write first. */
  | { readonly kind: 'arrived' };

/** What the person who clicked sees at once. Other copies follow through the noticeboard. */
export type Answer =
  | { readonly kind: 'view'; readonly view: View }
  /** What the list that fills itself offers. */
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  /** A line under the card; the card stays. */
  | { readonly kind: 'message'; readonly text: string }
  /** The click did nothing, and why. */
  | { readonly kind: 'refused'; readonly text: string };

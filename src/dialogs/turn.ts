import type { ChatUser } from '../services/index.js';
import type { FilledForm } from './forms/form.js';
import type { Choice, View } from './views/view.js';

/** One thing that a person said or clicked, as any door delivers it. What is in it was verified by the door. */

export type ChannelName = 'teams' | 'slack';

export type { ChatUser };

export interface Account {
  readonly channel: ChannelName;
  /** The channel's own id of the person, for addressing them there. */
  readonly channelUserId: string;
  /** Entra object id. */
  readonly personId: string;
  /** Display name: spoofable text, for greeting only. */
  readonly name: string;
  /**
   * Nobody has proven that the account is that person: its e-mail in the chat is theirs, and it may ask for access for itself
   * and no more. The account as its door has verified it, so that it can be invited to link.
   */
  readonly byEmail?: ChatUser;
}

export interface Place {
  readonly channel: ChannelName;
  /** Where to write, as the channel spells it; in a channel of people this names the thread. */
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
  /**
   * The door has taken note of the delivery itself and hands it over once, or again when whoever worked on it has died:
   * nobody need ask whether it came before.
   */
  readonly isNoted?: true;
  readonly said: Said;
}

/**
 * What came from an account that nobody has proven to be a person of ours: it may be linked, and nothing else. The place is
 * its direct messages, wherever it was said: what is answered is for that account alone.
 */
export interface UnlinkedTurn extends Pick<Turn, 'place' | 'room' | 'deliveryId' | 'isNoted' | 'said'> {
  readonly user: ChatUser;
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
  /** A whole form came back from a dialog: the answers as typed or picked, by question id. */
  | {
      readonly kind: 'form';
      readonly form: string;
      /** What the form was said to be about, as with a button. */
      readonly reference?: string;
      readonly inputs: Readonly<Record<string, string>>;
    }
  /** The app's own page in the chat was opened. */
  | { readonly kind: 'home' }
  /** Somebody pointed at a message: who wrote it, where that is somebody of ours. */
  | { readonly kind: 'about'; readonly personId: string | undefined }
  /** The app was added to this place: the bot may write first. */
  | { readonly kind: 'arrived' };

/** What the person who clicked sees at once. Other copies follow through the noticeboard. */
export type Answer =
  | { readonly kind: 'view'; readonly view: View }
  /** A form to be filled in a dialog; only where the channel asks in dialogs. */
  | { readonly kind: 'form'; readonly form: FilledForm }
  /** What the list that fills itself offers. */
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  /**
   * A line under the card; the card stays. `isOnCard`: the card shows it by itself from now on, so that a chat that need not
   * answer a click in words leaves it out.
   */
  | { readonly kind: 'message'; readonly text: string; readonly isOnCard?: true }
  /** The click did nothing, and why. */
  | { readonly kind: 'refused'; readonly text: string };

import type { ChatUser, Place } from './turn.js';
import type { View } from './views/view.js';

/** A person to write to alone, with the account that asked for it where that is known. */
export interface Addressee {
  readonly personId: string;
  readonly name: string;
  readonly channel?: string;
  readonly channelUserId?: string;
}

/** The few things a conversation needs of a chat platform. Each door implements it; no decision lives there. */
export interface Channel {
  readonly name: Place['channel'];
  /** Whether a form is asked question by question in the chat, or as a whole in a dialog. */
  readonly asks: 'in-chat' | 'in-dialog';
  /** Posts a new message. Returns its id there. Throws a `Problem` of the chat's system when it could not be delivered. */
  post(place: Place, view: View): Promise<string>;
  /** Replaces the content of a message that was posted before. */
  replace(place: Place, messageId: string, view: View): Promise<void>;
  /**
   * Shows something to one person only: in the personal chat, as a message for one reader in a channel cannot be kept.
   * Of several accounts of that person it is the one that is named, where it is of this chat and still theirs, or else the
   * newest. Returns where it went. Throws when the person has no personal chat with the bot.
   */
  whisper(to: Addressee, view: View): Promise<{ place: Place; messageId: string }>;
  /**
   * Shows the app's own page of an account anew, as if it was opened now; absent: the chat has no such page. Throws a
   * `Problem` like `post`.
   */
  refreshHome?(account: Pick<ChatUser, 'team' | 'channelUserId'>): Promise<void>;
  /** Shows that work goes on. Never throws. */
  typing(place: Place): Promise<void>;
}

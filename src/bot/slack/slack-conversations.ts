import type { Answer, ChatUser, Said, Turn, UnlinkedTurn } from '../../dialogs/turn.js';

/** What the rest of Latchkey does with what people do in Slack. */
export interface SlackConversations {
  /** @param note is told what became of the turn, as the figures name it. */
  handle(turn: Turn, note?: (outcome: string) => void): Promise<Answer | undefined>;
  handleUnlinked(turn: UnlinkedTurn): Promise<Answer | undefined>;
  /** Whether the answer may be a form: then a dialog opens at once, while its trigger is good. */
  opensDialog(said: Said): boolean;
  /** Which person of the tenant the account was proven to be. */
  identify(user: ChatUser): Promise<{ personId: string; name: string } | undefined>;
  /**
   * Who an account that nobody has proven to be somebody may ask for access as. Absent: nobody.
   * @param email confirmed, as Slack itself says it of that account.
   */
  requesterBy?(user: ChatUser, email: string): Promise<{ personId: string; name: string } | undefined>;
}

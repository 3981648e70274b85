import type { Addressee, Channel } from '../channel.js';
import { passwordLinkView } from '../views/test-user.view.js';

/**
 * Brings the one-time link to the personal chat of whoever asked: where they asked, or in the chat that there is, when
 * that one was switched off meanwhile. It stands in this one message and nowhere else: the noticeboard does not know it.
 */
export async function deliverPasswordLink(
  channels: readonly Channel[],
  to: Addressee,
  link: { url: string; userPrincipalName: string; until: Date },
): Promise<void> {
  const channel = channels.find(({ name }) => name === to.channel) ?? channels[0];
  if (!channel) throw new Error('There is no channel.');
  await channel.whisper(to, passwordLinkView(link));
}

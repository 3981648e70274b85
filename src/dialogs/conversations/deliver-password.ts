import { timeText } from '../views/when.js';
import type { Addressee, Channel } from '../channel.js';
import type { View } from '../views/view.js';

/**
 * Brings the one-time link to the personal chat of whoever asked. It stands in this one message and nowhere else: the
 * noticeboard does not know it.
 */
export async function deliverPasswordLink(
  channels: readonly Channel[],
  to: Addressee,
  link: { url: string; userPrincipalName: string; until: Date },
): Promise<void> {
  const channel = channels.find(({ name }) => name === to.channel);
  if (!channel) throw new Error(`There is no channel ${String(to.channel)}.`);
  await channel.whisper(to, passwordLinkView(link));
}

function passwordLinkView(link: { url: string; userPrincipalName: string; until: Date }): View {
  return {
    title: 'First password',
    tone: 'neutral',
    elements: [
      {
        kind: 'text',
        text: `The first password of ${link.userPrincipalName} can be read once, until ${timeText(link.until)}.`,
      },
      {
        kind: 'text',
        text: 'It must be changed at the first sign-in. When the link is used up, press New password on the card.',
        style: 'subtle',
      },
    ],
    actions: [{ kind: 'link', label: 'Show the password', url: link.url }],
    fallback: `A link to the first password of ${link.userPrincipalName}.`,
  };
}

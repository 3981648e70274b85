import type { Life } from './access-rig.js';

/** What every copy of a card of a request says, by place; two that say the same count once. */
export type Copies = Readonly<Record<string, readonly string[]>>;

/** Why Ana asks: what her requests are found by, in whatever place. */
export const WHY = 'covering the night shift';
export const MORE_WHY = 'and the morning after it';

/** The cards of her requests, and what she is told, in both chats of everybody. */
export async function copiesOf({ ana, dana, omar }: Life): Promise<Copies> {
  const copies: Record<string, readonly string[]> = {};
  for (const person of [ana, dana, omar]) {
    const cards = await person.cards();
    copies[`${person.name} in Teams`] = aboutThem(cards.map((card) => [card.text, card.buttons()]));
    const messages = await person.inSlack.messages();
    copies[`${person.name} in Slack`] = aboutThem(messages.map((message) => [message.words, message.buttons]));
  }
  return copies;
}

function aboutThem(seen: readonly (readonly [text: string, buttons: readonly string[]])[]): string[] {
  // A reminder is said once, and stays as it was: whether it comes before the click is nobody's business here.
  const theirs = seen.filter(
    ([text]) => [WHY, MORE_WHY].some((why) => text.includes(why)) && !text.includes('Still waits for you'),
  );
  return [...new Set(theirs.map(([text, buttons]) => timeless(`${text}\n[${buttons.join('] [')}]`)))].sort();
}

/** Two lives are lived at two times. */
function timeless(text: string): string {
  return text
    .replace(/\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b/g, '<month>')
    .replace(/\b(Mon|Tues?|Wednes|Thurs?|Fri|Satur?|Sun)(day)?\b/g, '<day>')
    .replace(/\d+/g, '#');
}

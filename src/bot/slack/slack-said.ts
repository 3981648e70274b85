import type { Said } from '../../dialogs/turn.js';
import type { Delivery } from './delivery.js';
import { readSentFile, type FileDoor } from './slack-file.js';
import { mentionedIn, withoutMention, withPeople } from './typed-text.js';

export interface SaidParts {
  readonly files: FileDoor;
  readonly botUserId: string;
  /** The Entra object id behind an account of the workspace. */
  readonly personBehind: (userId: string) => Promise<string | undefined>;
}

/** Of so many accounts nobody speaks in one sentence. */
const MOST_MENTIONED = 10;

export const NOT_LINKED =
  'An account that you mention is not linked, so Latchkey does not know who that is. Write the user principal name instead, such as ana@contoso.com, or the name.';

/**
 * What a delivery says. Who is mentioned stands there by object id: the name beside a mention may be anybody's.
 * `undefined`: an account is mentioned that nobody has proven to be a person.
 */
export async function readSaid({ deed }: Delivery, parts: SaidParts): Promise<Said | undefined> {
  switch (deed.kind) {
    case 'command':
      return textSaid(deed.text, parts);
    case 'mention':
      return textSaid(withoutMention(deed.text, parts.botUserId), parts);
    case 'message':
      return readSentFile(deed.files, parts.files) ?? textSaid(withoutMention(deed.text, parts.botUserId), parts);
    case 'click': {
      const messageId = deed.surface.kind === 'message' ? { messageId: deed.surface.ts } : {};
      const { verb, reference, revision, typed } = deed.button;
      return { kind: 'click', verb, reference, revision, inputs: { ...typed, ...deed.inputs }, ...messageId };
    }
    case 'form': {
      const { form, reference, inputs } = deed;
      return { kind: 'form', form, inputs, ...(reference === undefined ? {} : { reference }) };
    }
    case 'search':
      return { kind: 'search', dataset: deed.dataset, words: deed.words };
    case 'home':
      return { kind: 'home' };
    case 'about':
      return { kind: 'about', personId: deed.author && (await parts.personBehind(deed.author)) };
  }
}

async function textSaid(text: string, { personBehind }: SaidParts): Promise<Said | undefined> {
  const mentioned = mentionedIn(text);
  if (mentioned.length > MOST_MENTIONED) return undefined;
  const people = new Map<string, string>();
  for (const userId of mentioned) {
    const personId = await personBehind(userId);
    if (personId === undefined) return undefined;
    people.set(userId, personId);
  }
  return { kind: 'text', text: withPeople(text, people) };
}

import type { EntraPerson } from '../../services/index.js';
import { intentNamed } from '../intents.js';
import { asksMore, buttonName, personFacts, personWarnings } from './people.view.js';
import type { Action, View } from './view.js';

/** What can be done about a person from a message of theirs, by the intent that does it. */
export type AboutDeed = 'assign' | 'provision' | 'unassign' | 'off-board' | 'audit-person';

const LABELS = {
  assign: (name: string) => `Assign ${name}`,
  provision: (name: string) => `Provision ${name}`,
  unassign: (name: string) => asksMore(`Unassign ${name}`),
  'off-board': (name: string) => asksMore(`Off-board ${name}`),
  'audit-person': (name: string) => `Audit of ${name}`,
} as const satisfies Record<AboutDeed, (name: string) => string>;

/** Who wrote a message, and buttons for what the asker may do. Each opens a card that asks before anything is done. */
export function aboutPersonView(
  person: EntraPerson,
  deeds: readonly AboutDeed[],
  { isOneself }: { isOneself: boolean },
): View {
  const name = buttonName(person.name);
  const nothing = isOneself
    ? 'This is your own message. Nobody changes their own access through Latchkey.'
    : 'There is nothing that you may do for this person through Latchkey.';
  return {
    title: person.name,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      ...personWarnings(person),
      ...(deeds.length > 0 && !isOneself ? [] : [{ kind: 'text', text: nothing, style: 'subtle' } as const]),
    ],
    actions: deeds.map((deed): Action => ({
      kind: 'verb',
      label: LABELS[deed](name),
      verb: deed === 'audit-person' ? 'audit-of' : `propose-${deed}`,
      reference: person.id,
      revision: 0,
    })),
    fallback: deeds.length > 0 ? `What you can do about ${person.name}.` : nothing,
  };
}

/** The author's account is nobody's, as far as anybody has proven: nobody is guessed. */
export function unknownAuthorView(deeds: readonly AboutDeed[]): View {
  const text = 'Latchkey does not know who wrote this message: that account is not linked to a person in Entra.';
  const find = 'Its owner links it by writing to Latchkey. You can also look for the person yourself.';
  return {
    title: 'Author not known',
    tone: 'neutral',
    elements: [
      { kind: 'text', text },
      ...(deeds.length > 0 ? [{ kind: 'text', text: find, style: 'subtle' } as const] : []),
    ],
    actions: deeds.flatMap((deed): Action[] => {
      const intent = intentNamed(deed);
      return intent ? [{ kind: 'verb', label: intent.title, verb: 'intent', reference: intent.name, revision: 0 }] : [];
    }),
    fallback: text,
  };
}

import type { EntraPerson } from '../../services/index.js';
import { personChoice } from './person-choice.js';
import type { Action, Element, View } from './view.js';

/** What a question about a person is asked for. */
export interface PersonQuestion {
  readonly title: string;
  /** What the answer leads to. */
  readonly verb: string;
  readonly reference: string;
}

interface PersonSearch extends PersonQuestion {
  /** What was typed before; empty: nothing yet. */
  readonly words: string;
  /** What a person can be found by, as one reads it. */
  readonly by: string;
  readonly more?: string;
  /** The same in one message, without a card. */
  readonly example?: string;
  /** For clients that show no cards. */
  readonly fallback: string;
}

/** Namesakes, with what tells them apart. @param words what was typed. */
export function choosePersonView(words: string, people: readonly EntraPerson[], question: PersonQuestion): View {
  return {
    title: question.title,
    tone: 'neutral',
    elements: [
      { kind: 'text', text: `“${words}” may be one of these.` },
      {
        kind: 'choose',
        id: 'person',
        label: 'Person',
        choices: people.map((person) => personChoice(person)),
        required: 'Choose the person.',
      },
    ],
    actions: [answer('Continue', question), dismiss()],
    fallback: `“${words}” may be one of ${String(people.length)} people. Choose one.`,
  };
}

/**
 * Asks for a person: by a list that fills itself while one types, or in words, for clients without such a list and for
 * whoever is not in it. Asks again when the words typed before found nobody.
 */
export function askPersonView({ words, title, by, more, example, fallback, ...question }: PersonSearch): View {
  const nobody = words === '' ? undefined : `Entra knows nobody by “${words}”.`;
  return {
    title: nobody === undefined ? title : 'Nobody found',
    tone: 'neutral',
    elements: [
      ...(nobody === undefined ? [] : [{ kind: 'text', text: nobody } as const]),
      {
        ...{ kind: 'person', id: 'person', label: 'Person' },
        placeholder: 'Type two letters or more, then choose',
      },
      {
        ...{ kind: 'write', id: 'words', label: `Or write the ${by}`, maxLength: 100 },
        placeholder: 'for example b.simon',
      },
      ...(more === undefined ? [] : [subtle(more)]),
      ...(example === undefined ? [] : [subtle(`You can also say it in one message: ${example}`)]),
    ],
    actions: [answer('Continue', question), dismiss()],
    fallback: nobody ?? fallback,
  };
}

function subtle(text: string): Element {
  return { kind: 'text', text, style: 'subtle' };
}

/** The button that takes a card away and does nothing. */
export function dismiss(): Action {
  return { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'card', revision: 0, ignoresInputs: true };
}

function answer(label: string, { verb, reference }: Pick<PersonQuestion, 'verb' | 'reference'>): Action {
  return { kind: 'verb', label, verb, reference, revision: 0, style: 'primary' };
}

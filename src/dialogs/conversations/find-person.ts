import type { Turn } from '../turn.js';
import { askPersonView, choosePersonView } from '../views/person-question.js';
import { actorOf, channelOf, show, type Handled, type Parts, type Verbs } from './talk.js';

/** What somebody is looked for to do: the question, who may ask it, and what comes once the person is known. */
export interface PersonDeed {
  readonly title: string;
  /** Throws the refusal. */
  permit(turn: Turn): Promise<void>;
  open(turn: Turn, personId: string): Handled;
}

/** Finds the one person that a deed is for, by words or by asking. Each deed is known by a name of its own. */
export class FindPersonConversation {
  readonly verbs: Verbs = {
    'search-person': (turn) => this.begin(turn, turn.said.reference, (turn.said.inputs['words'] ?? '').trim()),
    'choose-person': (turn) => this.#chosen(turn, turn.said.reference, turn.said.inputs['person'] ?? ''),
  };
  readonly #parts: Parts;
  readonly #deeds: ReadonlyMap<string, PersonDeed>;

  constructor(parts: Parts, deeds: Readonly<Record<string, PersonDeed>>) {
    this.#parts = parts;
    this.#deeds = new Map(Object.entries(deeds));
  }

  /** @param words how the person was named; empty: asks. */
  async begin(turn: Turn, name: string, words: string): Handled {
    const deed = this.#deeds.get(name);
    if (!deed) return oldButton();
    await deed.permit(turn);
    const question = { title: deed.title, reference: name };
    if (words === '') return show(this.#parts, turn, ask('', question));
    void channelOf(this.#parts, turn).typing(turn.place);
    const found = await this.#parts.people.lookFor(words);
    if (found.kind === 'one') return deed.open(turn, found.person.id);
    return show(
      this.#parts,
      turn,
      found.kind === 'none'
        ? ask(words, question)
        : choosePersonView(words, found.people, { title: 'Which person?', verb: 'choose-person', reference: name }),
    );
  }

  async #chosen(turn: Turn, name: string, personId: string): Handled {
    const deed = this.#deeds.get(name);
    if (!deed) return oldButton();
    await deed.permit(turn);
    return deed.open(turn, personId);
  }
}

/** Whether whoever asks may give access at all: what a deed that gives or takes it asks first. */
export function permitGiving(parts: Parts): (turn: Turn) => Promise<void> {
  return (turn) => parts.people.permit(actorOf(turn));
}

function ask(words: string, question: { title: string; reference: string }): ReturnType<typeof askPersonView> {
  return askPersonView({
    ...{ words, ...question, verb: 'search-person' },
    by: 'name, user principal name or mail address',
    fallback: 'Whom? Say it by name, user principal name or mail address.',
  });
}

function oldButton(): Awaited<Handled> {
  return { kind: 'refused', text: 'This button is from an older card and no longer acts.' };
}

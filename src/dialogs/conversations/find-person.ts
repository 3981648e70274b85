import type { PersonFound } from '../../services/index.js';
import { intentNamed } from '../intents.js';
import type { Turn } from '../turn.js';
import { personChoice } from '../views/person-choice.js';
import { askPersonView, choosePersonView } from '../views/person-question.js';
import { PEOPLE_DATASET } from '../views/view.js';
import {
  actorOf,
  channelOf,
  newCard,
  oldButton,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

/** What somebody is looked for to do: the question, who may ask it, and what comes once the person is known. */
export interface PersonDeed {
  readonly title: string;
  /** Throws the refusal. */
  permit(turn: Turn): Promise<void>;
  open(turn: Turn, personId: string): Handled;
  /**
   * Looks for what else than people the words may mean, while these are looked for.
   * @returns what shows it together with the people that were found; `undefined`: there is nothing else.
   */
  lookFurther?(turn: Turn, words: string): Promise<((found: PersonFound) => Handled) | undefined>;
}

/** Finds the one person that a deed is for, by words or by asking. Each deed is known by a name of its own. */
export class FindPersonConversation {
  /** Besides, `propose-<deed>` of each: a button that names the person in its reference. */
  readonly verbs: Verbs;
  readonly #parts: Parts;
  readonly #deeds: ReadonlyMap<string, PersonDeed>;

  constructor(parts: Parts, deeds: Readonly<Record<string, PersonDeed>>) {
    this.#parts = parts;
    this.#deeds = new Map(Object.entries(deeds));
    const propose = (name: string) => (turn: Click) => this.#chosen(newCard(turn), name, turn.said.reference);
    this.verbs = {
      'search-person': (turn) => whenAsked(turn, (words) => this.begin(turn, turn.said.reference, words)),
      'choose-person': (turn) => this.#chosen(turn, turn.said.reference, turn.said.inputs['person'] ?? ''),
      ...Object.fromEntries(Object.keys(deeds).map((name) => [`propose-${name}`, propose(name)])),
    };
  }

  /** @param words how the person was named; empty: asks. */
  async begin(turn: Turn, name: string, words: string): Handled {
    const deed = this.#deeds.get(name);
    if (!deed) return oldButton();
    await deed.permit(turn);
    const question = { title: deed.title, reference: name };
    if (words === '') return show(this.#parts, turn, ask('', question));
    void channelOf(this.#parts, turn).typing(turn.place);
    const [found, showAll] = await Promise.all([this.#parts.people.lookFor(words), deed.lookFurther?.(turn, words)]);
    if (showAll) return showAll(found);
    if (found.kind === 'one') return deed.open(turn, found.person.id);
    return show(
      this.#parts,
      turn,
      found.kind === 'none'
        ? ask(words, question)
        : choosePersonView(words, found.people, { title: 'Which person?', verb: 'choose-person', reference: name }),
    );
  }

  /** Rows for the list that fills itself while somebody types; none for who may not look people up. */
  async suggest(turn: Turn, { dataset, words }: { dataset: string; words: string }): Handled {
    const people = dataset === PEOPLE_DATASET ? await this.#parts.access.suggest(actorOf(turn), words) : [];
    return { kind: 'choices', choices: people.map((person) => personChoice(person)) };
  }

  async #chosen(turn: Turn, name: string, personId: string): Handled {
    const deed = this.#deeds.get(name);
    if (!deed) return oldButton();
    await deed.permit(turn);
    return deed.open(turn, personId);
  }
}

/** Whether whoever asks may give access at all: what a deed that gives it asks first. */
export function permitGiving(parts: Parts): (turn: Turn) => Promise<void> {
  return (turn) => parts.people.permit(actorOf(turn));
}

/** Goes on with who was chosen from the list of the question's card, by object id, or else with what was written there. */
export async function whenAsked({ said }: Click, goOn: (words: string) => Handled): Handled {
  const { person = '', words = '' } = said.inputs;
  const asked = person.trim() || words.trim();
  if (asked !== '') return goOn(asked);
  return { kind: 'refused', text: 'Choose a person from the list, or write who it is.' };
}

function ask(words: string, question: { title: string; reference: string }): ReturnType<typeof askPersonView> {
  const example = intentNamed(question.reference)?.example;
  return askPersonView({
    ...{ words, ...question, verb: 'search-person' },
    by: 'name, user principal name or mail address',
    fallback: 'Whom? Say it by name, user principal name or mail address.',
    ...(example === undefined ? {} : { example }),
  });
}

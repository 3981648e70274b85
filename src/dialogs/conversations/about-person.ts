import { INTENTS } from '../intents.js';
import type { Turn } from '../turn.js';
import { aboutPersonView, unknownAuthorView, type AboutDeed } from '../views/about-person.view.js';
import { actorOf, show, type Handled, type Parts } from './talk.js';

/** Somebody pointed at a message: what can be done about whoever wrote it, as buttons, for what the asker may do. */
export class AboutPersonConversation {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param personId absent: nobody has proven to be the author's account. */
  async begin(turn: Turn, personId: string | undefined): Handled {
    const actor = actorOf(turn);
    const { rights } = await this.#parts.runs.rightsOf(actor);
    const deeds = INTENTS.filter(({ right }) => right !== undefined && rights.includes(right)).flatMap(({ name }) =>
      isDeed(name) ? [name] : [],
    );
    if (personId === undefined) return show(this.#parts, turn, unknownAuthorView(deeds));
    // Nobody for themselves: each of these buttons would be refused.
    const isOneself = personId === actor.personId;
    const person = await this.#parts.people.look(actor, personId);
    return show(this.#parts, turn, aboutPersonView(person, isOneself ? deeds.filter(isLooking) : deeds, { isOneself }));
  }
}

const DEEDS = ['assign', 'provision', 'unassign', 'off-board', 'audit-person'] as const satisfies readonly AboutDeed[];

function isDeed(name: string): name is AboutDeed {
  return DEEDS.some((deed) => deed === name);
}

function isLooking(deed: AboutDeed): boolean {
  return deed === 'audit-person';
}

import { newNonce, type PersonFound } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { assignView, changeRoleView } from '../views/assignment.view.js';
import { choosePrincipalView } from '../views/group-access.view.js';
import type { AssignGroupsConversation } from './assign-groups.js';
import { permitGiving, type PersonDeed } from './find-person.js';
import {
  actorOf,
  followStarted,
  personCardOf,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

/** *assign*: show what would happen for the person, then do it. Another role than the one held is changed, after a question. */
export class AssignPeopleConversation implements PersonDeed {
  readonly title = 'Assign whom to Genesys Cloud?';
  readonly permit;
  readonly verbs: Verbs = {
    'choose-principal': (turn) => this.#chosen(turn),
    assign: (turn) => this.#confirm(turn),
    'change-role': (turn) => this.#change(turn),
  };
  readonly #parts: Parts;
  readonly #groups: AssignGroupsConversation;

  constructor(parts: Parts, groups: AssignGroupsConversation) {
    this.#parts = parts;
    this.#groups = groups;
    this.permit = permitGiving(parts);
  }

  /** Groups are offered as well, after the people; one that nobody shares the name with is opened at once. */
  async lookFurther(turn: Turn, words: string): Promise<((found: PersonFound) => Handled) | undefined> {
    const groups = await this.#parts.groupAssignments.lookFor(words);
    const [only] = groups;
    if (!only) return undefined;
    return (found) => {
      if (found.kind === 'none' && groups.length === 1) return this.#groups.open(turn, 'give', only.id);
      const people = found.kind === 'one' ? [found.person] : found.kind === 'several' ? found.people : [];
      return show(this.#parts, turn, choosePrincipalView(words, people, groups));
    };
  }

  async open(turn: Turn, personId: string): Handled {
    const { people, assignments } = this.#parts;
    await people.permitFor(actorOf(turn), personId);
    const reference = `${personId}:${newNonce()}`;
    return show(this.#parts, turn, assignView(await assignments.propose(personId), { reference }));
  }

  async #chosen(turn: Click): Handled {
    await this.permit(turn);
    const [kind, id = ''] = (turn.said.inputs['principal'] ?? '').split(':');
    return kind === 'group' ? this.#groups.open(turn, 'give', id) : this.open(turn, id);
  }

  async #confirm(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const wish = { personId, appRoleId: turn.said.inputs['role'] ?? '' };
    if (turn.said.reference.endsWith(':holds')) {
      await this.permit(turn);
      await this.#parts.people.permitFor(actorOf(turn), personId);
      const change = await this.#parts.assignments.findChange(wish);
      const reference = `${personId}:${wish.appRoleId}:${newNonce()}`;
      if (change) return show(this.#parts, turn, changeRoleView(change, { reference }));
    }
    const started = await this.#parts.assignments.assign(actorOf(turn), wish, claim);
    return followStarted(this.#parts, turn, started);
  }

  async #change(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const appRoleId = turn.said.reference.split(':')[1] ?? '';
    const started = await this.#parts.assignments.changeRole(actorOf(turn), { personId, appRoleId }, claim);
    return followStarted(this.#parts, turn, started);
  }
}

import { newNonce } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { askGroupView, assignGroupView, chooseGroupView, unassignGroupView } from '../views/group-access.view.js';
import {
  actorOf,
  channelOf,
  followStarted,
  newCard,
  personCardOf,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

type Deed = 'give' | 'take';

const TITLES = {
  give: 'Assign which group to Genesys Cloud?',
  take: 'Take Genesys Cloud from which group?',
} as const satisfies Record<Deed, string>;

/** *assign group* and *unassign group*: find the group, show what would happen, then do it. */
export class AssignGroupsConversation {
  readonly verbs: Verbs = {
    'search-group': (turn) => this.begin(turn, deedIn(turn), (turn.said.inputs['words'] ?? '').trim()),
    'choose-group': (turn) => this.open(turn, deedIn(turn), turn.said.inputs['principal'] ?? ''),
    'propose-assign-group': (turn) => this.open(newCard(turn), 'give', turn.said.reference),
    'propose-unassign-group': (turn) => this.open(newCard(turn), 'take', turn.said.reference),
    'assign-group': (turn) => this.#assign(turn),
    'unassign-group': (turn) => this.#unassign(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param words how the group was named; empty: asks. */
  async begin(turn: Turn, deed: Deed, words: string): Handled {
    const { groupAssignments } = this.#parts;
    await groupAssignments.permit(actorOf(turn), deed);
    const question = { title: TITLES[deed], reference: deed };
    if (words === '') return show(this.#parts, turn, askGroupView('', question));
    void channelOf(this.#parts, turn).typing(turn.place);
    const groups = await groupAssignments.lookFor(words);
    const [only, ...others] = groups;
    if (!only) return show(this.#parts, turn, askGroupView(words, question));
    if (others.length === 0) return this.open(turn, deed, only.id);
    return show(this.#parts, turn, chooseGroupView(words, groups, question));
  }

  /** Shows what would be done with that group. */
  async open(turn: Turn, deed: Deed, groupId: string): Handled {
    const { groupAssignments } = this.#parts;
    const actor = actorOf(turn);
    await groupAssignments.permit(actor, deed);
    const card = { reference: `${groupId}:${newNonce()}` };
    return show(
      this.#parts,
      turn,
      deed === 'give'
        ? assignGroupView(await groupAssignments.propose(actor, groupId), card)
        : unassignGroupView(await groupAssignments.proposeRemoval(groupId), card),
    );
  }

  async #assign(turn: Click): Handled {
    const { personId: groupId, claim } = personCardOf(turn);
    const wish = { groupId, appRoleId: turn.said.inputs['role'] ?? '' };
    return followStarted(this.#parts, turn, await this.#parts.groupAssignments.assign(actorOf(turn), wish, claim));
  }

  async #unassign(turn: Click): Handled {
    const { personId: groupId, claim } = personCardOf(turn);
    return followStarted(this.#parts, turn, await this.#parts.groupAssignments.unassign(actorOf(turn), groupId, claim));
  }
}

function deedIn({ said }: Click): Deed {
  return said.reference === 'take' ? 'take' : 'give';
}

import { within, type Right } from '../../services/index.js';
import type { Answer, Turn } from '../turn.js';
import type { HealthShown } from '../views/health.view.js';
import { homeView } from '../views/help.view.js';
import { workActions, workElements, workView, type WorkList, type WorkShown } from '../views/my-work.view.js';
import type { View } from '../views/view.js';
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

/** So long *my work* waits for Entra to say whether health is the reader's to see; the other lists need nobody. */
const RIGHTS_WITHIN_MS = 3_000;

/**
 * *my work*, *my requests* and *my access*: lists of what concerns this person, for their eyes alone. Whoever may look at the
 * SSO configuration has health as the fourth one.
 */
export class MyWorkConversation {
  readonly verbs: Verbs = { 'health-run': (turn) => this.#openRun(newCard(turn)) };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async begin(turn: Turn, lists: readonly WorkList[]): Handled {
    const { personId } = turn.account;
    const [work, more] = await Promise.all([
      this.#parts.access.workOf(personId),
      lists === ALL_LISTS ? this.#healthFor(turn) : {},
    ]);
    const view = workView(work, lists, { ...this.#shown(personId), ...more });
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    await channelOf(this.#parts, turn).whisper(turn.account, view);
    return { kind: 'message', text: 'The answer is in your personal chat with Latchkey.' };
  }

  /**
   * The app's own page: the lists, and below them what the person can do.
   * @param reader.rights what they may do now.
   */
  async home(
    turn: Turn,
    help: View,
    { rights, isAccessOn }: { rights: readonly Right[]; isAccessOn: boolean },
  ): Promise<Answer> {
    const { personId } = turn.account;
    const lists = isAccessOn ? ALL_LISTS : [];
    this.#parts.accessNews.homeOpened(personId);
    const work = await this.#parts.access.workOf(personId);
    const shown = { ...this.#shown(personId), health: await this.#health(rights) };
    return {
      kind: 'view',
      view: homeView(help, {
        elements: workElements(work, lists, shown),
        actions: workActions(work, lists, shown),
      }),
    };
  }

  /** Nothing is told of health while Entra does not say who asks. */
  async #healthFor(turn: Turn): Promise<Pick<WorkShown, 'health' | 'note'>> {
    const found = await within(RIGHTS_WITHIN_MS, this.#parts.runs.rightsOf(actorOf(turn)));
    if (found) return { health: await this.#health(found.rights) };
    return { note: 'Entra does not say now what you may do. If health is yours to see, it is left out here.' };
  }

  async #health(rights: readonly Right[]): Promise<HealthShown | undefined> {
    const health = await this.#parts.health.find(rights);
    return health && { health, chats: this.#parts.chats.away(), canManage: rights.includes('manage-sso') };
  }

  /** The card of a run that stands still, below; its buttons judge who clicks them. */
  async #openRun(turn: Click): Handled {
    await this.#parts.health.permit(actorOf(turn));
    const { runs, noticeboard } = this.#parts;
    const run = await runs.find(turn.said.reference);
    if (!run) return oldButton();
    await noticeboard.whisper(turn.place.channel, turn.account, `run:${run.id}`);
    return { kind: 'message', text: 'The card is in your messages with Latchkey.' };
  }

  #shown(readerId: string): WorkShown {
    return { readerId, now: this.#parts.clock.now() };
  }
}

export const ALL_LISTS: readonly WorkList[] = ['waiting', 'requests', 'access'];

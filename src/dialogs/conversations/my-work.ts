import type { Answer, Turn } from '../turn.js';
import { homeView } from '../views/help.view.js';
import { workActions, workElements, workView, type WorkList, type WorkShown } from '../views/my-work.view.js';
import type { View } from '../views/view.js';
import { channelOf, show, type Handled, type Parts } from './talk.js';

/** *my work*, *my requests* and *my access*: lists of what concerns this person, for their eyes alone. */
export class MyWorkConversation {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async begin(turn: Turn, lists: readonly WorkList[]): Handled {
    const { personId } = turn.account;
    const view = workView(await this.#parts.access.workOf(personId), lists, this.#shown(personId));
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    await channelOf(this.#parts, turn).whisper(turn.account, view);
    return { kind: 'message', text: 'The answer is in your personal chat with Latchkey.' };
  }

  /** The app's own page: the lists, and below them what the person can do. */
  async home(turn: Turn, help: View): Promise<Answer> {
    const { personId } = turn.account;
    this.#parts.accessNews.homeOpened(personId);
    const work = await this.#parts.access.workOf(personId);
    const shown = this.#shown(personId);
    return {
      kind: 'view',
      view: homeView(help, {
        elements: workElements(work, ALL_LISTS, shown),
        actions: workActions(work, ALL_LISTS, shown),
      }),
    };
  }

  #shown(readerId: string): WorkShown {
    return { readerId, now: this.#parts.clock.now() };
  }
}

export const ALL_LISTS: readonly WorkList[] = ['waiting', 'requests', 'access'];

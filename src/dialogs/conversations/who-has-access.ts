import type { AccessPage } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { accessElsewhereView, accessLinkView, accessListView } from '../views/access-list.view.js';
import { actorOf, channelOf, show, type Click, type Handled, type Parts, type Verbs } from './talk.js';

/** *who has access*: everybody, page by page. The right is asked for anew at each page, the list for a minute once. */
export class WhoHasAccessConversation {
  readonly verbs: Verbs = {
    'access-export': (turn) => this.#export(turn),
    'access-page': (turn) => this.#turnTo(turn, Number.parseInt(turn.said.reference, 10) || 0),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  begin(turn: Turn): Handled {
    return this.#show(turn, () => this.#parts.accessList.begin(actorOf(turn)));
  }

  #turnTo(turn: Turn, page: number): Handled {
    return this.#show(turn, () => this.#parts.accessList.page(actorOf(turn), page));
  }

  async #export(turn: Click): Handled {
    const link = await this.#parts.files.openAccessList(actorOf(turn));
    await channelOf(this.#parts, turn).whisper(turn.account, accessLinkView(link));
    return { kind: 'message', text: 'A link to the list is in your personal chat.' };
  }

  async #show(turn: Turn, read: () => Promise<AccessPage>): Handled {
    await this.#parts.accessList.permit(actorOf(turn));
    void channelOf(this.#parts, turn).typing(turn.place);
    const view = accessListView(await read());
    // To the eyes of the asker alone: a channel has readers who may not look.
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    await channelOf(this.#parts, turn).whisper(turn.account, view);
    return show(this.#parts, turn, accessElsewhereView());
  }
}

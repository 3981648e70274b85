import { Problem, type Right } from '../../services/index.js';
import { INTENTS, type Intent, type IntentName } from '../intents.js';
import type { Answer, Turn } from '../turn.js';
import { channelGreetingView, helpView, unknownView } from '../views/help.view.js';
import type { MyWorkConversation } from './my-work.js';
import { actorOf, show, type Parts } from './talk.js';

/** *help*, the first greeting, and the answer to words that nobody understands: only what this person may do. */
export class HelpConversation {
  readonly #parts: Parts;
  readonly #work: MyWorkConversation;

  constructor(parts: Parts, work: MyWorkConversation) {
    this.#parts = parts;
    this.#work = work;
  }

  async begin(turn: Turn): Promise<Answer | undefined> {
    const { name } = turn.account;
    const { intents, isStranger, note } = await this.#allowed(turn);
    return show(this.#parts, turn, helpView({ name, intents, isStranger, ...(note ? { note } : {}) }));
  }

  /** The same, for the app's own page in a chat that has one. */
  async home(turn: Turn): Promise<Answer> {
    const { name } = turn.account;
    const { intents, isStranger, note, rights } = await this.#allowed(turn);
    const view = helpView({ name, intents, isStranger, ...(note ? { note } : {}) });
    return isStranger
      ? { kind: 'view', view }
      : this.#work.home(turn, view, { rights, isAccessOn: this.#isAccessOn() });
  }

  async unknown(turn: Turn, said: string, nearest: readonly Intent[]): Promise<Answer | undefined> {
    const { intents } = await this.#allowed(turn);
    const offered = nearest.filter((intent) => intents.includes(intent));
    return show(this.#parts, turn, unknownView(said, offered));
  }

  /** The first words in a place. In a channel nobody has asked, so it only says how to be asked. */
  async greet(turn: Turn): Promise<Answer | undefined> {
    return turn.place.kind === 'personal' ? this.begin(turn) : show(this.#parts, turn, channelGreetingView());
  }

  async #allowed(turn: Turn): Promise<Allowed> {
    try {
      const { rights, isStranger } = await this.#parts.runs.rightsOf(actorOf(turn));
      return { intents: this.#offered(rights), isStranger, rights };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return {
        intents: this.#offered([]),
        ...{ isStranger: false, rights: [] },
        note: `What you may do could not be read: ${error.facts.what} ${error.facts.remedy}`,
      };
    }
  }
  #offered(rights: readonly Right[]): readonly Intent[] {
    const isAccessOn = this.#isAccessOn();
    return INTENTS.filter(({ name, right }) => {
      if (ABOUT_ACCESS.has(name) && !isAccessOn) return false;
      return right === undefined || rights.includes(right);
    });
  }

  /** Without a policy nobody can ask for anything. */
  #isAccessOn(): boolean {
    return this.#parts.access.policyStanding().rolesOffered !== undefined;
  }
}

interface Allowed {
  readonly intents: readonly Intent[];
  readonly rights: readonly Right[];
  readonly isStranger: boolean;
  readonly note?: string;
}

const ABOUT_ACCESS: ReadonlySet<IntentName> = new Set(['request-access', 'my-work', 'my-requests', 'my-access']);

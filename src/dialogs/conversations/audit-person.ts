import type { AuditCursor, AuditPage } from '../../services/index.js';
import type { Answer, Turn } from '../turn.js';
import { whenAsked } from './find-person.js';
import { auditElsewhereView, auditView, auditWhichView, auditWhomView } from '../views/audit.view.js';
import { actorOf, channelOf, newCard, oldButton, show, type Click, type Parts, type Verbs } from './talk.js';

/** *audit*: what is recorded about a person. The right is asked for anew at each page. */
export class AuditPersonConversation {
  readonly verbs: Verbs = {
    'audit-search': (turn) => whenAsked(turn, (words) => this.begin(turn, words)),
    'audit-choose': (turn) => this.#open(turn, turn.said.inputs['person'] ?? ''),
    'audit-of': (turn) => this.#open(newCard(turn), turn.said.reference),
    'audit-page': (turn) => this.#turnPage(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param words how the person was named; empty: asks. */
  async begin(turn: Turn, words: string): Promise<Answer | undefined> {
    const { audit } = this.#parts;
    await audit.permit(actorOf(turn));
    if (words === '') return show(this.#parts, turn, auditWhomView(''));
    void channelOf(this.#parts, turn).typing(turn.place);
    const found = await audit.lookFor(actorOf(turn), words);
    if (found.kind === 'one') return this.#show(turn, await audit.page(found.personId));
    return show(this.#parts, turn, found.kind === 'none' ? auditWhomView(words) : auditWhichView(words, found.people));
  }

  /** One of the namesakes was chosen, or somebody by a button. */
  async #open(turn: Turn, personId: string): Promise<Answer | undefined> {
    await this.#parts.audit.permit(actorOf(turn));
    return this.#show(turn, await this.#parts.audit.page(personId));
  }

  /** *Older* and *Newer*. */
  async #turnPage(turn: Click): Promise<Answer | undefined> {
    await this.#parts.audit.permit(actorOf(turn));
    const asked = parsePage(turn.said.reference);
    if (!asked) return oldButton();
    return this.#show(turn, await this.#parts.audit.page(asked.personId, asked.cursor));
  }

  /** To the eyes of the asker alone: a channel has readers who may not look. */
  async #show(turn: Turn, page: AuditPage): Promise<Answer | undefined> {
    if (turn.place.kind === 'personal') return show(this.#parts, turn, auditView(page));
    await channelOf(this.#parts, turn).whisper(turn.account, auditView(page));
    return show(this.#parts, turn, auditElsewhereView(page.person.name));
  }
}

/** `older:<entry>:<person>` */
function parsePage(reference: string): { cursor: AuditCursor; personId: string } | undefined {
  const [, direction, entry = '', personId = ''] = /^(older|newer):(\d{1,15}):(.+)$/.exec(reference) ?? [];
  if (direction === undefined) return undefined;
  const seq = Number(entry);
  return { personId, cursor: direction === 'older' ? { older: seq } : { newer: seq } };
}

import type { Actor } from '../../services/index.js';
import { problemFacts } from '../../services/index.js';
import type { Channel } from '../channel.js';
import type { Said, Turn } from '../turn.js';
import { bulkPlanView, bulkReportView, bulkView } from '../views/bulk.view.js';
import { problemView } from '../views/problem.view.js';
import {
  actorOf,
  channelOf,
  followInEveryChat,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

type Sent = Turn & { readonly said: Extract<Said, { kind: 'file' }> };

/** *bulk*: take a file, show what it would do, then do it, with pauses and a report. */
export class BulkConversation {
  readonly verbs: Verbs = {
    'run-bulk': (turn) => this.#run(turn),
    'pause-bulk': (turn) => this.#steer(turn, 'pause', 'Pausing after the people who are under way.'),
    'go-on-bulk': (turn) => this.#steer(turn, 'goOn', 'Going on.'),
    'stop-bulk': (turn) => this.#steer(turn, 'stop', 'Stopping after the people who are under way.'),
    'bulk-report': (turn) => this.#report(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The link takes a file of whoever has it, so it goes to the personal chat. */
  async begin(turn: Turn): Handled {
    const view = bulkView(await this.#parts.files.openUpload(actorOf(turn)));
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    await channelOf(this.#parts, turn).whisper(turn.account, view);
    return { kind: 'message', text: 'Files of people are taken in your personal chat with Latchkey: look there.' };
  }

  /** A file that was attached to a message. Nothing is fetched for somebody who may not. */
  async receive(turn: Sent): Handled {
    const { bulk } = this.#parts;
    await bulk.permit(actorOf(turn));
    void channelOf(this.#parts, turn).typing(turn.place);
    const bytes = await turn.said.read();
    return show(this.#parts, turn, bulkPlanView(await bulk.plan(actorOf(turn), { name: turn.said.name, bytes })));
  }

  /** A file that came by the upload page: its plan, or why there is none, is told to whoever holds the link. */
  async uploaded(actor: Actor, file: { name: string; bytes: Uint8Array }): Promise<void> {
    const plan = this.#parts.bulk.plan(actor, file);
    const view = await plan.then(bulkPlanView).catch((error: unknown) => problemView(problemFacts(error)));
    await this.#channel(actor).whisper(actor, view);
  }

  async #run(turn: Click): Handled {
    const started = await this.#parts.bulk.start(actorOf(turn), turn.said.reference);
    return followInEveryChat(this.#parts, turn, started);
  }

  async #steer(turn: Click, deed: 'pause' | 'goOn' | 'stop', text: string): Handled {
    const { bulk, noticeboard } = this.#parts;
    const { reference: runId } = turn.said;
    await bulk[deed](actorOf(turn), runId, turn.deliveryId);
    noticeboard.refresh(`run:${runId}`);
    return { kind: 'message', text };
  }

  async #report(turn: Click): Handled {
    const link = await this.#parts.files.openReport(actorOf(turn), turn.said.reference);
    await channelOf(this.#parts, turn).whisper(turn.account, bulkReportView(link));
    return { kind: 'message', text: 'A link to the report is in your personal chat.' };
  }

  #channel({ channel: name }: Actor): Channel {
    const channel = this.#parts.channels.find((one) => one.name === name);
    if (!channel) throw new Error(`There is no channel ${name}.`);
    return channel;
  }
}

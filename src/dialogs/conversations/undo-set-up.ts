import type { Answer } from '../turn.js';
import { undoPlanView } from '../views/undo.view.js';
import { actorOf, followInEveryChat, show, type Click, type Parts } from './talk.js';

/** *Undo* on the card of a set-up: what it would put back, in a card of its own; the set-up's card stays. */
export async function askUndo(parts: Parts, turn: Click): Promise<Answer | undefined> {
  return show(parts, turn, undoPlanView(await parts.undo.look(actorOf(turn), turn.said.reference)));
}

/** The second click: the card follows the undo, and the set-up's own card says that it was undone. */
export async function undoSetUp(parts: Parts, turn: Click): Promise<Answer> {
  const { reference: runId, revision } = turn.said;
  const started = await parts.undo.undo(actorOf(turn), runId, revision);
  parts.noticeboard.refresh(`run:${runId}`);
  return followInEveryChat(parts, turn, started);
}

import { Problem, type RunRecord } from '../../services/index.js';
import type { Channel } from '../channel.js';
import type { Noticeboard, Render } from '../noticeboard.js';
import type { Answer } from '../turn.js';
import { bulkRunView } from '../views/bulk.view.js';
import { doneView } from '../views/run-done.view.js';
import { progressView, stoppedView, undoneRunView, waitingView } from '../views/run.view.js';
import { actorOf, type Click, type Parts } from './talk.js';

/** What a reference (`run:<id>`) shows now. */
export function renderRun(parts: Pick<Parts, 'runs' | 'sso' | 'clock' | 'bulk'>): Render {
  return async (reference) => {
    const run = await parts.runs.find(reference.replace(/^run:/, ''));
    if (!run) return undefined;
    const { revision } = run;
    if (run.kind === 'bulk-assign' && run.state !== 'done') {
      return { revision, view: bulkRunView(run, await parts.bulk.progress(run)) };
    }
    if (run.state === 'running') return { revision, view: progressView(run) };
    if (run.state === 'waiting') return { revision, view: waitingView(run) };
    if (run.state === 'undone') return { revision, view: undoneRunView(run) };
    if (run.state !== 'done') return { revision, view: stoppedView(run) };
    const context = {
      regionName: parts.sso.region.name,
      now: parts.clock.now(),
      setUp: await parts.sso.lastSetUp(),
      linksOf: (application: { shortName: string; appId: string }) => parts.sso.linksFor(application),
    };
    return { revision, view: doneView(run, context) };
  };
}

/**
 * The card that was clicked follows a run that was left behind: the process may have died after the run was there, and
 * before its card was told. Never rejects: what is missed here is found when the run ends.
 */
export async function followTaken(parts: Pick<Parts, 'runs' | 'noticeboard' | 'log'>, runId: string): Promise<void> {
  const reference = `run:${runId}`;
  try {
    const run = await parts.runs.find(runId);
    if (!run?.actor.card) return parts.noticeboard.refresh(reference);
    const { messageId, ...place } = run.actor.card;
    await parts.noticeboard.adopt(place, messageId, reference);
  } catch (error) {
    parts.log.error({ runId, error }, 'The card of a run that was taken over could not follow it');
  }
}

/** They take long enough to walk away from (`followInEveryChat`). */
const SHOWN_EVERYWHERE: readonly string[] = ['set-up-sso', 'undo-set-up', 'bulk-assign'];

/**
 * Brings the end of a run to its cards, and the card itself to a chat that was away when the run began. Rejects until it
 * is there, for whoever tries again.
 */
export async function showEnd(parts: Pick<Parts, 'runs' | 'noticeboard' | 'channels'>, runId: string): Promise<void> {
  const { runs, noticeboard, channels } = parts;
  const run = await runs.find(runId);
  const isEverywhere = run !== undefined && SHOWN_EVERYWHERE.includes(run.kind);
  const brought = await Promise.allSettled(
    isEverywhere ? channels.map(({ name }) => bringTo(noticeboard, name, run)) : [],
  );
  await noticeboard.makeTrue(`run:${runId}`);
  const failed = brought.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Not to a chat where they have no place. */
async function bringTo(noticeboard: Noticeboard, channel: Channel['name'], { id, actor }: RunRecord): Promise<void> {
  await noticeboard.ensureWhispered(channel, actor, `run:${id}`).catch((error: unknown) => {
    if (!(error instanceof Problem && error.facts.answer === 'not-found')) throw error;
  });
}

/** *Retry*: the card goes on where it stopped. */
export async function retryRun(parts: Parts, turn: Click): Promise<Answer> {
  const { reference: runId, verb, revision } = turn.said;
  const started = await parts.runs.retry(runId, actorOf(turn), { reference: `run:${runId}`, verb, revision });
  parts.noticeboard.refresh(`run:${runId}`);
  return started.kind === 'started'
    ? { kind: 'message', text: 'Going on. This card shows how far it is.', isOnCard: true }
    : { kind: 'message', text: `${started.by} has already pressed Retry.` };
}

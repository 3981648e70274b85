import type { RunRecord, UndoCard, UndoOutcome } from '../../services/index.js';
import { momentText } from './when.js';
import { doneSteps } from './run.view.js';
import type { Change, Element, View } from './view.js';

type Line = UndoOutcome['stays'][number];

const SIDE_NAMES = { Entra: 'Microsoft Entra ID', Genesys: 'Genesys Cloud' } as const;

/** Value by value, what an undo would put back, what it leaves alone, and what cannot be put back. */
export function undoPlanView({ runId, revision, startedBy, startedAt, lines }: UndoCard): View {
  const putBack = lines.filter(({ action }) => action === 'put-back');
  const isEmpty = putBack.length === 0;
  return {
    title: isEmpty ? 'Nothing to undo' : 'Undo the set-up?',
    tone: isEmpty ? 'neutral' : 'warning',
    elements: [
      {
        kind: 'text',
        text: `The set-up that ${startedBy} started (${momentText(startedAt)}).`,
        style: 'subtle',
      },
      {
        kind: 'text',
        text: isEmpty
          ? 'Nothing stands any more as this set-up wrote it.'
          : 'Each value goes back to what it was, if it is still as the set-up wrote it. Nothing is changed before you press Undo.',
      },
      ...changes(putBack),
      ...leftAlone(lines.filter(({ action }) => action === 'changed-since')),
      ...staying(lines.filter(({ action }) => action === 'stays')),
    ],
    actions: isEmpty
      ? []
      : [
          { kind: 'verb', label: 'Undo', verb: 'undo-set-up', reference: runId, revision, style: 'danger' },
          { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'undo', revision, ignoresInputs: true },
        ],
    fallback: isEmpty ? 'There is nothing to undo.' : `An undo of ${putBack.length} settings waits for a click.`,
  };
}

/** The record of an undo. */
export function undoneView(run: RunRecord, { putBack, changedSince, stays }: UndoOutcome): View {
  const count = putBack.length === 1 ? 'One setting is' : `${putBack.length} settings are`;
  const what = putBack.length === 0 ? 'There was nothing to put back.' : `${count} as before the set-up.`;
  return {
    title: 'Set-up undone',
    tone: 'good',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      ...changes(putBack),
      ...leftAlone(changedSince),
      ...staying(stays),
      doneSteps(run),
    ],
    actions: [{ kind: 'verb', label: 'Set up again', verb: 'intent', reference: 'set-up-sso', revision: 0 }],
    fallback: `The set-up was undone. ${what}`,
  };
}

function changes(lines: readonly Line[]): Element[] {
  return (['Entra', 'Genesys'] as const).flatMap((side): Element[] => {
    const rows = lines
      .filter((line) => line.side === side)
      .map(({ field, is, was }): Change => ({ field, before: is, after: was }));
    return rows.length === 0 ? [] : [{ kind: 'changes', heading: SIDE_NAMES[side], rows }];
  });
}

function leftAlone(lines: readonly Line[]): Element[] {
  if (lines.length === 0) return [];
  const items = lines.map(({ side, field, is, was, why }) =>
    [`${SIDE_NAMES[side]}, ${field}: is ${is}, was ${was} before the set-up.`, why].filter(Boolean).join(' '),
  );
  return [{ kind: 'list', heading: 'Left alone, as somebody has changed it since', items }];
}

function staying(lines: readonly Line[]): Element[] {
  if (lines.length === 0) return [];
  const items = lines.map(({ side, field, is, why }) =>
    [`${SIDE_NAMES[side]}, ${field}: ${is}.`, why].filter(Boolean).join(' '),
  );
  return [{ kind: 'list', heading: 'Stays as it is', items }];
}

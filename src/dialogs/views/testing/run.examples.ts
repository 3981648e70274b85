import {
  OFF_BOARD_STEPS,
  SET_UP_STEPS,
  UNDO_STEPS,
  type ProblemFacts,
  type RunRecord,
} from '../../../services/index.js';
import { progressView, stoppedView, undoneRunView, waitingView } from '../run.view.js';
import type { View } from '../view.js';
import type { Examples, Said } from './example.js';
import { run, steps } from './fixtures.js';

/** Every kind of run whose progress is shown as steps. */
export const RUN_KINDS = [
  ...['set-up-sso', 'undo-set-up', 'assign-person', 'assign-group', 'change-role', 'unassign-person'],
  ...['unassign-group', 'provision-person', 'create-person', 'reset-password', 'remove-test-user', 'off-board'],
  ...['choose-email-claim', 'grant-access', 'end-access'],
] as const;

const KNOWN_STEPS: Readonly<Record<string, readonly string[]>> = {
  'set-up-sso': SET_UP_STEPS,
  'undo-set-up': UNDO_STEPS,
  'off-board': OFF_BOARD_STEPS,
};

/** With it a set-up can be undone. */
const SET_UP_INPUT = {
  ...{ planId: 'p', regionKey: 'eu_central_1', shortName: 'contoso-gc', tenantId: 't' },
  ...{ tileMode: 'signs-straight-in', emailFrom: 'mail', before: { entra: null, genesys: null } },
};

function begun(said: Said, kind: string, more: Partial<RunRecord> = {}): RunRecord {
  const names = KNOWN_STEPS[kind] ?? ['Look', 'Write', 'Read back'];
  const ofLease = { personName: said('Ana Agent'), roleName: said('Agent') };
  const input = kind === 'set-up-sso' ? SET_UP_INPUT : kind.endsWith('-access') ? ofLease : {};
  return run(said, kind, { input, steps: steps(names, 'done', 'started'), ...more });
}

export const runExamples: Examples = (said) => {
  const waits: ProblemFacts = {
    ...{ kind: 'waiting', what: said('Entra has accepted the app, but does not show it yet.'), requestId: 'req-1' },
    ...{ why: 'Its directory is copied between regions.', remedy: 'There is nothing to do.' },
  };
  const denied: ProblemFacts = {
    ...{ kind: 'remote', system: 'entra', answer: 'denied', status: 403, code: said('Authorization_RequestDenied') },
    ...{ what: said('Entra did not let Latchkey add the app.'), remedy: 'Ask an admin.', requestId: 'req-2' },
    said: said('Insufficient privileges'),
  };
  const taken: ProblemFacts = {
    ...{ kind: 'refused', code: 'access-taken-meanwhile', what: said('Ana Agent was off-boarded meanwhile.') },
    remedy: 'Assign Ana Agent anew.',
  };
  const asks = steps(['Look', 'Assign'], 'done', 'started');
  const paused = asks.map((step) =>
    step.state === 'started' ? { ...step, waitingFor: said('Graph asked for a pause of 30 seconds.') } : step,
  );
  const each = (show: (kind: string) => View): Record<string, View> =>
    Object.fromEntries(RUN_KINDS.map((kind) => [kind, show(kind)]));
  return {
    progressView: {
      ...each((kind) => progressView(begun(said, kind))),
      'just begun': progressView(run(said, 'set-up-sso')),
      'a kind that this release does not know': progressView(begun(said, 'of-tomorrow')),
      'a step that waits': progressView(begun(said, 'assign-person', { steps: paused })),
    },
    waitingView: {
      ...each((kind) => waitingView(begun(said, kind, { state: 'waiting', problem: waits }))),
      'for nothing that is known': waitingView(begun(said, 'assign-person', { state: 'waiting' })),
    },
    stoppedView: {
      ...each((kind) => stoppedView(begun(said, kind, { state: 'failed', problem: denied }))),
      interrupted: stoppedView(begun(said, 'set-up-sso', { state: 'interrupted' })),
      'for good': stoppedView(begun(said, 'assign-person', { state: 'failed', problem: taken })),
    },
    undoneRunView: { 'a set-up': undoneRunView(begun(said, 'set-up-sso', { state: 'undone' })) },
  };
};

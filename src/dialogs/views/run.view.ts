import { canUndo, OFF_BOARD_STEPS, SET_UP_STEPS, UNDO_STEPS, type RunRecord } from '../../services/index.js';
import { problemView } from './problem.view.js';
import { timeText } from './when.js';
import type { Action, Element, StepState, View } from './view.js';

const TITLES: Readonly<Record<string, string>> = {
  'set-up-sso': 'Setting up SSO',
  'undo-set-up': 'Undoing the set-up',
  'assign-person': 'Assigning',
  'assign-group': 'Assigning the group',
  'change-role': 'Changing the role',
  'unassign-person': 'Unassigning',
  'unassign-group': 'Unassigning the group',
  'provision-person': 'Provisioning in Genesys',
  'create-person': 'Creating in Entra',
  'reset-password': 'Setting a new password',
  'remove-test-user': 'Removing the test user',
  'off-board': 'Off-boarding',
  'choose-email-claim': 'Changing the claim',
};

/** The steps of the longer runs, shown from the start. */
const KNOWN_STEPS: Readonly<Record<string, readonly string[]>> = {
  'set-up-sso': SET_UP_STEPS,
  'undo-set-up': UNDO_STEPS,
  'off-board': OFF_BOARD_STEPS,
};

/** A run on its way: its steps, edited in place. */
export function progressView(run: RunRecord): View {
  const steps = stepsElement(run);
  const current = run.steps.findLast(({ state }) => state === 'started');
  const waitsFor = current?.waitingFor === undefined ? '' : `. ${current.waitingFor}`;
  return {
    title: titleOf(run),
    tone: 'working',
    elements: [{ kind: 'text', text: startedText(run), style: 'subtle' }, steps],
    actions: [],
    fallback: current ? `${titleOf(run)}: ${current.name}${waitsFor}` : `${titleOf(run)} has started.`,
  };
}

/** A run that waits: what for, that nobody has to do anything, and *Check now* for who does not want to wait. */
export function waitingView(run: RunRecord): View {
  const { what, why, remedy, requestId } = run.problem ?? { what: 'It goes on by itself.', remedy: '' };
  return {
    title: `${titleOf(run)} is waiting`,
    tone: 'working',
    elements: [
      { kind: 'text', text: startedText(run), style: 'subtle' },
      stepsElement(run),
      { kind: 'text', text: [what, why, remedy].filter(Boolean).join(' ') },
      ...(requestId === undefined
        ? []
        : [{ kind: 'text', text: `Request id: ${requestId}`, style: 'subtle' } as const]),
    ],
    actions: [checkNow(run), ...undoButtons(run)],
    fallback: `${titleOf(run)} is waiting. ${what}`,
  };
}

/** A run that stopped: what was done, what went wrong, and *Retry*, which goes on at the step that failed. */
export function stoppedView(run: RunRecord): View {
  const interrupted = {
    kind: 'waiting',
    what: 'Latchkey began this step five times and was ended each time before it was done.',
    why: 'Nothing is lost: the steps that are done are kept.',
    remedy: 'Look into the log of those minutes, then press Retry to go on where it stopped.',
  } as const;
  const problem = run.problem ?? interrupted;
  return problemView(problem, {
    title: run.problem ? `${titleOf(run)} did not finish` : `${titleOf(run)} was interrupted`,
    before: [{ kind: 'text', text: startedText(run), style: 'subtle' }, stepsElement(run)],
    actions: [...retryButton(run), ...undoButtons(run)],
  });
}

/** None where it would be refused for ever: what was taken from somebody since is given by a new deed only. */
function retryButton({ id, revision, problem }: RunRecord): Action[] {
  if (problem?.code === 'access-taken-meanwhile') return [];
  return [{ kind: 'verb', label: 'Retry', verb: 'retry-run', reference: id, revision, style: 'primary' }];
}

/** A run that another one puts back: it goes on no more. */
export function undoneRunView(run: RunRecord): View {
  return {
    title: `${titleOf(run)} was undone`,
    tone: 'neutral',
    elements: [
      { kind: 'text', text: startedText(run), style: 'subtle' },
      { kind: 'text', text: 'The card of the undo shows what was put back.' },
      doneSteps(run),
    ],
    actions: [],
    fallback: `${titleOf(run)} was undone.`,
  };
}

function checkNow(run: RunRecord): Action {
  return { kind: 'verb', label: 'Check now', verb: 'retry-run', reference: run.id, revision: run.revision };
}

/** What opens the plan of an undo, where there can be one. */
export function undoButtons(run: RunRecord): Action[] {
  if (!canUndo(run)) return [];
  return [{ kind: 'verb', label: 'Undo …', verb: 'ask-undo', reference: run.id, revision: run.revision }];
}

/** The steps of a finished run, behind a heading of their own. */
export function doneSteps(run: RunRecord): Element {
  return {
    kind: 'details',
    title: 'What was done',
    facts: [
      { label: 'Run', value: startedText(run) },
      ...run.steps.map(({ name }) => ({ label: 'Done', value: name })),
    ],
  };
}

/** Of a lease: whose it is, as several may stand in the channel of the administrators. */
function titleOf({ kind, input }: RunRecord): string {
  if (kind !== 'grant-access' && kind !== 'end-access') return TITLES[kind] ?? 'Working';
  const { personName, roleName } = input as { personName: string; roleName: string }; // what the run was started with
  return kind === 'grant-access'
    ? `Giving ${personName} access as ${roleName}`
    : `Ending the access of ${personName} as ${roleName}`;
}

function startedText(run: RunRecord): string {
  return `Started by ${run.actor.name} at ${timeText(run.startedAt)}`;
}

function stepsElement(run: RunRecord): Element {
  const known = KNOWN_STEPS[run.kind] ?? run.steps.map(({ name }) => name);
  const kept = new Map(run.steps.map((step) => [step.name, step]));
  const begun = begunState(run.state);
  const steps = known.map((name) => {
    const state = shownState(kept.get(name)?.state, begun);
    const note = kept.get(name)?.waitingFor;
    // A process that died may have left one behind; only a step that is being worked on waits for something.
    return { name, state, ...(state === 'working' && note !== undefined ? { note } : {}) };
  });
  if (begun === 'failed' || steps.some(({ state }) => state === begun)) return { kind: 'steps', steps };
  // Between two steps the next one is what is being worked on.
  const next = steps.findIndex(({ state }) => state === 'ahead');
  return { kind: 'steps', steps: steps.map((step, at) => (at === next ? { ...step, state: begun } : step)) };
}

/** What a step that has begun and is not done is, by the state of its run. */
function begunState(run: RunRecord['state']): StepState {
  if (run === 'failed' || run === 'interrupted') return 'failed';
  return run === 'waiting' ? 'waiting' : 'working';
}

function shownState(state: 'started' | 'done' | 'failed' | undefined, begun: StepState): StepState {
  if (state === undefined) return 'ahead';
  return state === 'started' ? begun : state;
}

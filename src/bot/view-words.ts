import type { Change, Element, StepState, Tone } from '../dialogs/views/view.js';

/** The words of what a view says without words, the same in every chat. */

/** Empty: the title says enough. */
export const TONE_WORDS: Readonly<Record<Tone, string>> = {
  neutral: '',
  working: '● In progress',
  good: '✓ All good',
  warning: '▲ Needs attention',
  problem: '✕ Problem',
};

export const STEP_WORDS: Readonly<Record<StepState, { readonly symbol: string; readonly word: string }>> = {
  ahead: { symbol: '○', word: 'not yet' },
  working: { symbol: '●', word: 'in progress' },
  waiting: { symbol: '◐', word: 'waiting' },
  done: { symbol: '✓', word: 'done' },
  failed: { symbol: '✕', word: 'failed' },
};

export const NOTICE_WORDS: Readonly<Record<Extract<Element, { kind: 'notice' }>['tone'], string>> = {
  good: '✓',
  warning: '▲ Warning:',
  problem: '✕ Problem:',
  neutral: 'Note:',
};

/** Before what stands in the place of such a word: what weighs more than a note is seen to, also where nothing is coloured. */
export const NOTICE_SYMBOLS: Readonly<Record<Extract<Element, { kind: 'notice' }>['tone'], string>> = {
  good: '✓ ',
  warning: '▲ ',
  problem: '✕ ',
  neutral: '',
};

/** With a no-break space, or a long address would leave the arrow alone on its line. */
const ARROW = '→\u00A0';

/** What stands before the value that a change leads to. `isReplaced`: what was there before is shown, too. */
export interface ChangeWords {
  readonly isReplaced: boolean;
  readonly arrow: string;
}

/** @param isAllNew the heading says "new" for all rows, so that none has to repeat it. */
export function changeWords(change: Change, isAllNew: boolean): ChangeWords {
  if (change.before === change.after) return { isReplaced: false, arrow: 'stays ' };
  if (isNew(change)) return { isReplaced: false, arrow: isAllNew ? '' : 'new: ' };
  return { isReplaced: true, arrow: ARROW };
}

/** Whether a heading should say it for all rows. */
export function isAllNew(rows: readonly Change[]): boolean {
  return rows.length > 1 && rows.every(isNew);
}

export function isNew({ before }: Change): boolean {
  return before === undefined || before === '';
}

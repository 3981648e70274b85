import type { types } from '@slack/bolt';
import type { Action, Element, View } from '../../dialogs/views/view.js';
import { oneLine, orDash, ourLink } from '../view-text.js';
import { keepElements } from '../view-cuts.js';
import { TONE_WORDS } from '../view-words.js';
import { elementBlocks } from './block-kit-elements.js';
import { type Limits, LIMIT_STEPS, SLACK } from './block-kit-limits.js';
import { bold, escapedLine, plain, small } from './slack-text.js';

export type Blocks = readonly types.KnownBlock[];

/** A message as Slack takes it: the blocks, and the outcome in words for whoever sees none. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

export function toMessage(view: View): SlackMessage {
  return { text: escapedLine(view.fallback, SLACK.fallback / 6), blocks: toBlocks(view, SLACK.messageBlocks) };
}

/** The app's own page. */
export function toHome(view: View): types.HomeView {
  return { type: 'home', blocks: toBlocks(view, SLACK.viewBlocks) };
}

/**
 * Lays a view out in blocks that Slack takes. Where there would be too many, or too much text, texts, rows and choices
 * are cut, with the number of what was left out; a button never is.
 */
export function toBlocks(view: View, most: number): types.KnownBlock[] {
  let blocks: types.KnownBlock[] = [];
  for (const limits of LIMIT_STEPS) {
    blocks = layOut(view, limits);
    if (blocks.length <= most && textLength(blocks) <= SLACK.allText) break;
  }
  return blocks;
}

function layOut(view: View, limits: Limits): types.KnownBlock[] {
  const { kept, left } = keepElements(view.elements, limits.elements);
  const tone = TONE_WORDS[view.tone];
  return [
    { type: 'header', text: plain(view.title, Math.min(limits.title, SLACK.header)) },
    ...(tone === '' ? [] : [small(bold(tone, limits.heading))]),
    ...kept.flatMap((element, index) => [
      ...between(kept[index - 1], element),
      ...elementBlocks(element, index, limits),
    ]),
    ...(left === 0 ? [] : [small(plain(leftOut(left), limits.heading))]),
    ...actionBlocks(view.actions),
  ];
}

/** Facts of one thing and facts of the next would read as those of one. */
function between(before: Element | undefined, element: Element): types.KnownBlock[] {
  return before?.kind === 'facts' && element.kind === 'facts' ? [{ type: 'divider' }] : [];
}

function leftOut(left: number): string {
  return `… and ${left} more, left out for length`;
}

/** What a button says when it is pressed. Everything else is loaded again from what the reference names. */
export interface ButtonValue {
  readonly verb: string;
  readonly reference: string;
  readonly revision: number;
  /** Whether it acts whatever was typed or picked beside it. */
  readonly ignoresInputs?: true;
  /** Of a button that opens a form: what is filled in again, by question id. */
  readonly typed?: Readonly<Record<string, string>>;
}

function actionBlocks(actions: readonly Action[]): types.ActionsBlock[] {
  const buttons = actions.map(button);
  const blocks: types.ActionsBlock[] = [];
  for (let from = 0; from < buttons.length; from += SLACK.buttonsInABlock) {
    blocks.push({ type: 'actions', elements: buttons.slice(from, from + SLACK.buttonsInABlock) });
  }
  return blocks;
}

function button(action: Action, index: number): types.Button {
  const look = {
    ...({ type: 'button', action_id: `${action.kind}-${index}`, text: plain(action.label, SLACK.buttonText) } as const),
    ...(action.style === undefined ? {} : { style: action.style }),
  };
  if (action.kind === 'link') return { ...look, url: ourLink(action.url) };
  const { verb, reference, revision, ignoresInputs } = action;
  const value: ButtonValue = { verb, reference, revision, ...(ignoresInputs ? { ignoresInputs } : {}) };
  return { ...look, value: JSON.stringify(value) };
}

/** Characters of all text objects together, as Slack counts against its ceiling. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textLength(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}

/** One line in a dialog that has nothing to be filled in. */
export function lineModal(title: string, text: string): types.ModalView {
  return {
    type: 'modal',
    title: plain(title, SLACK.modalTitle),
    close: plain('Close', SLACK.modalTitle),
    blocks: [{ type: 'section', text: plain(orDash(oneLine(text, SLACK.sectionText)), SLACK.sectionText) }],
  };
}

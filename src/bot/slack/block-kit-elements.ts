import type { types } from '@slack/bolt';
import type { Element } from '../../dialogs/views/view.js';
import { cutList } from '../view-cuts.js';
import { lowerFirst, oneLine, orDash, progressText } from '../view-text.js';
import { changeWords, isAllNew, NOTICE_SYMBOLS, NOTICE_WORDS, STEP_WORDS } from '../view-words.js';
import { chooseBlocks, chooseManyBlocks, personBlock, writeBlock } from './block-kit-inputs.js';
import { type Limits, SLACK } from './block-kit-limits.js';
import { bold, plain, plainLines, small } from './slack-text.js';

/** The blocks of one element. @param index of the element in its view: two inputs may have the same id. */
export function elementBlocks(element: Element, index: number, limits: Limits): types.KnownBlock[] {
  switch (element.kind) {
    case 'text':
      return [textBlock(element, limits)];
    case 'facts': {
      const { kept, more } = cutList(element.facts, limits.rows);
      const rows = kept.map(({ label, value }) => ({ label, value: plain(value, limits.value) }));
      return [...rowBlocks(rows, limits), ...moreBlock(more)];
    }
    case 'changes':
      return changesBlocks(element, limits);
    case 'steps': {
      const { kept, more } = cutList(element.steps, limits.rows);
      return lineBlocks([...kept.map((step) => stepLine(step, limits)), more]);
    }
    case 'notice':
      return [{ type: 'section', text: plainLines([noticeLine(element, limits)]) }];
    case 'progress':
      return [{ type: 'section', text: plain(progressText(element), SLACK.sectionText) }];
    case 'list': {
      const { kept, more } = cutList(element.items, limits.rows);
      const items = kept.map((item) => `• ${orDash(oneLine(item, limits.item))}`);
      return [...headingBlock(element.heading ?? '', limits), ...lineBlocks([...items, more])];
    }
    case 'details':
      return detailsBlocks(element, limits);
    case 'choose':
      return chooseBlocks(element, index, limits);
    case 'chooseMany':
      return chooseManyBlocks(element, index, limits);
    case 'person':
      return [personBlock(element, index, limits)];
    case 'write':
      return [writeBlock(element, index, limits)];
  }
}

function textBlock({ text, style }: Extract<Element, { kind: 'text' }>, limits: Limits): types.KnownBlock {
  if (style === 'subtle') return small(plain(text, Math.min(limits.text, SLACK.contextText)));
  return { type: 'section', text: style === 'strong' ? bold(text, limits.text) : plain(text, limits.text) };
}

function headingBlock(heading: string, limits: Limits): types.KnownBlock[] {
  return heading === '' ? [] : [{ type: 'section', text: bold(heading, limits.heading) }];
}

function moreBlock(more: string): types.KnownBlock[] {
  return more === '' ? [] : [small(plain(more, SLACK.contextText))];
}

interface Row {
  readonly label: string;
  readonly value: types.PlainTextElement;
}

/** A section has ten fields, and a row takes two: its label and its value. */
function rowBlocks(rows: readonly Row[], limits: Limits): types.SectionBlock[] {
  const each = SLACK.fields / 2;
  const blocks = rows.flatMap((_row, index) => (index % each === 0 ? [rows.slice(index, index + each)] : []));
  return blocks.map((some) => ({
    type: 'section',
    fields: some.flatMap(({ label, value }) => [bold(label, limits.label), value]),
  }));
}

function changesBlocks(element: Extract<Element, { kind: 'changes' }>, limits: Limits): types.KnownBlock[] {
  const { kept, more } = cutList(element.rows, limits.rows);
  const areNew = isAllNew(element.rows);
  const rows = kept.map((row) => {
    const { isReplaced, arrow } = changeWords(row, areNew);
    const before = isReplaced ? `${orDash(oneLine(row.before ?? '', limits.value))} ` : '';
    return { label: row.field, value: plainLines([`${before}${arrow}${orDash(oneLine(row.after, limits.value))}`]) };
  });
  return [
    ...headingBlock(areNew ? `${element.heading}: all new` : element.heading, limits),
    ...rowBlocks(rows, limits),
    ...moreBlock(more),
  ];
}

type Step = Extract<Element, { kind: 'steps' }>['steps'][number];

function stepLine({ name, state, note }: Step, limits: Limits): string {
  const { symbol, word } = STEP_WORDS[state];
  return `${symbol} ${orDash(oneLine(name, limits.item))} (${word}) ${oneLine(note ?? '', limits.item)}`.trimEnd();
}

function noticeLine({ tone, text, label }: Extract<Element, { kind: 'notice' }>, limits: Limits): string {
  const word = label === undefined ? NOTICE_WORDS[tone] : `${NOTICE_SYMBOLS[tone]}${oneLine(label, limits.label)}:`;
  return `${word} ${orDash(oneLine(text, limits.text))}`;
}

/** Slack folds nothing: what Teams shows on request stands here in small type. */
function detailsBlocks({ title, facts }: Extract<Element, { kind: 'details' }>, limits: Limits): types.KnownBlock[] {
  const { kept, more } = cutList(facts, limits.rows);
  const name = orDash(oneLine(title, limits.heading));
  const heading = /^details\b/i.test(name) ? name : `Details: ${lowerFirst(name)}`;
  const lines = kept.map(
    ({ label, value }) => `${orDash(oneLine(label, limits.label))}: ${orDash(oneLine(value, limits.value))}`,
  );
  return inTexts([heading, ...lines, more], SLACK.contextText).map((text) => small(plainLines(text)));
}

/** Lines below each other, in as many sections as they need. */
function lineBlocks(lines: readonly string[]): types.KnownBlock[] {
  return inTexts(lines, SLACK.sectionText).map((text) => ({ type: 'section', text: plainLines(text) }));
}

/** Lines in groups that are no longer than one text may be; empty lines are left out. */
function inTexts(lines: readonly string[], maxLength: number): string[][] {
  const texts: string[][] = [];
  let length = Infinity;
  for (const line of lines.filter((text) => text !== '')) {
    if (length + line.length + 1 > maxLength) {
      texts.push([]);
      length = 0;
    }
    texts.at(-1)?.push(line);
    length += line.length + 1;
  }
  return texts;
}

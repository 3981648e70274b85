import { make } from './dom.js';
import { elementView } from './slack-elements.js';
import { renderText } from './slack-mrkdwn.js';
import { renderRichText } from './slack-rich-text.js';
import type { Surface } from './slack-surface.js';
import type { SlackBlock, SlackElement, TextObject } from './slack-wire.js';

/** Blocks as Slack lays them out. The sandbox refuses every type that is missing here. */
export function renderBlocks(blocks: readonly SlackBlock[], surface: Surface): HTMLElement[] {
  return blocks.map((block) => {
    const element = renderBlock(block, surface);
    element.dataset['block'] = block.block_id;
    return element;
  });
}

function renderBlock(block: SlackBlock, surface: Surface): HTMLElement {
  switch (block.type) {
    case 'header':
      return make('h3', { class: 'block-header' }, ...words(block.text, surface));
    case 'divider':
      return make('hr', { class: 'block-divider' });
    case 'context':
      return make('div', { class: 'block-context' }, ...contextParts(block, surface));
    case 'actions':
      return make('div', { class: 'block-actions' }, ...elementsOf(block, surface));
    case 'input':
      return inputBlock(block, surface);
    case 'rich_text':
      return make('div', { class: 'block-rich' }, ...renderRichText(block.elements ?? [], surface.options.names));
    case 'table':
      return tableBlock(block, surface);
    default:
      return sectionBlock(block, surface);
  }
}

function words(text: TextObject | undefined, surface: Surface): Node[] {
  return text ? renderText(text, surface.options.names) : [];
}

function contextParts({ elements = [] }: SlackBlock, surface: Surface): HTMLElement[] {
  return (elements as readonly TextObject[]).map((text) => make('span', {}, ...words(text, surface)));
}

function elementsOf({ elements = [], block_id }: SlackBlock, surface: Surface): HTMLElement[] {
  return (elements as readonly SlackElement[]).map((element) => elementView(element, block_id, surface).element);
}

function sectionBlock(block: SlackBlock, surface: Surface): HTMLElement {
  const text = block.text ? [make('p', { class: 'block-text' }, ...words(block.text, surface))] : [];
  const fields = block.fields
    ? [make('div', { class: 'block-fields' }, ...block.fields.map((one) => make('p', {}, ...words(one, surface))))]
    : [];
  const body = make('div', { class: 'block-body' }, ...text, ...fields);
  const beside = block.accessory ? [elementView(block.accessory, block.block_id, surface).element] : [];
  return make('div', { class: 'block-section' }, body, ...beside);
}

/** A labelled input; the place for its error is always there, so that a screen reader hears it come. */
function inputBlock(block: SlackBlock, surface: Surface): HTMLElement {
  const { element } = block;
  const frame = make('div', { class: 'block-input' });
  if (!element) return frame;
  const { element: control, field } = elementView(element, block.block_id, surface, block.dispatch_action ?? false);
  const id = `slack-${block.block_id}-${element.action_id}-${++count}`;
  const label = make('label', { class: 'block-label', id: `${id}-label` }, ...words(block.label, surface));
  if (block.optional) label.append(make('span', { class: 'block-optional' }, ' (optional)'));
  if (field) {
    field.id = id;
    label.htmlFor = id;
    // It would outrank the label.
    field.removeAttribute('aria-label');
  } else {
    control.setAttribute('role', 'group');
    control.setAttribute('aria-labelledby', `${id}-label`);
  }
  const hint = block.hint ? [make('p', { class: 'block-hint', id: `${id}-hint` }, ...words(block.hint, surface))] : [];
  const error = make('p', { class: 'block-error', id: `${id}-error`, 'data-error-of': block.block_id, role: 'alert' });
  field?.setAttribute('aria-describedby', [`${id}-error`, ...(block.hint ? [`${id}-hint`] : [])].join(' '));
  frame.append(label, control, error, ...hint);
  return frame;
}

let count = 0;

function tableBlock({ rows = [] }: SlackBlock, surface: Surface): HTMLElement {
  const cell = (content: unknown): Node[] => {
    const { type, text, elements } = content as { type: string; text?: string; elements?: readonly unknown[] };
    if (type === 'raw_text') return [document.createTextNode(text ?? '')];
    return renderRichText(elements ?? [], surface.options.names);
  };
  const body = rows.map((row, index) =>
    make('tr', {}, ...row.map((content) => make(index === 0 ? 'th' : 'td', {}, ...cell(content)))),
  );
  return make('div', { class: 'block-table', tabindex: '0' }, make('table', {}, ...body));
}

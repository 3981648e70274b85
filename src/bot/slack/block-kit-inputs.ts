import type { types } from '@slack/bolt';
import type { Choice, Element } from '../../dialogs/views/view.js';
import { cutChoices, cutManyChoices } from '../view-cuts.js';
import { oneLine } from '../view-text.js';
import { type Limits, SINGLE_LINE_LENGTH, SLACK } from './block-kit-limits.js';
import { plain, small } from './slack-text.js';

/**
 * The inputs of a view. Each `action_id` is the id of our element, so that what comes back is keyed by it; a block's id
 * need only be unique.
 */

type InputOf<Kind extends Element['kind']> = Extract<Element, { kind: Kind }>;

/** Letters that must be typed before Slack asks who is meant: with one, half the tenant would be. */
const LETTERS_BEFORE_SEARCH = 2;

export function chooseBlocks(element: InputOf<'choose'>, index: number, limits: Limits): types.KnownBlock[] {
  const kept = cutChoices(sendable(element.choices), limits.choices, element.value);
  const options = kept.map(toOption);
  const initial = options.find(({ value }) => value === element.value);
  const select: types.StaticSelect = {
    ...{ type: 'static_select', action_id: element.id, options },
    ...(initial ? { initial_option: initial } : {}),
  };
  const left = element.choices.length - kept.length;
  return withMore(input(element, select, index, limits), left);
}

export function chooseManyBlocks(element: InputOf<'chooseMany'>, index: number, limits: Limits): types.KnownBlock[] {
  const { kept, chosen } = cutManyChoices({ ...element, choices: sendable(element.choices) }, limits.choices);
  const select: types.MultiStaticSelect = {
    ...{ type: 'multi_static_select', action_id: element.id, options: kept.map(toOption) },
    ...(chosen.length > 0 ? { initial_options: chosen.map(toOption) } : {}),
  };
  const left = element.choices.length - kept.length;
  return withMore(input(element, select, index, limits), left);
}

/** Slack fills the list while somebody types: it asks the bot for rows (`block_suggestion`). */
export function personBlock(element: InputOf<'person'>, index: number, limits: Limits): types.InputBlock {
  const [value] = sendable(element.value ? [element.value] : []);
  const select: types.ExternalSelect = {
    ...{ type: 'external_select', action_id: element.id, min_query_length: LETTERS_BEFORE_SEARCH },
    ...placeholder(element.placeholder),
    ...(value ? { initial_option: toOption(value) } : {}),
  };
  return input(element, select, index, limits);
}

export function writeBlock(element: InputOf<'write'>, index: number, limits: Limits): types.InputBlock {
  const maxLength = Math.min(element.maxLength, SLACK.inputText);
  const value = oneLine(element.value ?? '', Math.min(maxLength, limits.text));
  const text: types.PlainTextInput = {
    ...{ type: 'plain_text_input', action_id: element.id, max_length: maxLength },
    ...{ multiline: element.maxLength > SINGLE_LINE_LENGTH },
    ...(value === '' ? {} : { initial_value: value }),
    ...placeholder(element.placeholder),
  };
  return input(element, text, index, limits);
}

function input(
  { id, label, required }: { id: string; label: string; required?: string },
  element: types.InputBlock['element'],
  index: number,
  limits: Limits,
): types.InputBlock {
  return {
    ...{ type: 'input', block_id: `${index}-${id}`.slice(0, 255), optional: required === undefined },
    ...{ label: plain(label, limits.heading), element },
    ...(required ? { hint: plain(required, limits.heading) } : {}),
  };
}

function placeholder(text: string | undefined): { placeholder?: types.PlainTextElement } {
  const line = oneLine(text ?? '', SLACK.placeholder);
  return line === '' ? {} : { placeholder: plain(line, SLACK.placeholder) };
}

/** Without those whose value Slack would refuse, and the whole list with it. */
function sendable(choices: readonly Choice[]): readonly Choice[] {
  return choices.filter(({ value }) => value.length > 0 && value.length <= SLACK.optionValue);
}

/** A line has 75 characters: what tells namesakes apart stands in the second one. */
export function toOption({ title, value, parts }: Choice): types.PlainTextOption {
  if (!parts) return { text: plain(title, SLACK.optionText), value };
  return { text: plain(parts.name, SLACK.optionText), description: plain(parts.detail, SLACK.optionText), value };
}

function withMore(block: types.InputBlock, left: number): types.KnownBlock[] {
  // A list without a row is refused: then the words beside it are all there is.
  const isEmpty = 'options' in block.element && block.element.options?.length === 0;
  const note = left === 0 ? '' : `… and ${left} more that do not fit here.`;
  const context = note === '' ? [] : [small(plain(note, SLACK.contextText))];
  return isEmpty ? context : [block, ...context];
}

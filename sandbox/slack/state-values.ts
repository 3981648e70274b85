import { z } from 'zod';
import { elementsOf } from './block-kit.js';
import type { Block, Json } from './slack-wire.js';

/**
 * What somebody entered, by block and element: text; the value of an option, or several; an option that a list offered,
 * with its label. `null` empties.
 */
const offered = z.object({ value: z.string(), text: z.string() });
export const enteredSchema = z.record(
  z.string(),
  z.record(z.string(), z.union([z.string(), z.array(z.union([z.string(), offered])), offered, z.null()])),
);
export type Entered = z.infer<typeof enteredSchema>;
type Value = Entered[string][string];

type Element = ReturnType<typeof elementsOf>[number];

/** `state.values` of a message or view: every input element, with what was entered, else with its initial value. */
export function stateValues(blocks: readonly Block[], entered: Entered): Json {
  const byBlock = blocks.map((block): [string, Json] => {
    const inputs = elementsOf(block).filter(({ type }) => type !== 'button' && type !== 'overflow');
    const values = inputs.map((element): [string, Json] => {
      const value = entered[block.block_id]?.[element.action_id];
      return [
        element.action_id,
        { type: element.type, ...(value === undefined ? initial(element) : wire(element, value)) },
      ];
    });
    return [block.block_id, Object.fromEntries(values)];
  });
  return Object.fromEntries(byBlock.filter(([, values]) => Object.keys(values).length > 0));
}

/** The value as an element's payload carries it: `selected_option`, `value`, and so on. */
export function wire(element: Element, value: Value): Json {
  const list = value === null ? [] : Array.isArray(value) ? value : [value];
  const options = list.map((one) => optionOf(element, one)).filter((option) => option !== undefined);
  const only = options[0] ?? null;
  const words = typeof value === 'string' && value !== '' ? value : null;
  switch (element.type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { selected_option: only };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { selected_options: options };
    case 'users_select':
      return { selected_user: words };
    case 'datepicker':
      return { selected_date: words };
    default:
      return { value: words };
  }
}

function initial(element: Element): Json {
  switch (element.type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { selected_option: element['initial_option'] ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return { selected_options: element['initial_options'] ?? [] };
    case 'users_select':
      return { selected_user: element['initial_user'] ?? null };
    case 'datepicker':
      return { selected_date: element['initial_date'] ?? null };
    default:
      return { value: element['initial_value'] ?? null };
  }
}

/** The option with that value among those that the element shows; one that a list offered comes along as it is. */
function optionOf(element: Element, wanted: string | { value: string; text: string }): unknown {
  const value = typeof wanted === 'string' ? wanted : wanted.value;
  const groups = (element['option_groups'] ?? []) as { options: { value: string }[] }[];
  const own = [...((element['options'] ?? []) as { value: string }[]), ...groups.flatMap(({ options }) => options)];
  const found = own.find((option) => option.value === value);
  if (found || typeof wanted === 'string') return found;
  return { text: { type: 'plain_text', text: wanted.text, emoji: true }, value };
}

/** What Slack's own client holds back before anything is sent: by block id. Empty when all is filled in. */
export function missingInputs(blocks: readonly Block[], values: Json): Record<string, string> {
  const problems = blocks.flatMap((block): [string, string][] => {
    const [element] = elementsOf(block);
    if (block.type !== 'input' || !element) return [];
    const state = (values[block.block_id] as Record<string, Json> | undefined)?.[element.action_id] ?? {};
    const problem = problemOf(element, state, block['optional'] === true);
    return problem === undefined ? [] : [[block.block_id, problem]];
  });
  return Object.fromEntries(problems);
}

function problemOf(element: Element, state: Json, isOptional: boolean): string | undefined {
  const [answer] = Object.entries(state).flatMap(([name, value]) => (name === 'type' ? [] : [value]));
  const isEmpty = answer === null || answer === undefined || (Array.isArray(answer) && answer.length === 0);
  if (isEmpty) return isOptional ? undefined : 'Please complete this required field.';
  if (typeof answer !== 'string') return undefined;
  const [least, most] = [Number(element['min_length'] ?? 0), Number(element['max_length'] ?? 3_000)];
  if (answer.length < least) return `Please enter at least ${least} characters.`;
  if (answer.length > most) return `Please enter at most ${most} characters.`;
  return undefined;
}

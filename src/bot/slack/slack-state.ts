import { z } from 'zod';
import type { ButtonValue } from './block-kit.js';

/** What a button and the inputs beside it say. All of it comes from outside, so nothing here decides anything. */

const MAX_TEXT = 4_000;

/** The database holds no U+0000, and 32-bit revisions. */
export const buttonValue = z.object({
  verb: z.string().min(1).max(500),
  reference: z
    .string()
    .max(500)
    .regex(/^\P{Cc}*$/u),
  revision: z.int32().min(0),
  ignoresInputs: z.literal(true).optional(),
  typed: z.record(z.string(), z.string()).optional(),
});

export function readButton(value: string | null | undefined): ButtonValue | undefined {
  try {
    return buttonValue.safeParse(JSON.parse(value ?? '')).data;
  } catch {
    return undefined;
  }
}

const option = z.object({ value: z.string() });
const entered = z.object({
  value: z.string().nullish(),
  selected_option: option.nullish(),
  selected_options: z.array(option).max(100).nullish(),
});
const states = z.record(z.string(), z.record(z.string(), z.unknown()));

/** What was typed or picked, by the id of our element; of several choices the values, separated by commas. */
export function readInputs(values: unknown): Record<string, string> {
  const parsed = states.safeParse(values);
  if (!parsed.success) return {};
  const all = Object.values(parsed.data).flatMap((block) => Object.entries(block));
  return Object.fromEntries(
    all.flatMap(([id, given]) => {
      const text = textOf(given);
      return text === undefined ? [] : [[id, text.slice(0, MAX_TEXT)]];
    }),
  );
}

function textOf(given: unknown): string | undefined {
  const parsed = entered.safeParse(given);
  if (!parsed.success) return undefined;
  const { value, selected_option, selected_options } = parsed.data;
  if (selected_options) return selected_options.map((one) => one.value).join(',');
  return selected_option?.value ?? value ?? undefined;
}

const inputBlock = z.object({
  type: z.literal('input'),
  optional: z.literal(false),
  hint: z.object({ text: z.string().min(1).max(2_000) }).nullish(),
  label: z.object({ text: z.string().max(2_000) }),
  element: z.object({ action_id: z.string() }),
});

/**
 * The first input that must be filled in and is not: what its hint says, or its label. Slack asks for such inputs in
 * dialogs, and not on messages.
 */
export function readMissing(blocks: readonly unknown[], values: unknown): string | undefined {
  const inputs = readInputs(values);
  for (const block of blocks) {
    const parsed = inputBlock.safeParse(block);
    if (!parsed.success) continue;
    const { hint, label, element } = parsed.data;
    if ((inputs[element.action_id] ?? '').trim() === '') return hint?.text ?? `“${label.text}” is needed.`;
  }
  return undefined;
}

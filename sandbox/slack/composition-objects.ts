import { z } from 'zod';

/** Composition objects of Block Kit with the limits that @slack/types documents. Unknown properties are refused. */

export const MOST = {
  actionId: 255,
  blockId: 255,
  placeholder: 150,
  buttonText: 75,
  buttonValue: 2_000,
  url: 3_000,
  options: 100,
  optionText: 75,
  optionValue: 150,
  choices: 10,
  overflow: 5,
} as const;

/** Length as Slack counts: characters, not UTF-16 units. */
export function text(min: number, max: number): z.ZodType<string> {
  return z.string().superRefine((value, context) => {
    const { length } = [...value];
    if (length < min) context.addIssue(min === 1 ? 'must be more than 0 characters' : `must be more than ${min - 1}`);
    if (length > max) context.addIssue(`must be less than ${max + 1} characters`);
  });
}

export function plainText(max: number, min = 1): z.ZodType {
  return z.strictObject({ type: z.literal('plain_text'), text: text(min, max), emoji: z.boolean().optional() });
}

export function mrkdwn(max: number): z.ZodType {
  return z.strictObject({ type: z.literal('mrkdwn'), text: text(1, max), verbatim: z.boolean().optional() });
}

export function anyText(max: number): z.ZodType {
  return z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('plain_text'), text: text(1, max), emoji: z.boolean().optional() }),
    z.strictObject({ type: z.literal('mrkdwn'), text: text(1, max), verbatim: z.boolean().optional() }),
  ]);
}

export const webUrl = text(1, MOST.url).refine((value) => /^https?:\/\//i.test(value) && URL.canParse(value), {
  error: 'must be a valid URL',
});

export const confirm = z.strictObject({
  title: plainText(100).optional(),
  text: anyText(300),
  confirm: plainText(30).optional(),
  deny: plainText(30).optional(),
  style: z.enum(['primary', 'danger']).optional(),
});

function optionWith(label: z.ZodType): z.ZodType {
  return z.strictObject({
    text: label,
    value: text(1, MOST.optionValue),
    description: plainText(MOST.optionText).optional(),
  });
}

/** An option of a menu; its label is plain text. */
export const menuOption = optionWith(plainText(MOST.optionText));
/** An option of radio buttons or checkboxes; its label may be mrkdwn. */
export const choiceOption = optionWith(anyText(MOST.optionText));
export const overflowOption = z.strictObject({
  text: plainText(MOST.optionText),
  value: text(1, MOST.optionValue),
  description: plainText(MOST.optionText).optional(),
  url: webUrl.optional(),
});

export const menuOptions = z.array(menuOption).min(1).max(MOST.options);
export const optionGroups = z
  .array(z.strictObject({ label: plainText(MOST.optionText), options: menuOptions }))
  .min(1)
  .max(MOST.options);

/** What a bot answers to a `block_suggestion`. An empty list is an answer. */
export const suggestionAnswer = z.union([
  z.strictObject({ options: z.array(menuOption).max(MOST.options) }),
  z.strictObject({ option_groups: optionGroups }),
]);

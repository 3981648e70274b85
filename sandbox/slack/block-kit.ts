import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { accessory, actionElement, contextElement, inputElement } from './block-elements.js';
import { anyText, MOST, plainText, text } from './composition-objects.js';
import { richTextElements } from './rich-text.js';
import { SlackError, type Block } from './slack-wire.js';

/** Blocks as Slack accepts them. A type that the sandbox cannot show is refused, which a test then sees. */

const base = { block_id: text(1, MOST.blockId).optional() };

const section = z
  .strictObject({
    type: z.literal('section'),
    ...base,
    text: anyText(3_000).optional(),
    fields: z.array(anyText(2_000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(({ text: words, fields }) => words !== undefined || fields !== undefined, {
    error: 'missing required field: text or fields',
  });

const rawText = z.strictObject({ type: z.literal('raw_text'), text: text(1, 3_000) });
const richText = z.strictObject({ type: z.literal('rich_text'), ...base, elements: richTextElements });

const block = z.discriminatedUnion('type', [
  section,
  z.strictObject({ type: z.literal('header'), ...base, text: plainText(150) }),
  z.strictObject({ type: z.literal('divider'), ...base }),
  z.strictObject({ type: z.literal('context'), ...base, elements: z.array(contextElement).min(1).max(10) }),
  z.strictObject({ type: z.literal('actions'), ...base, elements: z.array(actionElement).min(1).max(25) }),
  z.strictObject({
    type: z.literal('input'),
    ...base,
    label: plainText(2_000),
    hint: plainText(2_000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
    element: inputElement,
  }),
  richText,
  z.strictObject({
    type: z.literal('table'),
    ...base,
    rows: z
      .array(
        z
          .array(z.discriminatedUnion('type', [rawText, richText]))
          .min(1)
          .max(20),
      )
      .min(1)
      .max(100),
    column_settings: z
      .array(
        z
          .strictObject({
            align: z.enum(['left', 'center', 'right']).optional(),
            is_wrapped: z.boolean().optional(),
          })
          .nullable(),
      )
      .max(20)
      .optional(),
  }),
]);

const MOST_BLOCKS = { message: 50, view: 100 } as const;
/** Undocumented; seen near 13,000 (platforms.md 4.6). The sandbox takes the lower side. */
const MOST_TEXT = 13_000;

/**
 * The blocks with the ids that Slack adds. Throws a SlackError whose messages name each place.
 * @param where names the error: `invalid_blocks` for a message, `invalid_arguments` for a view.
 */
export function readBlocks(given: unknown, where: 'message' | 'view'): readonly Block[] {
  const pointer = where === 'view' ? '/view/blocks' : '/blocks';
  const parsed = z.array(z.unknown()).safeParse(given);
  if (!parsed.success) throw refused(where, [`[ERROR] expected an array [json-pointer:${pointer}]`]);
  const most = MOST_BLOCKS[where];
  const tooMany =
    parsed.data.length > most ? [`[ERROR] no more than ${most} items allowed [json-pointer:${pointer}]`] : [];
  const wrong = [...tooMany, ...parsed.data.flatMap((one, index) => problemsOf(one, `${pointer}/${index}`))];
  if (wrong.length > 0) throw refused(where, wrong);
  const blocks = parsed.data.map((one) => withIds(one as Record<string, unknown>));
  const twice = [...repeated(blocks.map(({ block_id }) => block_id)), ...blocks.flatMap(repeatedActions)];
  if (twice.length > 0)
    throw refused(
      where,
      twice.map((id) => `[ERROR] must be unique: ${id} [json-pointer:${pointer}]`),
    );
  if (where === 'message' && lengthOf(blocks) > MOST_TEXT) throw new SlackError('msg_blocks_too_long');
  return blocks;
}

/** What is wrong with a value, in Slack's manner: `[ERROR] … [json-pointer:/blocks/0/text]`. */
export function problemsOf(value: unknown, pointer: string, schema: z.ZodType = block): string[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map(
    (issue) => `[ERROR] ${wordsOf(issue)} [json-pointer:${[pointer, ...issue.path].join('/')}]`,
  );
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `invalid additional property: ${issue.keys.join(', ')}`;
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) return 'unsupported type';
  if (issue.code === 'too_big' && issue.origin === 'array') return `no more than ${issue.maximum} items allowed`;
  return issue.message;
}

function refused(where: 'message' | 'view', messages: readonly string[]): SlackError {
  const code = where === 'view' ? 'invalid_arguments' : 'invalid_blocks';
  return new SlackError(code, { errors: messages, response_metadata: { messages } });
}

function withIds(given: Record<string, unknown>): Block {
  const named = { ...given, type: String(given['type']), block_id: String(given['block_id'] ?? shortId()) };
  const act = (element: unknown): unknown =>
    isInteractive(element) ? { action_id: shortId(), ...(element as object) } : element;
  return {
    ...named,
    ...(Array.isArray(given['elements']) ? { elements: given['elements'].map(act) } : {}),
    ...(given['accessory'] ? { accessory: act(given['accessory']) } : {}),
    ...(given['element'] ? { element: act(given['element']) } : {}),
  };
}

const SILENT = /^(plain_text|mrkdwn|image|rich_text_\w+)$/;

function isInteractive(element: unknown): boolean {
  const type = (element as { type?: unknown } | null)?.type;
  return typeof type === 'string' && !SILENT.test(type);
}

/** The interactive elements of a block. */
export function elementsOf(one: Block): (Record<string, unknown> & { type: string; action_id: string })[] {
  const all = [...((one['elements'] as unknown[] | undefined) ?? []), one['accessory'], one['element']];
  return all.filter(isInteractive) as (Record<string, unknown> & { type: string; action_id: string })[];
}

function repeatedActions(one: Block): string[] {
  return repeated(elementsOf(one).map(({ action_id }) => action_id));
}

function repeated(ids: readonly string[]): string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + lengthOf(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, field]) => sum + (key === 'text' && typeof field === 'string' ? field.length : lengthOf(field)),
    0,
  );
}

function shortId(): string {
  return randomBytes(4).toString('base64url').slice(0, 5);
}

import { z } from 'zod';
import { problemsOf, readBlocks } from './block-kit.js';
import { plainText, text } from './composition-objects.js';
import { SlackError, type StoredView } from './slack-wire.js';

const common = {
  blocks: z.array(z.unknown()).min(1),
  private_metadata: text(0, 3_000).optional(),
  callback_id: text(0, 255).optional(),
  external_id: text(0, 255).optional(),
};
const modal = z.strictObject({
  type: z.literal('modal'),
  ...common,
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});
const home = z.strictObject({ type: z.literal('home'), ...common });

const MOST_BYTES = 250_000;

export type ViewContent = Pick<
  StoredView,
  'type' | 'blocks' | 'title' | 'submit' | 'close' | 'private_metadata' | 'callback_id' | 'external_id'
> &
  Pick<StoredView, 'clear_on_close' | 'notify_on_close'>;

/** A view as a bot sends it. Throws `invalid_arguments` with every place that is wrong, or `view_too_large`. */
export function readView(given: unknown, type: 'modal' | 'home'): ViewContent {
  if (given === undefined) throw new SlackError('invalid_arguments', wrong(['[ERROR] missing required field: view']));
  if (Buffer.byteLength(JSON.stringify(given)) > MOST_BYTES) throw new SlackError('view_too_large');
  const schema = type === 'modal' ? modal : home;
  const problems = problemsOf(given, '/view', schema);
  if (problems.length > 0) throw new SlackError('invalid_arguments', wrong(problems));
  const view = given as Partial<ViewContent>;
  const blocks = readBlocks(view.blocks, 'view');
  if (type === 'modal' && view.submit === undefined && blocks.some((block) => block.type === 'input')) {
    const words = '[ERROR] submit is required when an input block is within blocks array [json-pointer:/view/submit]';
    throw new SlackError('invalid_arguments', wrong([words]));
  }
  return {
    type,
    blocks,
    ...(view.title ? { title: view.title } : {}),
    ...(view.submit ? { submit: view.submit } : {}),
    ...(view.close ? { close: view.close } : {}),
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    external_id: view.external_id ?? '',
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
  };
}

function wrong(messages: readonly string[]): Record<string, unknown> {
  return { response_metadata: { messages } };
}

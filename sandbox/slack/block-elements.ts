import { z } from 'zod';
import {
  anyText,
  choiceOption,
  confirm,
  menuOption,
  menuOptions,
  MOST,
  optionGroups,
  overflowOption,
  plainText,
  text,
  webUrl,
} from './composition-objects.js';

/** The interactive elements of Block Kit that the sandbox shows. One that it cannot show is refused, not dropped. */

const base = { action_id: text(1, MOST.actionId).optional() };
const confirmable = { confirm: confirm.optional() };
const focusable = { focus_on_load: z.boolean().optional() };
const placeholder = { placeholder: plainText(MOST.placeholder).optional() };
const dispatchable = {
  dispatch_action_config: z
    .strictObject({ trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).optional() })
    .optional(),
};
const menu = { ...base, ...confirmable, ...focusable, ...placeholder };
const several = { max_selected_items: z.int().min(1).optional() };

const button = z.strictObject({
  type: z.literal('button'),
  ...base,
  ...confirmable,
  text: plainText(MOST.buttonText),
  value: text(0, MOST.buttonValue).optional(),
  url: webUrl.optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: text(1, 75).optional(),
});

const ofOptions = { options: menuOptions.optional(), option_groups: optionGroups.optional() };
const hasOneSource = (element: { options?: unknown; option_groups?: unknown }): boolean =>
  (element.options === undefined) !== (element.option_groups === undefined);
const ONE_SOURCE = { error: 'provide either options or option_groups' };

const staticSelect = z
  .strictObject({ type: z.literal('static_select'), ...menu, ...ofOptions, initial_option: menuOption.optional() })
  .refine(hasOneSource, ONE_SOURCE);
const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...menu,
    ...several,
    ...ofOptions,
    initial_options: menuOptions.optional(),
  })
  .refine(hasOneSource, ONE_SOURCE);
const query = { min_query_length: z.int().min(0).optional() };
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...menu,
  ...query,
  initial_option: menuOption.optional(),
});
const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...menu,
  ...query,
  ...several,
  initial_options: menuOptions.optional(),
});
const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  ...menu,
  initial_user: z.string().optional(),
});
const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...base,
  ...confirmable,
  options: z.array(overflowOption).min(1).max(MOST.overflow),
});
const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  ...base,
  ...confirmable,
  ...focusable,
  options: z.array(choiceOption).min(1).max(MOST.choices),
  initial_options: z.array(choiceOption).min(1).max(MOST.choices).optional(),
});
const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  ...base,
  ...confirmable,
  ...focusable,
  options: z.array(choiceOption).min(1).max(MOST.choices),
  initial_option: choiceOption.optional(),
});
const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...menu,
  initial_date: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
});
const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  ...base,
  ...focusable,
  ...placeholder,
  ...dispatchable,
  multiline: z.boolean().optional(),
  initial_value: text(0, 3_000).optional(),
  min_length: z.int().min(0).max(3_000).optional(),
  max_length: z.int().min(1).max(3_000).optional(),
});
const lineInput = { ...base, ...focusable, ...placeholder, ...dispatchable, initial_value: z.string().optional() };
const emailInput = z.strictObject({ type: z.literal('email_text_input'), ...lineInput });
const urlInput = z.strictObject({ type: z.literal('url_text_input'), ...lineInput });
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...lineInput,
  is_decimal_allowed: z.boolean(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
});

const selects = [staticSelect, multiStaticSelect, externalSelect, multiExternalSelect, usersSelect] as const;

/** What may stand in an actions block. */
export const actionElement = z.discriminatedUnion('type', [
  button,
  ...selects,
  overflow,
  checkboxes,
  radioButtons,
  datepicker,
]);

/** What may stand beside the text of a section. Slack also allows images there, which we do not use. */
export const accessory = actionElement;

/** What may stand in an input block. */
export const inputElement = z.discriminatedUnion('type', [
  ...selects,
  checkboxes,
  radioButtons,
  datepicker,
  plainTextInput,
  emailInput,
  urlInput,
  numberInput,
]);

/** What may stand in a context block, images apart. */
export const contextElement = anyText(3_000);

import { z } from 'zod';
import { enteredSchema } from './state-values.js';

/** What a person can do in Slack, as the page and the tests say it. `as` is an account's id. */
const id = z.string().min(1).max(255);
const by = { as: id };
const onMessage = { channel: id, ts: id };

const container = z.union([z.object(onMessage), z.object({ view_id: id })]);

export const deedSchema = z.discriminatedUnion('deed', [
  z.object({
    deed: z.literal('write'),
    ...by,
    channel: id,
    text: z.string().trim().min(1).max(12_000),
    thread_ts: id.optional(),
  }),
  z.object({ deed: z.literal('command'), ...by, channel: id, text: z.string().trim().startsWith('/').max(12_000) }),
  z.object({
    deed: z.literal('press'),
    ...by,
    at: container,
    block_id: id,
    action_id: id,
    /** What was chosen, for anything but a button. */
    value: enteredSchema.valueType.valueType.optional(),
    /** What stands in the other inputs there. */
    entered: enteredSchema.default({}),
  }),
  z.object({
    deed: z.literal('suggest'),
    ...by,
    at: container,
    block_id: id,
    action_id: id,
    value: z.string().max(1_000),
  }),
  z.object({ deed: z.literal('submit'), ...by, view_id: id, entered: enteredSchema.default({}) }),
  z.object({ deed: z.literal('close'), ...by, view_id: id, all: z.boolean().default(false) }),
  z.object({ deed: z.literal('home'), ...by, tab: z.enum(['home', 'messages']) }),
  z.object({
    deed: z.literal('upload'),
    ...by,
    channel: id,
    name: z.string().min(1).max(200),
    base64: z.base64(),
    text: z.string().max(12_000).default(''),
  }),
  z.object({ deed: z.literal('shortcut'), ...by, ...onMessage }),
  /** Slack itself, when somebody enters the bot's address in the app's configuration. */
  z.object({ deed: z.literal('verify-url') }),
  z.object({ deed: z.literal('check-ssl') }),
]);

export type Deed = z.infer<typeof deedSchema>;
export type DeedOf<K extends Deed['deed']> = Extract<Deed, { deed: K }>;

/** What the person sees of it at once; everything else comes through the event stream. */
export interface Outcome {
  /** Whether the bot took it within three seconds. */
  readonly delivered: boolean;
  /** What Slack's own client says to the person. */
  readonly notice?: string;
  /** By block id, under the inputs of a modal. */
  readonly errors?: Readonly<Record<string, string>>;
  /** What a list that fills itself offers. */
  readonly options?: readonly unknown[];
  /** Of the message that was written. */
  readonly ts?: string;
}

/** The wish cannot be carried out: nothing of the kind is there. */
export class NoSuchThing extends Error {
  override readonly name = 'NoSuchThing';
}

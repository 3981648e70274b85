import { z } from 'zod';
import { NUMBER_FORM } from '../../dialogs/forms/link-number.form.js';
import type { Json } from '../../services/index.js';
import type { Delivery } from './delivery.js';
import { buttonValue } from './slack-state.js';

/** A delivery as it is stored between its acknowledgement and the end of the work on it. Rows outlive releases. */

const inputs = z.record(z.string(), z.string());
const perhaps = z
  .string()
  .optional()
  .transform((given) => given);
const surface = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('message'), channel: z.string(), ts: z.string(), thread: perhaps }),
  z.object({ kind: z.literal('page') }),
]);
const deed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), text: z.string(), channel: z.string() }),
  z.object({
    ...{ kind: z.literal('message'), text: z.string(), channel: z.string(), thread: perhaps },
    files: z.array(z.object({ name: z.string(), url: z.string() })),
  }),
  z.object({ kind: z.literal('mention'), text: z.string(), channel: z.string(), thread: z.string() }),
  z.object({ kind: z.literal('click'), button: buttonValue, label: perhaps, inputs, missing: perhaps, surface }),
  z.object({
    ...{ kind: z.literal('form'), form: z.string(), title: perhaps, reference: perhaps, inputs },
    ...{ viewId: z.string(), conversation: z.string() },
  }),
  z.object({ kind: z.literal('about'), author: perhaps }),
]);
const kept = z.object({
  ...{ id: z.string(), userId: z.string(), userTeam: perhaps, teamId: z.string(), appId: perhaps },
  ...{ isEnterprise: z.boolean(), isShared: z.boolean(), deed },
});

/**
 * What is stored: not the trigger, and not the address to answer at, which are rights that are good for a while.
 * `undefined`: it leads to nothing that could be lost, as rows of a list and the app's own page are asked for again, or it is
 * a secret: the number of an account link is entered again.
 */
export function toKept({ id, userId, userTeam, teamId, appId, ...rest }: Delivery): Json | undefined {
  const { isEnterprise, isShared, deed: done } = rest;
  if (done.kind === 'search' || done.kind === 'home') return undefined;
  if (done.kind === 'form' && done.form === NUMBER_FORM) return undefined;
  const given = { id, userId, userTeam, teamId, appId, isEnterprise, isShared, deed: done };
  // What is `undefined` has no place in JSON.
  return JSON.parse(JSON.stringify(given)) as Json;
}

/** `undefined`: no release that this one knows has written that. */
export function readKept(stored: Json): Delivery | undefined {
  const parsed = kept.safeParse(stored);
  return parsed.success ? { ...parsed.data, triggerId: undefined, responseUrl: undefined } : undefined;
}

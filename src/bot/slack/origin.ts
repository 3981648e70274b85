import { understand } from '../../dialogs/intents.js';
import type { Place, Said } from '../../dialogs/turn.js';
import type { Delivery } from './delivery.js';
import { addressOf, isDirect, placeOf } from './slack-places.js';
import { withoutMentions } from './typed-text.js';

/** Where something was done, as far as an answer can stand there. */
export function originOf({ deed }: Delivery, team: string): Place | undefined {
  switch (deed.kind) {
    case 'message':
    case 'mention':
      return placeOf({ team, channel: deed.channel, thread: deed.thread });
    case 'click':
      return deed.surface.kind === 'message' ? placeOf({ team, ...deed.surface }) : undefined;
    case 'form':
      return placeOf({ ...addressOf(deed.conversation), team });
    default:
      return undefined;
  }
}

/** A command in the direct messages of two people: its answer is in those with the bot. */
export function isInOtherDirect({ deed }: Delivery, place: Place): boolean {
  return deed.kind === 'command' && isDirect(deed.channel) && deed.channel !== addressOf(place.conversation).channel;
}

/** In a channel: the card that stands there already, and the help, unless another company reads along. */
export function isForEverybody({ deed, isShared }: Delivery): boolean {
  if (deed.kind === 'click') return deed.button.verb !== 'intent';
  if (deed.kind !== 'mention') return true;
  const understood = understand(withoutMentions(deed.text));
  return !isShared && understood.kind === 'intent' && understood.intent.name === 'help';
}

/** The card stands where others see it: it stays as it is. */
export function withoutMessage(said: Said): Said {
  if (said.kind !== 'click') return said;
  const { kind, verb, reference, revision, inputs } = said;
  return { kind, verb, reference, revision, inputs };
}

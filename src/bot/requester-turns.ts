import { REQUEST_FORM } from '../dialogs/forms/request-access.form.js';
import { understand, type IntentName } from '../dialogs/intents.js';
import type { Said } from '../dialogs/turn.js';

/**
 * What somebody may do whom nobody has proven to be that person (`Account.byEmail`): ask for access for themselves, see
 * their requests and their access, cancel, and give back. A list of what is allowed: what is not named here is answered
 * with the invitation to link, and so is whatever will be added elsewhere.
 */
export function isForRequesters(said: Said): boolean {
  switch (said.kind) {
    case 'text': {
      const understood = understand(said.text);
      return understood.kind === 'intent' && isIntent(understood.intent.name);
    }
    case 'click':
      return said.verb === 'intent' ? isIntent(said.reference) : VERBS.has(said.verb);
    case 'form':
      return said.form === REQUEST_FORM ? isForThemselves(said.inputs) : said.form === 'give-back-access';
    default:
      return false;
  }
}

const INTENTS: readonly IntentName[] = ['request-access', 'my-requests', 'my-access'];
const VERBS: ReadonlySet<string> = new Set(['access-cancel', 'access-give-back', 'access-show']);

function isIntent(name: string): boolean {
  return INTENTS.some((known) => known === name);
}

/** Neither for somebody else nor by break-glass. */
function isForThemselves({ person = '', how = 'ask' }: Readonly<Record<string, string>>): boolean {
  return person.trim() === '' && how === 'ask';
}

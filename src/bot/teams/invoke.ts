import type { Answer } from '../../dialogs/turn.js';
import type { Choice } from '../../dialogs/views/view.js';
import { ADAPTIVE_CARD_TYPE, toAdaptiveCard } from './adaptive-card.js';
import { CHOICE_TITLE, MOST_FOUND } from './card-limits.js';
import { oneLine, orDash } from '../view-text.js';

/** The body of an answer to `adaptiveCard/action` or `application/search`. All three fields must be there, or the client shows nothing. */
export interface InvokeBody {
  readonly statusCode: number;
  readonly type: string;
  readonly value: unknown;
}

/** The answer as the one who clicked sees it: another card, a line under the card, or a red line. */
export function invokeAnswer(answer: Answer | undefined): InvokeBody {
  if (answer?.kind === 'view') {
    return { statusCode: 200, type: ADAPTIVE_CARD_TYPE, value: toAdaptiveCard(answer.view) };
  }
  if (answer?.kind === 'choices') return found(answer.choices);
  if (answer?.kind === 'refused') return invokeError(403, answer.text);
  const text = answer?.kind === 'message' ? answer.text : 'Received.';
  return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: text };
}

/** The rows of a list that fills itself. Teams shows their titles as they are. */
function found(choices: readonly Choice[]): InvokeBody {
  const results = choices
    .slice(0, MOST_FOUND)
    .map(({ title, value }) => ({ title: orDash(oneLine(title, CHOICE_TITLE)), value }));
  return { statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse', value: { results } };
}

export function invokeError(statusCode: 400 | 403 | 500, message: string): InvokeBody {
  const codes = { 400: 'BadRequest', 403: 'Refused', 500: 'Failed' } as const;
  return { statusCode, type: 'application/vnd.microsoft.error', value: { code: codes[statusCode], message } };
}

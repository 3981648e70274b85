import { Template } from 'adaptivecards-templating';
import type { View } from '../../dialogs/views/view.js';
import { cardData } from './card-data.js';
import { fitsTeams, LIMIT_STEPS } from './card-limits.js';
import template from './view.template.json';

/** An Adaptive Card of schema 1.5, ready to be sent. */
export interface AdaptiveCard {
  readonly type: 'AdaptiveCard';
  readonly version: '1.5';
  readonly lang: string;
  readonly fallbackText: string;
  readonly body: readonly CardPart[];
  readonly actions: readonly CardPart[];
}

export interface CardPart {
  readonly type: string;
  readonly [property: string]: unknown;
}

export const ADAPTIVE_CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

const viewTemplate = new Template(template);

/**
 * Lays a view out as a card that Teams takes: under 25 KB with its activity. Where it would be larger, texts, rows and
 * choices are cut, with the number of what was left out; a button never is.
 */
export function toAdaptiveCard(view: View): AdaptiveCard {
  let card: AdaptiveCard | undefined;
  for (const limits of LIMIT_STEPS) {
    card = withoutSilence(viewTemplate.expand({ $root: cardData(view, limits) })) as AdaptiveCard;
    if (fitsTeams(card)) break;
  }
  if (!card) throw new Error('There is no step of limits.');
  return card;
}

/** Properties whose value says what a card does anyway, and those whose content is data, which must stay as it is. */
const SILENT: Readonly<Record<string, unknown>> = {
  weight: 'Default',
  color: 'Default',
  isSubtle: false,
  strikethrough: false,
  isMultiline: false,
  isMultiSelect: false,
  isRequired: false,
};
const KEPT_WHOLE = new Set(['data', 'choices']);

/** The template names every property that an element may have; those that say nothing are taken out again. */
function withoutSilence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSilence);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, property]) => property !== '' && !(name in SILENT && SILENT[name] === property))
      .map(([name, property]) => [name, KEPT_WHOLE.has(name) ? property : withoutSilence(property)]),
  );
}

import { timeSpanText, type AccessOffer } from '../../services/index.js';
import { buttonName } from './people.view.js';
import { dismiss } from './person-question.js';
import type { View } from './view.js';

/** There is nothing that this person may ask for, and why. */
export function noOffersView(offers: readonly AccessOffer[]): View {
  const text = 'There is nothing that you can ask for.';
  const items = offers.map(({ name, problem }) => `${name}: ${problem ?? 'it is not offered to you.'}`);
  return {
    title: 'Request access',
    tone: 'neutral',
    elements: [{ kind: 'text', text }, ...(items.length === 0 ? [] : [{ kind: 'list', items } as const])],
    actions: [],
    fallback: text,
  };
}

const DAY = 1_440;

/** The second step of a break-glass. @param reference whom, which role, how long, and which form. */
export function confirmBreakGlassView(wish: {
  offer: AccessOffer;
  minutes: number;
  why: string;
  reference: string;
}): View {
  const { offer, minutes, why, reference } = wish;
  const span = timeSpanText({ minutes });
  return {
    title: `Take ${offer.name} at once?`,
    tone: 'warning',
    elements: [
      { kind: 'text', text: `Break-glass gives ${offer.name} for ${span} without asking anybody first.` },
      {
        kind: 'list',
        heading: 'What follows',
        items: [
          'Those who decide first about this role are told at once, with your reason.',
          `Within 24 hours an approver says whether it was right.${minutes > DAY ? ' If nobody does, the access ends.' : ''}`,
          'It stands in the audit.',
        ],
      },
      { kind: 'write', id: 'why', label: 'Why can it not wait?', value: why, maxLength: 500, required: 'Say why.' },
    ],
    actions: [
      {
        kind: 'verb',
        label: `Take ${buttonName(offer.name)} now`,
        verb: 'break-glass',
        reference,
        revision: 0,
        style: 'danger',
      },
      dismiss(),
    ],
    fallback: `Taking ${offer.name} by break-glass waits for a confirmation.`,
  };
}

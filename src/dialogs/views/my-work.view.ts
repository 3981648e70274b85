import { MOST_WORK, type RequestCard, type Work } from '../../services/index.js';
import { accessPhase, phaseLine } from './access-phase.js';
import { titleOf } from './access-request.view.js';
import { askedText, minutesText, zonedText } from './access-words.js';
import { buttonName } from './people.view.js';
import type { Action, Element, View } from './view.js';

/** Which of the lists are shown; all of them are *my work*. */
export type WorkList = 'waiting' | 'requests' | 'access';

export interface WorkShown {
  readonly readerId: string;
  readonly now: Date;
}

const TITLES = { waiting: 'Waiting for me', requests: 'My requests', access: 'My access' } as const;

/** What concerns this person: what waits for them, what they asked for, and what they have. */
export function workView(work: Work, lists: readonly WorkList[], shown: WorkShown): View {
  const [only] = lists;
  const title = lists.length === 1 && only ? TITLES[only] : 'My work';
  return {
    title,
    tone: 'neutral',
    elements: lists.length === 1 ? headless(workElements(work, lists, shown)) : workElements(work, lists, shown),
    actions: [
      ...workActions(work, lists, shown),
      ...(lists.includes('waiting') && lists.length === 1 ? [] : [askButton]),
    ],
    fallback: `${title}: ${summary(work, lists)}.`,
  };
}

/** A list that stands alone is named by the title. */
function headless(elements: readonly Element[]): Element[] {
  return elements.map((element) => (element.kind === 'list' ? { kind: 'list', items: element.items } : element));
}

/** The lists alone, for a page that shows more than them. */
export function workElements(work: Work, lists: readonly WorkList[], shown: WorkShown): Element[] {
  return lists.flatMap((list) => listElements(list, work, shown));
}

/** A button for each row that something can be done with. */
export function workActions(work: Work, lists: readonly WorkList[], { readerId }: WorkShown): Action[] {
  const seen = new Set<string>();
  const buttons = lists.flatMap((list) =>
    cardsOf(list, work)
      .slice(0, MOST_WORK)
      .filter(({ request, can }) => can.length > 0 && !seen.has(request.id) && seen.add(request.id))
      .map((card) => showButton(list, card, readerId)),
  );
  return buttons.map((button, at) => toldApart(button, at, buttons));
}

/** Somebody may have asked for the same twice: a button says which of them it is. */
function toldApart(button: Action, at: number, all: readonly Action[]): Action {
  const before = all.slice(0, at).filter(({ label }) => label === button.label).length;
  return before === 0 ? button : { ...button, label: `${button.label} (${String(before + 1)})` };
}

function cardsOf(list: WorkList, { waitingForMe, mine, access }: Work): readonly RequestCard[] {
  return { waiting: waitingForMe, requests: mine, access }[list];
}

function totalOf(list: WorkList, work: Work): number {
  const { totals } = work;
  if (!totals) return cardsOf(list, work).length;
  return { waiting: totals.waitingForMe, requests: totals.mine, access: totals.access }[list];
}

function listElements(list: WorkList, work: Work, shown: WorkShown): Element[] {
  const cards = cardsOf(list, work);
  const heading = TITLES[list];
  if (cards.length === 0) return [{ kind: 'list', heading, items: [NOTHING[list]] }];
  const items = cards.slice(0, MOST_WORK).map((card) => rowText(list, card, shown));
  const rest = totalOf(list, work) - items.length;
  return [{ kind: 'list', heading, items: rest > 0 ? [...items, `and ${String(rest)} more`] : items }];
}

const NOTHING = {
  waiting: 'Nothing waits for you.',
  requests: 'You have asked for nothing yet.',
  access: 'You have no access through Latchkey now.',
} as const;

function rowText(list: WorkList, card: RequestCard, { readerId, now }: WorkShown): string {
  const { request, lease, extendedUntil } = card;
  const { rules, why, minutes } = request;
  if (list === 'access' && lease) {
    const until = `until ${zonedText(extendedUntil ?? lease.endsAt, rules.timeZone)}`;
    return `${rules.role.name}, ${lease.state === 'planned' ? 'coming, ' : ''}${until}`;
  }
  if (list === 'waiting') return `${titleOf(request, readerId)}, ${minutesText(minutes)}: ${why}`;
  return `${askedText(request)}, ${minutesText(minutes)}. ${phaseLine(accessPhase(card, now), card, readerId)}`;
}

function showButton(list: WorkList, { request }: RequestCard, readerId: string): Action {
  const { id, asker, person, rules, revision } = request;
  const whose =
    asker.id === readerId && person.id === readerId ? rules.role.name : `${rules.role.name}, ${person.name}`;
  const label = `${list === 'waiting' ? 'Decide on' : 'Open'} ${buttonName(whose)}`;
  return { kind: 'verb', label, verb: 'access-show', reference: id, revision };
}

const askButton: Action = {
  ...{ kind: 'verb', label: 'Request access', verb: 'intent', reference: 'request-access', revision: 0 },
};

function summary(work: Work, lists: readonly WorkList[]): string {
  const words = { waiting: 'waiting for you', requests: 'of your requests', access: 'that you have' };
  return lists.map((list) => `${String(totalOf(list, work))} ${words[list]}`).join(', ');
}

import { MOST_WORK, type RequestCard, type Work } from '../../services/index.js';
import { accessPhase, phaseLine } from './access-phase.js';
import { titleOf } from './access-request.view.js';
import { askedText, minutesText, zonedText } from './access-words.js';
import { healthActions, healthElements, troubleCount, type HealthShown } from './health.view.js';
import { buttonName } from './people.view.js';
import type { Action, Element, View } from './view.js';

/** Which of the lists are shown; all of them are *my work*. */
export type WorkList = 'waiting' | 'requests' | 'access';

export interface WorkShown {
  readonly readerId: string;
  readonly now: Date;
  /** The fourth list, for those who may look; absent: it is not for them, or not asked for. */
  readonly health?: HealthShown | undefined;
  /** What there is to say below the lists. */
  readonly note?: string | undefined;
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
    actions: workActions(work, lists, shown, lists.includes('waiting') && lists.length === 1 ? [] : [askButton]),
    fallback: `${title}: ${summary(work, lists, shown)}.`,
  };
}

/** A list that stands alone is named by the title. */
function headless(elements: readonly Element[]): Element[] {
  return elements.map((element) => (element.kind === 'list' ? { kind: 'list', items: element.items } : element));
}

/** The lists alone, for a page that shows more than them. */
export function workElements(work: Work, lists: readonly WorkList[], shown: WorkShown): Element[] {
  return [
    ...lists.flatMap((list) => listElements(list, work, shown)),
    ...(shown.health ? healthElements(shown.health, shown) : []),
    ...(shown.note === undefined ? [] : [{ kind: 'text', text: shown.note, style: 'subtle' } as const]),
  ];
}

/** Of the rows so many come before what else there is: Teams shows six buttons, and hides the others. */
const FIRST_ROWS = 4;

/**
 * A button for each row that something can be done with. What waits for the reader comes first; what they can always do, and
 * what is wrong, come before the rest of the rows.
 * @param always what they can do in any case.
 */
export function workActions(
  work: Work,
  lists: readonly WorkList[],
  { readerId, ...shown }: WorkShown,
  always: readonly Action[] = [],
): Action[] {
  const seen = new Set<string>();
  const rows = lists.flatMap((list) =>
    cardsOf(list, work)
      .slice(0, MOST_WORK)
      .filter(({ request, can }) => can.length > 0 && !seen.has(request.id) && seen.add(request.id))
      .map((card) => ({ card, button: showButton(list, card, readerId) })),
  );
  const buttons = toldApart(rows);
  const [wrong, ...others] = shown.health ? healthActions(shown.health, { readerId, now: shown.now }) : [];
  return [
    ...[...buttons.slice(0, FIRST_ROWS), ...always, ...(wrong ? [wrong] : [])],
    ...[...buttons.slice(FIRST_ROWS), ...others],
  ];
}

interface RowButton {
  readonly card: RequestCard;
  readonly button: Action;
}

/**
 * Somebody may have asked for the same more than once: the buttons then say what tells those apart, and their number only
 * where nothing else does.
 */
function toldApart(rows: readonly RowButton[]): Action[] {
  return rows.map((row) => {
    const alike = rows.filter(({ button }) => button.label === row.button.label);
    if (alike.length === 1) return row.button;
    const differs = DIFFERENCES.find((words) => new Set(alike.map(({ card }) => words(card))).size === alike.length);
    const which = differs ? differs(row.card) : String(alike.indexOf(row) + 1);
    return { ...row.button, label: `${row.button.label}, ${which}` };
  });
}

const LONGEST_WHY = 18;

/** What may tell alike requests apart, in this order: for how long, when they were asked, and why. */
const DIFFERENCES: readonly ((card: RequestCard) => string)[] = [
  ({ request: { minutes } }) => minutesText(minutes),
  ({ request: { askedAt, rules } }) => `asked ${timeOfDay(askedAt, rules.timeZone)}`,
  ({ request: { askedAt, rules } }) => `asked ${dayAndTime(askedAt, rules.timeZone)}`,
  ({ request: { why } }) => `“${Array.from(why).slice(0, LONGEST_WHY).join('').trim()}”`,
];

/** "Tue 1 Dec 2026, 18:00 (Europe/Berlin)" → "18:00". */
function timeOfDay(date: Date, timeZone: string): string {
  return /, (\S+) /.exec(zonedText(date, timeZone))?.[1] ?? '';
}

/** → "1 Dec, 18:00". */
function dayAndTime(date: Date, timeZone: string): string {
  const [, day = ''] = /^\S+ (\d+ \S+) /.exec(zonedText(date, timeZone)) ?? [];
  return `${day}, ${timeOfDay(date, timeZone)}`;
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

function summary(work: Work, lists: readonly WorkList[], shown: WorkShown): string {
  const words = { waiting: 'waiting for you', requests: 'of your requests', access: 'that you have' };
  const counts = lists.map((list) => `${String(totalOf(list, work))} ${words[list]}`);
  const wrong = shown.health ? troubleCount(shown.health, shown) : 0;
  return [...counts, ...(wrong === 0 ? [] : [`${String(wrong)} ${wrong === 1 ? 'thing' : 'things'} wrong`])].join(', ');
}

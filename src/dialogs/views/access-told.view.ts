import type { AccessRequest, RequestCard } from '../../services/index.js';
import { accessPhase, phaseLine } from './access-phase.js';
import { titleOf, type CardReader } from './access-request.view.js';
import { askedText, minutesText, zonedText } from './access-words.js';
import { testLinkActions } from './people.view.js';
import type { Action, Element, View } from './view.js';

/** The turns of a request that somebody is told in a message of its own, as an edited card is easily missed. */
export const TOLD = ['granted', 'denied', 'expired', 'failed', 'ended', 'ends-soon', 'reminder'] as const;
export type Told = (typeof TOLD)[number];

/** A short message beside the living card, which it does not replace: it says what has happened, and changes no more. */
export function accessToldView(told: Told, card: RequestCard, reader: CardReader): View {
  const { request } = card;
  const { readerId } = reader;
  const { title, tone, text } = wordsOf(told, card, reader);
  const isOwn = readerId === request.person.id;
  return {
    title,
    tone,
    elements: [{ kind: 'text', text }, ...reasonOf(told, card), ...whereNext(told, card, isOwn)],
    actions: told === 'granted' && isOwn ? signInActions(reader) : [],
    fallback: `${title}. ${text}`,
  };
}

function wordsOf(
  told: Told,
  card: RequestCard,
  { readerId, now }: CardReader,
): Pick<View, 'title' | 'tone'> & { text: string } {
  const { request, lease } = card;
  const { person, rules } = request;
  const isOwn = readerId === person.id;
  const whose = isOwn ? 'Your' : `${person.name}’s`;
  const line = phaseLine(accessPhase(card, now), card, readerId);
  const end = lease ? zonedText(lease.endsAt, rules.timeZone) : '';
  switch (told) {
    case 'granted':
      return {
        title: `${isOwn ? 'You have' : `${person.name} has`} access: ${rules.role.name}`,
        tone: 'good',
        text: line,
      };
    case 'denied':
      return { title: `Denied: ${askedText(request)}`, tone: 'neutral', text: line };
    case 'expired':
      return { title: `Nobody decided: ${askedText(request)}`, tone: 'neutral', text: line };
    case 'failed':
      return { title: `Not given: ${askedText(request)}`, tone: 'problem', text: line };
    case 'ended':
      return { title: `${whose} access ended: ${rules.role.name}`, tone: 'neutral', text: line };
    case 'ends-soon':
      return { title: `${whose} access ends soon`, tone: 'warning', text: `${rules.role.name} ends on ${end}.` };
    case 'reminder':
      return {
        ...{ title: `Still waits for you: ${titleOf(request, readerId)}`, tone: 'neutral' },
        text: `${minutesText(request.minutes)} of ${askedText(request)}. The card with the buttons stands further up; “my work” shows it again.`,
      };
  }
}

function reasonOf(told: Told, { request }: RequestCard): Element[] {
  const { decision, why } = request;
  if (told === 'denied' && decision?.reason)
    return [{ kind: 'facts', facts: [{ label: 'Why not', value: decision.reason }] }];
  return told === 'reminder' ? [{ kind: 'facts', facts: [{ label: 'Why', value: why }] }] : [];
}

function whereNext(told: Told, { request }: RequestCard, isOwn: boolean): Element[] {
  const text = nextWords(told, request, isOwn);
  return text === '' ? [] : [{ kind: 'text', text, style: 'subtle' }];
}

function nextWords(told: Told, { kind, rules }: AccessRequest, isOwn: boolean): string {
  const role = rules.role.name;
  switch (told) {
    case 'denied':
    case 'expired':
      return kind === 'extension'
        ? `${role} stays until the end that it has. Say “my access” to ask for more time again.`
        : 'You can ask again: say “request”.';
    case 'failed':
      return 'The card of the request says who can read why, and press Retry.';
    case 'ended':
      return isOwn ? `Say “request” when ${role} is needed again.` : '';
    case 'ends-soon':
      return isOwn ? 'Say “my access” to ask for more time or to give it back.' : '';
    case 'granted':
      return isOwn ? 'Say “my access” to see it, to ask for more time, or to give it back.' : '';
    case 'reminder':
      return '';
  }
}

function signInActions({ signIn }: CardReader): Action[] {
  return signIn ? testLinkActions(signIn.links, signIn.tileMode, 'primary') : [];
}

import type { AccessRequest, Lease, RequestCard, RequestDeed, TestLinks } from '../../services/index.js';
import { accessPhase, phaseLine, phaseTone, type AccessPhase } from './access-phase.js';
import { askedText, giftText, minutesText, namesText, wishText, zonedText } from './access-words.js';
import { asksMore, buttonName, testLinkActions } from './people.view.js';
import type { Action, Element, Fact, View } from './view.js';

/** Who looks at the card, when, and with what a person tries the sign-in, where SSO is set up. */
export interface CardReader {
  /** Entra object id; absent: everybody in a channel. */
  readonly readerId?: string;
  readonly now: Date;
  readonly signIn?: { readonly links: TestLinks; readonly tileMode: string };
}

/**
 * One request as one person sees it: what is the case, who, for whom, what exactly, until when, why, why they; and a
 * button for each deed that they may do now.
 */
export function accessRequestView(card: RequestCard, reader: CardReader): View {
  const { request } = card;
  const phase = accessPhase(card, reader.now);
  const title = titleOf(request, reader.readerId);
  const line = phaseLine(phase, card, reader.readerId);
  return {
    title,
    tone: phaseTone(phase, request),
    elements: [
      { kind: 'text', text: line, style: 'strong' },
      ...breakGlassNotice(card, phase, reader),
      { kind: 'facts', facts: questionFacts(card, phase, reader) },
      ...voteElements(card),
      ...signInFirst(card),
      ...leftOver(card),
      ...nextSteps(card, phase, reader),
      details(card),
    ],
    actions: [...linkActions(card, phase, reader), ...card.can.map((deed) => deedButton(deed, request))],
    ...buttonsFor(card, reader),
    fallback: `${title}: ${line}`,
  };
}

/** In a channel, for whoever was asked. */
function buttonsFor({ request, can }: RequestCard, { readerId }: CardReader): Pick<View, 'buttonsFor'> {
  const personIds = [...new Set(request.approvers.map(({ id }) => id))];
  if (readerId !== undefined || can.length === 0 || personIds.length === 0) return {};
  return { buttonsFor: { personIds, reference: request.id } };
}

export function titleOf(request: AccessRequest, readerId?: string): string {
  const { kind, asker, person, rules } = request;
  const role = rules.role.name;
  const isOwn = readerId === person.id;
  if (kind === 'break-glass') return `Break-glass: ${isOwn ? 'you take' : `${person.name} takes`} ${role}`;
  if (kind === 'extension') {
    if (isOwn) return `${asker.id === person.id ? 'More' : `${asker.name} asks for more`} time for you as ${role}`;
    return readerId === asker.id
      ? `Your request: ${askedText(request)}`
      : `${asker.name} asks for ${askedText(request)}`;
  }
  if (readerId === asker.id) return `Your request: ${wishText(request)}`;
  if (isOwn) return `${asker.name} asks for ${role} for you`;
  return `${asker.name} asks for ${wishText(request)}`;
}

function breakGlassNotice({ request, lease }: RequestCard, phase: AccessPhase, { readerId }: CardReader): Element[] {
  const { kind, person, review, rules } = request;
  if (kind !== 'break-glass') return [];
  const loud = `Break-glass gives access at once, and nobody was asked before. ${readerId === person.id ? 'You' : person.name} named the reason below.`;
  if (!review) return [notice('warning', loud)];
  const { verdict, reviewer, reason = '' } = review;
  if (verdict === 'right')
    return [notice('good', `${reviewer?.name ?? 'An approver'} says it was right. ${reason}`.trim())];
  if (verdict === 'not-right') {
    return [notice('problem', `${reviewer?.name ?? 'An approver'} says it was not right. ${reason}`.trim())];
  }
  const until = zonedText(review.by, rules.timeZone);
  if (review.lapsedAt)
    return [notice('problem', `${loud} Nobody said until ${until} whether it was right, so it was ended.`)];
  const isLonger = lease !== undefined && lease.endsAt > review.by;
  const goesOnTill = phase === 'granted' || phase === 'approved' ? isLonger : false;
  const otherwise = goesOnTill ? ' Unreviewed, the access ends then.' : '';
  return [notice('warning', `${loud} An approver says until ${until} whether it was right.${otherwise}`)];
}

/** The five questions that an approver asks, answered without a click. */
export function questionFacts(card: RequestCard, phase: AccessPhase, { readerId }: CardReader): Fact[] {
  const { request } = card;
  const { asker, person, rules, gift, why } = request;
  const forWhom = asker.id === person.id ? 'themselves' : person.name;
  return [
    { label: 'Who asks', value: asker.id === readerId ? `You (${asker.name})` : asker.name },
    {
      label: 'For whom',
      value: `${asker.id === readerId && asker.id === person.id ? 'yourself' : forWhom} (${person.userPrincipalName})`,
    },
    { label: 'What', value: `${rules.role.name}: ${giftText(gift)}` },
    { label: 'Until when', value: untilText(card, phase) },
    { label: 'Why', value: why },
    ...decisionFacts(card),
    ...whyYou(request, readerId),
    ...askedFacts(card, phase, readerId),
  ];
}

function untilText({ request, lease }: RequestCard, phase: AccessPhase): string {
  const { minutes, decision, rules } = request;
  const given = decision?.minutes ?? minutes;
  const length = minutesText(given);
  const asked = given < minutes ? `, asked for ${minutesText(minutes)}` : '';
  if (lease && (phase === 'granted' || phase === 'ending' || phase === 'ended')) {
    if (lease.endReason === 'called-off') return `${length}${asked}; nothing was given`;
    const isEarly = lease.endedAt !== undefined && lease.endedAt < lease.endsAt;
    const end = isEarly ? lease.endedAt : lease.endsAt;
    return `${zonedText(end, rules.timeZone)}, ${isEarly ? 'given for ' : ''}${length}${asked}`;
  }
  return request.kind === 'extension'
    ? `${length} more${asked}, from the end of the access that is there`
    : `${length}${asked}, from when the access works`;
}

function decisionFacts({ request: { decision }, lease }: RequestCard): Fact[] {
  const { reason = '', kind } = decision ?? {};
  return [
    ...(reason === '' ? [] : [{ label: kind === 'denied' ? 'Why not' : 'Note', value: reason }]),
    ...(lease?.endWhy ? [{ label: 'Why it ended', value: lease.endWhy }] : []),
  ];
}

function whyYou({ approvers, rules, state }: AccessRequest, readerId: string | undefined): Fact[] {
  const asked = approvers.find(({ id }) => id === readerId);
  if (!asked || state !== 'open') return [];
  const later = asked.stage === 0 ? '' : ', asked next as nobody had decided in time';
  return [{ label: 'Why you', value: `You are an approver of ${rules.role.name}${later}` }];
}

function askedFacts({ request }: RequestCard, phase: AccessPhase, readerId: string | undefined): Fact[] {
  if (phase !== 'open') return [];
  const names = request.approvers.filter(({ id }) => id !== readerId).map(({ name }) => name);
  if (names.length === 0) return [];
  const isApprover = names.length < request.approvers.length;
  return [{ label: isApprover ? 'Also asked' : 'Asked', value: namesText(names) }];
}

/** Who has said what, as long as it is worth knowing beside the decision. */
function voteElements({ request, votes }: RequestCard): Element[] {
  const isOne = request.rules.role.approval.every(({ quorum }) => quorum === 1);
  if (votes.length === 0 || isOne) return [];
  const items = votes.map(({ person, vote, minutes, reason, signIn }) => {
    const less = minutes === undefined ? '' : ` for ${minutesText(minutes)}`;
    const proven = signIn ? ', signed in for it' : '';
    return `${person.name} ${vote === 'approve' ? `approved${less}${proven}` : 'denied'}${reason === '' ? '' : `: ${reason}`}`;
  });
  return [{ kind: 'list', heading: 'Votes', items }];
}

/** So that nobody is surprised by it. */
function signInFirst({ request: { rules }, can }: RequestCard): Element[] {
  if (!rules.role.stepUp || !can.includes('approve')) return [];
  return [subtle('To approve it, you sign in at Microsoft anew: a link for that comes when you press the button.')];
}

function leftOver({ request, lease }: RequestCard): Element[] {
  return (lease?.leftOver ?? []).map((what) =>
    notice('warning', `${request.person.name} still has access through ${what}. Latchkey takes only what it gave.`),
  );
}

function nextSteps(
  { request, lease, extendedUntil }: RequestCard,
  phase: AccessPhase,
  { readerId, now, signIn }: CardReader,
): Element[] {
  const isOwn = readerId === request.person.id;
  if (phase === 'failed')
    return [{ kind: 'notice', tone: 'neutral', label: 'What to do', text: failedText(request, lease) }];
  if (phase !== 'granted') return goesOn(extendedUntil, request);
  const isSoon = lease && lease.endsAt.getTime() - now.getTime() <= DAY_MS && lease.reminders > 0;
  const soon = isSoon && extendedUntil === undefined;
  return [
    ...goesOn(extendedUntil, request),
    ...(isOwn && soon
      ? [notice('warning', 'The access ends soon. Ask for more time before that, and there is no gap.')]
      : []),
    ...(isOwn && !signIn ? [subtle('Single sign-on is not set up yet, so there is no link to try it with.')] : []),
  ];
}

/** @see AccessNews who has the card of the run. */
function failedText({ decision, rules }: AccessRequest, lease: Lease | undefined): string {
  const who = decision?.by
    ? `${decision.by.name} and the channel of the administrators`
    : 'The channel of the administrators';
  const until = lease ? ` until ${zonedText(lease.endsAt, rules.timeZone)}` : '';
  return `${who}, where there is one, can read why on the card of the run, and press Retry there once it is mended${until}. What was given in part is taken away then.`;
}

function goesOn(until: Date | undefined, { rules }: AccessRequest): Element[] {
  if (!until) return [];
  return [
    notice('good', `It goes on without a gap until ${zonedText(until, rules.timeZone)}: more time was approved.`),
  ];
}

const DAY_MS = 86_400_000;

function linkActions({ request }: RequestCard, phase: AccessPhase, { readerId, signIn }: CardReader): Action[] {
  if (phase !== 'granted' || readerId !== request.person.id || !signIn) return [];
  return testLinkActions(signIn.links, signIn.tileMode, 'primary');
}

function details({ request, lease }: RequestCard): Element {
  const { id, askedAt, decidedAt, rules, review } = request;
  const { role, timeZone } = rules;
  const at = (date: Date | undefined): string => (date ? zonedText(date, timeZone) : '');
  const facts: Fact[] = [
    { label: 'Asked', value: at(askedAt) },
    { label: 'Decided', value: at(decidedAt) },
    { label: 'Access works since', value: at(lease?.beginsAt) },
    { label: 'To be reviewed by', value: at(review?.by) },
    { label: 'What the role is for', value: role.explains ?? '' },
    { label: 'Longest allowed', value: minutesText(role.lasts.atMost.minutes) },
    { label: 'Request', value: id },
  ];
  return { kind: 'details', title: 'The request in full', facts: facts.filter(({ value }) => value !== '') };
}

/** What each button says. A dot-dot-dot: it asks for more before anything happens. */
function deedButton(deed: RequestDeed, request: AccessRequest): Action {
  const { label, style } = DEEDS[deed](request);
  const verb = `access-${deed}`;
  return { kind: 'verb', label, verb, reference: request.id, revision: request.revision, ...(style ? { style } : {}) };
}

interface Look {
  readonly label: string;
  readonly style?: 'primary' | 'danger';
}

const nameIn = ({ person }: AccessRequest): string => buttonName(person.name);

const DEEDS: Readonly<Record<RequestDeed, (request: AccessRequest) => Look>> = {
  approve: (request) => ({
    label: request.rules.role.stepUp ? asksMore(`Approve ${nameIn(request)}`) : `Approve ${nameIn(request)}`,
    style: 'primary',
  }),
  'approve-less': (request) => ({ label: asksMore(`Approve ${nameIn(request)} for less`) }),
  deny: (request) => ({ label: asksMore(`Deny ${nameIn(request)}`), style: 'danger' }),
  'take-back': (request) => ({ label: `Take back the approval for ${nameIn(request)}` }),
  cancel: (request) => ({ label: `Cancel the request for ${buttonName(request.rules.role.name)}` }),
  extend: () => ({ label: 'Ask for more time …' }),
  'give-back': ({ rules }) => ({ label: asksMore(`Give back ${buttonName(rules.role.name)}`) }),
  revoke: (request) => ({ label: asksMore(`Revoke access of ${nameIn(request)}`) }),
  review: (request) => ({ label: asksMore(`Review the break-glass of ${nameIn(request)}`), style: 'primary' }),
};

function notice(tone: 'good' | 'warning' | 'problem' | 'neutral', text: string): Element {
  return { kind: 'notice', tone, text };
}

function subtle(text: string): Element {
  return { kind: 'text', text, style: 'subtle' };
}

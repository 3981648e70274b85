import { timeSpanText, type AccessOffer, type EntraPerson, type PersonFound } from '../../services/index.js';
import { personChoice } from '../views/person-choice.js';
import { LONGEST_WHY, requestSpans, untilComplaint, WHO_OPEN, type WhoAsked } from './request-access.form.js';
import type { RequestWords, SaidPerson, SaidTime } from './request-words.js';
import { wordsOf, type RoleSaid } from './role-words.js';
import { minutesUntil } from './until-words.js';

/**
 * What words fill into the form, by question id, and what is said beside a question that they leave open. Nothing is
 * guessed: what may mean several things is asked, and what means nothing is said.
 */

type Answers = Readonly<Record<string, string>>;
type Filled = { readonly typed?: Answers; readonly complaints?: Answers };

interface Said {
  /** All of them: who names one that they cannot have is told why. */
  readonly offers: readonly AccessOffer[];
  readonly now: Date;
  readonly timeZone: string;
}

/** All but whom it is for. */
export function filledBySaid(words: RequestWords, said: Said): { typed: Answers; complaints: Answers } {
  const role = roleFilled(words.role, said.offers);
  const offer = said.offers.find(({ roleId }) => roleId === role.typed?.['role']);
  const all = [role, timeFilled(words.times, offer, said), whyFilled(words.why)];
  return {
    typed: Object.assign({}, ...all.map(({ typed }) => typed)) as Answers,
    complaints: Object.assign({}, ...all.map(({ complaints }) => complaints)) as Answers,
  };
}

function roleFilled(role: RoleSaid, offers: readonly AccessOffer[]): Filled {
  if (role.kind === 'none') return {};
  if (role.kind === 'unknown')
    return wrong('role', `No role here is called ${quoted(role.words)}. Choose one of these.`);
  const named = offers.filter(({ roleId }) => role.roleIds.includes(roleId));
  const [offer, ...others] = named;
  if (!offer || others.length > 0)
    return wrong('role', `That may mean ${named.map(({ name }) => name).join(' or ')}. Choose one of these.`);
  const isUsable = offer.problem === undefined || offer.heldUntil !== undefined;
  return isUsable ? { typed: { role: offer.roleId } } : wrong('role', `${offer.name}: ${offer.problem ?? ''}`);
}

function timeFilled(
  [time, ...others]: readonly SaidTime[],
  offer: AccessOffer | undefined,
  { offers, now, timeZone }: Said,
): Filled {
  if (!time) return {};
  const until = wordsOfTime(time);
  if (others.length > 0) {
    // What is no time cannot be sent by mistake.
    const all = [until, ...others.map(wordsOfTime)].join(' or ');
    return { typed: { until: all }, ...wrong('until', `You said more than one time: ${cut(all)}. Say one.`) };
  }
  const minutes = 'until' in time ? minutesUntil(until, { now, timeZone }) : time.minutes;
  if (minutes === undefined) return { typed: { until }, complaints: untilComplaint(cut(until)) };
  const isChoice = 'minutes' in time && requestSpans(offers).some(({ value }) => value === String(minutes));
  const id = isChoice ? 'minutes' : 'until';
  const isTooLong = offer !== undefined && minutes > offer.mostMinutes;
  const most = isTooLong ? `${offer.name} is given for at most ${timeSpanText({ minutes: offer.mostMinutes })}.` : '';
  return { typed: { [id]: isChoice ? String(minutes) : until }, ...(isTooLong ? { complaints: { [id]: most } } : {}) };
}

function wordsOfTime(time: SaidTime): string {
  return 'until' in time ? time.until : timeSpanText(time);
}

function whyFilled(why: string | undefined): Filled {
  if (why === undefined) return {};
  const typed = { why: why.slice(0, LONGEST_WHY) };
  if (why.length <= LONGEST_WHY) return { typed };
  return {
    typed,
    complaints: { why: `A reason has ${String(LONGEST_WHY)} characters at most. Its end is left out here.` },
  };
}

/** Whom the words are about. */
export interface WhoSaid extends WhoAsked {
  /** Their object id, where that is clear. */
  readonly personId?: string;
  readonly complaint?: string;
}

const TYPE_AND_CHOOSE = 'Type two letters of the name, then choose.';

/** Somebody who is known by object id, with the name that goes with it. */
export function whoKnown(person: EntraPerson): WhoSaid {
  const known = personChoice(person);
  return { ...WHO_OPEN, input: { ...WHO_OPEN.input, known }, personId: person.id };
}

/** Of several people the sentence does not say which. */
export function whoUnclear(said: readonly SaidPerson[]): WhoSaid {
  const words = said.map((one) => quoted(one.words)).join(' or ');
  return asksAgain(`Latchkey does not see whether this is for ${words}. ${TYPE_AND_CHOOSE}`);
}

/** A mention that says nothing but a name. */
export function whoMentioned({ words }: SaidPerson): WhoSaid {
  return asksAgain(`The mention of ${quoted(words)} does not say whose account it is. ${TYPE_AND_CHOOSE}`);
}

/** Filled in only where each word that was said is a whole word of the name, or their user name or address. */
export function whoFound({ words, isAlsoRole }: SaidPerson, found: PersonFound): WhoSaid {
  if (found.kind === 'none') return asksAgain(`Entra knows nobody as ${quoted(words)}. ${TYPE_AND_CHOOSE}`);
  if (found.kind === 'one' && !isAlsoRole && isNamedBy(words, found.person)) return whoKnown(found.person);
  const people = found.kind === 'one' ? [found.person] : found.people;
  return {
    input: { kind: 'choice', label: 'Person', choices: people.map((person) => personChoice(person)) },
    isOptional: false,
    complaint: `${quoted(words)} may mean ${people.length === 1 ? 'this person' : 'one of these people'}. Choose who it is; if it is somebody else, ask again with the user principal name.`,
  };
}

export function isNamedBy(words: string, { id, name, userPrincipalName, mail }: EntraPerson): boolean {
  const said = words.trim().toLowerCase();
  const addresses = [userPrincipalName, mail ?? ''].map((address) => address.toLowerCase());
  if ([id, ...addresses, userPrincipalName.toLowerCase().split('@')[0]].includes(said)) return true;
  const [all, names] = [wordsOf(words), wordsOf(name)];
  return all.length > 0 && all.every((word) => names.includes(word));
}

function asksAgain(complaint: string): WhoSaid {
  return { input: { ...WHO_OPEN.input, placeholder: 'Type two letters of a name' }, isOptional: false, complaint };
}

function wrong(id: string, complaint: string): Filled {
  return { complaints: { [id]: complaint } };
}

const LONGEST_QUOTE = 60;

/** As much of what was said as is read at a glance. */
function quoted(words: string): string {
  return `“${cut(words)}”`;
}

function cut(words: string): string {
  const letters = Array.from(words);
  return letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE - 1).join('')}…` : words;
}

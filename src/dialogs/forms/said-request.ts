import { timeSpanText, type AccessOffer, type EntraPerson, type PersonFound } from '../../services/index.js';
import { personChoice } from '../views/person-choice.js';
import { LONGEST_WHY, requestSpans, untilComplaint, WHO_OPEN, type WhoAsked } from './request-access.form.js';
import { carriedWords, roleCarried, type RequestWords, type SaidPerson, type SaidTime } from './request-words.js';
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
  const offer = role.complaints ? undefined : said.offers.find(({ roleId }) => roleId === role.typed?.['role']);
  const all = [role, timeFilled(words.times, offer, said), whyFilled(words.why)];
  return {
    typed: Object.assign({}, ...all.map(({ typed }) => typed)) as Answers,
    complaints: Object.assign({}, ...all.map(({ complaints }) => complaints)) as Answers,
  };
}

/** What is wrong with a role that was carried: one of those to choose from, or words. */
export function roleComplaint(carried: string | undefined, offers: readonly AccessOffer[]): Answers {
  if (carried === undefined || offers.some((offer) => offer.roleId === carried && isUsable(offer))) return {};
  return roleFilled(roleCarried(carried, offers), offers).complaints ?? {};
}

/** What is not clear stays in its words, which are none of the choices. */
function roleFilled(role: RoleSaid, offers: readonly AccessOffer[]): Filled {
  if (role.kind === 'none') return {};
  if (role.kind === 'unknown')
    return roleOpen([role.words], `No role here is called ${quoted(role.words)}. Choose one of these.`);
  const named = offers.filter(({ roleId }) => role.roleIds.includes(roleId));
  const [offer, ...others] = named;
  if (!offer || others.length > 0) {
    const names = named.map(({ name }) => name);
    return roleOpen(names, `That may mean ${names.join(' or ')}. Choose one of these.`);
  }
  return isUsable(offer)
    ? { typed: { role: offer.roleId } }
    : roleOpen([offer.roleId], `${offer.name}: ${offer.problem ?? ''}`);
}

/** What one has already can be asked for for somebody else. */
export function isUsable({ problem, heldUntil }: AccessOffer): boolean {
  return problem === undefined || heldUntil !== undefined;
}

function roleOpen(words: readonly string[], complaint: string): Filled {
  return { typed: { role: carriedWords(words) }, ...wrong('role', complaint) };
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
  /** What was said of them, where it is not. */
  readonly words?: string;
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
  const words = said.map((one) => one.words);
  const either = words.map(quoted).join(' or ');
  return asksAgain(words, `Latchkey does not see whether this is for ${either}. ${TYPE_AND_CHOOSE}`);
}

/** A mention that says nothing but a name. */
export function whoMentioned({ words }: SaidPerson): WhoSaid {
  return asksAgain([words], `The mention of ${quoted(words)} does not say whose account it is. ${TYPE_AND_CHOOSE}`);
}

/** Somebody was named, and cannot be looked up now. */
export function whoLost(): WhoSaid {
  return asksAgain([], `Latchkey could not look up whom you had named. ${TYPE_AND_CHOOSE}`);
}

/**
 * Filled in only where each word that was said is a whole word of the name, or their user name or address, and of nobody
 * else's.
 */
export function whoFound({ words, isAlsoRole }: SaidPerson, found: PersonFound): WhoSaid {
  if (found.kind === 'none') return asksAgain([words], `Entra knows nobody as ${quoted(words)}. ${TYPE_AND_CHOOSE}`);
  const people = found.kind === 'one' ? [found.person] : found.people;
  const [named, ...others] = people.filter((person) => isNamedBy(words, person));
  const isAll = found.kind === 'one' || found.mayBeMore !== true;
  if (named && others.length === 0 && isAll && !isAlsoRole) return whoKnown(named);
  return {
    input: { kind: 'choice', label: 'Person', choices: people.map((person) => personChoice(person)) },
    isOptional: false,
    words: carriedWords([words]),
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

function asksAgain(words: readonly string[], complaint: string): WhoSaid {
  const input = { ...WHO_OPEN.input, placeholder: 'Type two letters of a name' };
  return { input, isOptional: false, words: carriedWords(words), complaint };
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

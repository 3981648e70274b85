import { timeSpanText, type AccessOffer } from '../../services/index.js';
import type { Choice } from '../views/view.js';
import type { FilledForm, Form, Question, QuestionInput } from './form.js';
import { chosenMinutes, spanChoices } from './span-choices.js';
import { minutesUntil } from './until-words.js';

export const REQUEST_FORM = 'request-access';
/** As long as is usual for whichever role is chosen. */
const USUALLY = 'usually';
const AT_ONCE = 'at-once';
/** Characters. */
export const LONGEST_WHY = 500;

export interface FormOptions {
  readonly reference: string;
  readonly timeZone: string;
  /** Absent: nobody was named. */
  readonly who?: WhoAsked;
  /** For themselves alone, so that nobody else is asked about. */
  readonly isForOneself?: boolean;
  /** No role is proposed. */
  readonly isRoleOpen?: boolean;
}

/**
 * @param reference unguessable and new each time, so that one form asks once, however often it is sent.
 * @param timeZone of what is said in words.
 */
export function requestAccessForm(
  offers: readonly AccessOffer[],
  { reference, timeZone, who = WHO_OPEN, isForOneself = false, isRoleOpen = false }: FormOptions,
): Form {
  return {
    ...{ name: REQUEST_FORM, title: 'Request access', reference, sends: { label: 'Ask for access', style: 'primary' } },
    questions: [
      ...(isForOneself ? [] : [whoQuestion(who)]),
      roleQuestion(offers, isRoleOpen),
      spanQuestion(offers),
      untilQuestion(timeZone),
      whyQuestion,
      ...howQuestion(offers),
    ],
  };
}

/** Whom it is for, as the form asks it. */
export interface WhoAsked {
  readonly input: QuestionInput;
  /** Left empty it is for whoever asks; not where somebody else was spoken of. */
  readonly isOptional: boolean;
}

/** Nobody was named. */
export const WHO_OPEN = {
  input: { kind: 'person', label: 'Person', placeholder: 'Yourself, or type two letters of a name' },
  isOptional: true,
} as const satisfies WhoAsked;

function whoQuestion({ input, isOptional }: WhoAsked): Question {
  const asked = { id: 'person', title: 'For whom?', input } as const;
  if (!isOptional) return { ...asked, explains: 'Nothing is asked for until you have chosen who it is.' };
  return { ...asked, isOptional, explains: 'Leave it empty to ask for yourself.' };
}

function roleQuestion(offers: readonly AccessOffer[], isOpen: boolean): Question {
  const [first] = offers;
  const explains = offers.map(({ name, explains: what, gives }) => `${name}: ${what ?? `it gives ${gives}`}`);
  return {
    ...{ id: 'role', title: 'Which role?', explains: explains.map((text) => text.replace(/\.?$/, '.')).join(' ') },
    input: {
      ...{ kind: 'choice', label: 'Role', choices: offers.map(({ roleId, name }) => ({ title: name, value: roleId })) },
      ...(first && !isOpen ? { preselected: first.roleId } : {}),
    },
  };
}

/** The lengths to choose from. */
export function requestSpans(offers: readonly AccessOffer[]): Choice[] {
  const most = Math.max(...offers.map(({ mostMinutes }) => mostMinutes));
  const also = offers.flatMap(({ usualMinutes, mostMinutes }) => [usualMinutes, mostMinutes]);
  return spanChoices(most, also);
}

function spanQuestion(offers: readonly AccessOffer[]): Question {
  const usual: Choice = { title: `As usual: ${usualText(offers)}`, value: USUALLY };
  return {
    ...{
      id: 'minutes',
      title: 'For how long?',
      explains: `The time begins when the access works. ${mostText(offers)}`,
    },
    input: { kind: 'choice', label: 'How long', choices: [usual, ...requestSpans(offers)], preselected: USUALLY },
  };
}

function usualText(offers: readonly AccessOffer[]): string {
  return eachText(offers, ({ usualMinutes }) => usualMinutes);
}

function mostText(offers: readonly AccessOffer[]): string {
  return `At most ${eachText(offers, ({ mostMinutes }) => mostMinutes)}.`;
}

/** One length where all roles share it, else each with the name of its role. */
function eachText(offers: readonly AccessOffer[], of: (offer: AccessOffer) => number): string {
  const lengths = new Set(offers.map(of));
  const said = (offer: AccessOffer): string => timeSpanText({ minutes: of(offer) });
  const [first] = offers;
  if (lengths.size === 1 && first) return said(first);
  return offers.map((offer) => `${said(offer)} as ${offer.name}`).join(', ');
}

function untilQuestion(timeZone: string): Question {
  return {
    ...{ id: 'until', title: 'Or until when?', isOptional: true },
    explains: `In words, in place of the length: 18:00, tomorrow, friday 17:00, 2026-12-24, or 3 hours. A day alone means 18:00; times are those of ${timeZone}.`,
    input: { kind: 'text', label: 'Until', placeholder: 'for example friday 17:00', maxLength: 40 },
  };
}

const whyQuestion: Question = {
  ...{ id: 'why', title: 'Why?', explains: 'Whoever decides reads this.' },
  input: { kind: 'text', label: 'Why', placeholder: 'for example covering the night shift', maxLength: LONGEST_WHY },
};

/** Only where break-glass is offered. */
function howQuestion(offers: readonly AccessOffer[]): Question[] {
  const sharp = offers.filter(({ canBreakGlass }) => canBreakGlass);
  if (sharp.length === 0) return [];
  const names = sharp.map(
    ({ name, breakGlassMinutes = 0 }) => `${name}, at most ${timeSpanText({ minutes: breakGlassMinutes })}`,
  );
  return [
    {
      ...{ id: 'how', title: 'How urgent is it?' },
      explains: `At once is break-glass, for emergencies: those who decide first are told, and an approver reviews it within 24 hours. For ${names.join('; ')}.`,
      input: {
        ...{ kind: 'choice', label: 'How urgent', preselected: 'ask' },
        choices: [
          { title: 'It can wait for an approver', value: 'ask' },
          { title: 'At once, by break-glass …', value: AT_ONCE },
        ],
      },
    },
  ];
}

export interface AskedAccess {
  /** Absent: for oneself. */
  readonly personId: string | undefined;
  readonly offer: AccessOffer;
  readonly minutes: number;
  readonly why: string;
  readonly isAtOnce: boolean;
}

type Inputs = Readonly<Record<string, string>>;

/** What was asked for, or what is wrong with it, by question id. @param timeZone of what is said in words. */
export function readAskedAccess(
  inputs: Inputs,
  { offers, now, timeZone }: { offers: readonly AccessOffer[]; now: Date; timeZone: string },
): { asked: AskedAccess } | { complaints: Readonly<Record<string, string>> } {
  const { person = '', role, until = '', why = '' } = inputs;
  const offer = offers.find(({ roleId }) => roleId === role);
  if (!offer) return { complaints: { role: 'Choose one of these roles.' } };
  const isAtOnce = inputs['how'] === AT_ONCE;
  if (isAtOnce && !offer.canBreakGlass) {
    return {
      complaints: { how: `There is no break-glass for ${offer.name}. Choose that it can wait for an approver.` },
    };
  }
  const minutes = until.trim() === '' ? lengthOf(inputs, offer, isAtOnce) : minutesUntil(until, { now, timeZone });
  if (minutes === undefined) return { complaints: untilComplaint(until) };
  if (why.trim() === '') return { complaints: { why: 'Say why: whoever decides reads it.' } };
  return { asked: { personId: person.trim() || undefined, offer, minutes, why: why.trim(), isAtOnce } };
}

/** As usual; by break-glass no longer than that allows. */
function lengthOf(
  { minutes }: Inputs,
  { usualMinutes, breakGlassMinutes }: AccessOffer,
  isAtOnce: boolean,
): number | undefined {
  if (minutes !== USUALLY && minutes !== undefined) return chosenMinutes(minutes);
  return isAtOnce ? Math.min(usualMinutes, breakGlassMinutes ?? usualMinutes) : usualMinutes;
}

export function untilComplaint(until: string): Readonly<Record<string, string>> {
  if (until.trim() === '') return { minutes: 'Choose one of these lengths, or say until when.' };
  return {
    until: `“${until.trim()}” is no time to come. Say 18:00, tomorrow, friday 17:00, 2026-12-24 18:00, or 3 hours.`,
  };
}

/** The form with what was typed, and what is wrong with it. */
export function filledRequestForm(
  offers: readonly AccessOffer[],
  more: FormOptions & { readonly typed?: Inputs; readonly complaints?: Inputs },
): FilledForm {
  const { typed = {}, complaints = {} } = more;
  const isRoleOpen = complaints['role'] !== undefined;
  return { form: requestAccessForm(offers, { ...more, isRoleOpen }), typed, complaints };
}

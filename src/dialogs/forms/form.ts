import type { Action, Choice, Element, View } from '../views/view.js';

/**
 * A short list of questions, asked one at a time. Each may be answered by a pick or by typing; both go through the same
 * `parse`. Neutral of the platform: Teams asks in the chat, another door may show a dialog.
 */
export interface Form {
  readonly name: string;
  readonly title: string;
  /** What the button that opens it says; absent: it is asked for like any intent, by its name. */
  readonly verb?: string;
  /** What is said before the questions, such as what happens then. */
  readonly intro?: string;
  /** What it is about; comes back with the answers. */
  readonly reference?: string;
  /** What the button says that sends it; absent: *Continue*. */
  readonly sends?: { readonly label: string; readonly style?: 'primary' | 'danger' };
  readonly questions: readonly Question[];
}

export interface Question {
  readonly id: string;
  readonly title: string;
  /** What is asked for and where to find it. */
  readonly explains: string;
  /** It may be left empty. */
  readonly isOptional?: true;
  readonly input: QuestionInput;
}

export type QuestionInput =
  | {
      readonly kind: 'choice';
      readonly label: string;
      readonly choices: readonly Choice[];
      readonly preselected?: string;
    }
  /** Somebody of the tenant, found while typing. */
  | {
      readonly kind: 'person';
      readonly label: string;
      readonly placeholder: string;
      /** Shown as chosen where the answer so far is their value: a list that fills itself knows no names. */
      readonly known?: Choice;
    }
  | { readonly kind: 'text'; readonly label: string; readonly placeholder: string; readonly maxLength: number };

/** Answers so far, by question id: what was understood and how it is shown. */
export type Answers = Readonly<Record<string, { readonly value: string; readonly shown: string }>>;

/** A form as a dialog shows it: what was answered before, and what is wrong with it, by question id. */
export interface FilledForm {
  readonly form: Form;
  readonly typed: Readonly<Record<string, string>>;
  readonly complaints: Readonly<Record<string, string>>;
}

/** The one input id of every question card. */
export const ANSWER_INPUT = 'answer';

/** The card that asks a question, with what was answered before it and, where the last try was wrong, what to do. */
export function questionView(
  form: Form,
  at: number,
  state: { answers: Answers; reference: string; revision: number; complaint?: string; typed?: string },
): View {
  const question = form.questions[at];
  if (!question) throw new Error(`The form ${form.name} has no question ${at}.`);
  const answered = answeredFacts(form, state.answers, at);
  const elements: Element[] = [
    ...(answered.length > 0 ? [{ kind: 'facts', facts: answered } as const] : []),
    { kind: 'text', text: question.title, style: 'strong' },
    { kind: 'text', text: question.explains, style: 'subtle' },
    ...(state.complaint ? [{ kind: 'notice', tone: 'problem', text: state.complaint } as const] : []),
    inputElement(question, state.answers, state.typed),
  ];
  const button = (label: string, verb: string, more: Partial<Extract<Action, { kind: 'verb' }>>): Action => ({
    ...{ kind: 'verb', label, verb, reference: state.reference, revision: state.revision },
    ...more,
  });
  return {
    title: form.questions.length === 1 ? form.title : `${form.title} (${at + 1} of ${form.questions.length})`,
    tone: 'neutral',
    elements,
    actions: [
      button('Continue', 'form-answer', { style: 'primary' }),
      ...(at > 0 ? [button('Back', 'form-back', { ignoresInputs: true })] : []),
      button('Cancel', 'form-cancel', { ignoresInputs: true }),
    ],
    fallback: `${question.title} ${question.explains}`,
  };
}

/** What is left of a question card once it is answered, cancelled or overtaken. */
export function closedFormView(form: Form, answers: Answers, how: string): View {
  const facts = answeredFacts(form, answers, form.questions.length);
  return {
    title: form.title,
    tone: 'neutral',
    elements: [
      ...(facts.length > 0 ? [{ kind: 'facts', facts } as const] : []),
      { kind: 'text', text: how, style: 'subtle' },
    ],
    actions: [],
    fallback: how,
  };
}

function answeredFacts(form: Form, answers: Answers, before: number): { label: string; value: string }[] {
  return form.questions.slice(0, before).flatMap(({ id, input }) => {
    const answer = answers[id];
    return answer ? [{ label: input.label, value: answer.shown }] : [];
  });
}

function inputElement(question: Question, answers: Answers, typed: string | undefined): Element {
  const { input } = question;
  const before = answers[question.id]?.value;
  if (input.kind === 'person') {
    const { label, placeholder } = input;
    return { kind: 'person', id: ANSWER_INPUT, label, placeholder, required: `Choose the ${label.toLowerCase()}.` };
  }
  if (input.kind === 'text') {
    const value = typed ?? before;
    return {
      ...{
        kind: 'write',
        id: ANSWER_INPUT,
        label: input.label,
        placeholder: input.placeholder,
        maxLength: input.maxLength,
      },
      required: `Type the ${input.label.toLowerCase()}.`,
      ...(value === undefined ? {} : { value: value.slice(0, input.maxLength) }),
    };
  }
  const value = before ?? input.preselected;
  return {
    ...{ kind: 'choose', id: ANSWER_INPUT, label: input.label, choices: input.choices },
    required: `Choose the ${input.label.toLowerCase()}.`,
    ...(value === undefined ? {} : { value }),
  };
}

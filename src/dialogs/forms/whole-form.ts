import type { Action, Choice, Element, View } from '../views/view.js';
import type { FilledForm, Form, Question, QuestionInput } from './form.js';

/**
 * A whole form on one card, for a chat without dialogs. Its button has the name of the form as its verb, and what the form
 * is about as its reference; what was typed comes back by question id, as from a dialog.
 */
export function wholeFormView(
  { form, typed, complaints }: FilledForm,
  leave: Action,
  before: readonly Element[] = [],
): View {
  const { title, intro, questions, sends = { label: 'Continue' } } = form;
  return {
    title,
    tone: 'neutral',
    elements: [
      ...before,
      ...(intro === undefined ? [] : [{ kind: 'text', text: intro } as const]),
      ...questions.flatMap((question) => questionElements(question, typed[question.id], complaints[question.id])),
    ],
    actions: [sendButton(form, sends), leave],
    fallback: [`${title}.`, intro ?? '', ...questions.map((question) => question.title)].filter(Boolean).join(' '),
  };
}

function sendButton(
  { name, reference = 'form' }: Form,
  { label, style = 'primary' }: NonNullable<Form['sends']>,
): Action {
  return { kind: 'verb', label, verb: name, reference, revision: 0, style };
}

function questionElements(question: Question, typed: string | undefined, complaint: string | undefined): Element[] {
  const { explains } = question;
  return [
    ...(complaint === undefined ? [] : [{ kind: 'notice', tone: 'problem', text: complaint } as const]),
    inputOf(question, typed),
    ...(explains === '' ? [] : [{ kind: 'text', text: explains, style: 'subtle' } as const]),
  ];
}

/** Somebody is shown as chosen only by the name that goes with the id. */
export function chosenPerson(
  { known }: Extract<QuestionInput, { kind: 'person' }>,
  typed: string | undefined,
): { value?: Choice } {
  return known !== undefined && known.value === typed ? { value: known } : {};
}

function inputOf({ id, title: label, input, isOptional }: Question, typed: string | undefined): Element {
  const required = isOptional ? {} : { required: 'This is needed.' };
  switch (input.kind) {
    case 'choice': {
      const value = input.choices.some((choice) => choice.value === typed) ? typed : input.preselected;
      return {
        kind: 'choose',
        id,
        label,
        choices: input.choices,
        ...required,
        ...(value === undefined ? {} : { value }),
      };
    }
    case 'person':
      return { kind: 'person', id, label, placeholder: input.placeholder, ...required, ...chosenPerson(input, typed) };
    case 'text': {
      const { placeholder, maxLength } = input;
      return {
        kind: 'write',
        id,
        label,
        placeholder,
        maxLength,
        ...required,
        ...(typed === undefined ? {} : { value: typed }),
      };
    }
  }
}

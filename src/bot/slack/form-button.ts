import type { FilledForm, QuestionInput } from '../../dialogs/forms/form.js';
import type { View } from '../../dialogs/views/view.js';
import { toMessage, type ButtonValue, type SlackMessage } from './block-kit.js';
import { SLACK } from './block-kit-limits.js';
import type { Deed } from './delivery.js';

/**
 * A form that no dialog can show now: words cannot open one, and one may be gone. A button opens it, below what is known of
 * it. The button carries what was typed; that is only filled in again, and judged when it is sent.
 */
export function formButtonMessage(given: FilledForm): SlackMessage {
  const { text, blocks } = toMessage(formButtonView(given));
  return {
    text,
    blocks: blocks.map((block) =>
      block.type === 'actions'
        ? { ...block, elements: block.elements.map((element) => carrying(element, given.typed)) }
        : block,
    ),
  };
}

/** The form with what its button carried: what was typed counts more than what a form proposes. */
export function filledAgain(form: FilledForm, deed: Deed): FilledForm {
  if (deed.kind !== 'click' || deed.button.typed === undefined) return form;
  return { ...form, typed: { ...form.typed, ...deed.button.typed } };
}

function formButtonView({ form, typed, complaints }: FilledForm): View {
  const wrong = form.questions.flatMap(({ id }) => complaints[id] ?? []);
  const facts = form.questions.flatMap(({ id, input }) => {
    const value = shownAnswer(input, typed[id] ?? '');
    return value === '' ? [] : [{ label: input.label, value }];
  });
  const text =
    facts.length === 0
      ? 'This is a form. Press the button to fill it in.'
      : 'This is a form, and nothing was done yet. Press the button to see it filled in, and send it there.';
  // What opens a form by its name is an intent.
  const reference = form.verb === undefined ? form.name : (form.reference ?? form.name);
  const button = { verb: form.verb ?? 'intent', reference, revision: 0 };
  return {
    title: form.title,
    tone: wrong.length === 0 ? 'neutral' : 'problem',
    elements: [
      ...wrong.map((complaint) => ({ kind: 'notice', tone: 'problem', text: complaint }) as const),
      ...(facts.length === 0 ? [] : [{ kind: 'details', title: 'What is filled in', facts } as const]),
      { kind: 'text', text },
    ],
    actions: [{ kind: 'verb', label: 'Open the form', ...button, style: 'primary' }],
    fallback: `${form.title}: ${[...wrong, text].join(' ')}`,
  };
}

/** As a person reads it, where the answer itself is an id. */
function shownAnswer(input: QuestionInput, answer: string): string {
  if (input.kind === 'text') return answer;
  const choices = input.kind === 'choice' ? input.choices : input.known ? [input.known] : [];
  return choices.find(({ value }) => value === answer)?.title ?? answer;
}

type Elements = Extract<SlackMessage['blocks'][number], { type: 'actions' }>['elements'];

/** As many of the answers as the button takes, the short ones first. */
function carrying(element: Elements[number], typed: FilledForm['typed']): Elements[number] {
  if (element.type !== 'button' || element.value === undefined) return element;
  // It was written by our own renderer.
  const value = JSON.parse(element.value) as ButtonValue;
  const answers = Object.entries(typed).filter(([, answer]) => answer !== '');
  const shortFirst = answers.sort(([, one], [, other]) => one.length - other.length);
  const written = shortFirst.map((_answer, index) => {
    const kept = Object.fromEntries(shortFirst.slice(0, index + 1));
    return JSON.stringify({ ...value, typed: kept } satisfies ButtonValue);
  });
  const fitting = written.filter((text) => text.length <= SLACK.buttonValue).at(-1);
  return fitting === undefined ? element : { ...element, value: fitting };
}

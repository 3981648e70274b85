import {
  PEOPLE_DATASET,
  type Action,
  type Change,
  type Choice,
  type Element,
  type Fact,
  type StepState,
  type Tone,
  type View,
} from '../../dialogs/views/view.js';
import { cutChoices, cutList, cutManyChoices, keepElements } from '../view-cuts.js';
import { lowerFirst, oneLine, orDash, ourLink, progressText } from '../view-text.js';
import { changeWords, isAllNew, isNew, NOTICE_SYMBOLS, NOTICE_WORDS, STEP_WORDS, TONE_WORDS } from '../view-words.js';
import { EXPANDED_CHOICES, type Limits, SINGLE_LINE_LENGTH, VISIBLE_BUTTONS } from './card-limits.js';
import { escapedText, inertText } from './card-text.js';

/**
 * What `view.template.json` is filled with. Everything is computed here, and every field that the template names is
 * there: a missing one would stay in the card as `${field}`, and `null` would end the expansion. Fields that say
 * nothing are empty text or an empty list; empty text is taken out of the finished card.
 */
export function cardData(view: View, limits: Limits): object {
  const { kept, left } = keepElements(view.elements, limits.elements);
  const elements = kept.map((element, index) => ({ ...NOTHING, ...elementData(element, index, limits) }));
  const more = left === 0 ? [] : [{ ...NOTHING, kind: 'more', more: `… and ${left} more, left out for length` }];
  return {
    ...TONES[view.tone],
    badge: TONE_WORDS[view.tone],
    title: escapedText(orDash(view.title), limits.title),
    fallback: orDash(inertText(view.fallback, limits.fallback)),
    elements: [...elements, ...more],
    actions: view.actions.map((action, index) => actionData(action, index, limits)),
  };
}

const NOTHING = { kind: '', heading: '', more: '', facts: [], changes: [], steps: [], items: [], details: [] };

const TONES: Readonly<Record<Tone, { headerStyle: string; badgeColor: string }>> = {
  neutral: { headerStyle: 'emphasis', badgeColor: 'Default' },
  working: { headerStyle: 'accent', badgeColor: 'Accent' },
  good: { headerStyle: 'good', badgeColor: 'Good' },
  warning: { headerStyle: 'warning', badgeColor: 'Warning' },
  problem: { headerStyle: 'attention', badgeColor: 'Attention' },
};

const STEPS: Readonly<Record<StepState, { color: string; weight: string }>> = {
  ahead: { color: 'Default', weight: 'Default' },
  working: { color: 'Accent', weight: 'Bolder' },
  waiting: { color: 'Accent', weight: 'Bolder' },
  done: { color: 'Good', weight: 'Default' },
  failed: { color: 'Attention', weight: 'Bolder' },
};

const NOTICES = { good: 'good', warning: 'warning', problem: 'attention', neutral: 'emphasis' } as const;

function elementData(element: Element, index: number, limits: Limits): object {
  switch (element.kind) {
    case 'text':
      return {
        kind: 'text',
        text: orDash(inertText(element.text, limits.text)),
        weight: element.style === 'strong' ? 'Bolder' : 'Default',
        isSubtle: element.style === 'subtle',
      };
    case 'progress':
      return { kind: 'text', text: progressText(element), weight: 'Bolder', isSubtle: false };
    case 'facts': {
      const { kept, more } = cutList(element.facts, limits.rows);
      return { facts: kept.map((fact) => factData(fact, limits)), more };
    }
    case 'changes': {
      const { kept, more } = cutList(element.rows, limits.rows);
      const areNew = isAllNew(element.rows);
      const heading = escapedText(areNew ? `${element.heading}: all new` : element.heading, limits.heading);
      return { heading, changes: kept.map((row) => changeData(row, areNew, limits)), more };
    }
    case 'steps': {
      const { kept, more } = cutList(element.steps, limits.rows);
      return { steps: kept.map((step) => stepData(step, limits)), more };
    }
    case 'notice':
      return noticeData(element, limits);
    case 'list': {
      const { kept, more } = cutList(element.items, limits.rows);
      const items = kept.map((item) => ({ text: orDash(inertText(item, limits.item)) }));
      return { heading: escapedText(element.heading ?? '', limits.heading), items, more };
    }
    case 'details': {
      const { kept, more } = cutList(element.facts, limits.rows);
      const title = lowerFirst(inertText(element.title, limits.button));
      const details = kept.map((fact) => factData(fact, limits));
      if (more !== '') details.push({ label: 'More', value: more });
      return {
        kind: 'details',
        id: `details-${index}`,
        details,
        showLabel: `Show ${title}`,
        hideLabel: `Hide ${title}`,
      };
    }
    case 'choose':
      return chooseData(element, limits);
    case 'chooseMany':
      return chooseManyData(element, limits);
    case 'person':
      return personData(element, limits);
    case 'write':
      return writeData(element, limits);
  }
}

function factData(fact: Fact, limits: Limits): { label: string; value: string } {
  return {
    label: orDash(inertText(fact.label, limits.label)),
    value: orDash(inertText(fact.value, limits.value)),
  };
}

function noticeData({ tone, text, label }: Extract<Element, { kind: 'notice' }>, limits: Limits): object {
  const word = label === undefined ? NOTICE_WORDS[tone] : `${NOTICE_SYMBOLS[tone]}${inertText(label, limits.label)}:`;
  return { kind: 'notice', style: NOTICES[tone], word, text: orDash(inertText(text, limits.text)) };
}

function changeData(change: Change, areNew: boolean, limits: Limits): object {
  const { isReplaced, arrow } = changeWords(change, areNew);
  return {
    label: orDash(inertText(change.field, limits.label)),
    before: isReplaced ? orDash(inertText(change.before ?? '', limits.value)) : '',
    isReplaced,
    arrow,
    after: orDash(inertText(change.after, limits.value)),
    weight: isReplaced || (isNew(change) && !areNew) ? 'Bolder' : 'Default',
  };
}

function stepData(step: { name: string; state: StepState; note?: string }, limits: Limits): object {
  const { symbol, word } = STEP_WORDS[step.state];
  const { color, weight } = STEPS[step.state];
  const note = inertText(step.note ?? '', limits.item);
  const words = note === '' ? `(${word})` : `(${word}) ${note}`;
  return { symbol, color, weight, name: orDash(inertText(step.name, limits.item)), words };
}

function chooseData(element: Extract<Element, { kind: 'choose' }>, limits: Limits): object {
  const kept = cutChoices(element.choices, limits.choices, element.value);
  const left = element.choices.length - kept.length;
  return {
    kind: 'choose',
    id: element.id,
    label: inputLabel(element.label, limits),
    style: kept.length > EXPANDED_CHOICES ? 'compact' : 'expanded',
    value: kept.some((choice) => choice.value === element.value) ? element.value : '',
    isMany: false,
    choices: kept.map((choice) => choiceData(choice, limits)),
    more: left === 0 ? '' : `… and ${left} more that do not fit here.`,
    ...requirement(element.required, limits),
  };
}

function chooseManyData(element: Extract<Element, { kind: 'chooseMany' }>, limits: Limits): object {
  const { kept, chosen } = cutManyChoices(element, limits.choices);
  const left = element.choices.length - kept.length;
  return {
    kind: 'choose',
    id: element.id,
    label: inputLabel(element.label, limits),
    style: kept.length > EXPANDED_CHOICES ? 'compact' : 'expanded',
    value: chosen.map(({ value }) => value).join(','),
    isMany: true,
    choices: kept.map((choice) => choiceData(choice, limits)),
    more: left === 0 ? '' : `… and ${left} more that do not fit here.`,
    ...requirement(element.required, limits),
  };
}

function choiceData({ title, value }: Choice, limits: Limits): Choice {
  return { title: orDash(inertText(title, limits.label)), value };
}

/** Teams fills the list while somebody types: it asks the bot for that dataset (an invoke `application/search`). */
function personData(element: Extract<Element, { kind: 'person' }>, limits: Limits): object {
  return {
    kind: 'person',
    id: element.id,
    label: inputLabel(element.label, limits),
    placeholder: inertText(element.placeholder ?? '', limits.label),
    dataset: PEOPLE_DATASET,
    // A list that fills itself may have rows from the beginning: the one that is chosen needs its own.
    value: element.value?.value ?? '',
    choices: element.value ? [choiceData(element.value, limits)] : [],
    ...requirement(element.required, limits),
    // Said of words that are no row of the list, too.
    errorMessage: inertText(element.required ?? 'Choose somebody from the list, or empty this box.', limits.heading),
  };
}

function writeData(element: Extract<Element, { kind: 'write' }>, limits: Limits): object {
  return {
    kind: 'write',
    id: element.id,
    label: inputLabel(element.label, limits),
    placeholder: inertText(element.placeholder ?? '', limits.label),
    value: oneLine(element.value ?? '', Math.min(element.maxLength, limits.text)),
    maxLength: element.maxLength,
    isMultiline: element.maxLength > SINGLE_LINE_LENGTH,
    ...requirement(element.required, limits),
  };
}

function inputLabel(label: string, limits: Limits): string {
  return orDash(inertText(label, limits.heading));
}

function requirement(required: string | undefined, limits: Limits): { isRequired: boolean; errorMessage: string } {
  const errorMessage = required === undefined ? '' : inertText(required, limits.heading) || 'This is needed.';
  return { isRequired: required !== undefined, errorMessage };
}

const BUTTON_STYLES = { primary: 'positive', danger: 'destructive' } as const;

function actionData(action: Action, index: number, limits: Limits): object {
  const title = orDash(inertText(action.label, limits.button));
  const mode = index < VISIBLE_BUTTONS ? '' : 'secondary';
  const style = action.style === undefined ? '' : BUTTON_STYLES[action.style];
  if (action.kind === 'link') {
    const nothing = { verb: '', payload: '', associatedInputs: '', fallback: '' };
    return { ...nothing, type: 'Action.OpenUrl', title, style, mode, url: ourLink(action.url) };
  }
  const payload = { verb: action.verb, reference: action.reference, revision: action.revision };
  const associatedInputs = action.ignoresInputs ? 'none' : '';
  // Clients from before Action.Execute send the same data as a message.
  const fallback = { type: 'Action.Submit', title, data: payload, style, associatedInputs };
  return {
    type: 'Action.Execute',
    title,
    mode,
    url: '',
    verb: action.verb,
    payload,
    style,
    associatedInputs,
    fallback,
  };
}

import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { FilledForm, Question } from '../../dialogs/forms/form.js';
import { chosenPerson } from '../../dialogs/forms/whole-form.js';
import type { Element } from '../../dialogs/views/view.js';
import type { Log } from '../../services/index.js';
import { lineModal } from './block-kit.js';
import { elementBlocks } from './block-kit-elements.js';
import { LIMIT_STEPS, SLACK, type Limits } from './block-kit-limits.js';
import type { SlackApi } from './slack-api.js';
import { plain } from './slack-text.js';

export const TITLE = 'Latchkey';

/** What a dialog shows while its answer is being worked out. */
export function workingModal(): types.ModalView {
  return lineModal(TITLE, '● One moment. Latchkey is looking things up.');
}

const opened = z.object({ view: z.object({ id: z.string().min(1) }) });

/** A dialog that is open in front of somebody. */
export class OpenDialog {
  readonly #api: SlackApi;
  readonly #viewId: string;
  readonly #log: Log;

  constructor(api: SlackApi, viewId: string, log: Log) {
    this.#api = api;
    this.#viewId = viewId;
    this.#log = log;
  }

  /** Opens one with a trigger, which is good for three seconds and for one dialog. `undefined`: Slack did not open it. */
  static async open(
    { api, log }: { api: SlackApi; log: Log },
    triggerId: string,
    view: types.ModalView,
  ): Promise<OpenDialog | undefined> {
    try {
      const answer = await api.call('views.open', { trigger_id: triggerId, view }, opened);
      return new OpenDialog(api, answer.view.id, log);
    } catch (error) {
      log.warn({ error }, 'A dialog could not be opened');
      return undefined;
    }
  }

  /** Never throws. @returns whether it is still open, and shows that. */
  async show(view: types.ModalView): Promise<boolean> {
    try {
      await this.#api.call('views.update', { view_id: this.#viewId, view }, z.object({}));
      return true;
    } catch (error) {
      this.#log.info({ error }, 'A dialog could not be changed');
      return false;
    }
  }

  say(text: string): Promise<boolean> {
    return this.show(lineModal(TITLE, text));
  }
}

/** The form as a dialog. @param conversation where its answer is shown. */
export function formModal({ form, typed, complaints }: FilledForm, conversation: string): types.ModalView {
  const { reference, intro, sends } = form;
  const before = intro === undefined ? [] : elementBlocks({ kind: 'text', text: intro }, form.questions.length, ROOMY);
  const blocks = form.questions.flatMap((question, index): types.KnownBlock[] => {
    const complaint = complaints[question.id];
    return [
      ...(complaint === undefined ? [] : elementBlocks(complained(complaint), index, ROOMY)),
      ...questionBlocks(question, typed[question.id], index),
    ];
  });
  return {
    type: 'modal',
    callback_id: form.name,
    title: plain(form.title, SLACK.modalTitle),
    submit: plain(sends?.label ?? 'Continue', SLACK.modalTitle),
    close: plain('Cancel', SLACK.modalTitle),
    private_metadata: JSON.stringify({ conversation, reference }),
    blocks: [...before, ...blocks],
  };
}

const [ROOMY] = LIMIT_STEPS as readonly [Limits, ...Limits[]];

function complained(text: string): Element {
  return { kind: 'notice', tone: 'problem', text };
}

function questionBlocks(question: Question, typed: string | undefined, index: number): types.KnownBlock[] {
  const blocks = elementBlocks(inputOf(question, typed), index, ROOMY);
  return blocks.map((block) => (block.type === 'input' ? { ...block, ...hintOf(question) } : block));
}

function hintOf({ explains }: Question): { hint?: types.PlainTextElement } {
  return explains === '' ? {} : { hint: plain(explains, SLACK.inputHint / 4) };
}

function inputOf({ id, title: label, input, isOptional }: Question, typed: string | undefined): Element {
  const required = isOptional ? {} : { required: 'This is needed.' };
  switch (input.kind) {
    case 'choice': {
      const value = input.choices.some((choice) => choice.value === typed) ? typed : input.preselected;
      const chosen = value === undefined ? {} : { value };
      return { kind: 'choose', id, label, choices: input.choices, ...required, ...chosen };
    }
    case 'person':
      return { kind: 'person', id, label, placeholder: input.placeholder, ...required, ...chosenPerson(input, typed) };
    case 'text': {
      const { placeholder, maxLength } = input;
      const value = typed === undefined ? {} : { value: typed };
      return { kind: 'write', id, label, placeholder, maxLength, ...required, ...value };
    }
  }
}

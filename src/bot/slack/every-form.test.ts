import { readView } from '../../../sandbox/slack/view-schema.js';
import type { FilledForm } from '../../dialogs/forms/form.js';
import { everyForm } from '../../dialogs/views/testing/form.examples.js';
import { liveInMessage } from '../testing/blocks-judge.js';
import { HOSTILE_TEXTS } from '../testing/hostile-texts.js';
import { formModal } from './dialogs.js';

function expectThatSlackTakes(filled: FilledForm): void {
  const modal = formModal(filled, 'T0C0NT0S0/D0ADAADMIN');

  expect(() => readView(modal, 'modal')).not.toThrow();
  expect(liveInMessage({ text: '', blocks: [modal] })).toEqual([]);
  expect(modal.callback_id).toBe(filled.form.name);
  const inputs = modal.blocks.flatMap((block) => ('element' in block ? [block.element] : []));
  expect(inputs.map((element) => ('action_id' in element ? element.action_id : ''))).toEqual(
    filled.form.questions.map(({ id }) => id),
  );
}

test.each(everyForm().map(({ name, filled }) => [name, filled] as const))(
  'the dialog of %s is taken by Slack, with every question and what is wrong with its answer',
  (_name, filled) => {
    expectThatSlackTakes(filled);
    const words = JSON.stringify(formModal(filled, 'T/D'));
    for (const complaint of Object.values(filled.complaints)) expect(words).toContain(complaint);
  },
);

test.each(HOSTILE_TEXTS.map((text) => [text.slice(0, 60), text] as const))(
  '%j in the place of every text is inert in every dialog',
  (_text, hostile) => {
    for (const { filled } of everyForm(() => hostile)) expectThatSlackTakes(filled);
  },
);

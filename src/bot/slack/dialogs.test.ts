import { readBlocks } from '../../../sandbox/slack/block-kit.js';
import type { Form } from '../../dialogs/forms/form.js';
import { formModal } from './dialogs.js';
import { readSaid } from './slack-said.js';
import { readDelivery } from './slack-wire.js';

const FORM: Form = {
  ...{ name: 'deny-access', title: 'Deny the request', verb: 'access-deny', reference: 'request-1' },
  ...{ intro: 'It is denied at once.', sends: { label: 'Deny Ana Agent', style: 'danger' } },
  questions: [
    {
      ...{ id: 'reason', title: 'Why?', explains: '', isOptional: true },
      input: { kind: 'text', label: 'Reason', placeholder: '', maxLength: 500 },
    },
  ],
};
const parts = { files: { token: 't', isLoopbackOnly: true }, botUserId: 'U0', personBehind: async () => undefined };

/** What Slack sends when that dialog is sent. */
function submitted(private_metadata: string) {
  return readDelivery({
    ...{ type: 'view_submission', user: { id: 'U1' }, team: { id: 'T1' } },
    view: {
      ...{ id: 'V1', hash: 'h', callback_id: 'deny-access', private_metadata },
      state: { values: { block: { reason: { value: 'Not now' } } } },
    },
  });
}

test('a dialog says what it is about before it asks, and on its button what it does', () => {
  const modal = formModal({ form: FORM, typed: {}, complaints: {} }, 'T1/D1');
  const [intro, question] = modal.blocks;

  expect(() => readBlocks(modal.blocks, 'view')).not.toThrow();
  expect(modal.submit?.text).toBe('Deny Ana Agent');
  expect(intro).toMatchObject({ type: 'section', text: { text: 'It is denied at once.' } });
  expect(question).toMatchObject({ type: 'input', optional: true });
  expect(question).not.toHaveProperty('hint');
});

test('what a dialog is about comes back with its answers', async () => {
  const modal = formModal({ form: FORM, typed: {}, complaints: {} }, 'T1/D1');
  const delivery = submitted(modal.private_metadata ?? '');

  await expect(delivery && readSaid(delivery, parts)).resolves.toEqual({
    ...{ kind: 'form', form: 'deny-access', reference: 'request-1', inputs: { reason: 'Not now' } },
  });
});

test('somebody who is chosen already is so by the name that goes with the id, and by no other', () => {
  const known = { title: 'Ana Agent (ana@x)', value: 'id-1', parts: { name: 'Ana Agent', detail: 'ana@x' } };
  const input = { kind: 'person', label: 'Person', placeholder: 'Type', known } as const;
  const form: Form = { name: 'f', title: 'F', questions: [{ id: 'person', title: 'Who?', explains: '', input }] };
  const shown = (person: string) => {
    const { blocks } = formModal({ form, typed: { person }, complaints: {} }, 'T1/D1');
    expect(() => readBlocks(blocks, 'view')).not.toThrow();
    const [block] = blocks;
    return block && 'element' in block ? block.element : undefined;
  };

  expect(shown('id-1')).toMatchObject({ initial_option: { text: { text: 'Ana Agent' }, value: 'id-1' } });
  expect(shown('id-2')).not.toHaveProperty('initial_option');
});

test.each(['{"conversation":"T1/D1","reference":"a\\u0000b"}', '{"conversation":"T1/D1","reference":5}', '{}', 'x'])(
  'a dialog that carries %s is none of ours',
  (metadata) => {
    expect(submitted(metadata)).toBeUndefined();
  },
);

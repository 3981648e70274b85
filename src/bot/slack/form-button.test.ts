import type { FilledForm } from '../../dialogs/forms/form.js';
import type { ButtonValue } from './block-kit.js';
import { SLACK } from './block-kit-limits.js';
import { filledAgain, formButtonMessage } from './form-button.js';
import { readButton } from './slack-state.js';

const ask = (id: string, maxLength: number) =>
  ({ id, title: id, explains: '', input: { kind: 'text', label: id, placeholder: '', maxLength } }) as const;

function filled(typed: Record<string, string>): FilledForm {
  const questions = [ask('why', 3_000), ask('role', 100), ask('who', 100)];
  return { form: { name: 'request', title: 'Request', questions }, typed, complaints: {} };
}

/** What the button says when it comes back. */
function buttonOf(form: FilledForm): ButtonValue | undefined {
  const actions = formButtonMessage(form).blocks.at(-1);
  const [button] = actions?.type === 'actions' ? actions.elements : [];
  const value = button?.type === 'button' ? button.value : undefined;
  expect(value?.length ?? 0).toBeLessThanOrEqual(SLACK.buttonValue);
  return readButton(value);
}

const opens = (button: ButtonValue) =>
  filledAgain(filled({ role: 'proposed', who: 'proposed' }), {
    ...{ kind: 'click', button, inputs: {}, missing: undefined, surface: { kind: 'page' } },
  }).typed;

test('what was typed comes back with the button, before what the form proposes', () => {
  const button = buttonOf(filled({ why: 'the "night" shift <!channel>', role: 'Agent', who: '' }));

  expect(button).toMatchObject({ verb: 'intent', reference: 'request', revision: 0 });
  expect(opens(button!)).toEqual({ why: 'the "night" shift <!channel>', role: 'Agent', who: 'proposed' });
});

test('an answer that the button cannot carry is left out, the others are not', () => {
  expect(buttonOf(filled({ why: '"'.repeat(1_500), role: 'Agent', who: 'Ana' }))?.typed).toEqual({
    ...{ role: 'Agent', who: 'Ana' },
  });
});

test('what was chosen is said by its name, and not by its id', () => {
  const { name, title } = filled({}).form;
  const known = { title: 'Ana Agent (ana@contoso.example)', value: 'id-1' };
  const choice = { kind: 'choice', label: 'Role', choices: [{ title: 'Agent', value: 'agent' }] } as const;
  const questions = [
    { id: 'who', title: 'For whom?', explains: '', input: { kind: 'person', label: 'Person', placeholder: '', known } },
    { id: 'role', title: 'Which?', explains: '', input: choice },
  ] as const;

  const words = JSON.stringify(
    formButtonMessage({ form: { name, title, questions }, typed: { who: 'id-1', role: 'agent' }, complaints: {} })
      .blocks[1],
  );

  expect(words).toContain('Ana Agent (ana@contoso.example)');
  expect(words).toContain('Agent');
  expect(words).not.toContain('id-1');
  expect(words).not.toContain('you sent');
});

test('a form that nobody has filled in opens as it is', () => {
  const button = buttonOf(filled({}));

  expect(button?.typed).toBeUndefined();
  expect(opens(button!)).toEqual({ role: 'proposed', who: 'proposed' });
});

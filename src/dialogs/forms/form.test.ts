import { questionView, type Form } from './form.js';

const FORM: Form = {
  name: 'who',
  title: 'For whom',
  questions: [
    {
      ...{ id: 'person', title: 'Who needs access?', explains: 'A member of this organisation.' },
      input: { kind: 'person', label: 'Person', placeholder: 'Type a name' },
    },
  ],
};

test('a question is counted only where there is another one', () => {
  const two = { ...FORM, questions: [...FORM.questions, ...FORM.questions] };
  const state = { answers: {}, reference: 'f1', revision: 1 };

  expect(questionView(FORM, 0, state).title).toBe('For whom');
  expect(questionView(two, 1, state).title).toBe('For whom (2 of 2)');
});

test('a question for a person is a list that fills itself, and must be answered', () => {
  const view = questionView(FORM, 0, { answers: {}, reference: 'f1', revision: 1 });

  expect(view.elements).toContainEqual({
    ...{ kind: 'person', id: 'answer', label: 'Person', placeholder: 'Type a name' },
    required: 'Choose the person.',
  });
  expect(view.fallback).toBe('Who needs access? A member of this organisation.');
});

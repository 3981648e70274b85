import type { Action, Element } from '../view.js';

/** One of each kind; a new kind does not compile without. */
export const ELEMENTS: { readonly [Kind in Element['kind']]: Extract<Element, { kind: Kind }> } = {
  text: { kind: 'text', text: 'Which region?', style: 'strong' },
  facts: { kind: 'facts', facts: [{ label: 'Who', value: 'Ana Agent' }] },
  changes: { kind: 'changes', heading: 'Entra', rows: [{ field: 'Reply URL', before: 'a', after: 'b' }] },
  steps: { kind: 'steps', steps: [{ name: 'Add the application', state: 'done', note: 'found' }] },
  notice: { kind: 'notice', tone: 'warning', text: 'People would be locked out.' },
  list: { kind: 'list', heading: 'Created', items: ['one', 'two'] },
  progress: { kind: 'progress', done: 2_500, total: 5_000 },
  details: { kind: 'details', title: 'What was done', facts: [{ label: 'Request id', value: '42' }] },
  choose: {
    ...{ kind: 'choose', id: 'region', label: 'Region', value: 'de', required: 'Pick' },
    choices: [{ title: 'Frankfurt', value: 'de' }],
  },
  chooseMany: {
    ...{ kind: 'chooseMany', id: 'roles', label: 'Roles', values: ['r2'], required: 'Pick' },
    choices: ['r1', 'r2', 'r3'].map((value) => ({ title: value, value })),
  },
  person: { kind: 'person', id: 'who', label: 'Person', placeholder: 'Type a name', required: 'Choose' },
  write: { kind: 'write', id: 'org', label: 'Short name', maxLength: 60, value: 'contoso-gc', required: 'Write it' },
};

export const RUN_BUTTON = {
  ...{ kind: 'verb', label: 'Run', verb: 'run', reference: 'plan:1', revision: 3, style: 'primary' },
} as const satisfies Action;

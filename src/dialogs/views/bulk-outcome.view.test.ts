import type { BulkOutcome, BulkPlan, RunRecord } from '../../services/index.js';
import { bulkDoneView, bulkPlanView } from './bulk.view.js';
import type { View } from './view.js';

const at = new Date('2026-11-24T09:00:00.000Z');
const asker = { personId: 'ada', name: 'Ada Admin', channel: 'teams' };

function plan(secondRoles?: number): BulkPlan {
  const content = {
    ...({ encoding: 'UTF-8', separator: ',', toAdd: 3, there: 1, wrong: 0, inGenesys: 0 } as const),
    ...{ servicePrincipalId: 's', templateId: 't', appRoleIds: ['user'] },
    ...(secondRoles === undefined ? {} : { secondRoles }),
  };
  const bulk = { id: 'b', fileHash: 'h', fileName: 'a.csv', asker, content, madeAt: at, expiresAt: at };
  return { kind: 'planned', bulk, wrongRows: [] };
}

function factOf({ elements }: View, label: string): string | undefined {
  const facts = elements.flatMap((element) => (element.kind === 'facts' ? element.facts : []));
  return facts.find((fact) => fact.label === label)?.value;
}

test.each([
  [undefined, '3 people'],
  [0, '3 people'],
  [1, '3 people, 1 of them gets a second role'],
  [2, '3 people, 2 of them get a second role'],
])('a plan with %s second roles says so', (secondRoles, words) => {
  expect(factOf(bulkPlanView(plan(secondRoles)), 'To add')).toBe(words);
});

test.each([
  ['by a stop', { leftOut: 2, isStopped: true }, 'a.csv was stopped', '2 people'],
  ['by an earlier release', { leftOut: 2 }, 'a.csv was stopped', '2 people'],
  ['as access was taken away', { leftOut: 1, isStopped: false }, 'a.csv is done', '1 person'],
  ['nobody', { leftOut: 0, isStopped: false }, 'a.csv is done', undefined],
])('who is left out: %s', (_, more, title, people) => {
  const outcome: BulkOutcome = {
    ...{ bulkId: 'b', fileName: 'a.csv', added: 3, already: 0, failed: 0, wrong: 0 },
    ...more,
  };
  const run = { actor: asker, startedAt: at, changedAt: at } as unknown as RunRecord; // no more of it is shown
  const view = bulkDoneView(run, outcome);

  expect(view).toMatchObject({ title, tone: more.leftOut > 0 ? 'warning' : 'good' });
  expect(factOf(view, 'Left out')).toBe(people);
});

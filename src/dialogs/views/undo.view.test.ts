import { SET_UP_STEPS, type RunRecord, type UndoCard } from '../../services/index.js';
import { stoppedView, undoneRunView, waitingView } from './run.view.js';
import { undoneView, undoPlanView } from './undo.view.js';

const NOW = new Date('2026-11-24T12:30:00Z');

const input = {
  ...{ planId: 'p', regionKey: 'eu_central_1', shortName: 'contoso-gc', tenantId: 't' },
  ...{ tileMode: 'signs-straight-in', emailFrom: 'mail', before: { entra: null, genesys: null } },
};

function run(changes: Partial<RunRecord>): RunRecord {
  return {
    ...{ id: 'r', kind: 'set-up-sso', state: 'failed', revision: 7, actor: { name: 'Ada Admin' } },
    ...{ startedAt: new Date('2026-11-24T12:00:00Z'), steps: [{ name: 'x', state: 'started' }], input },
    ...changes,
  } as unknown as RunRecord;
}

function card(lines: UndoCard['lines']): UndoCard {
  return { runId: 'r', revision: 7, startedBy: 'Ada Admin', startedAt: NOW, lines } as unknown as UndoCard;
}

const active = { key: 'activeCertificate', side: 'Entra', field: 'Active signing certificate' } as const;
const provider = { key: 'provider', side: 'Genesys', field: 'Identity provider', is: 'Okta', was: 'none' } as const;

test('the plan of an undo says what goes back, what others changed, what stays, and asks first', () => {
  const view = undoPlanView(
    card([
      { ...active, action: 'put-back', is: '…22', was: '…11' },
      { ...provider, action: 'changed-since' },
      { ...active, action: 'stays', is: '…22', was: '…11', why: 'It has expired.' },
    ]),
  );

  expect(view.elements).toContainEqual({
    ...{ kind: 'changes', heading: 'Microsoft Entra ID' },
    rows: [{ field: 'Active signing certificate', before: '…22', after: '…11' }],
  });
  expect(view.elements.filter(({ kind }) => kind === 'list')).toMatchObject([
    { items: ['Genesys Cloud, Identity provider: is Okta, was none before the set-up.'] },
    { items: ['Microsoft Entra ID, Active signing certificate: …22. It has expired.'] },
  ]);
  expect(view.actions.map(({ label }) => label)).toEqual(['Undo', 'Cancel']);
});

test('where nothing can go back there is no button that does nothing', () => {
  const view = undoPlanView(card([{ ...provider, action: 'changed-since' }]));

  expect(view).toMatchObject({ title: 'Nothing to undo', actions: [] });
});

test('the record of an undo counts what it put back', () => {
  const line = { ...active, is: '…22', was: '…11' };

  expect(undoneView(run({ steps: [] }), { putBack: [line], changedSince: [], stays: [] }).fallback).toContain(
    'One setting is',
  );
  expect(undoneView(run({ steps: [] }), { putBack: [line, line], changedSince: [], stays: [] }).fallback).toContain(
    '2 settings',
  );
});

test.each([
  ['failed', stoppedView, ['Retry', 'Undo …']],
  ['waiting', waitingView, ['Check now', 'Undo …']],
  ['undone', undoneRunView, []],
] as const)('a set-up that is %s offers what can be done with it', (state, view, labels) => {
  expect(view(run({ state })).actions.map(({ label }) => label)).toEqual(labels);
});

test('a run of another kind, one that has done nothing yet, or one that replaced another provider offers no Undo', () => {
  expect(stoppedView(run({ kind: 'assign-person' })).actions.map(({ label }) => label)).toEqual(['Retry']);
  expect(stoppedView(run({ steps: [] })).actions.map(({ label }) => label)).toEqual(['Retry']);
  const replaces = { issuerUri: 'https://sts.windows.net/other/', certificates: [] };
  expect(stoppedView(run({ input: { ...input, replaces } })).actions.map(({ label }) => label)).toEqual(['Retry']);
});

test('a run that waits says what for, and that nobody has to do anything', () => {
  const problem: RunRecord['problem'] = {
    ...{ kind: 'waiting' as const, what: 'Entra has accepted the app, but does not show it yet.' },
    ...{ remedy: 'There is nothing to do.', requestId: 'request-1' },
  };

  const steps = [{ name: SET_UP_STEPS[0], state: 'started' }] as unknown as RunRecord['steps'];

  const view = waitingView(run({ state: 'waiting', problem, steps }));

  const shown = view.elements.find((element) => element.kind === 'steps')?.steps;
  expect(shown?.map(({ state }) => state)).toEqual(['waiting', ...SET_UP_STEPS.slice(1).map(() => 'ahead')]);
  expect(view.title).toBe('Setting up SSO is waiting');
  expect(JSON.stringify(view.elements)).toContain('There is nothing to do.');
  expect(JSON.stringify(view.elements)).toContain('request-1');
});

import type { BulkOutcome, BulkPlan, BulkProgress, RunRecord } from '../../../services/index.js';
import { bulkDoneView, bulkPlanView, bulkReportView, bulkRunView, bulkView } from '../bulk.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { inDays, NOW, run, steps } from './fixtures.js';

type Planned = Extract<BulkPlan, { kind: 'planned' }>;

export const bulkExamples: Examples = (said) => {
  const fileName = said('new agents.csv');
  const link = { url: 'https://latchkey.contoso.example/files/one-time', until: inDays(1) };
  const content: Planned['bulk']['content'] = {
    ...{ encoding: 'UTF-8', separator: ',', toAdd: 120, there: 3, wrong: 0, inGenesys: 0, secondRoles: 0 },
    ...{ servicePrincipalId: 's', templateId: 't', appRoleIds: ['user'] },
  };
  const bulk = (more: Partial<typeof content>): Planned['bulk'] => ({
    ...{ id: 'b0000000-0000-4000-8000-000000000001', fileHash: 'h', fileName, content: { ...content, ...more } },
    ...{ asker: run(said, 'bulk-assign').actor, madeAt: NOW, expiresAt: inDays(1) },
  });
  const wrongRows: Planned['wrongRows'] = [2, 1_003].map((line) => ({
    ...{ line, upn: said('nobody@contoso.example'), state: 'wrong', deed: null, wasAssigned: false },
    note: said('Entra knows nobody by this name. Write the user principal name.'),
  }));
  const input = { bulkId: bulk({}).id, fileName };
  const working = run(said, 'bulk-assign', { input, steps: steps(['Entra'], 'started') });
  const progress: BulkProgress = {
    done: 1_200,
    total: 5_000,
    failed: 0,
    phase: 'entra',
    pace: 'working',
    perMinute: 900,
  };
  const waits: RunRecord['problem'] = {
    ...{ kind: 'waiting', what: said('Genesys Cloud does not answer.'), remedy: 'It goes on by itself.' },
  };
  const shown = (more: Partial<RunRecord>, now: Partial<BulkProgress> = {}): View =>
    bulkRunView({ ...working, ...more }, { ...progress, ...now });
  const outcome: BulkOutcome = {
    ...{ bulkId: bulk({}).id, fileName, added: 120, already: 3, failed: 0, wrong: 0, leftOut: 0, isStopped: false },
  };
  return {
    bulkView: { 'what a file looks like': bulkView(link) },
    bulkPlanView: {
      'all to add': bulkPlanView({ kind: 'planned', bulk: bulk({}), wrongRows: [] }),
      'one to add, in Genesys too': bulkPlanView({
        ...{ kind: 'planned', wrongRows: [], bulk: bulk({ toAdd: 1, inGenesys: 1, secondRoles: 1, separator: ';' }) },
      }),
      'with wrong rows': bulkPlanView({
        ...{ kind: 'planned', wrongRows, bulk: bulk({ wrong: 25, encoding: 'Windows-1252', separator: '\t' }) },
      }),
      'nothing to do': bulkPlanView({ kind: 'planned', bulk: bulk({ toAdd: 0 }), wrongRows: wrongRows.slice(0, 1) }),
      'applied before': bulkPlanView({ kind: 'known', bulk: bulk({}), run: { ...working, state: 'done' } }),
      'under way': bulkPlanView({ kind: 'known', bulk: bulk({}), run: working }),
    },
    bulkReportView: { 'a link': bulkReportView(link) },
    bulkRunView: {
      'in Entra': shown({}),
      'in Genesys, with failures': shown({}, { phase: 'genesys', failed: 2 }),
      'in its last minute': shown({}, { done: 4_990 }),
      'not measured yet': bulkRunView(working, { done: 0, total: 1, failed: 1, phase: 'entra', pace: 'working' }),
      'a step that waits': shown({
        steps: steps(['Entra'], 'started').map((step) => ({ ...step, waitingFor: said('Graph asked for a pause.') })),
      }),
      pausing: shown({}, { pace: 'pausing' }),
      paused: shown({ state: 'waiting' }, { pace: 'paused' }),
      waiting: shown({ state: 'waiting', problem: waits }),
      failed: shown({ state: 'failed', problem: { ...waits, kind: 'remote' } }),
      interrupted: shown({ state: 'interrupted' }),
    },
    bulkDoneView: {
      'all of it': bulkDoneView(working, outcome),
      'one failed': bulkDoneView(working, { ...outcome, failed: 1, wrong: 2 }),
      stopped: bulkDoneView(working, { ...outcome, leftOut: 40, isStopped: true }),
    },
  };
};

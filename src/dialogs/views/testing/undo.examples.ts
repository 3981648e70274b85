import { UNDO_STEPS, type UndoCard } from '../../../services/index.js';
import { undoneView, undoPlanView } from '../undo.view.js';
import type { Examples } from './example.js';
import { NOW, run, steps } from './fixtures.js';

type Line = UndoCard['lines'][number];

export const undoExamples: Examples = (said) => {
  const certificate = { key: 'activeCertificate', side: 'Entra', field: 'Active signing certificate' } as const;
  const back: Line = { ...certificate, action: 'put-back', is: said('…01234567'), was: said('…89ABCDEF') };
  const provider: Line = {
    ...{ key: 'provider', side: 'Genesys', field: 'Identity provider', action: 'changed-since' },
    ...{ is: said('Okta'), was: said('none') },
  };
  const stays: Line = {
    ...{ key: 'application', side: 'Entra', field: 'Application', action: 'stays' },
    ...{ is: said('Genesys Cloud for Azure'), was: '', why: 'Latchkey deletes no application.' },
  };
  const card = (...lines: Line[]): UndoCard => ({
    ...{ runId: run(said, 'set-up-sso').id, revision: 7, startedBy: said('Ada Admin'), startedAt: NOW, lines },
  });
  const undone = run(said, 'undo-set-up', { state: 'done', steps: steps(UNDO_STEPS, 'done', 'done') });
  return {
    undoPlanView: {
      'something of each kind': undoPlanView(card(back, provider, stays)),
      'nothing can go back': undoPlanView(card(provider, stays)),
    },
    undoneView: {
      'several settings': undoneView(undone, { putBack: [back, back], changedSince: [provider], stays: [stays] }),
      'one setting': undoneView(undone, { putBack: [back], changedSince: [], stays: [] }),
      nothing: undoneView(undone, { putBack: [], changedSince: [], stays: [] }),
    },
  };
};

import type { AuditLine } from '../../../services/index.js';
import { auditElsewhereView, auditView, auditWhichView, auditWhomView } from '../audit.view.js';
import type { Examples } from './example.js';
import { NOW, person, simon } from './fixtures.js';

export const auditExamples: Examples = (said) => {
  const ana = person(said);
  const line = (seq: number, more: Partial<AuditLine>): AuditLine => ({
    ...{ seq, at: NOW, kind: 'intent', who: said('Ada Admin'), channel: 'teams', isRetry: false },
    ...{ deed: said('assign Ana Agent to Genesys Cloud'), ...more },
  });
  const lines = [
    line(9, { kind: 'look', channel: 'cli', deed: said('at the audit of Ana Agent') }),
    line(8, { kind: 'refusal', channel: 'slack', rule: 'self' }),
    line(7, { kind: 'refusal', channel: said('carrier pigeon'), rule: said('of-tomorrow') }),
    line(11, { kind: 'refusal', rule: 'approval-other-person', signedInAs: said('Omar Owner') }),
    line(10, {
      ...{ kind: 'outcome', state: 'done' },
      provenBy: { signedInAt: NOW, authenticationContext: said('c1') },
    }),
    line(6, { kind: 'outcome', state: 'done', requestId: 'req-1' }),
    line(5, { kind: 'outcome', state: 'failed', problem: said('Entra said no.') }),
    line(4, { isRetry: true }),
    line(3, { kind: said('link'), deed: '' }),
  ];
  return {
    auditView: {
      nothing: auditView({ person: { id: ana.id, name: ana.name }, lines: [], hasNewer: false, hasOlder: false }),
      'a page in the middle': auditView({ person: ana, lines, hasNewer: true, hasOlder: true }),
    },
    auditWhomView: { first: auditWhomView(''), 'found nobody': auditWhomView(said('anna')) },
    auditWhichView: { namesakes: auditWhichView(said('an'), [ana, simon(said)]) },
    auditElsewhereView: { 'in a channel': auditElsewhereView(ana.name) },
  };
};

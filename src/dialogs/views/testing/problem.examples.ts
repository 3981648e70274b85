import type { ProblemFacts } from '../../../services/index.js';
import { problemView } from '../problem.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';

const ANSWERS = [
  ...(['denied', 'unauthorized', 'not-found', 'conflict', 'invalid', 'throttled', 'unavailable', 'timeout'] as const),
];

export const problemExamples: Examples = (said) => {
  const facts = (kind: string): { what: string; why: string; remedy: string } => ({
    what: said(`B.Simon could not be assigned (${kind}).`),
    why: said('A right is missing.'),
    remedy: said('A tenant admin grants it; then press Retry.'),
  });
  const remote: ProblemFacts = {
    ...{ ...facts('remote'), kind: 'remote', system: 'entra', status: 403, code: said('Authorization_RequestDenied') },
    ...{ said: said('<b>Insufficient privileges</b>'), requestId: 'req-1' },
    missing: [said('AppRoleAssignment.ReadWrite.All'), said('User.Read.All')],
  };
  const ours = (['input', 'refused', 'stale', 'waiting', 'internal'] as const).map((kind): [string, View] => [
    kind,
    problemView({ ...facts(kind), kind, code: 'self-assignment' }),
  ]);
  const theirs = ANSWERS.map((answer): [string, View] => [
    `remote, ${answer}`,
    problemView({ ...remote, ...facts(answer), answer }),
  ]);
  return {
    problemView: {
      ...Object.fromEntries([...ours, ...theirs]),
      'remote, of nobody known': problemView({ ...facts('nobody known'), kind: 'remote' }),
    },
  };
};

import type { ProblemFacts } from '../../services/index.js';
import type { Action, Element, Fact, View } from './view.js';

const SYSTEM_NAMES = { entra: 'Microsoft Entra', genesys: 'Genesys Cloud', teams: 'Microsoft Teams' } as const;

/** What happened, why, what to do; what support asks for is behind *Details*. */
export function problemView(
  problem: ProblemFacts,
  more: { title?: string; before?: readonly Element[]; actions?: readonly Action[] } = {},
): View {
  return {
    title: more.title ?? titleOf(problem),
    tone: problem.kind === 'waiting' || problem.kind === 'stale' ? 'warning' : 'problem',
    elements: [
      ...(more.before ?? []),
      { kind: 'text', text: problem.what, style: 'strong' },
      ...(problem.why ? [{ kind: 'text', text: problem.why } as const] : []),
      ...(problem.missing?.length ? [{ kind: 'list', heading: 'Missing', items: problem.missing } as const] : []),
      { kind: 'notice', tone: 'neutral', text: `What to do: ${problem.remedy}` },
      ...details(problem),
    ],
    actions: more.actions ?? [],
    fallback: `${problem.what} ${problem.remedy}`,
  };
}

function titleOf(problem: ProblemFacts): string {
  switch (problem.kind) {
    case 'refused':
      return 'Not possible';
    case 'input':
      return 'That does not fit';
    case 'stale':
      return 'This has moved on';
    case 'waiting':
      return 'Not visible yet';
    case 'remote':
      return problem.system ? `${SYSTEM_NAMES[problem.system]} said no` : 'It did not work';
    case 'internal':
      return 'Something went wrong here';
  }
}

function details(problem: ProblemFacts): Element[] {
  const facts: Fact[] = [
    { label: 'System', value: problem.system ? SYSTEM_NAMES[problem.system] : '' },
    { label: 'It said', value: problem.said ?? '' },
    { label: 'Code', value: problem.code ?? '' },
    { label: 'HTTP status', value: problem.status === undefined ? '' : String(problem.status) },
    { label: 'Request id', value: problem.requestId ?? '' },
  ].filter(({ value }) => value !== '');
  return facts.length === 0 ? [] : [{ kind: 'details', title: 'Details for support', facts }];
}

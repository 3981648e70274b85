import type { ProblemFacts } from '../../services/index.js';
import type { Action, Element, Fact, View } from './view.js';

const SYSTEM_NAMES = {
  entra: 'Microsoft Entra',
  genesys: 'Genesys Cloud',
  teams: 'Microsoft Teams',
  slack: 'Slack',
} as const;

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
      ...missing(problem),
      { kind: 'notice', tone: 'neutral', label: 'What to do', text: problem.remedy },
      ...details(problem),
    ],
    actions: more.actions ?? [],
    fallback: [more.title && `${more.title}.`, problem.what, problem.remedy].filter(Boolean).join(' '),
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
      return remoteTitle(problem);
    case 'internal':
      return 'Something went wrong here';
  }
}

function remoteTitle({ system, answer }: ProblemFacts): string {
  if (!system) return 'It did not work';
  const isAway = answer === 'unavailable' || answer === 'timeout' || answer === 'throttled';
  return isAway ? `${SYSTEM_NAMES[system]} is not available now` : `${SYSTEM_NAMES[system]} refused`;
}

/** What is missing, unless the sentences around it name every piece anyway. */
function missing({ missing: all = [], what, why, remedy }: ProblemFacts): Element[] {
  const said = [what, why, remedy].join(' ');
  return all.every((one) => said.includes(one)) ? [] : [{ kind: 'list', heading: 'Missing', items: all }];
}

/** Nothing where only our own code is known: a rule that was explained needs no support. */
function details(problem: ProblemFacts): Element[] {
  const facts: Fact[] = [
    { label: 'System', value: problem.system ? SYSTEM_NAMES[problem.system] : '' },
    { label: 'It said', value: problem.said ?? '' },
    { label: 'Code', value: problem.code ?? '' },
    { label: 'HTTP status', value: problem.status === undefined ? '' : String(problem.status) },
    { label: 'Request id', value: problem.requestId ?? '' },
  ].filter(({ value }) => value !== '');
  const isOursAlone = facts.every(({ label }) => label === 'Code');
  return isOursAlone && problem.kind !== 'internal' ? [] : [{ kind: 'details', title: 'Details for support', facts }];
}

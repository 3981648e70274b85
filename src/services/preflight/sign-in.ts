import type { ProblemFacts, RemoteAnswer } from '../platform/problem.js';
import { notLooked, wrong, type Finding } from './finding.js';

const TITLES = { entra: 'Entra', genesys: 'Genesys Cloud' } as const;
/** No answer, or none for the moment: nothing is known of the credential. */
const NO_VERDICT: readonly (RemoteAnswer | undefined)[] = ['unavailable', 'timeout', 'throttled'];

/** Latchkey could not sign in, so that all that depends on it is unknown as well. */
export function judgeSignIn(system: keyof typeof TITLES, problem: ProblemFacts): Finding[] {
  const name = `${system}-sign-in`;
  const isRefused = problem.kind !== 'internal' && !NO_VERDICT.includes(problem.answer);
  return [
    isRefused ? wrong(name, problem) : notLooked(name, problem),
    {
      name: `${system}-permissions`,
      state: 'could-not-look',
      what: `What Latchkey may do in ${TITLES[system]} was not looked at, as it could not sign in.`,
      remedy: 'Mend the sign-in, then run this again.',
    },
  ];
}

import type { Finding, FindingState } from './finding.js';

/** The shape of `npm run preflight -- --json`. Fields are added, never renamed. */
export interface PreflightReport {
  readonly mode: 'live' | 'sandbox';
  /** Wall time, ISO 8601. */
  readonly at: string;
  readonly summary: Readonly<Record<FindingState, number>>;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

const WORST_FIRST = ['missing', 'could-not-look', 'warning', 'ok'] as const satisfies readonly FindingState[];

export function reportOf(about: Pick<PreflightReport, 'mode' | 'at'>, findings: readonly Finding[]): PreflightReport {
  const count = (state: FindingState): number => findings.filter((finding) => finding.state === state).length;
  return {
    ...about,
    summary: {
      ok: count('ok'),
      warning: count('warning'),
      missing: count('missing'),
      'could-not-look': count('could-not-look'),
    },
    findings: WORST_FIRST.flatMap((state) => findings.filter((finding) => finding.state === state)),
  };
}

/** 0: nothing keeps Latchkey from working (warnings may be there) · 1: something is missing · 2: not all could be looked at. */
export function exitCodeOf({ summary }: Pick<PreflightReport, 'summary'>): 0 | 1 | 2 {
  if (summary.missing > 0) return 1;
  return summary['could-not-look'] > 0 ? 2 : 0;
}

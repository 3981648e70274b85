import type { Finding, FindingState } from '../services/preflight/finding.js';
import type { PreflightReport } from '../services/preflight/report.js';

const TITLES: Readonly<Record<FindingState, string>> = {
  missing: 'MISSING',
  'could-not-look': 'UNKNOWN',
  warning: 'WARNING',
  ok: 'ok',
};
const MARGIN = 10;

/** The report for a person at a terminal: the worst first, and one sentence at the end that says what comes next. */
export function preflightWords(report: PreflightReport): string {
  const lines = report.findings.map((finding) => findingWords(finding));
  return `Latchkey preflight, ${report.mode}\n\n${lines.join('\n')}\n\n${conclusion(report)}\n`;
}

function findingWords({ state, name, what, remedy, remoteIds }: Finding): string {
  const head = `${TITLES[state].padEnd(MARGIN)}${what}`;
  if (state === 'ok') return head;
  const ids = Object.entries(remoteIds ?? {}).map(([key, id]) => `${key} ${id}`);
  const more = [...(remedy === undefined ? [] : [`Do: ${remedy}`]), `(${[name, ...ids].join(', ')})`];
  return [head, ...more.map((line) => `${' '.repeat(MARGIN)}${line}`)].join('\n');
}

function conclusion({ summary, findings }: PreflightReport): string {
  const namesOf = (state: FindingState): string =>
    findings
      .filter((finding) => finding.state === state)
      .map(({ name }) => name)
      .join(', ');
  const [missing, unknown] = [summary.missing, summary['could-not-look']];
  const fine = `${String(summary.ok)} of ${String(findings.length)} checks are fine`;
  const warned = summary.warning > 0 ? `, ${counted(summary.warning, 'warning')}` : '';
  if (missing > 0) {
    return `NOT READY: ${fine}${warned}, ${String(missing)} missing. Mend, from the top: ${namesOf('missing')}. Then run this again.`;
  }
  if (unknown > 0) {
    return `NOT KNOWN: ${fine}${warned}. Not looked at: ${namesOf('could-not-look')}. Do what stands there, then run this again.`;
  }
  return `READY: ${fine}${warned}.${summary.warning > 0 ? ` Look at: ${namesOf('warning')}.` : ' Start Latchkey.'}`;
}

function counted(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? '' : 's'}`;
}

import { readFileSync } from 'node:fs';
import { readPolicy, type PolicyFinding, type PolicyRead } from './services/access/read-policy.js';
import { Problem } from './services/platform/problem.js';

export interface PolicyLint {
  /** `false`: the policy would not load. */
  readonly isUsable: boolean;
  /** What to print: sentences, or one JSON object. */
  readonly text: string;
}

/** `policy lint`: what is wrong with the policy file, without asking the directory. Throws a `Problem` where it cannot be read. */
export function lintPolicy(file: string, { isJson }: { isJson: boolean }): PolicyLint {
  const read = readPolicy(readFile(file));
  const isUsable = read.policy !== undefined;
  if (isJson) return { isUsable, text: JSON.stringify({ file, ok: isUsable, findings: read.findings }) };
  return {
    isUsable,
    text: [...read.findings.map((finding) => findingText(file, finding)), verdictText(file, read)].join('\n'),
  };
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no reason given';
    throw new Problem(
      {
        kind: 'input',
        what: `The policy file ${file} could not be read (${code}).`,
        remedy: 'Set LATCHKEY_POLICY to where it is, or run this in the folder that holds policy.yaml.',
        code: 'no-policy-file',
      },
      { cause },
    );
  }
}

/** As compilers say it, so that editors find the place. */
function findingText(file: string, { severity, line, at, what }: PolicyFinding): string {
  const place = line === undefined ? file : `${file}:${String(line)}`;
  return [`${place}: ${severity}:`, ...(at === '' ? [] : [`${at}:`]), what].join(' ');
}

function verdictText(file: string, { policy, findings }: PolicyRead): string {
  const [errors, warnings] = (['error', 'warning'] as const).map(
    (severity) => findings.filter((finding) => finding.severity === severity).length,
  );
  if (!policy) return `${file} cannot be used: ${counted(errors ?? 0, 'error')}, ${counted(warnings ?? 0, 'warning')}.`;
  const roles = policy.roles.map(({ name }) => name).join(', ');
  const beside = warnings === 0 ? '' : ` with ${counted(warnings ?? 0, 'warning')}`;
  return `${file} can be used${beside}. It offers: ${roles}.`;
}

function counted(count: number, thing: string): string {
  return `${String(count)} ${thing}${count === 1 ? '' : 's'}`;
}

import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { AccessPolicy, Asking, NamedPeople, PolicyRole, WorkingHours } from './access-policy.js';
import { checkPolicy } from './policy-rules.js';
import { policySchema, type WrittenPolicy, type WrittenRole } from './policy-schema.js';
import { parseTimeSpan, type TimeSpan } from './time-span.js';

/** Something about the file. An `error` keeps it from being used; a `warning` does not. */
export interface PolicyFinding {
  readonly severity: 'error' | 'warning';
  /** From 1; absent where it is about no one line. */
  readonly line?: number;
  /** As in the file: `roles.agent.approval.1.quorum`; stages count from 1. Empty: the whole file. */
  readonly at: string;
  /** What is wrong and what to do, in sentences. */
  readonly what: string;
}

/** `policy` is there as soon as there is no error. */
export interface PolicyRead {
  readonly policy?: AccessPolicy;
  readonly findings: readonly PolicyFinding[];
}

const LARGEST_FILE = 256 * 1_024;
/** When nothing is said. */
const DEFAULT_HOURS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', until: '18:00' } as const;
const DEFAULT_UNANSWERED = { minutes: 3 * 1_440 };
const DEFAULT_REMIND = { first: { minutes: 15 }, atMost: { minutes: 240 } };

/** Reads the text of a policy file. Never throws: whatever is wrong is a finding, with its line. */
export function readPolicy(text: string): PolicyRead {
  if (text.length > LARGEST_FILE) {
    return fault('', 'The file is larger than 256 KB. Remove what is not a rule.');
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [unreadable] = document.errors;
  if (unreadable) {
    const { line } = lines.linePos(unreadable.pos[0]);
    return fault('', `This is not YAML: ${unreadable.message.replace(/\.?$/, '.')}`, line);
  }
  const written = policySchema.safeParse(valueOf(document));
  if (!written.success)
    return { findings: written.error.issues.flatMap((issue) => findingsOf(issue, document, lines)) };
  const policy = toPolicy(written.data);
  const findings = checkPolicy(policy).map(({ path, ...finding }) => ({
    ...finding,
    ...{ at: pathText(path) },
    ...lineOf(document, lines, path),
  }));
  return findings.some(({ severity }) => severity === 'error') ? { findings } : { policy, findings };
}

/** Too many aliases are an error of the library. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    return undefined;
  }
}

function fault(at: string, what: string, line?: number): PolicyRead {
  return { findings: [{ severity: 'error', at, what, ...(line === undefined ? {} : { line }) }] };
}

function findingsOf(issue: z.core.$ZodIssue, document: Document, lines: LineCounter): PolicyFinding[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const about = (at: readonly (string | number)[], what: string): PolicyFinding => ({
    ...{ severity: 'error', at: pathText(at), what },
    ...lineOf(document, lines, at),
  });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      about(
        [...path, key],
        `"${key}" is not known here. Remove it, or correct its spelling; policy.schema.json lists what is.`,
      ),
    );
  }
  return [about(path, `It ${issueWords(issue)}.`)];
}

function issueWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_key') return 'is no name for a role: that must be small letters, digits and dashes';
  if (issue.code === 'invalid_union')
    return issue.path.at(-1) === 'stepUp'
      ? 'must be true, or name an authenticationContext from c1 to c99'
      : 'must be "everybody", or people and groups';
  const text = issue.message.replace(/\.$/, '');
  return /^(must|is) /.test(text) ? text : `is not right: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Positions in lists count from 1, as a reader does. */
function pathText(path: readonly (string | number)[]): string {
  return path.map((part) => (typeof part === 'number' ? String(part + 1) : part)).join('.');
}

/** Of the nearest thing on the way there that stands in the file. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): { line?: number } {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length));
    if (offset !== undefined) return { line: lines.linePos(offset).line };
  }
  return {};
}

function offsetOf(document: Document, path: readonly (string | number)[]): number | undefined {
  const last = path.at(-1);
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const key = parent.items.find(({ key: one }) => isScalar(one) && String(one.value) === String(last))?.key;
    return isScalar(key) ? key.range?.[0] : undefined;
  }
  const node: unknown = document.getIn(path, true);
  return isScalar(node) || isMap(node) ? node.range?.[0] : undefined;
}

function toPolicy({
  timeZone,
  workingHours = { ...DEFAULT_HOURS, days: [...DEFAULT_HOURS.days] },
  roles,
}: WrittenPolicy): AccessPolicy {
  return {
    timeZone,
    workingHours: toHours(workingHours),
    roles: Object.entries(roles).map(([id, role]) => toRole(id, role)),
  };
}

function toHours({ days, from, until }: NonNullable<WrittenPolicy['workingHours']>): WorkingHours {
  return { days: [...new Set(days)], fromMinute: minuteOf(from), untilMinute: minuteOf(until) };
}

function minuteOf(timeOfDay: string): number {
  const [hours = '0', minutes = '0'] = timeOfDay.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function toRole(id: string, role: WrittenRole): PolicyRole {
  const { name, explains, gives, stepUp, lasts, autoApprove, unansweredFor, remind, breakGlass } = role;
  return {
    ...{ id, name, ...(explains ? { explains } : {}) },
    gives: {
      // The schema lets exactly one of the two in.
      entra: gives.entraGroup
        ? { kind: 'group', group: gives.entraGroup }
        : { kind: 'app-role', role: gives.entraRole ?? '' },
      genesys: gives.genesys,
    },
    mayAsk: toAsking(role.mayAsk),
    approval: role.approval.map(({ manager = false, quorum = 1, escalateAfter, ...who }) => ({
      ...toNamed(who),
      ...{ manager, quorum },
      ...(escalateAfter === undefined ? {} : { escalateAfter: toSpan(escalateAfter) }),
    })),
    ...(stepUp ? { stepUp: stepUp === true ? {} : stepUp } : {}),
    lasts: { usually: toSpan(lasts.usually), atMost: toSpan(lasts.atMost) },
    unansweredFor: unansweredFor === undefined ? DEFAULT_UNANSWERED : toSpan(unansweredFor),
    remind: remind ? { first: toSpan(remind.first), atMost: toSpan(remind.atMost) } : DEFAULT_REMIND,
    ...(autoApprove ? { autoApprove: { ...toNamed(autoApprove), atMost: toSpan(autoApprove.atMost) } } : {}),
    ...(breakGlass ? { breakGlass: { ...toNamed(breakGlass), atMost: toSpan(breakGlass.atMost) } } : {}),
  };
}

function toAsking(mayAsk: WrittenRole['mayAsk']): Asking {
  return mayAsk === 'everybody' ? { kind: 'everybody' } : { kind: 'named', ...toNamed(mayAsk) };
}

function toNamed({
  people = [],
  groups = [],
}: {
  people?: string[] | undefined;
  groups?: string[] | undefined;
}): NamedPeople {
  return { people, groups };
}

/** The schema lets nothing in that is no span. */
function toSpan(text: string): TimeSpan {
  return parseTimeSpan(text) ?? { minutes: 0 };
}

import type { AccessPolicy, ApprovalStage, Asking, NamedPeople, PolicyRole } from './access-policy.js';
import { timeSpanText, type TimeSpan } from './time-span.js';

/** What is wrong with rules that are written correctly. `path` as in the file, positions from 0. */
interface RuleFinding {
  readonly severity: 'error' | 'warning';
  readonly path: readonly (string | number)[];
  readonly what: string;
}

const LONGEST: TimeSpan = { minutes: 365 * 1_440 };

/**
 * Rules that nobody could satisfy, that contradict themselves, or that will surprise: found from the file alone. Who is in a
 * group, and who is somebody's manager, only the directory knows; such a stage counts as one that can be satisfied.
 */
export function checkPolicy(policy: AccessPolicy): RuleFinding[] {
  return [...checkTimes(policy), ...checkNames(policy), ...policy.roles.flatMap(checkRole)];
}

function checkTimes({ timeZone, workingHours }: AccessPolicy): RuleFinding[] {
  const { fromMinute, untilMinute } = workingHours;
  return [
    ...(isTimeZone(timeZone)
      ? []
      : [error(['timeZone'], `"${timeZone}" is no time zone. Write an IANA name, such as Europe/Berlin.`)]),
    ...(fromMinute < untilMinute
      ? []
      : [error(['workingHours', 'until'], 'Working hours end before they begin. Nobody would ever be reminded.')]),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function checkNames({ roles }: AccessPolicy): RuleFinding[] {
  return roles.flatMap(({ id, name }, at) => {
    const first = roles.slice(0, at).find((other) => isSame(other.name, name));
    return first
      ? [
          error(
            ['roles', id, 'name'],
            `The role "${first.id}" is called "${name}" as well. Requesters could not tell them apart.`,
          ),
        ]
      : [];
  });
}

function checkRole(role: PolicyRole): RuleFinding[] {
  const path = ['roles', role.id];
  return [
    ...checkSpans(role, path),
    ...checkAsking(role, path),
    ...checkApproval(role, path),
    ...checkStepUp(role, path),
  ];
}

/** It is about approvals by people, and what is given without one is given without a sign-in. */
function checkStepUp({ stepUp, autoApprove, breakGlass }: PolicyRole, path: readonly string[]): RuleFinding[] {
  if (!stepUp) return [];
  const without = (at: string, whom: string): RuleFinding =>
    warning(
      [...path, at],
      `stepUp is for approvals by people: whom this names ${whom}, and so nobody signs in for that.`,
    );
  return [
    ...(autoApprove ? [without('autoApprove', 'needs none')] : []),
    ...(breakGlass ? [without('breakGlass', 'has it at once')] : []),
  ];
}

function checkSpans(role: PolicyRole, path: readonly string[]): RuleFinding[] {
  const { lasts, autoApprove, breakGlass, remind } = role;
  const longer = (at: readonly string[], one: TimeSpan, than: TimeSpan, what: string): RuleFinding[] =>
    one.minutes > than.minutes
      ? [error([...path, ...at], `${what} (${timeSpanText(one)} and ${timeSpanText(than)}).`)]
      : [];
  return [
    ...longer(['lasts', 'usually'], lasts.usually, lasts.atMost, 'What is usual is longer than the most'),
    ...longer(['lasts', 'atMost'], lasts.atMost, LONGEST, 'Nothing may last longer than a year'),
    ...longer(['remind', 'first'], remind.first, remind.atMost, 'The first reminder comes after the longest wait'),
    ...(autoApprove
      ? longer(
          ['autoApprove', 'atMost'],
          autoApprove.atMost,
          lasts.atMost,
          'Approved by itself is longer than the most',
        )
      : []),
    ...(breakGlass
      ? longer(['breakGlass', 'atMost'], breakGlass.atMost, lasts.atMost, 'Break-glass is longer than the most')
      : []),
  ];
}

function checkAsking({ mayAsk, autoApprove, breakGlass }: PolicyRole, path: readonly string[]): RuleFinding[] {
  const nobody = (at: string, who: NamedPeople | undefined): RuleFinding[] =>
    who && isNobody(who) ? [error([...path, at], 'It names nobody: write people, or groups.')] : [];
  return [
    ...(mayAsk.kind === 'named' ? nobody('mayAsk', mayAsk) : []),
    ...nobody('autoApprove', autoApprove),
    ...nobody('breakGlass', breakGlass),
  ];
}

function checkApproval(role: PolicyRole, path: readonly string[]): RuleFinding[] {
  const { approval, mayAsk } = role;
  const stages = approval.flatMap((stage, at) => {
    const here = [...path, 'approval', at];
    const isLast = at === approval.length - 1;
    return [
      ...checkStage(stage, mayAsk, here),
      ...(isLast && stage.escalateAfter
        ? [warning([...here, 'escalateAfter'], 'There is no further stage to ask, so this does nothing.')]
        : []),
      ...(!isLast && !stage.escalateAfter
        ? [error(here, 'It does not say escalateAfter, so the next stage would never be asked.')]
        : []),
    ];
  });
  return [...stages, ...checkUnanswered(role, path)];
}

/** A stage whose turn comes after the request has ended is never asked. */
function checkUnanswered({ approval, unansweredFor }: PolicyRole, path: readonly string[]): RuleFinding[] {
  const untilLast = approval.slice(0, -1).reduce((sum, { escalateAfter }) => sum + (escalateAfter?.minutes ?? 0), 0);
  if (untilLast < unansweredFor.minutes) return [];
  const spans = `${timeSpanText({ minutes: untilLast })} and ${timeSpanText(unansweredFor)}`;
  const what = `The last stage would be asked when an unanswered request has ended already (${spans}).`;
  return [error([...path, 'unansweredFor'], what)];
}

/** Whether its quorum can be reached without the requester, for all, some or none of those who may ask. */
function checkStage(stage: ApprovalStage, mayAsk: Asking, path: readonly (string | number)[]): RuleFinding[] {
  if (isNobody(stage) && !stage.manager)
    return [error(path, 'It names nobody who could approve. Write people, groups or manager.')];
  // Only the directory knows how many there are.
  if (stage.groups.length > 0) return [];
  const approvers = distinct(stage.people);
  const most = approvers.length + (stage.manager ? 1 : 0);
  const at = [...path, 'quorum'];
  const needs = `${String(stage.quorum)} must agree`;
  if (most < stage.quorum) {
    return [error(at, `${needs}, and ${count(most)} could. Name more approvers, or lower the quorum.`)];
  }
  if (most > stage.quorum) return [];
  const own = approvers.filter((person) => mayAsk.kind === 'everybody' || distinct(mayAsk.people).includes(person));
  if (own.length === 0) return [];
  const isEverybody =
    mayAsk.kind === 'named' && mayAsk.groups.length === 0 && own.length === distinct(mayAsk.people).length;
  const what = `${needs}, and nobody approves their own request: for ${own.join(', ')} not enough others are left.`;
  return [isEverybody ? error(at, `${what} Nobody else may ask.`) : warning(at, what)];
}

function count(people: number): string {
  return people === 1 ? 'one person' : `${String(people)} people`;
}

function isNobody({ people, groups }: NamedPeople): boolean {
  return people.length === 0 && groups.length === 0;
}

/** User principal names are the same in any spelling of their letters' case. */
function distinct(people: readonly string[]): string[] {
  return [...new Set(people.map((person) => person.trim().toLowerCase()))];
}

function isSame(one: string, other: string): boolean {
  return one.normalize('NFKC').trim().toLowerCase() === other.normalize('NFKC').trim().toLowerCase();
}

function error(path: readonly (string | number)[], what: string): RuleFinding {
  return { severity: 'error', path, what };
}

function warning(path: readonly (string | number)[], what: string): RuleFinding {
  return { severity: 'warning', path, what };
}

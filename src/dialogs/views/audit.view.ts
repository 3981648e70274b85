import type { AuditLine, AuditPage, EntraPerson } from '../../services/index.js';
import { askPersonView, choosePersonView } from './person-question.js';
import type { Action, View } from './view.js';

/** What is recorded about a person, newest first. The cursor of another page stands in its button's reference. */
export function auditView({ person, lines, hasNewer, hasOlder }: AuditPage): View {
  const title = `Audit of ${person.name}`;
  const nothing = `Nothing is recorded about ${person.name}.`;
  return {
    title,
    tone: 'neutral',
    elements: [
      ...(person.userPrincipalName ? [{ kind: 'text', text: person.userPrincipalName, style: 'subtle' } as const] : []),
      ...(lines.length > 0
        ? [{ kind: 'list', heading: 'Newest first, times in UTC', items: lines.map(lineWords) } as const]
        : [{ kind: 'text', text: nothing } as const]),
    ],
    actions: pageActions(person.id, lines, { hasNewer, hasOlder }),
    fallback: lines.length > 0 ? `${title}: ${String(lines.length)} entries.` : nothing,
  };
}

/** Nobody named, or nobody found: the card asks. */
export function auditWhomView(words: string): View {
  return askPersonView({
    ...{ words, title: 'Whose audit?', verb: 'audit-search', reference: 'card' },
    by: 'name, user principal name, mail address or object ID',
    more: 'Somebody who is no longer in Entra is found by the object ID.',
    example: 'audit b.simon',
    fallback: 'Whose audit? Say it by name, user principal name or mail address.',
  });
}

/** Namesakes, of whom one is looked up. */
export function auditWhichView(words: string, people: readonly EntraPerson[]): View {
  return choosePersonView(words, people, { title: 'Whose audit?', verb: 'audit-choose', reference: 'card' });
}

/** In a channel everybody reads along, and most of them may not look. */
export function auditElsewhereView(name: string): View {
  const text = `The audit of ${name} is in your personal chat with Latchkey: here, people could read it who may not.`;
  return {
    title: `Audit of ${name}`,
    tone: 'neutral',
    elements: [{ kind: 'text', text }],
    actions: [],
    fallback: text,
  };
}

function lineWords(line: AuditLine): string {
  const request = line.requestId ? ` Request id ${line.requestId}.` : '';
  return `${momentText(line.at)} · ${happened(line)}${request} (entry ${String(line.seq)})`;
}

function happened(line: AuditLine): string {
  const { kind, who = 'Somebody', channel, deed, isRetry, state, problem, rule, signedInAs } = line;
  const from = channel === undefined ? '' : ` ${DOORS[channel] ?? `through ${channel}`}`;
  switch (kind) {
    case 'intent':
      return `${who}${from} started${isRetry ? ' once more' : ''} to ${deed}.`;
    case 'outcome':
      return state === 'done'
        ? `Done, for ${who}: ${deed}${proofWords(line)}.`
        : `Not finished, for ${who}: ${deed}.${problem ? ` ${problem}` : ''}`;
    case 'refusal':
      return `Refused to ${who}${from}: ${deed}${signedInAs === undefined ? '' : `; ${signedInAs} had signed in`}. Rule: ${ruleWords(rule)}.`;
    case 'look':
      return `${who}${from} looked: ${deed}.`;
    default:
      return `${who}${from}: ${[kind, deed].filter(Boolean).join(', ')}.`;
  }
}

function proofWords({ provenBy }: AuditLine): string {
  if (!provenBy) return '';
  const { signedInAt, authenticationContext: context } = provenBy;
  return `, proven by a sign-in at ${momentText(signedInAt)}${context === undefined ? '' : ` that met ${context}`}`;
}

const DOORS: Readonly<Record<string, string>> = { teams: 'in Teams', slack: 'in Slack', cli: 'at the terminal' };

/** The rules of permissions and of step-up sign-ins, short. Another one is shown by its own name. */
const RULES: Readonly<Record<string, string>> = {
  'not-in-tenant': 'only people of this tenant',
  'account-disabled': 'no disabled accounts',
  guest: 'no guests',
  'role-missing': 'no role in Entra that allows it',
  'role-too-narrow': 'the role is not for the whole tenant',
  'role-not-activated': 'the role is not active',
  self: 'nobody gives access to themselves',
  'approval-other-person': 'whoever has clicked signs in themselves',
  'approval-other-browser': 'a sign-in counts in the browser that began it',
  'sign-in-without-time': 'Entra must say when the sign-in was',
  'sign-in-not-fresh': 'only a sign-in after the click counts',
  'sign-in-without-context': 'the sign-in must meet the authentication context of the policy',
};

function ruleWords(rule: string | undefined): string {
  return rule === undefined ? 'unknown' : (RULES[rule] ?? rule);
}

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short', year: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: 'UTC' },
});

/** "24 Nov 2026, 10:47:03". */
function momentText(at: Date): string {
  return MOMENT.format(at);
}

function pageActions(
  personId: string,
  lines: readonly AuditLine[],
  { hasNewer, hasOlder }: { hasNewer: boolean; hasOlder: boolean },
): Action[] {
  const [newest, oldest] = [lines[0], lines.at(-1)];
  return [
    ...(hasNewer && newest ? [turnPage('Newer', `newer:${String(newest.seq)}:${personId}`)] : []),
    ...(hasOlder && oldest ? [turnPage('Older', `older:${String(oldest.seq)}:${personId}`)] : []),
  ];
}

function turnPage(label: string, reference: string): Action {
  return { kind: 'verb', label, verb: 'audit-page', reference, revision: 0 };
}

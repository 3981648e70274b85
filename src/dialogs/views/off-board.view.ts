import type { GenesysAccess, Json, OffBoardCard, OffBoardOutcome, Part, RunRecord } from '../../services/index.js';
import { asksMore, buttonName, otherNameWarning, personFacts } from './people.view.js';
import { dismiss } from './person-question.js';
import { doneSteps } from './run.view.js';
import type { Action, Element, Fact, View } from './view.js';

/** What the person has on both sides, before anybody takes it away. */
export function offBoardView(card: OffBoardCard, { reference }: { reference: string }): View {
  const { person, genesys } = card;
  return {
    title: `Off-board ${person.name}`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: [...personFacts(person), ...entraFacts(card), ...genesysFacts(card)] },
      ...('remedy' in genesys
        ? [warning(`${genesys.what} Entra’s part is done all the same; Genesys follows as soon as it answers.`)]
        : otherUser(genesys.other)),
      ...otherName(card),
      ...keptThrough(card),
      ...privileged(card),
      { kind: 'text', text: 'Nothing is changed before you confirm.', style: 'subtle' },
    ],
    actions: [verb(asksMore(`Off-board ${buttonName(person.name)}`), 'ask-off-board', reference), dismiss()],
    fallback: `What ${person.name} has in Entra and Genesys, and what an off-boarding would take away.`,
  };
}

/** The second step: what one click does, in the order in which it is done. */
export function confirmOffBoardView(card: OffBoardCard, { reference }: { reference: string }): View {
  const { person } = card;
  const name = buttonName(person.name);
  return {
    title: `Off-board ${person.name} now?`,
    tone: 'warning',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      { kind: 'list', heading: 'This will be done', items: deeds(card) },
      ...otherName(card),
      ...keptThrough(card),
      ...privileged(card),
      {
        kind: 'text',
        text: 'The accounts themselves stay, and so do the roles of the Genesys user. “assign” and “provision” give access again.',
        style: 'subtle',
      },
    ],
    actions: [
      verb(`Yes, off-board ${name}`, 'off-board', reference, 'danger'),
      verb('Back', 'look-off-board', reference),
      dismiss(),
    ],
    fallback: `Off-boarding ${person.name} waits for a confirmation.`,
  };
}

/** A result per system. */
export function offBoardedView(run: RunRecord, outcome: OffBoardOutcome): View {
  const { personId, personName, userPrincipalName, groups } = outcome;
  const left = [...problems(outcome)];
  const still = groups.state === 'done' ? groups.value : [];
  const isWhole = left.length === 0 && still.length === 0;
  const what =
    left.length > 0
      ? `${personName} is off-boarded only in part: something was refused.`
      : still.length > 0
        ? `${personName} still has access to Genesys Cloud in Entra, through ${still.length === 1 ? 'a group' : 'groups'}.`
        : `${personName} is off-boarded.`;
  return {
    title: isWhole ? 'Off-boarded' : 'Off-boarded, with something left',
    tone: isWhole ? 'good' : 'warning',
    elements: [
      { kind: 'text', text: what, style: 'strong' },
      {
        kind: 'facts',
        facts: [{ label: 'User principal name', value: userPrincipalName }, ...resultFacts(outcome)],
      },
      ...stillThrough(personName, still),
      ...left,
      ...(outcome.genesys.state === 'done' ? otherUser(outcome.genesys.value.other) : []),
      {
        kind: 'text',
        text: `It is in the audit: say “audit ${userPrincipalName}”.`,
        style: 'subtle',
      },
      doneSteps(run),
    ],
    actions: isWhole ? [] : [verb(`Off-board ${buttonName(personName)} again`, 'propose-off-board', personId)],
    fallback: what,
  };
}

function entraFacts({ entra }: OffBoardCard): Fact[] {
  return [
    { label: 'Assigned in Entra', value: entra.roles.length === 0 ? 'no' : `as ${entra.roles.join(', ')}` },
    ...(entra.groups.length === 0 ? [] : [{ label: 'Access through', value: entra.groups.join(', ') }]),
  ];
}

function otherName({ person, genesys }: OffBoardCard): Element[] {
  return 'remedy' in genesys ? [] : otherNameWarning(person, genesys.user ?? undefined);
}

function genesysFacts({ genesys }: OffBoardCard): Fact[] {
  if ('remedy' in genesys) return [{ label: 'Genesys user', value: 'could not be read' }];
  const { user } = genesys;
  if (!user) return [{ label: 'Genesys user', value: 'none' }];
  return [
    { label: 'Genesys user', value: user.name === '' ? user.state : `${user.name}, ${user.state}` },
    { label: 'Genesys e-mail', value: user.email },
    ...(user.divisionName === '' ? [] : [{ label: 'Division', value: user.divisionName }]),
    ...roleFacts('Genesys roles', user),
  ];
}

function roleFacts(label: string, { roles }: NonNullable<GenesysAccess['user']>): Fact[] {
  if (roles === null) return [{ label, value: 'could not be read' }];
  const names = roles.map(({ roleName, divisionName }) => `${roleName} in ${divisionName}`);
  return names.length === 0 ? [] : [{ label, value: names.join(', ') }];
}

function deeds({ entra, genesys }: OffBoardCard): string[] {
  const isActive = 'remedy' in genesys || genesys.user?.state === 'active';
  const isLiving = 'remedy' in genesys || (genesys.user !== null && genesys.user.state !== 'deleted');
  return [
    ...(entra.roles.length > 0 ? [`Take away the assignment in Entra: ${entra.roles.join(', ')}.`] : []),
    'End the sessions in Entra: every browser and app has to sign in again.',
    ...(isActive ? ['Make the Genesys user inactive.'] : []),
    ...(isLiving ? ['End the sessions in Genesys.'] : []),
  ];
}

/** What stays whatever is done here: Latchkey does not change groups. */
function keptThrough({ person: { name }, entra }: OffBoardCard): Element[] {
  return entra.groups.map((group) =>
    warning(`${name} keeps access through the group ${group}: take ${name} out of it in Entra.`),
  );
}

function stillThrough(name: string, groups: readonly string[]): Element[] {
  return groups.map((group) =>
    warning(
      `${name} still has access through the group ${group}. Latchkey does not change groups: take ${name} out of it there.`,
    ),
  );
}

function privileged({ person, holdsDirectoryRole }: OffBoardCard): Element[] {
  if (!holdsDirectoryRole) return [];
  return [
    warning(
      `${person.name} holds a directory role in Entra. It stays, and Entra may refuse to end the sessions of an administrator. Then an admin with a higher role ends them: Entra admin center, Users, Revoke sessions.`,
    ),
  ];
}

function otherUser(email: string | null): Element[] {
  if (email === null) return [];
  return [
    warning(
      `Genesys also has an active user with ${email}, the person’s other address. Latchkey leaves that user alone: check in Genesys Cloud Admin whether it should go.`,
    ),
  ];
}

function resultFacts(outcome: OffBoardOutcome): Fact[] {
  const { assignments, entraSessions, genesys, deactivated, genesysSessions } = outcome;
  const user = genesys.state === 'done' ? genesys.value.user : null;
  return [
    {
      label: 'Entra, assignment',
      value: resultText(assignments, (roles) => (roles.length === 0 ? '' : `taken away (${roles.join(', ')})`)),
    },
    { label: 'Entra, sessions', value: resultText(entraSessions, (isDone) => (isDone ? 'ended' : '')) },
    { label: 'Genesys, user', value: resultText(deactivated, (isDone) => (isDone ? 'made inactive' : whyNot(user))) },
    { label: 'Genesys, sessions', value: resultText(genesysSessions, (isDone) => (isDone ? 'ended' : '')) },
    ...(user ? roleFacts('Genesys roles, noted', user) : []),
  ];
}

function whyNot(user: GenesysAccess['user']): string {
  return user ? `nothing to do, ${user.state} already` : 'nothing to do, there is none';
}

/** @param words of what was done; empty: there was nothing to do. */
function resultText<T extends Json>(part: Part<T>, words: (value: T) => string): string {
  if (part.state !== 'done') return 'refused';
  return words(part.value) || 'nothing to do';
}

/** What was refused: why, and what to do. One answer to several parts is said once. */
function problems({
  assignments,
  groups,
  entraSessions,
  genesys,
  deactivated,
  genesysSessions,
}: OffBoardOutcome): Element[] {
  const refused = [assignments, groups, entraSessions, genesys, deactivated, genesysSessions].flatMap((part) =>
    part.state === 'done' ? [] : [part.problem],
  );
  const each = new Map(refused.map((problem) => [problem.what, problem]));
  return [...each.values()].map(({ what, why, remedy, requestId }) => ({
    kind: 'notice',
    tone: 'problem',
    text: [what, why, remedy, requestId && `(Request id ${requestId})`].filter(Boolean).join(' '),
  }));
}

function warning(text: string): Element {
  return { kind: 'notice', tone: 'warning', text };
}

function verb(label: string, name: string, reference: string, style?: 'danger'): Action {
  return { kind: 'verb', label, verb: name, reference, revision: 0, ...(style ? { style } : {}) };
}

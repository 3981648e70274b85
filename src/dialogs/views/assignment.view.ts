import type { AccessHeld, AssignmentProposal, RoleChange } from '../../services/index.js';
import { addressElements, emailClaimActions } from './email-claim.view.js';
import { buttonName, nextFor, personFacts, personWarnings } from './people.view.js';
import { dismiss } from './person-question.js';
import type { Action, Element, View } from './view.js';

/** What an assignment would do, before anybody confirms it. */
export function assignView(proposal: AssignmentProposal, card: { reference: string }): View {
  const { person, holds } = proposal;
  const isAssigned = holds.length > 0;
  return {
    title: `Assign ${person.name} to Genesys Cloud`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      ...personWarnings(person),
      ...addressElements(person, proposal.warning),
      ...(isAssigned ? [alreadyAssigned(proposal)] : []),
      ...throughGroups(proposal, 'neutral'),
      ...(person.isEnabled ? [roleChoice(proposal)] : []),
    ],
    // Who is disabled is refused: the warning says what to do first.
    actions: [
      ...(person.isEnabled ? assignActions(proposal, card) : []),
      ...emailClaimActions(person, proposal.warning),
      dismiss(),
    ],
    fallback: person.isEnabled
      ? `Assign ${person.name} (${person.userPrincipalName}) to Genesys Cloud?`
      : `${person.name} is disabled in Entra and cannot be assigned.`,
  };
}

function roleChoice({ roles, role }: AssignmentProposal): Element {
  return {
    kind: 'choose',
    id: 'role',
    label: 'Role in Entra',
    choices: roles.map(({ id, displayName }) => ({ title: displayName, value: id })),
    value: role.id,
    required: 'Choose the role.',
  };
}

function assignActions({ person, holds }: AssignmentProposal, { reference }: { reference: string }): Action[] {
  const label = `Assign ${buttonName(person.name)}`;
  if (holds.length === 0) return [{ kind: 'verb', label, verb: 'assign', reference, revision: 0, style: 'primary' }];
  return [
    ...nextFor(person, ['provision']).map((action) => ({ ...action, ignoresInputs: true })),
    { kind: 'verb', label, verb: 'assign', reference: `${reference}:holds`, revision: 0 },
  ];
}

function alreadyAssigned({ person, roles, holds }: AssignmentProposal): Element {
  const canChange = roles.some(({ id }) => !holds.some((held) => held.id === id));
  const texts = [
    `${person.name} is already assigned with the role ${roleNames(holds)}.`,
    person.isEnabled ? 'Assigning the same role again changes nothing.' : '',
    person.isEnabled && canChange ? 'Choosing another role changes it, after one more question.' : '',
  ];
  return { kind: 'notice', tone: 'good', text: texts.filter(Boolean).join(' ') };
}

/** Entra has no change of a role, so the card says in which order it is done. */
export function changeRoleView({ person, from, to }: RoleChange, card: { reference: string }): View {
  const before = roleNames(from);
  const text = `Latchkey changes the role ${before} → ${to.name}: it adds ${to.name}, then removes ${before}. ${person.name} has access all the time.`;
  return {
    title: `Change the role of ${person.name}`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      ...personWarnings(person),
      { kind: 'changes', heading: 'Microsoft Entra ID', rows: [{ field: 'Role in Entra', before, after: to.name }] },
      { kind: 'text', text },
    ],
    actions: [
      {
        ...{ kind: 'verb', label: `Change role of ${buttonName(person.name)}`, verb: 'change-role' },
        ...{ reference: card.reference, revision: 0, style: 'primary' },
      },
      dismiss(),
    ],
    fallback: `Change the role of ${person.name} (${person.userPrincipalName}) from ${before} to ${to.name}?`,
  };
}

/** What an unassignment would take away, and what it would leave. */
export function unassignView(held: AccessHeld, card: { reference: string }): View {
  const { person, holds } = held;
  const isAssigned = holds.length > 0;
  const roles = isAssigned ? roleNames(holds) : 'none';
  return {
    title: `Take Genesys Cloud from ${person.name}`,
    tone: isAssigned ? 'warning' : 'neutral',
    elements: [
      { kind: 'facts', facts: [...personFacts(person), { label: 'Assigned directly', value: roles }] },
      {
        kind: 'text',
        text: isAssigned
          ? `${person.name} loses the role ${roles} in Entra. The Genesys user and open sessions stay as they are.`
          : `${person.name} is not assigned directly, so there is nothing to take away.`,
      },
      ...throughGroups(held, 'warning'),
    ],
    actions: isAssigned
      ? [
          {
            ...{ kind: 'verb', label: `Unassign ${buttonName(person.name)}`, verb: 'unassign' },
            ...{ reference: card.reference, revision: 0, style: 'danger' },
          },
          dismiss(),
        ]
      : [],
    fallback: isAssigned
      ? `Take Genesys Cloud from ${person.name} (${person.userPrincipalName})?`
      : `${person.name} is not assigned directly.`,
  };
}

function throughGroups({ person, throughGroups: given }: AccessHeld, tone: 'neutral' | 'warning'): Element[] {
  if (given.length === 0) return [];
  const groups = [...new Set(given.map(({ group, role }) => `${group} (${role})`))];
  const [first = ''] = groups;
  const [through, end] =
    groups.length === 1
      ? [`the group ${first}`, `That ends when ${person.name} leaves the group, or the group is unassigned.`]
      : [
          `the groups ${groups.join(', ')}`,
          `That ends only when ${person.name} leaves all of them, or they are unassigned.`,
        ];
  return [
    {
      kind: 'notice',
      tone,
      text: `${person.name} has access through ${through}, whatever is assigned directly. ${end}`,
    },
  ];
}

export function roleNames(roles: readonly { readonly name: string }[]): string {
  return roles.map(({ name }) => name).join(', ');
}

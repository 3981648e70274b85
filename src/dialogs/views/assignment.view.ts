import type { AssignmentProposal } from '../../services/index.js';
import { buttonName, nextFor, personFacts, personWarnings } from './people.view.js';
import { dismiss } from './person-question.js';
import type { View } from './view.js';

/** What an assignment would do, before anybody confirms it. */
export function assignView(proposal: AssignmentProposal, card: { reference: string }): View {
  const { person, roles, role, holds } = proposal;
  const isAssigned = holds.length > 0;
  return {
    title: `Assign ${person.name} to Genesys Cloud`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      ...personWarnings(person),
      ...(isAssigned
        ? [
            {
              kind: 'notice',
              tone: 'good',
              text: `${person.name} is already assigned with the role ${holds.join(', ')}. Assigning the same role again changes nothing.`,
            } as const,
          ]
        : []),
      {
        kind: 'choose',
        id: 'role',
        label: 'Role in Entra',
        choices: roles.map(({ id, displayName }) => ({ title: displayName, value: id })),
        value: role.id,
        required: 'Choose the role.',
      },
    ],
    actions: [
      ...(isAssigned ? nextFor(person, ['provision']).map((action) => ({ ...action, ignoresInputs: true })) : []),
      {
        kind: 'verb',
        label: `Assign ${buttonName(person.name)}`,
        verb: 'assign',
        reference: card.reference,
        revision: 0,
        ...(isAssigned ? {} : { style: 'primary' as const }),
      },
      dismiss(),
    ],
    fallback: `Assign ${person.name} (${person.userPrincipalName}) to Genesys Cloud?`,
  };
}

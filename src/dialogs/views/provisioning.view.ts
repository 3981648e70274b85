import type { ProvisioningProposal } from '../../services/index.js';
import { buttonName, personFacts, personWarnings } from './people.view.js';
import { dismiss } from './person-question.js';
import type { View } from './view.js';

/** What a provisioning would do, before anybody confirms it. */
export function provisionView(proposal: ProvisioningProposal, card: { reference: string }): View {
  const { person, email, divisions, roles, division, role, existing } = proposal;
  const finds = {
    none: 'Genesys has no user with this address. One will be created.',
    active: 'Genesys has an active user with this address. Only a missing role will be added.',
    inactive: 'Genesys has an inactive user with this address. It will be activated again.',
    deleted:
      'Genesys has a deleted user with this address. It will be restored; its earlier roles do not come back by themselves.',
  }[existing];
  return {
    title: `Provision ${person.name} in Genesys Cloud`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: [...personFacts(person), { label: 'Genesys e-mail', value: email }] },
      ...personWarnings(person),
      ...(person.mail && person.mail.toLowerCase() !== email.toLowerCase()
        ? [
            {
              kind: 'notice',
              tone: 'warning',
              text: `The mail address is ${person.mail}, but the sign-in sends ${email}. The Genesys user gets the address that is sent.`,
            } as const,
          ]
        : []),
      { kind: 'notice', tone: 'neutral', text: finds },
      {
        kind: 'choose',
        id: 'division',
        label: 'Division',
        choices: divisions.map(({ id, name }) => ({ title: name, value: id })),
        value: division.id,
        required: 'Choose the division.',
      },
      {
        kind: 'choose',
        id: 'role',
        label: 'Genesys role',
        choices: roles.map(({ id, name }) => ({ title: name, value: id })),
        value: role.id,
        required: 'Choose the role.',
      },
    ],
    actions: [
      {
        kind: 'verb',
        label: `Provision ${buttonName(person.name)}`,
        verb: 'provision',
        reference: card.reference,
        revision: 0,
        style: 'primary',
      },
      dismiss(),
    ],
    fallback: `Provision ${person.name} in Genesys Cloud with ${email}?`,
  };
}

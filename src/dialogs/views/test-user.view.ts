import type { NewPersonProposal } from '../../services/index.js';
import { buttonName, nextFor, personFacts } from './people.view.js';
import { dismiss } from './person-question.js';
import type { Action, View } from './view.js';

/** *Create test user*: somebody who exists is offered first; another name can be given. */
export function newPersonView(proposal: NewPersonProposal, card: { reference: string; complaint?: string }): View {
  const { displayName, userPrincipalName, existing } = proposal;
  const use: Action[] = existing ? nextFor(existing, ['assign']) : [];
  return {
    title: existing ? `${existing.name} exists already` : `Create ${displayName} in Entra`,
    tone: 'neutral',
    elements: [
      existing
        ? { kind: 'facts', facts: personFacts(existing) }
        : { kind: 'facts', facts: [{ label: 'User principal name', value: userPrincipalName }] },
      existing
        ? { kind: 'text', text: 'Use this person, or create somebody else by another name.' }
        : {
            kind: 'text',
            text: 'You get a link to the first password in your personal chat. It must be changed at the first sign-in.',
          },
      ...(card.complaint ? [{ kind: 'notice', tone: 'problem', text: card.complaint } as const] : []),
      {
        kind: 'write',
        id: 'name',
        label: existing ? 'Another name' : 'Name',
        placeholder: 'for example T.Simon',
        maxLength: 64,
        ...(existing ? {} : { value: displayName }),
        required: 'Type a name.',
      },
    ],
    actions: [
      ...use.map((action) => ({ ...action, label: `Use ${buttonName(existing?.name ?? '')}`, ignoresInputs: true })),
      {
        kind: 'verb',
        label: existing ? 'Create somebody else' : 'Create',
        verb: 'create-person',
        reference: card.reference,
        revision: 0,
        ...(existing ? {} : { style: 'primary' as const }),
      },
      dismiss(),
    ],
    fallback: existing ? `${existing.name} exists already in Entra.` : `Create ${displayName} in Entra?`,
  };
}

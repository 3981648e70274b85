import type { NewPersonProposal } from '../../services/index.js';
import { buttonName, nextFor, personFacts, personWarnings } from './people.view.js';
import { dismiss } from './person-question.js';
import { dayText, timeText } from './when.js';
import type { Action, Element, View } from './view.js';

/** *Create test user*: somebody who exists is offered first; another name can be given. */
export function newPersonView(proposal: NewPersonProposal, card: { reference: string; complaint?: string }): View {
  const { displayName, existing } = proposal;
  const use: Action[] = existing ? nextFor(existing, ['assign']) : [];
  return {
    title: existing ? `${existing.name} exists already` : `Create ${displayName} in Entra`,
    tone: 'neutral',
    elements: [
      existing
        ? { kind: 'facts', facts: personFacts(existing) }
        : { kind: 'facts', facts: [{ label: 'User principal name', value: newName(proposal) }] },
      existing
        ? { kind: 'text', text: 'Use this person, or create somebody else by another name.' }
        : {
            kind: 'text',
            text: 'You get a link to the first password in your personal chat. It must be changed at the first sign-in.',
          },
      ...(card.complaint ? [{ kind: 'notice', tone: 'problem', text: card.complaint } as const] : []),
      ...(existing ? personWarnings(existing) : []),
      ...deletedNotice(proposal),
      {
        kind: 'write',
        id: 'name',
        label: existing ? 'Another name' : 'Name',
        placeholder: 'for example T.Simon',
        maxLength: 64,
        ...(existing ? {} : { value: displayName }),
        required: 'Type a name.',
      },
      ...domainChoice(proposal),
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

/** Where the domain is still to be chosen, the part before it. */
function newName({ userPrincipalName, mailNickname, domains }: NewPersonProposal): string {
  return domains.length > 1 ? `${mailNickname}@ the domain chosen below` : userPrincipalName;
}

/** Entra lets the name be used again, unless the tenant still holds it; whoever deleted the person may want them back. */
function deletedNotice({ userPrincipalName, deleted }: NewPersonProposal): Element[] {
  if (!deleted) return [];
  const until = deleted.until ? ` until ${dayText(deleted.until)}` : '';
  const text = `${userPrincipalName} belonged to ${deleted.name}, who was deleted; Entra keeps that person${until}, and their name may still be held. They can be restored instead: Entra admin center, Users, Deleted users.`;
  return [{ kind: 'notice', tone: 'warning', text }];
}

/** A choice only where there is one. */
function domainChoice({ domain, domains, federated }: NewPersonProposal): Element[] {
  const choice: Element = {
    ...{ kind: 'choose', id: 'domain', label: 'Domain', value: domain, required: 'Choose the domain.' },
    choices: domains.map((name) => ({ title: name, value: name })),
  };
  const text = `Not offered, as its people sign in elsewhere and are created there: ${federated.join(', ')}.`;
  return [
    ...(domains.length > 1 ? [choice] : []),
    ...(federated.length > 0 ? [{ kind: 'text', text, style: 'subtle' } as const] : []),
  ];
}

/** Stands in the personal chat of whoever asked, and nowhere else. */
export function passwordLinkView(link: { url: string; userPrincipalName: string; until: Date }): View {
  return {
    title: 'First password',
    tone: 'neutral',
    elements: [
      {
        kind: 'text',
        text: `The first password of ${link.userPrincipalName} can be read once, until ${timeText(link.until)}.`,
      },
      {
        kind: 'text',
        text: 'It must be changed at the first sign-in. When the link is used up, press New password on the card.',
        style: 'subtle',
      },
    ],
    actions: [{ kind: 'link', label: 'Show the password', url: link.url }],
    fallback: `A link to the first password of ${link.userPrincipalName}.`,
  };
}

import {
  describePerson,
  type AssignmentProposal,
  type EntraPerson,
  type NewPersonProposal,
  type ProvisioningProposal,
  type TestLinks,
} from '../../services/index.js';
import type { Action, Element, View } from './view.js';

/** Namesakes, with what tells them apart, one button each. */
export function whichPersonView(words: string, people: readonly EntraPerson[], verb: 'assign' | 'provision'): View {
  return {
    title: 'Which person?',
    tone: 'neutral',
    elements: [
      { kind: 'text', text: `“${words}” may be one of these.` },
      {
        kind: 'choose',
        id: 'person',
        label: 'Person',
        choices: people.map((person) => ({ title: `${person.name} (${describePerson(person)})`, value: person.id })),
        required: 'Choose the person.',
      },
    ],
    actions: [
      { kind: 'verb', label: 'Continue', verb: 'choose-person', reference: verb, revision: 0, style: 'primary' },
      dismiss(),
    ],
    fallback: `“${words}” may be one of ${people.length} people. Choose one.`,
  };
}

/** Nobody found: the card asks again. */
export function noPersonView(words: string, verb: 'assign' | 'provision'): View {
  return {
    title: words ? 'Nobody found' : 'Whom?',
    tone: 'neutral',
    elements: [
      ...(words ? [{ kind: 'text', text: `Entra knows nobody by “${words}”.` } as const] : []),
      { kind: 'text', text: 'Search by name, user principal name or mail address.', style: 'subtle' },
      {
        kind: 'write',
        id: 'words',
        label: 'Person',
        placeholder: 'for example b.simon',
        maxLength: 100,
        required: 'Type a name, user principal name or mail address.',
      },
    ],
    actions: [
      { kind: 'verb', label: 'Search', verb: 'search-person', reference: verb, revision: 0, style: 'primary' },
      dismiss(),
    ],
    fallback: words
      ? `Entra knows nobody by “${words}”.`
      : 'Whom? Say it by name, user principal name or mail address.',
  };
}

/** What an assignment would do, before anybody confirms it. */
export function assignView(proposal: AssignmentProposal, card: { reference: string }): View {
  const { person, roles, role, holds } = proposal;
  return {
    title: `Assign ${person.name} to Genesys Cloud`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      ...warnings(person),
      ...(holds.length > 0
        ? [
            {
              kind: 'notice',
              tone: 'neutral',
              text: `Already assigned with the role ${holds.join(', ')}. Assigning the same role again changes nothing.`,
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
      {
        kind: 'verb',
        label: `Assign ${person.name}`,
        verb: 'assign',
        reference: card.reference,
        revision: 0,
        style: 'primary',
      },
      dismiss(),
    ],
    fallback: `Assign ${person.name} (${person.userPrincipalName}) to Genesys Cloud?`,
  };
}

export function provisionView(proposal: ProvisioningProposal, card: { reference: string }): View {
  const { person, email, divisions, roles, division, role, existing } = proposal;
  const finds = {
    none: 'Genesys knows nobody with this address: a user will be created.',
    active: 'Genesys has this user already, active. Only a missing role will be added.',
    inactive: 'Genesys has this user, inactive: it will be re-activated.',
    deleted: 'Genesys has this user, deleted: it will be restored. Its earlier roles do not come back by themselves.',
  }[existing];
  return {
    title: `Provision ${person.name} in Genesys Cloud`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: [...personFacts(person), { label: 'Genesys e-mail', value: email }] },
      ...warnings(person),
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
        label: `Provision ${person.name}`,
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
        : {
            kind: 'facts',
            facts: [
              { label: 'Name', value: displayName },
              { label: 'User principal name', value: userPrincipalName },
            ],
          },
      existing
        ? { kind: 'text', text: 'Use this person, or create somebody else by another name.' }
        : {
            kind: 'text',
            text: 'A first password is made, and a link to it comes to your personal chat. It must be changed at the first sign-in.',
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
      ...use.map((action) => ({ ...action, label: `Use ${existing?.name ?? ''}`, ignoresInputs: true })),
      {
        kind: 'verb',
        label: existing ? 'Create this name' : 'Create',
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

/** Buttons for what usually comes next for a person. */
export function nextFor(person: { id: string; name: string }, verbs: readonly ('assign' | 'provision')[]): Action[] {
  const labels = { assign: `Assign ${person.name}`, provision: `Provision ${person.name}` };
  return verbs.map((verb, at) => ({
    ...{ kind: 'verb', label: labels[verb], verb: `propose-${verb}`, reference: person.id, revision: 0 },
    ...(at === 0 ? { style: 'primary' as const } : {}),
  }));
}

export function testLinkActions(links: TestLinks, mode: string): Action[] {
  const sp: Action = { kind: 'link', label: 'Test from Genesys (SP-initiated)', url: links.sp };
  // With a Sign-on URL the tile starts at Genesys as well: no link may promise an IdP-initiated sign-in then.
  return mode === 'signs-straight-in'
    ? [sp, { kind: 'link', label: 'Test from Microsoft (IdP-initiated)', url: links.idp }]
    : [sp];
}

function personFacts(person: EntraPerson): { label: string; value: string }[] {
  return [
    { label: 'Name', value: person.name },
    { label: 'User principal name', value: person.userPrincipalName },
    ...(person.jobTitle ? [{ label: 'Job title', value: person.jobTitle }] : []),
  ];
}

function warnings(person: EntraPerson): Element[] {
  const texts = [
    person.isGuest ? `${person.name} is a guest of this tenant.` : '',
    person.isEnabled ? '' : `${person.name} is disabled in Entra and cannot sign in.`,
  ].filter(Boolean);
  return texts.map((text) => ({ kind: 'notice', tone: 'warning', text }));
}

function dismiss(): Action {
  return { kind: 'verb', label: 'Cancel', verb: 'dismiss', reference: 'card', revision: 0, ignoresInputs: true };
}

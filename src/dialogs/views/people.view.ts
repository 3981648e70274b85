import {
  type AssignmentProposal,
  type EntraPerson,
  type NewPersonProposal,
  type ProvisioningProposal,
  type TestLinks,
} from '../../services/index.js';
import { askPersonView, choosePersonView, dismiss } from './person-question.js';
import type { Action, Element, View } from './view.js';

type Giving = 'assign' | 'provision';

const WHOM: Readonly<Record<Giving, string>> = {
  assign: 'Assign whom to Genesys Cloud?',
  provision: 'Provision whom in Genesys Cloud?',
};

/** Namesakes, of whom one shall be given access. */
export function whichPersonView(words: string, people: readonly EntraPerson[], giving: Giving): View {
  return choosePersonView(words, people, { title: 'Which person?', verb: 'choose-person', reference: giving });
}

/** Nobody named, or nobody found: the card asks. */
export function noPersonView(words: string, giving: Giving): View {
  return askPersonView({
    ...{ words, title: WHOM[giving], verb: 'search-person', reference: giving },
    by: 'name, user principal name or mail address',
    fallback: 'Whom? Say it by name, user principal name or mail address.',
  });
}

/** What an assignment would do, before anybody confirms it. */
export function assignView(proposal: AssignmentProposal, card: { reference: string }): View {
  const { person, roles, role, holds } = proposal;
  const isAssigned = holds.length > 0;
  return {
    title: `Assign ${person.name} to Genesys Cloud`,
    tone: 'neutral',
    elements: [
      { kind: 'facts', facts: personFacts(person) },
      ...warnings(person),
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

/** Buttons for what usually comes next for a person; the first one is the primary one. */
export function nextFor(
  person: { id: string; name: string },
  verbs: readonly ('assign' | 'provision')[],
  { isPrimary } = { isPrimary: true },
): Action[] {
  const name = buttonName(person.name);
  const labels = { assign: `Assign ${name}`, provision: `Provision ${name}` };
  return verbs.map((verb, at) => ({
    ...{ kind: 'verb', label: labels[verb], verb: `propose-${verb}`, reference: person.id, revision: 0 },
    ...(isPrimary && at === 0 ? { style: 'primary' as const } : {}),
  }));
}

const LONGEST_BUTTON_NAME = 30;

/** A name short enough for a button; the card says it in full. Cut between words where that leaves enough of it. */
export function buttonName(name: string): string {
  if (name.length <= LONGEST_BUTTON_NAME) return name;
  const start = Array.from(name).slice(0, LONGEST_BUTTON_NAME).join('');
  const lastSpace = start.lastIndexOf(' ');
  return `${start.slice(0, lastSpace > LONGEST_BUTTON_NAME / 2 ? lastSpace : undefined)}…`;
}

/** @param style `primary` where trying the sign-in is what comes next. */
export function testLinkActions(links: TestLinks, mode: string, style?: 'primary'): Action[] {
  const link = (label: string, url: string): Action => ({ kind: 'link', label, url, ...(style ? { style } : {}) });
  const sp = link('Test from Genesys (SP-initiated)', links.sp);
  // With a Sign-on URL the tile starts at Genesys as well: no link may promise an IdP-initiated sign-in then.
  return mode === 'signs-straight-in' ? [sp, link('Test from Microsoft (IdP-initiated)', links.idp)] : [sp];
}

/** The name stands in the title. */
function personFacts(person: EntraPerson): { label: string; value: string }[] {
  return [
    { label: 'User principal name', value: person.userPrincipalName },
    ...(person.jobTitle ? [{ label: 'Job title', value: person.jobTitle }] : []),
  ];
}

function warnings(person: EntraPerson): Element[] {
  const texts = [
    person.isGuest ? `${person.name} is a guest of this tenant, with an account of another organisation.` : '',
    person.isEnabled
      ? ''
      : `${person.name} is disabled in Entra and cannot sign in until a user administrator enables the account.`,
  ].filter(Boolean);
  return texts.map((text) => ({ kind: 'notice', tone: 'warning', text }));
}

import {
  keyOfRole,
  type ExistingUser,
  type OfferedRole,
  type ProvisioningProposal,
  type ProvisionOutcome,
} from '../../services/index.js';
import { addressElements, emailClaimActions } from './email-claim.view.js';
import { buttonName, otherNameWarning, personFacts, personWarnings } from './people.view.js';
import { dismiss } from './person-question.js';
import type { Element, Fact, View } from './view.js';

/** What a provisioning would do, before anybody confirms it. */
export function provisionView(proposal: ProvisioningProposal, card: { reference: string }): View {
  const { person, email, divisions, roles, division, role, existing, warning } = proposal;
  const title = `Provision ${person.name} in Genesys Cloud`;
  if (!person.isEnabled) return disabledView(proposal, title);
  return {
    title,
    tone: 'neutral',
    elements: [
      {
        kind: 'facts',
        facts: [...personFacts(person), { label: 'Genesys e-mail', value: email }, ...existingFacts(existing)],
      },
      ...personWarnings(person),
      ...addressElements(person, warning),
      { kind: 'notice', tone: 'neutral', text: finding(existing) },
      ...otherNameWarning(person, existing),
      ...formerly(existing),
      {
        kind: 'choose',
        id: 'division',
        label: existing ? 'Division for the roles' : 'Division',
        choices: divisions.map(({ id, name }) => ({ title: name, value: id })),
        value: division.id,
        required: 'Choose the division.',
      },
      {
        kind: 'chooseMany',
        id: 'roles',
        label: 'Genesys roles to add, each with the licence it needs',
        choices: roles.map((one) => ({ title: withLicence(one), value: one.id })),
        values: [role.id],
        required: 'Choose at least one role.',
      },
      ...givenBack(existing),
      ...licenceNotice(roles),
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
      ...emailClaimActions(person, warning),
      dismiss(),
    ],
    fallback: `Provision ${person.name} in Genesys Cloud with ${email}?`,
  };
}

/** Whoever is disabled could not sign in, so the click would be refused: the card says what to do first. */
function disabledView({ person, email, existing }: ProvisioningProposal, title: string): View {
  const facts = [...personFacts(person), { label: 'Genesys e-mail', value: email }, ...existingFacts(existing)];
  const text = 'A Genesys user would not help before that: enable the account in Entra, then say “provision” again.';
  return {
    title,
    tone: 'warning',
    elements: [{ kind: 'facts', facts }, ...personWarnings(person), { kind: 'text', text }],
    actions: [dismiss()],
    fallback: `${person.name} is disabled in Entra, so a Genesys user would not help.`,
  };
}

function finding(existing: ExistingUser | undefined): string {
  switch (existing?.state) {
    case undefined:
      return 'Genesys has no user with this address. One will be created.';
    case 'active':
      return 'Genesys has an active user with this address. Only missing roles will be added.';
    case 'inactive':
      return 'Genesys has an inactive user with this address. It will be activated again, and missing roles will be added.';
    case 'deleted':
      return `Genesys has a deleted user with this address. It will be restored. ${forgotten(existing)}`;
  }
}

function forgotten({ roles, formerPerson }: ExistingUser): string {
  if (formerPerson) return 'Genesys has forgotten its roles.';
  return roles.length > 0
    ? 'Genesys has forgotten its roles; Latchkey noted them and gives them back one by one.'
    : 'Genesys has forgotten its roles, and Latchkey knows of none.';
}

/** Whose access this would be, if nobody looked. */
function formerly(existing: ExistingUser | undefined): Element[] {
  if (!existing?.formerPerson) return [];
  const { name = 'somebody who is no longer in Entra' } = existing.formerPerson;
  const roles = existing.state === 'deleted' ? 'The roles noted then are not given back.' : 'The roles it has stay.';
  const text = `This Genesys user was last provisioned for ${name}. ${roles}`;
  return [{ kind: 'notice', tone: 'warning', text }];
}

function existingFacts(existing: ExistingUser | undefined): Fact[] {
  if (!existing) return [];
  const { name, state, divisionName, roles } = existing;
  return [
    { label: 'Genesys user', value: name === '' ? state : `${name}, ${state}` },
    ...(divisionName === '' ? [] : [{ label: 'Is in the division', value: `${divisionName}, and stays there` }]),
    ...(state === 'deleted' || roles.length === 0 ? [] : [{ label: 'Has the roles', value: rolesText(roles) }]),
  ];
}

/** @returns "Agent in Home, Supervisor in Berlin". */
function rolesText(roles: readonly { roleName: string; divisionName: string }[]): string {
  return roles.map(({ roleName, divisionName }) => `${roleName} in ${divisionName}`).join(', ');
}

function givenBack(existing: ExistingUser | undefined): Element[] {
  if (existing?.state !== 'deleted' || existing.roles.length === 0) return [];
  const choices = existing.roles.map((role) => ({ title: rolesText([role]), value: keyOfRole(role) }));
  const values = choices.map(({ value }) => value);
  return [{ kind: 'chooseMany', id: 'restores', label: 'Roles to give back', choices, values }];
}

function withLicence({ name, licences }: OfferedRole): string {
  if (licences === undefined) return name;
  return licences.length === 0 ? `${name} (no licence)` : `${name} (licence ${licences.join(', ')})`;
}

function licenceNotice(roles: readonly OfferedRole[]): Element[] {
  if (roles.every(({ licences }) => licences !== undefined)) return [];
  const text =
    'Not every licence could be read from Genesys. Whether a role costs one is shown in Genesys Cloud Admin.';
  return [{ kind: 'notice', tone: 'warning', text }];
}

/** Of a run of the first release, which gave one role, the roles are not kept in this way. */
type KeptOutcome = Pick<ProvisionOutcome, 'was'> & Partial<Pick<ProvisionOutcome, 'roles' | 'restored'>>;

export function rolesGiven({ roles = [] }: KeptOutcome): ProvisionOutcome['roles'] {
  return roles;
}

/** What became of the roles: given, there already, given back. */
export function provisionedRoles(outcome: KeptOutcome): Fact[] {
  const { was, restored = [] } = outcome;
  const text = rolesGiven(outcome)
    .map(({ roleName, isNew }) => (isNew && was !== 'unknown' ? `${roleName} (added)` : roleName))
    .join(', ');
  return [
    ...(text === '' ? [] : [{ label: 'Genesys roles', value: text }]),
    ...(restored.length === 0 ? [] : [{ label: 'Given back', value: rolesText(restored) }]),
  ];
}

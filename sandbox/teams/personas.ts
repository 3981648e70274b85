import { DIRECTORY_ROLES, PEOPLE, type SandboxPerson } from '../credentials.js';
import { personalConversationId } from './chat.js';
import { teamsIdOf } from './people.js';

/** A person as the page lists them. `hints` say in words why one would play this person. */
export interface Persona {
  readonly id: string;
  readonly teamsId: string;
  readonly name: string;
  readonly userPrincipalName: string;
  readonly jobTitle: string;
  readonly isGuest: boolean;
  readonly hints: readonly string[];
  readonly personalConversationId: string;
}

/** The people whom the shipped policy names as approvers. */
const APPROVERS = new Set(['omar.owner@contoso.example', 'dana.deputy@contoso.example']);

const ROLE_NAMES = new Map<string, string>(Object.entries(DIRECTORY_ROLES).map(([name, id]) => [id, name]));

export function personas(): Persona[] {
  return PEOPLE.map((person) => ({
    id: person.id,
    teamsId: teamsIdOf(person),
    name: person.displayName,
    userPrincipalName: person.userPrincipalName,
    jobTitle: person.jobTitle,
    isGuest: person.userType === 'Guest',
    hints: hintsFor(person),
    personalConversationId: personalConversationId(person),
  }));
}

function hintsFor(person: SandboxPerson): string[] {
  return [
    ...person.roles.map(roleName),
    ...person.eligibleRoles.map((role) => `Eligible, not active: ${roleName(role)}`),
    ...(APPROVERS.has(person.userPrincipalName) ? ['Approver'] : []),
    ...(person.userType === 'Guest' ? ['Guest'] : []),
    ...(person.mail !== person.userPrincipalName && person.userType === 'Member' ? ['Mail differs from UPN'] : []),
    ...(person.genesysRoles
      ? [`Genesys: ${person.genesysRoles.filter((role) => role !== 'employee').join(', ')}`]
      : []),
  ];
}

function roleName(id: string): string {
  return ROLE_NAMES.get(id) ?? id;
}

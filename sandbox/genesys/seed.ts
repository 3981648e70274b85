import { PEOPLE, type SandboxPerson } from '../credentials.js';
import { HOME_DIVISION, ROLES } from './directory.js';
import type { GenesysData } from './genesys-data.js';

/** The people who have Genesys roles at the start, active and in the home division; their ids are always the same. */
export function seedGenesys(data: GenesysData): void {
  for (const person of PEOPLE) {
    if (person.genesysRoles) seedPerson(data, person, person.genesysRoles);
  }
}

/** The Genesys user id of a seeded person. */
export function genesysUserId(person: SandboxPerson): string {
  return `6e0e5f75-0000-4000-8000-${person.id.slice(-12)}`;
}

function seedPerson(data: GenesysData, person: SandboxPerson, roleNames: readonly string[]): void {
  const id = genesysUserId(person);
  data.addUser({
    id,
    name: person.displayName,
    email: person.mail,
    divisionId: HOME_DIVISION.id,
    state: 'active',
    version: 1,
    title: person.jobTitle,
    addresses: [],
  });
  for (const role of ROLES) if (roleNames.includes(role.name)) data.grant(id, role.id, HOME_DIVISION.id);
}

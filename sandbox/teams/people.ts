import { createHash } from 'node:crypto';
import { PEOPLE, TENANT_ID, type SandboxPerson } from '../credentials.js';
import type { ChannelAccount } from './activity.js';

/** The id that Teams gives a person towards one bot: `29:` and an opaque part, the same at every start. */
export function teamsIdOf(person: SandboxPerson): string {
  return `29:1${createHash('sha256').update(`latchkey ${person.id}`).digest('base64url')}`;
}

/** How Teams names the sender of an activity. The name is display text only; `aadObjectId` is the identity. */
export function accountOf(person: SandboxPerson): Required<ChannelAccount> {
  return { id: teamsIdOf(person), name: person.displayName, aadObjectId: person.id };
}

/** The roster entry (`TeamsChannelAccount`) of a person. */
export function memberOf(person: SandboxPerson): object {
  return {
    ...accountOf(person),
    objectId: person.id,
    givenName: person.givenName,
    surname: person.surname,
    email: person.mail,
    userPrincipalName: person.userPrincipalName,
    tenantId: TENANT_ID,
    userRole: person.userType === 'Guest' ? 'guest' : 'user',
  };
}

/** The person with that Teams id, Entra object id or user principal name. */
export function findPerson(id: unknown): SandboxPerson | undefined {
  if (typeof id !== 'string') return undefined;
  const wanted = id.toLowerCase();
  return PEOPLE.find(
    (person) => person.id === wanted || person.userPrincipalName.toLowerCase() === wanted || teamsIdOf(person) === id,
  );
}

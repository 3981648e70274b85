import type { Claims, EntraPerson } from '../entra/entra.js';
import { Problem } from '../platform/problem.js';

/** A claim's source, by Entra's name of the attribute. */
export type EmailSource = 'userprincipalname' | 'mail';

/** The sign-in sends one address of a person who has two. */
export interface AddressWarning {
  readonly sends: string;
  readonly sendsFrom: EmailSource;
  /** What could be sent instead. */
  readonly other: string;
}

/** What the sign-in sends the address from; the user principal name where nothing else is configured. */
export function sourceOf(claims: Pick<Claims, 'emailFrom'> | undefined): EmailSource {
  return claims?.emailFrom === 'mail' ? 'mail' : 'userprincipalname';
}

/** The address that the sign-in sends of that person. Throws the refusal where it is the mail address and they have none. */
export function addressSent(person: EntraPerson, claims: Pick<Claims, 'emailFrom'> | undefined): string {
  if (sourceOf(claims) !== 'mail') return person.userPrincipalName;
  if (person.mail) return person.mail;
  throw new Problem({
    kind: 'refused',
    what: `The sign-in sends the mail address, and ${person.name} has none.`,
    remedy: 'Give the person a mail address in Entra.',
    code: 'no-mail',
  });
}

/** Whether there is anything that a sign-in could send instead of what it sends. */
export function hasTwoAddresses({ userPrincipalName, mail }: Pick<EntraPerson, 'userPrincipalName' | 'mail'>): boolean {
  return mail !== undefined && mail.toLowerCase() !== userPrincipalName.toLowerCase();
}

/** `undefined`: the person has one address only, so nothing can differ. Case of letters does not count. Pure. */
export function addressWarning(
  person: Pick<EntraPerson, 'userPrincipalName' | 'mail'>,
  claims: Pick<Claims, 'emailFrom'> | undefined,
): AddressWarning | undefined {
  const { userPrincipalName, mail } = person;
  if (mail === undefined || !hasTwoAddresses(person)) return undefined;
  const sendsFrom = sourceOf(claims);
  return sendsFrom === 'mail'
    ? { sends: mail, sendsFrom, other: userPrincipalName }
    : { sends: userPrincipalName, sendsFrom, other: mail };
}

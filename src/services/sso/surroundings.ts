import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';

/** What lies around a set-up and can spoil it. Absent: it could not be read, and `unread` says what. */
export interface Surroundings {
  /** A policy of the tenant refuses new identifiers even to SAML applications. */
  readonly refusesIdentifiers?: boolean;
  /** Entra ID P1 or better, which assigning groups takes. */
  readonly hasPremium?: boolean;
  /** Genesys's SSO-only mode. */
  readonly isPasswordLoginDisabled?: boolean;
  /** Of the people assigned: how many have another mail address than UPN. */
  readonly addressMismatches?: number;
  /** Words that follow "Latchkey could not look at …". */
  readonly unread: readonly string[];
}

/**
 * Reads them at the same time. One that is refused or away does not spoil the plan: it is named instead.
 * @param instance service principal id, as soon as it is known; nobody is assigned where there is none.
 */
export async function readSurroundings(
  entra: Entra,
  genesys: Genesys,
  instance: Promise<string | undefined>,
): Promise<Surroundings> {
  const unread: string[] = [];
  const orUnread = <T>(what: string, asked: Promise<T>): Promise<T | undefined> =>
    asked.catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      unread.push(what);
      return undefined;
    });
  const [refusesIdentifiers, hasPremium, isPasswordLoginDisabled, addressMismatches] = await Promise.all([
    orUnread('the app management policy of the tenant', entra.refusesIdentifiers()),
    orUnread('the licences of the tenant', entra.hasPremium()),
    orUnread('SSO-only mode in Genesys', genesys.isPasswordLoginDisabled()),
    orUnread(
      'the addresses of who is assigned',
      instance.then((id) => (id === undefined ? 0 : entra.countAddressMismatches(id))),
    ),
  ]);
  return {
    ...(refusesIdentifiers === undefined ? {} : { refusesIdentifiers }),
    ...(hasPremium === undefined ? {} : { hasPremium }),
    ...(isPasswordLoginDisabled === undefined ? {} : { isPasswordLoginDisabled }),
    ...(addressMismatches === undefined ? {} : { addressMismatches }),
    unread: unread.sort(),
  };
}

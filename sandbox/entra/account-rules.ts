import { VERIFIED_DOMAIN } from '../credentials.js';
import { COUNT, SECONDS } from '../kit/fault-options.js';
import type { FaultKind, Faults } from '../kit/faults.js';
import type { Directory } from './directory.js';
import type { User } from './directory-objects.js';

export const ACCOUNT_FAULTS = {
  'password-rules': {
    describe: 'The tenant has a password rule of its own: a password that is shorter is refused.',
    options: { minLength: 'the fewest characters; 24 when left out. With 257 no password will do.' },
    forms: { minLength: COUNT },
  },
  'deleted-names-held': {
    describe: 'The user principal name of somebody who was deleted is not free while Entra keeps them.',
  },
  'more-domains': {
    describe:
      'The tenant has two more verified domains: berlin.contoso.example, managed, and fed.contoso.example, federated.',
  },
  'search-index-lag': {
    describe: '`$search` does not know people yet who were created a short while ago (business time); filters do.',
    options: { seconds: 'how long they stay unknown; 60 when left out' },
    forms: { seconds: SECONDS },
  },
  'federated-domain': { describe: 'contoso.example is federated: nobody is created in it.' },
} as const satisfies Readonly<Record<string, FaultKind>>;

const FEWEST_CHARACTERS = '24';
const INDEX_LAG_S = '60';

export interface TenantDomain {
  readonly id: string;
  readonly authenticationType: 'Managed' | 'Federated';
  readonly isDefault: boolean;
}

/** What the tenant says about new accounts, as its faults have it. */
export class AccountRules {
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** The verified domains, the default one first. */
  domains(): readonly TenantDomain[] {
    const first = this.#faults.active('federated-domain') ? 'Federated' : 'Managed';
    const more: readonly TenantDomain[] = [
      { id: `berlin.${VERIFIED_DOMAIN}`, authenticationType: 'Managed', isDefault: false },
      { id: `fed.${VERIFIED_DOMAIN}`, authenticationType: 'Federated', isDefault: false },
    ];
    return [
      { id: VERIFIED_DOMAIN, authenticationType: first, isDefault: true },
      ...(this.#faults.active('more-domains') ? more : []),
    ];
  }

  allowsPassword(password: string): boolean {
    const rule = this.#faults.active('password-rules');
    return rule === undefined || password.length >= Number(rule['minLength'] ?? FEWEST_CHARACTERS);
  }

  /** Those of the people whom the index of `$search` knows by now. */
  indexed(people: readonly User[], now: Date): User[] {
    const lag = this.#faults.active('search-index-lag');
    if (!lag) return [...people];
    const knownUpTo = now.getTime() - Number(lag['seconds'] ?? INDEX_LAG_S) * 1_000;
    return people.filter(({ createdDateTime }) => Date.parse(createdDateTime) <= knownUpTo);
  }

  /** Whether the name belongs to somebody in the bin, in a tenant where that counts. */
  isHeld(userPrincipalName: string, directory: Directory): boolean {
    if (!this.#faults.active('deleted-names-held')) return false;
    const wanted = userPrincipalName.toLowerCase();
    return directory.deletedItems
      .list()
      .some((item) => item.kind === 'user' && item.object.userPrincipalName.toLowerCase() === wanted);
  }
}

import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Database } from '../platform/database.js';
import type { Log } from '../platform/log.js';
import { isBarred } from './link-bars.js';
import { judgePerson, type ChatUser } from './link-rules.js';
import { isSameUpn } from './same-upn.js';

/**
 * Who an account that nobody has linked may be by its e-mail, for asking for access and nothing else: the setting
 * SLACK_REQUESTERS_BY_EMAIL (docs/decisions/0025-account-link.md). Links nothing and writes nothing.
 */
export class RequestersByEmail {
  readonly #parts: { entra: Pick<Entra, 'findPeople'>; database: Database; log: Log };

  constructor(parts: { entra: Pick<Entra, 'findPeople'>; database: Database; log: Log }) {
    this.#parts = parts;
  }

  /**
   * @param email confirmed, as the chat itself says it of that account.
   * @returns `undefined`: nobody, more than one person, or somebody who may not; also while that cannot be asked. Never rejects.
   */
  async find(user: ChatUser, email: string): Promise<{ personId: string; name: string } | undefined> {
    const { entra, database, log } = this.#parts;
    try {
      if (!ADDRESS.test(email) || (await isBarred(database.db, user))) return undefined;
      const person = matchByEmail(email, await entra.findPeople(email));
      if (!person || (await isBarred(database.db, user, person.id))) return undefined;
      return { personId: person.id, name: person.name };
    } catch (error) {
      log.warn({ error }, 'Whose e-mail an account in Slack has could not be asked, so it counts as nobody’s');
      return undefined;
    }
  }
}

/** One @, no space: what else it may be, a search by words would take for a name. */
const ADDRESS = /^[^\s@]{1,150}@[^\s@]{1,100}$/;
/** As many as a search gives: behind them there may be more. */
const TOO_MANY = 10;

/**
 * The one person whose mail or user principal name it is, an enabled member. Where it is that of two, it is nobody's, whoever
 * of them could ask. Pure. @param people whom a search for it has found; it may find more than what is equal.
 */
export function matchByEmail(email: string, people: readonly EntraPerson[]): EntraPerson | undefined {
  if (people.length >= TOO_MANY) return undefined;
  const [person, ...others] = people.filter(({ mail, userPrincipalName }) =>
    [mail, userPrincipalName].some((own) => own !== undefined && isSameUpn(own, email)),
  );
  return others.length === 0 && judgePerson(person) === 'fit' ? person : undefined;
}

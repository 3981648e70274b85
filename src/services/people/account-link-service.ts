import type { Database } from '../platform/database.js';
import type { ChatUser } from './link-rules.js';
import { findLinkOf, findLinksOf } from './link-store.js';

/** Which person of the tenant a chat account is, as that person has proven it once. */
export class AccountLinkService {
  readonly #parts: { readonly database: Database };

  constructor(parts: { readonly database: Database }) {
    this.#parts = parts;
  }

  /** Who the account is; `undefined`: nobody has proven it, or it was unlinked. Asked for everything that comes from it. */
  async identify(user: ChatUser): Promise<{ personId: string; name: string } | undefined> {
    const link = await findLinkOf(this.#parts.database.db, user);
    return link && { personId: link.person.id, name: link.person.name };
  }

  /** Where that person can be reached; the account that was linked first comes first. */
  async accountsOf(personId: string): Promise<readonly ChatUser[]> {
    return (await findLinksOf(this.#parts.database.db, personId)).map(({ user }) => user);
  }
}

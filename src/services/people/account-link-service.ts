import { z } from 'zod';
import type { Actor } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import { findPersonalPlace } from '../platform/conversation-store.js';
import type { Database } from '../platform/database.js';
import type { Outbox } from '../platform/outbox.js';
import type { Sweep } from '../platform/tick.js';
import { deleteExpiredAttempts } from './link-attempts.js';
import { ACCOUNT_LINKED } from './link-proof.js';
import { auditLink, auditRefusedLink } from './link-audit.js';
import type { LinkProof, NumberEntered } from './link-proof.js';
import { notYourLink } from './link-refusals.js';
import type { ChatUser } from './link-rules.js';
import {
  deleteBars,
  deleteLinksEndedBefore,
  endLink,
  findBars,
  findLink,
  findLinkOf,
  findLinksOf,
  saveBar,
  type AccountLink,
  type LinkBar,
} from './link-store.js';

export interface AccountLinkParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly pipeline: Pick<Pipeline, 'permitted' | 'permittedFor'>;
  readonly proof: LinkProof;
}

/** How long an ended link can still be disowned. */
const ENDED_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
const linked = z.object({ linkId: z.string() });

/** Which person of the tenant a chat account is, as that person has proven it once (docs/decisions/0025-account-link.md). */
export class AccountLinkService {
  readonly #parts: AccountLinkParts;

  constructor(parts: AccountLinkParts) {
    this.#parts = parts;
  }

  /** Who the account is; `undefined`: nobody has proven it, or it was unlinked. Asked for everything that comes from it. */
  async identify(user: ChatUser): Promise<{ personId: string; name: string } | undefined> {
    const link = await findLinkOf(this.#parts.database.db, user);
    return link && { personId: link.person.id, name: link.person.name };
  }

  /** Where that person can be reached; the account that was linked first comes first. */
  async accountsOf(personId: string): Promise<readonly ChatUser[]> {
    return (await this.linksOf(personId)).map(({ user }) => user);
  }

  /** The oldest first. */
  linksOf(personId: string): Promise<readonly AccountLink[]> {
    return findLinksOf(this.#parts.database.db, personId);
  }

  /** A link to the sign-in, for that account alone. Throws a `Problem` for a barred account. */
  begin(user: ChatUser): Promise<{ url: string; until: Date }> {
    return this.#parts.proof.begin(user);
  }

  /** The number that the page shows, entered where the account is. Throws a `Problem` for who is barred meanwhile. */
  enterNumber(user: ChatUser, typed: string): Promise<NumberEntered> {
    return this.#parts.proof.enterNumber(user, typed);
  }

  /** Calls once for each new link, also after a crash, and again later where the listener rejects. */
  onLinked(listener: (link: AccountLink) => Promise<void>): void {
    this.#parts.outbox.on(ACCOUNT_LINKED, async (payload) => {
      const link = await findLink(this.#parts.database.db, linked.parse(payload).linkId);
      if (link) await listener(link);
    });
  }

  /** Whether the person can be told something in Teams at once. */
  async hasTeamsChat(personId: string): Promise<boolean> {
    return (await findPersonalPlace(this.#parts.database.db, { channel: 'teams', person: personId })) !== undefined;
  }

  /** The person's own link ends. Returns it, also when it had ended before; throws the refusal for anybody else's. */
  async unlink(actor: Actor, linkId: string): Promise<AccountLink> {
    const link = await this.#own(actor, linkId, 'unlink a chat account');
    const { database, clock } = this.#parts;
    await database.transaction(async (trx) => {
      const at = clock.now();
      if (!(await endLink(trx, link.id, at))) return;
      await auditLink(trx, { at, operation: 'unlink-account', deed: 'unlink', link, actor });
    });
    return link;
  }

  /**
   * *That was not me*: the account is that person no longer, and neither of the two can be linked until an administrator
   * allows it. Works for the person alone, and however often it is pressed.
   */
  async wasNotMe(actor: Actor, linkId: string): Promise<AccountLink> {
    const link = await this.#own(actor, linkId, 'disown the link of a chat account');
    const { database, clock } = this.#parts;
    await database.transaction(async (trx) => {
      const at = clock.now();
      const { user, person } = link;
      // It may have been linked again meanwhile, by the same hand.
      const current = await findLinkOf(trx, user);
      if (current?.person.id === person.id) await endLink(trx, current.id, at);
      await saveBar(trx, { user, person, barredAt: at });
      await auditLink(trx, { at, operation: 'disown-account', deed: 'disown', link, actor });
    });
    return link;
  }

  /** Who is barred, for those who may allow it again. @param words part of a name; empty: everybody. Throws the refusal. */
  async barred(actor: Actor, words: string): Promise<readonly LinkBar[]> {
    await this.#parts.pipeline.permitted('manage-sso', actor, 'see whose accounts may not be linked');
    const wanted = words.trim().toLowerCase();
    const bars = await findBars(this.#parts.database.db);
    return bars.filter(({ person: { name, userPrincipalName } }) =>
      `${name} ${userPrincipalName}`.toLowerCase().includes(wanted),
    );
  }

  /** The person, and the accounts that were barred with them, may be linked again. Throws the refusal. */
  async allowAgain(actor: Actor, personId: string): Promise<readonly LinkBar[]> {
    const wanted = 'allow a chat account to be linked again';
    const { person } = await this.#parts.pipeline.permitted('manage-sso', actor, wanted);
    await this.#parts.pipeline.permittedFor(actor, personId, wanted, 'allow linking for');
    const { database, clock } = this.#parts;
    return database.transaction(async (trx) => {
      const bars = await deleteBars(trx, personId);
      for (const bar of bars) {
        const by = { ...actor, name: person.name };
        await auditLink(trx, { at: clock.now(), operation: 'allow-linking', deed: 'allow', link: bar, actor: by });
      }
      return bars;
    });
  }

  /** What leaves when its time is over; every reader checks the time. */
  readonly sweep: Sweep = {
    name: 'expired account links',
    everySeconds: 60,
    sweep: async (now) => {
      const { db } = this.#parts.database;
      await deleteExpiredAttempts(db, now);
      await deleteLinksEndedBefore(db, new Date(now.getTime() - ENDED_KEPT_DAYS * DAY_MS));
    },
  };

  async #own(actor: Actor, linkId: string, wanted: string): Promise<AccountLink> {
    const { database, clock } = this.#parts;
    const link = await findLink(database.db, linkId);
    if (link?.person.id === actor.personId.toLowerCase()) return link;
    const problem = notYourLink();
    const refusal = {
      at: clock.now(),
      actor,
      what: wanted,
      rule: problem.facts.code ?? '',
      concerns: [actor.personId],
    };
    await database.transaction((trx) => auditRefusedLink(trx, refusal));
    throw problem;
  }
}

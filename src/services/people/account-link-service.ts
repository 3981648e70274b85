import type { Actor } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import { isFirstTime } from '../platform/claim-store.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Outbox } from '../platform/outbox.js';
import type { Sweep } from '../platform/tick.js';
import { deleteAttemptsFor, deleteAttemptsOf, deleteExpiredAttempts } from './link-attempts.js';
import { auditLink, auditRefusedLink, deedsInSlack, type SlackDeed } from './link-audit.js';
import { deleteBarsOf, findBars, findBarsOf, saveBars, type Freed, type LinkBar } from './link-bars.js';
import { CARDS_ENDED, endedCards, forgetGiven, type EndedCard } from './link-leftovers.js';
import {
  ACCOUNT_CHANGED,
  ACCOUNT_LINKED,
  changedAccount,
  isNews,
  linkNews,
  publishChange,
  publishLateNews,
  type ChangedAccount,
  type NewsChat,
} from './link-news.js';
import type { LinkInvitation, LinkProof, NumberEntered } from './link-proof.js';
import { allowedBefore, notYourLink } from './link-refusals.js';
import type { ChatUser } from './link-rules.js';
import {
  deleteLinksEndedBefore,
  endLink,
  endLinksOf,
  findLink,
  findLinkOf,
  findLinksOf,
  type AccountLink,
} from './link-store.js';

export interface AccountLinkParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly pipeline: Pick<Pipeline, 'permitted' | 'permittedFor'>;
  readonly proof: LinkProof;
}

/** What *That was not me* has ended. */
export interface Disowned {
  readonly link: AccountLink;
  /** Other accounts that were that person until then. */
  readonly others: readonly AccountLink[];
  /** What was begun in Slack since the account was linked, the newest first. */
  readonly deeds: readonly SlackDeed[];
}

/** How long an ended link can still be disowned. */
const ENDED_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

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
  begin(user: ChatUser): Promise<LinkInvitation> {
    return this.#parts.proof.begin(user);
  }

  /** The number that the page shows, entered where the account is. Throws a `Problem` for who is barred meanwhile. */
  enterNumber(user: ChatUser, typed: string): Promise<NumberEntered> {
    return this.#parts.proof.enterNumber(user, typed);
  }

  /**
   * Calls for each new link in each chat where the person can be told of it, also after a crash and, in Teams, when they
   * have got a chat there later. Again where the listener rejects, as long as the link stands, for 30 days.
   */
  onLinked(listener: (link: AccountLink, chat: NewsChat) => Promise<void>): void {
    const { database, clock, outbox } = this.#parts;
    outbox.on(ACCOUNT_LINKED, async (payload) => {
      const { linkId, chat } = linkNews.parse(payload);
      const link = await findLink(database.db, linkId);
      if (link && isNews(link, clock.now())) await listener(link, chat);
    });
  }

  /** Calls when an account has become somebody or nobody. Again where the listener rejects. */
  onAccountChanged(listener: (account: ChangedAccount) => Promise<void>): void {
    this.#parts.outbox.on(ACCOUNT_CHANGED, (payload) => listener(changedAccount.parse(payload)));
  }

  /** Calls with the cards of an account that are kept up to date no more. Again where the listener rejects. */
  onCardsEnded(listener: (cards: readonly EndedCard[]) => Promise<void>): void {
    this.#parts.outbox.on(CARDS_ENDED, (payload) => listener(endedCards.parse(payload).cards));
  }

  /** The person's own link ends. Returns it, also when it had ended before; throws the refusal for anybody else's. */
  async unlink(actor: Actor, linkId: string): Promise<AccountLink> {
    const link = await this.#own(actor, linkId, 'unlink a chat account');
    const { database, clock } = this.#parts;
    await database.transaction(async (trx) => {
      const at = clock.now();
      if (!(await endLink(trx, link.id, at))) return;
      await forgetGiven(trx, link, at);
      await publishChange(trx, link, at);
      await auditLink(trx, { at, operation: 'unlink-account', deed: 'unlink', link, actor });
    });
    return link;
  }

  /**
   * *That was not me*: no account is that person any longer, as whoever has linked this one may have linked others, and
   * neither this account nor the person can be linked until an administrator allows it. Works for the person alone, and
   * however often it is pressed.
   */
  async wasNotMe(actor: Actor, linkId: string): Promise<Disowned> {
    const link = await this.#own(actor, linkId, 'disown the link of a chat account');
    const { database, clock } = this.#parts;
    return database.transaction(async (trx) => {
      const at = clock.now();
      const { user, person } = link;
      await saveBars(trx, { user, person, barredAt: at });
      const ended = await endLinksOf(trx, { person: person.id }, at);
      await deleteAttemptsOf(trx, user);
      await deleteAttemptsFor(trx, person.id);
      for (const one of ended) {
        await forgetGiven(trx, one, at);
        await publishChange(trx, one, at);
      }
      const others = ended.filter(
        (one) => one.user.team !== user.team || one.user.channelUserId !== user.channelUserId,
      );
      for (const other of others)
        await auditLink(trx, { at, operation: 'unlink-account', deed: 'unlink', link: other, actor });
      const deeds = await deedsInSlack(trx, person.id, link.linkedAt);
      await auditLink(trx, { at, operation: 'disown-account', deed: 'disown', link, actor });
      return { link, others, deeds };
    });
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

  /**
   * The person, or the account, may be linked again; the other one stays barred. Throws the refusal.
   * @param delivery of the click, by its id: it lifts nothing that was barred after it.
   */
  async allowAgain(actor: Actor, freed: Freed, delivery?: string): Promise<readonly LinkBar[]> {
    const { pipeline, database, clock } = this.#parts;
    const wanted = 'allow a chat account to be linked again';
    const { person } = await pipeline.permitted('manage-sso', actor, wanted);
    for (const concerned of await this.#concernedBy(freed))
      await pipeline.permittedFor(actor, concerned, wanted, 'allow linking for');
    return database.transaction(async (trx) => {
      const at = clock.now();
      const deed = { reference: referenceOf(freed), verb: 'allow-linking', delivery };
      if (!(await isFirstTime(trx, deed, { actor, at }))) throw allowedBefore();
      const bars = await deleteBarsOf(trx, freed);
      // One that was being saved while the bar was: it has never counted, and shall not begin to.
      await endLinksOf(trx, freed.bars === 'person' ? freed : { account: freed.account }, at);
      const by = { ...actor, name: person.name };
      for (const bar of bars)
        await auditLink(trx, { at, operation: 'allow-linking', deed: `free-${bar.bars}`, link: bar, actor: by });
      return bars;
    });
  }

  /** Nobody allows it for themselves, neither by their name nor by an account that was theirs. */
  async #concernedBy(freed: Freed): Promise<ReadonlySet<string>> {
    if (freed.bars === 'person') return new Set([freed.person]);
    const bars = await findBarsOf(this.#parts.database.db, freed);
    return new Set(bars.map(({ person }) => person.id));
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

  /** Whom nobody could tell of their link, as they had no chat in Teams. */
  readonly lateNews: Sweep = {
    name: 'news of account links',
    everySeconds: 10,
    sweep: (now) => publishLateNews(this.#parts.database, now),
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

function referenceOf(freed: Freed): string {
  return freed.bars === 'person' ? freed.person : `${freed.account.team}/${freed.account.channelUserId}`;
}

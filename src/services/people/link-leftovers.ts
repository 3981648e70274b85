import { sql } from 'kysely';
import { z } from 'zod';
import { publish } from '../platform/outbox.js';
import type { Transaction } from '../platform/schema.js';
import type { AccountLink } from './link-store.js';

/** The event that some cards are kept up to date no more, as their reader is somebody else now. */
export const CARDS_ENDED = 'account-cards-ended';

export const endedCards = z.object({
  cards: z.array(z.object({ conversation: z.string(), messageId: z.string() })).readonly(),
});
/** A card in the direct messages of an account. */
export type EndedCard = z.infer<typeof endedCards>['cards'][number];

/** Of the cards in one account's direct messages so many are told of, the newest: nobody looks further up. */
const MOST_CARDS = 30;

/**
 * What an account of Slack still holds when it is that person no longer: links to files, first passwords that nobody has
 * read yet, and cards that would go on telling. Which account a password was given to is not known, so that all go that
 * wait for the person; each can be asked for again.
 */
export async function forgetGiven(
  trx: Transaction,
  { user, person }: Pick<AccountLink, 'user' | 'person'>,
  at: Date,
): Promise<void> {
  const { channelUserId } = user;
  await trx
    .deleteFrom('file_link')
    .where(sql<boolean>`holder->>'personId' = ${person.id} and holder->>'channel' = 'slack'`)
    .where(sql<boolean>`coalesce(holder->>'channelUserId', ${channelUserId}) = ${channelUserId}`)
    .execute();
  await trx.deleteFrom('one_time_secret').where('for_person', '=', person.id).execute();
  const cards = await forgetCards(trx, { user, person });
  if (cards.length > 0) await publish(trx, { type: CARDS_ENDED, payload: { cards }, at });
}

/** @returns the newest of them. */
async function forgetCards(
  trx: Transaction,
  { user, person }: Pick<AccountLink, 'user' | 'person'>,
): Promise<EndedCard[]> {
  const rows = await trx
    .deleteFrom('posting')
    .where('channel', '=', 'slack')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('place')
          .select('place.person')
          .where('place.channel', '=', 'slack')
          .where('place.kind', '=', 'personal')
          .where(sql<boolean>`starts_with(place.conversation, ${`${user.team}/`})`)
          // Of a place from before that was noted, only the person is known.
          .where(({ eb, or, and }) =>
            or([
              eb('place.account', '=', user.channelUserId),
              and([eb('place.account', 'is', null), eb('place.person', '=', person.id)]),
            ]),
          )
          // Its threads too.
          .where(
            sql<boolean>`(posting.conversation = place.conversation or starts_with(posting.conversation, place.conversation || '/'))`,
          ),
      ),
    )
    .returning(['conversation', 'message_id', 'posted_at'])
    .execute();
  return rows
    .sort((one, other) => other.posted_at.getTime() - one.posted_at.getTime())
    .slice(0, MOST_CARDS)
    .map(({ conversation, message_id }) => ({ conversation, messageId: message_id }));
}

import { sql } from 'kysely';
import type { Transaction } from '../platform/schema.js';

/**
 * What an account of Slack still holds when it is that person no longer: links to files, first passwords that nobody has
 * read yet, and cards that would go on telling. Which of several accounts they were given to is not known of all of them,
 * so that all go that were given to the person there; each can be asked for again.
 */
export async function forgetGiven(trx: Transaction, personId: string): Promise<void> {
  await trx
    .deleteFrom('file_link')
    .where(sql<boolean>`holder->>'personId' = ${personId} and holder->>'channel' = 'slack'`)
    .execute();
  await trx.deleteFrom('one_time_secret').where('for_person', '=', personId).execute();
  await trx
    .deleteFrom('posting')
    .where('channel', '=', 'slack')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('place')
          .select('place.person')
          .where('place.channel', '=', 'slack')
          .where('place.kind', '=', 'personal')
          .where('place.person', '=', personId)
          // Its threads too.
          .where(
            sql<boolean>`(posting.conversation = place.conversation or starts_with(posting.conversation, place.conversation || '/'))`,
          ),
      ),
    )
    .execute();
}

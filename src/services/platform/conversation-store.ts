import { sql, type Selectable } from 'kysely';
import { newId } from './ids.js';
import { jsonText, type Json } from './json.js';
import type { ChannelName, Executor, FormTable, PlaceKind, PlaceTable, PostingTable } from './schema.js';

/** What a person is answering in a conversation, question by question. One form per person and conversation. */
export interface FormRecord extends FormKey {
  readonly form: string;
  readonly answers: Json;
  /** The question that waits for an answer. */
  readonly question: string;
  readonly revision: number;
  /** The card that asks, and the conversation (a thread, perhaps) that it stands in. */
  readonly messageId?: string;
  readonly messagePlace?: string;
  readonly changedAt: Date;
}

export interface FormKey {
  readonly channel: string;
  readonly conversation: string;
  readonly person: string;
}

export async function findForm(db: Executor, key: FormKey): Promise<FormRecord | undefined> {
  const row = await db
    .selectFrom('form')
    .selectAll()
    .where('channel', '=', key.channel)
    .where('conversation', '=', key.conversation)
    .where('person', '=', key.person)
    .executeTakeFirst();
  return row && formOf(row);
}

/** Opens a form at revision 1. It takes the place of another one that was open here. */
export async function openForm(db: Executor, form: Omit<FormRecord, 'revision'>): Promise<FormRecord> {
  const values = { ...formValues(form), revision: 1 };
  const row = await db
    .insertInto('form')
    .values({ ...values, channel: form.channel, conversation: form.conversation, person: form.person })
    .onConflict((on) => on.columns(['channel', 'conversation', 'person']).doUpdateSet(values))
    .returningAll()
    .executeTakeFirstOrThrow();
  return formOf(row);
}

/** Saves at the next revision. `undefined`, and nothing changed: the form is no longer at `form.revision`. */
export async function saveForm(db: Executor, form: FormRecord): Promise<FormRecord | undefined> {
  const row = await db
    .updateTable('form')
    .set({ ...formValues(form), revision: form.revision + 1 })
    .where('channel', '=', form.channel)
    .where('conversation', '=', form.conversation)
    .where('person', '=', form.person)
    .where('revision', '=', form.revision)
    .returningAll()
    .executeTakeFirst();
  return row && formOf(row);
}

/** Closes the form. `false`: there is none at this revision any more. @param revision default: any. */
export async function closeForm(db: Executor, key: FormKey, revision?: number): Promise<boolean> {
  const form = db
    .deleteFrom('form')
    .where('channel', '=', key.channel)
    .where('conversation', '=', key.conversation)
    .where('person', '=', key.person);
  const closing = revision === undefined ? form : form.where('revision', '=', revision);
  return (await closing.returning('form').executeTakeFirst()) !== undefined;
}

/** A conversation that we can write to. `person` is whose personal chat it is. */
export interface PlaceRecord {
  readonly channel: string;
  readonly conversation: string;
  readonly kind: PlaceKind;
  readonly person?: string;
  /** The account whose direct messages it is, in a chat where one person may have several. */
  readonly account?: string;
  /** What the platform needs to write there without being asked. */
  readonly reference: Json;
  readonly changedAt: Date;
}

/** Remembers the place, or what has changed about it. */
export async function savePlace(db: Executor, place: PlaceRecord): Promise<void> {
  const values = {
    ...{ kind: place.kind, person: place.person ?? null, account: place.account ?? null },
    ...{ reference: jsonText(place.reference), changed_at: place.changedAt },
  };
  await db
    .insertInto('place')
    .values({ ...values, channel: place.channel, conversation: place.conversation })
    .onConflict((on) => on.columns(['channel', 'conversation']).doUpdateSet(values))
    .execute();
}

export async function findPlace(
  db: Executor,
  { channel, conversation }: { channel: string; conversation: string },
): Promise<PlaceRecord | undefined> {
  const row = await db
    .selectFrom('place')
    .selectAll()
    .where('channel', '=', channel)
    .where('conversation', '=', conversation)
    .executeTakeFirst();
  return row && placeOf(row);
}

/** The person's own chat with us; the one used last, where there are several. */
export async function findPersonalPlace(
  db: Executor,
  { channel, person }: { channel: string; person: string },
): Promise<PlaceRecord | undefined> {
  const row = await db
    .selectFrom('place')
    .selectAll()
    .where('channel', '=', channel)
    .where('person', '=', person)
    .where('kind', '=', 'personal')
    .orderBy('changed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && placeOf(row);
}

/** A message that shows the state of something (`reference`), and which state it shows. */
export interface PostingRecord {
  readonly id: string;
  readonly reference: string;
  readonly channel: ChannelName;
  readonly conversation: string;
  readonly messageId: string;
  /** Whom it is drawn for, where not everybody sees the same. */
  readonly audience?: string;
  readonly revision: number;
  readonly contentHash: string;
  readonly postedAt: Date;
  readonly changedAt: Date;
}

/** Notes what the message shows now. `false`, and nothing changed: it already shows this revision or a newer one. */
export async function savePosting(db: Executor, posting: Omit<PostingRecord, 'id' | 'postedAt'>): Promise<boolean> {
  const shown = {
    ...{ reference: posting.reference, audience: posting.audience ?? null, revision: posting.revision },
    ...{ content_hash: posting.contentHash, changed_at: posting.changedAt },
  };
  const row = await db
    .insertInto('posting')
    .values({
      ...shown,
      ...{ id: newId(), channel: posting.channel, conversation: posting.conversation },
      ...{ message_id: posting.messageId, posted_at: posting.changedAt },
    })
    .onConflict((on) =>
      on
        .columns(['channel', 'conversation', 'message_id'])
        .doUpdateSet(shown)
        .whereRef('posting.revision', '<', 'excluded.revision'),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Every message that shows this, the oldest first. */
export async function findPostings(db: Executor, reference: string): Promise<PostingRecord[]> {
  const rows = await db
    .selectFrom('posting')
    .selectAll()
    .where('reference', '=', reference)
    .orderBy('posted_at')
    .orderBy('id')
    .execute();
  return rows.map(postingOf);
}

/**
 * What runs (`run:<id>`) have messages of an older revision than the run's own. @param changed business times between which
 * the run changed last; default: any.
 */
export async function findReferencesBehind(db: Executor, changed?: { after: Date; before: Date }): Promise<string[]> {
  const behind = db
    .selectFrom('posting')
    .innerJoin('run', (on) => on.on('posting.reference', '=', sql<string>`'run:' || run.id::text`))
    .whereRef('posting.revision', '<', 'run.revision')
    .select('posting.reference')
    .distinct();
  const rows = await (
    changed === undefined
      ? behind
      : behind.where('run.changed_at', '>', changed.after).where('run.changed_at', '<', changed.before)
  ).execute();
  return rows.map(({ reference }) => reference);
}

/** The message is gone; it shall not be refreshed any more. */
export async function forgetPosting(
  db: Executor,
  { channel, conversation, messageId }: Pick<PostingRecord, 'channel' | 'conversation' | 'messageId'>,
): Promise<void> {
  await db
    .deleteFrom('posting')
    .where('channel', '=', channel)
    .where('conversation', '=', conversation)
    .where('message_id', '=', messageId)
    .execute();
}

/** Takes note of an inbound delivery. `false`: it came before, as platforms deliver again what we answered late. */
export async function isNewDelivery(
  db: Executor,
  { channel, deliveryId, at }: { channel: string; deliveryId: string; at: Date },
): Promise<boolean> {
  const row = await db
    .insertInto('delivery')
    .values({ channel, delivery_id: deliveryId, at })
    .onConflict((on) => on.columns(['channel', 'delivery_id']).doNothing())
    .returning('at')
    .executeTakeFirst();
  return row !== undefined;
}

function formValues(form: Omit<FormRecord, 'revision'>) {
  return {
    ...{ form: form.form, answers: jsonText(form.answers), question: form.question },
    ...{ message_id: form.messageId ?? null, message_place: form.messagePlace ?? null },
    changed_at: form.changedAt,
  };
}

function formOf(row: Selectable<FormTable>): FormRecord {
  return {
    ...{ channel: row.channel, conversation: row.conversation, person: row.person, form: row.form },
    ...{ answers: row.answers, question: row.question, revision: row.revision, changedAt: row.changed_at },
    ...(row.message_id === null ? {} : { messageId: row.message_id }),
    ...(row.message_place === null ? {} : { messagePlace: row.message_place }),
  };
}

function placeOf(row: Selectable<PlaceTable>): PlaceRecord {
  return {
    ...{ channel: row.channel, conversation: row.conversation, kind: row.kind },
    ...{ reference: row.reference, changedAt: row.changed_at },
    ...(row.person === null ? {} : { person: row.person }),
    ...(row.account === null ? {} : { account: row.account }),
  };
}

function postingOf(row: Selectable<PostingTable>): PostingRecord {
  return {
    ...{ id: row.id, reference: row.reference, channel: row.channel, conversation: row.conversation },
    ...{ messageId: row.message_id, revision: row.revision, contentHash: row.content_hash },
    ...{ postedAt: row.posted_at, changedAt: row.changed_at },
    ...(row.audience === null ? {} : { audience: row.audience }),
  };
}

import { sql } from 'kysely';
import { newId } from './ids.js';
import type { ChannelName, Executor } from './schema.js';

/** A message, by where it stands. */
export interface PostingKey {
  readonly channel: ChannelName;
  readonly conversation: string;
  readonly messageId: string;
}

/** The right to edit one message, and what it shows until then. */
export interface EditClaim extends PostingKey {
  readonly editor: string;
  readonly contentHash: string;
}

/** Database seconds after which somebody else may edit: longer than an edit takes; if not, one more edit follows. */
const EDIT_S = 10;

/**
 * Takes the right to bring the message to that revision. `shown`: it shows that one or a newer one, or is gone. `busy`:
 * somebody else is editing it.
 */
export async function beginEdit(
  db: Executor,
  key: PostingKey,
  revision: number,
): Promise<EditClaim | 'shown' | 'busy'> {
  const editor = newId();
  const claimed = await atMessage(db, key)
    .set({ editor, editing_until: sql<Date>`clock_timestamp() + make_interval(secs => ${sql.lit(EDIT_S)})` })
    .where('revision', '<', revision)
    .where(sql<boolean>`(editing_until is null or editing_until < clock_timestamp())`)
    .returning('content_hash')
    .executeTakeFirst();
  if (claimed) return { ...key, editor, contentHash: claimed.content_hash };
  const { channel, conversation, messageId } = key;
  const standing = await db
    .selectFrom('posting')
    .select('revision')
    .where('channel', '=', channel)
    .where('conversation', '=', conversation)
    .where('message_id', '=', messageId)
    .executeTakeFirst();
  return standing && standing.revision < revision ? 'busy' : 'shown';
}

/**
 * Notes what the message shows now. `false`: somebody else has taken the right meanwhile, so nobody knows which edit came
 * last; the message counts as showing nothing, and has to be edited once more.
 */
export async function endEdit(
  db: Executor,
  { editor, ...key }: EditClaim,
  shown: { revision: number; contentHash: string; at: Date },
): Promise<boolean> {
  const noted = await atMessage(db, key)
    .set({ revision: shown.revision, content_hash: shown.contentHash, changed_at: shown.at, ...NOBODY })
    .where('editor', '=', editor)
    .returning('id')
    .executeTakeFirst();
  if (noted) return true;
  await atMessage(db, key).set({ revision: -1, content_hash: '' }).execute();
  return false;
}

/** Gives the right back: the message could not be edited. */
export async function giveUpEdit(db: Executor, { editor, ...key }: EditClaim): Promise<void> {
  await atMessage(db, key).set(NOBODY).where('editor', '=', editor).execute();
}

/** At the start of the only process: whoever was editing is dead. */
export async function forgetEdits(db: Executor): Promise<void> {
  await db.updateTable('posting').set(NOBODY).where('editor', 'is not', null).execute();
}

const NOBODY = { editor: null, editing_until: null };

function atMessage(db: Executor, { channel, conversation, messageId }: PostingKey) {
  return db
    .updateTable('posting')
    .where('channel', '=', channel)
    .where('conversation', '=', conversation)
    .where('message_id', '=', messageId);
}

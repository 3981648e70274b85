import type { ColumnType, Generated, Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { Json, JsonText } from './json.js';
import type { ProblemFacts } from './problem.js';
import type {
  AccessItemTable,
  AccessLeaseTable,
  AccessRequestTable,
  AccessVoteTable,
  StepUpTable,
} from './schema-access.js';
import type { BulkGenesysUserTable, BulkRowTable, BulkTable, FileLinkTable } from './schema-bulk.js';
import type { AccountLinkTable, LinkAttemptTable, LinkBarTable } from './schema-links.js';

/**
 * The tables, held against the database's catalogue by a test. Times are business time, set by us from `clock.now()`.
 * jsonb columns are written with `jsonText(value)`; 64-bit integers are read as strings, as `pg` does.
 */
export interface Schema {
  run: RunTable;
  step: StepTable;
  signal: SignalTable;
  plan: PlanTable;
  claim: ClaimTable;
  delivery: DeliveryTable;
  inbox: InboxTable;
  outbox: OutboxTable;
  audit: AuditTable;
  audit_head: AuditHeadTable;
  audit_person: AuditPersonTable;
  form: FormTable;
  place: PlaceTable;
  posting: PostingTable;
  one_time_secret: OneTimeSecretTable;
  bulk: BulkTable;
  bulk_row: BulkRowTable;
  bulk_genesys_user: BulkGenesysUserTable;
  file_link: FileLinkTable;
  account_link: AccountLinkTable;
  link_attempt: LinkAttemptTable;
  link_bar: LinkBarTable;
  access_request: AccessRequestTable;
  access_vote: AccessVoteTable;
  access_lease: AccessLeaseTable;
  access_item: AccessItemTable;
  step_up: StepUpTable;
}

/** Inside `database.transaction`; nothing else may be asked of the database meanwhile. */
export type Transaction = KyselyTransaction<Schema>;
/** A database or a transaction. */
export type Executor = Kysely<Schema>;

/** A jsonb column that holds a `T`. */
export type JsonColumn<T> = ColumnType<T, JsonText<T>, JsonText<T>>;
export type NullableJsonColumn<T> = ColumnType<T | null, JsonText<T> | null, JsonText<T> | null>;
type BigIntColumn = ColumnType<string, number, number>;

/** Who set a piece of work going, and from where. */
export interface RunActor {
  readonly personId: string;
  readonly name: string;
  readonly channel: string;
  /** The account there, where the chat does not say itself which person it is: so that a record tells two linked ones apart. */
  readonly channelUserId?: string;
  /** Nobody has proven that the account is theirs: it has their e-mail in the chat, which is enough to ask for access alone. */
  readonly proof?: 'email';
  /** The message whose button they pressed, which follows the run: kept with it, so that a crash cannot part them. */
  readonly card?: RunCard;
}

/** The chats that cards stand in. */
export type ChannelName = 'teams' | 'slack';

export type RunCard = {
  readonly channel: ChannelName;
  readonly conversation: string;
  readonly kind: PlaceKind;
  readonly messageId: string;
};

/**
 * `waiting`: parked, with nobody executing it, until a remote side shows something or a person has answered ·
 * `interrupted`: it stopped without an ending, and a person decides whether it goes on · `undone`: another run puts back
 * what it did
 */
export type RunState = 'running' | 'waiting' | 'done' | 'failed' | 'interrupted' | 'undone';
export type StepState = 'started' | 'done' | 'failed';
export type PlaceKind = 'personal' | 'channel';

export interface RunTable {
  id: string;
  kind: string;
  version: number;
  input: JsonColumn<Json>;
  actor: JsonColumn<RunActor>;
  state: RunState;
  /** Raised by each claim; every write names it, so that a run that was taken over changes nothing. */
  fence: Generated<number>;
  /** Raised by each committed change; an older view never overwrites a newer one. */
  revision: Generated<number>;
  /** Of a run that failed, or what a waiting one waits for. */
  problem: NullableJsonColumn<ProblemFacts>;
  /** How many signals it has got: a run that is about to wait sees by it that one came meanwhile. */
  signals: Generated<number>;
  /** How often it has waited for a remote side in a row, since a step was last finished. */
  parks: Generated<number>;
  /** The fence at which it waited last: such a claim was no fruitless one. */
  parked_fence: Generated<number>;
  /** Business time at which a waiting run goes on without its signal. */
  wake_at: Date | null;
  /** Which process executes or executed it; empty where there is only one. */
  holder: string | null;
  /** Database time after which a running one may be taken over. */
  lease_until: Date | null;
  outcome: NullableJsonColumn<Json>;
  reference: string;
  started_at: Date;
  changed_at: Date;
}

export interface StepTable {
  run_id: string;
  name: string;
  position: number;
  state: StepState;
  result: NullableJsonColumn<Json>;
  fence: number;
  /** Of the first attempt. */
  started_at: Date;
  finished_at: Date | null;
  /** While it is under way and waits for a while: what for, in words for the run's card. */
  waiting_for: string | null;
}

export interface SignalTable {
  run_id: string;
  name: string;
  value: JsonColumn<Json>;
  actor: JsonColumn<RunActor>;
  at: Date;
}

export interface PlanTable {
  id: string;
  kind: string;
  input: JsonColumn<Json>;
  content: JsonColumn<Json>;
  read_hash: string;
  asker: string;
  revision: Generated<number>;
  made_at: Date;
  expires_at: Date;
  run_id: string | null;
}

export interface ClaimTable {
  reference: string;
  verb: string;
  revision: number;
  actor: JsonColumn<RunActor>;
  at: Date;
}

export interface DeliveryTable {
  channel: string;
  delivery_id: string;
  at: Date;
}

/** A delivery of a chat that was acknowledged, or is about to be, and not finished. */
export interface InboxTable {
  channel: string;
  delivery_id: string;
  /** The order in which they came. */
  seq: ColumnType<string, never, never>;
  /** As its door reads it again. */
  delivery: JsonColumn<Json>;
  /** Wall time. */
  received_at: Date;
  /** How often work on it was begun. */
  tries: Generated<number>;
  /** Which process works on it. */
  holder: string;
  /** Database time after which another one may; empty where there is only one process. */
  held_until: Date | null;
}

export interface OutboxTable {
  id: ColumnType<string, never, never>;
  type: string;
  payload: JsonColumn<Json>;
  at: Date;
  delivered_at: Date | null;
  /** How often it was tried in vain. */
  attempts: Generated<number>;
  /** Wall time before which it is not tried again. */
  retry_at: Date | null;
  /** Database time until which somebody is delivering it. */
  claimed_until: Date | null;
}

export interface AuditTable {
  chain: string;
  seq: BigIntColumn;
  at: Date;
  /** Canonical JSON (RFC 8785), as text: jsonb would reorder it. */
  body: string;
  body_hash: string;
  prev: string;
  hash: string;
}

export interface AuditHeadTable {
  chain: string;
  seq: BigIntColumn;
  hash: string;
}

/** An index of the entries that concern a person; not part of the chain. */
export interface AuditPersonTable {
  person: string;
  chain: string;
  seq: BigIntColumn;
}

export interface FormTable {
  channel: string;
  conversation: string;
  person: string;
  form: string;
  answers: JsonColumn<Json>;
  question: string;
  revision: number;
  message_id: string | null;
  /** The conversation that the card stands in, where that is a thread of the form's own. */
  message_place: string | null;
  changed_at: Date;
}

export interface PlaceTable {
  channel: string;
  conversation: string;
  kind: PlaceKind;
  person: string | null;
  /** Of direct messages in Slack: the account that they are with. */
  account: string | null;
  reference: JsonColumn<Json>;
  changed_at: Date;
}

export interface PostingTable {
  id: string;
  reference: string;
  channel: ChannelName;
  conversation: string;
  message_id: string;
  audience: string | null;
  revision: number;
  content_hash: string;
  /** Who is editing the message, until that database time. */
  editor: string | null;
  editing_until: Date | null;
  posted_at: Date;
  changed_at: Date;
}

export interface OneTimeSecretTable {
  token_hash: string;
  sealed: Buffer;
  purpose: string;
  for_person: string | null;
  created_at: Date;
  expires_at: Date;
}

import type { ColumnType, Generated, Kysely, Transaction as KyselyTransaction } from 'kysely';
import type { Json, JsonText } from './json.js';
import type { ProblemFacts } from './problem.js';
import type { AccessItemTable, AccessLeaseTable, AccessRequestTable, AccessVoteTable } from './schema-access.js';

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
}

/** Inside `database.transaction`; nothing else may be asked of the database meanwhile. */
export type Transaction = KyselyTransaction<Schema>;
/** A database or a transaction. */
export type Executor = Kysely<Schema>;

/** A jsonb column that holds a `T`. */
export type JsonColumn<T> = ColumnType<T, JsonText<T>, JsonText<T>>;
type NullableJsonColumn<T> = ColumnType<T | null, JsonText<T> | null, JsonText<T> | null>;
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

/** `reading`: its rows are being written · `planned`: it was shown · `started`: a run was begun for it */
export type BulkState = 'reading' | 'planned' | 'started';

export interface BulkTable {
  id: string;
  /** SHA-256 of the file's bytes, hex. */
  file_hash: string;
  file_name: string;
  state: BulkState;
  asker: JsonColumn<RunActor>;
  /** What the plan found, as it was shown. */
  content: NullableJsonColumn<Json>;
  made_at: Date;
  expires_at: Date;
  started_at: Date | null;
}

/**
 * `wrong` and `there`: nothing is done for it · `to-assign`: Entra comes next · `to-provision`: Genesys comes next · `already`:
 * all was there when its turn came · `left-out`: the run was stopped before, or somebody has taken their access away since
 */
export type BulkRowState =
  'wrong' | 'there' | 'to-assign' | 'to-provision' | 'done' | 'already' | 'failed' | 'left-out';

export interface BulkRowTable {
  bulk_id: string;
  /** Row of the spreadsheet, from 1. */
  line: number;
  upn: string;
  state: BulkRowState;
  wish: NullableJsonColumn<Json>;
  note: string;
  /** In Entra, before the bulk came to it. */
  was_assigned: boolean;
  changed_at: Date;
}

/** The Genesys user of a row. Stays when the bulk is deleted. */
export interface BulkGenesysUserTable {
  bulk_id: string;
  line: number;
  /** Entra object id. */
  person_id: string;
  email: string;
  genesys_user_id: string;
  /** Before the bulk; `unknown`: the bulk created the user. */
  was: 'active' | 'inactive' | 'deleted' | 'unknown';
  /** What the user held in the end; none: the row did not get so far. */
  roles: NullableJsonColumn<Json>;
  noted_at: Date;
}

export interface FileLinkTable {
  token_hash: string;
  purpose: 'upload' | 'report' | 'access';
  bulk_id: string | null;
  holder: JsonColumn<RunActor>;
  expires_at: Date;
}

/** An account of a chat as a link knows it: the ids are what counts, the names are those of the time. */
export interface ChatAccountColumns {
  channel: 'slack';
  /** Workspace, by its id there. */
  team: string;
  channel_user: string;
  user_name: string;
  team_name: string;
}

export interface AccountLinkTable extends ChatAccountColumns {
  id: string;
  /** Entra object id. */
  person: string;
  person_name: string;
  user_principal_name: string;
  linked_at: Date;
  /** When the news for the person was handed over; null: nobody could be told yet. */
  news_at: Date | null;
  /** Unlinked, or replaced by another link of the account; kept for a while, so that it can still be disowned. */
  ended_at: Date | null;
}

/** `open`: nobody has signed in · `signing-in`: with Microsoft · `checking`: came back from there · `number`: waits for it */
export type LinkAttemptState = 'open' | 'signing-in' | 'checking' | 'number';

export interface LinkAttemptTable extends ChatAccountColumns {
  id: string;
  state: LinkAttemptState;
  /** SHA-256 of the token in the link, hex. */
  token_hash: string;
  /** SHA-256 of the state of the sign-in, hex. */
  state_hash: string | null;
  /** Nonce and code verifier of the sign-in; opens with the deployment key and the browser's cookie together. */
  sealed: Buffer | null;
  /** Who has signed in. */
  person: string | null;
  person_name: string | null;
  user_principal_name: string | null;
  /** Keyed hash of the number that the page shows, hex. */
  number_hash: string | null;
  tries: Generated<number>;
  made_at: Date;
  expires_at: Date;
}

/** May not be linked until an administrator takes it away: the account with whomever, or the person with whatever account. */
export interface LinkBarTable extends ChatAccountColumns {
  /** For which of the two the row holds; the other says what it was about. */
  bars: 'account' | 'person';
  person: string;
  person_name: string;
  user_principal_name: string;
  barred_at: Date;
}

import type { Json } from './json.js';
import type { JsonColumn, NullableJsonColumn, RunActor } from './schema.js';

/** The tables of work on many people by a file, and of the links under which files come and go. */

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

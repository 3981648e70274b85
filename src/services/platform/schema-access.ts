import type { ColumnType, Generated } from 'kysely';
import type { Json, JsonText } from './json.js';

/** The tables of access requests. What their jsonb columns hold, `services/access` parses: rows outlive releases. */

type JsonbColumn = ColumnType<Json, JsonText<Json>, JsonText<Json>>;
type NullableJsonbColumn = ColumnType<Json, JsonText<Json> | null, JsonText<Json> | null>;

export interface AccessRequestTable {
  id: string;
  /** Raised by each committed change: of two who decide at once, one finds that it has moved on. */
  revision: Generated<number>;
  kind: 'access' | 'extension' | 'break-glass';
  state: 'open' | 'approved' | 'granted' | 'denied' | 'cancelled' | 'expired' | 'failed' | 'ended';
  /** Entra object id of whoever asked. */
  asker: string;
  asker_name: string;
  /** Entra object id of whom the access is for. */
  person: string;
  person_name: string;
  user_principal_name: string;
  role_id: string;
  /** The policy's rules as they were when it was asked. */
  rules: JsonbColumn;
  /** What the role gives, by ids. */
  gift: JsonbColumn;
  /** Asked for. */
  minutes: number;
  why: string;
  /** The last stage of approvers that was asked, from 0. */
  stage: Generated<number>;
  stage_at: Date;
  /** Everybody who was asked. */
  approvers: JsonbColumn;
  asked_at: Date;
  decided_at: Date | null;
  /** By whom, what and why. */
  decision: NullableJsonbColumn;
  /** When the time to take an approval back has passed. */
  starts_at: Date | null;
  remind_at: Date | null;
  reminders: Generated<number>;
  /** When the clock has something to do with it. */
  due_at: Date | null;
  /** Of a break-glass: until when it is to be reviewed, and what came of that. */
  review: NullableJsonbColumn;
  lease: string | null;
  extends_lease: string | null;
  changed_at: Date;
}

export interface AccessVoteTable {
  request: string;
  person: string;
  person_name: string;
  vote: 'approve' | 'deny';
  /** Of which stages the person was an approver at the click. */
  stages: JsonbColumn;
  /** Of an approval for less. */
  minutes: number | null;
  reason: string;
  channel: string;
  at: Date;
  /** When the person has signed in for it, in wall time; null: the rules want no sign-in. */
  signed_in_at: Date | null;
  /** What that sign-in has met. */
  authentication_context: string | null;
}

/** A one-time link by which somebody proves an approval of theirs. */
export interface StepUpTable {
  id: string;
  request: string;
  /** Entra object id of whoever has clicked, and from where. */
  person: string;
  person_name: string;
  channel: string;
  channel_user: string | null;
  /** Of an approval for less. */
  minutes: number | null;
  reason: string;
  /** `open`: nobody has signed in · `signing-in`: with Microsoft · `checking`: came back from there · `proven` */
  state: 'open' | 'signing-in' | 'checking' | 'proven';
  /** SHA-256 of the token in the link, hex. */
  token_hash: string;
  /** SHA-256 of the state of the sign-in, hex. */
  state_hash: string | null;
  /** Nonce and code verifier of the sign-in; opens with the deployment key and the browser's cookie together. */
  sealed: Buffer | null;
  /** Wall time of the click: the sign-in has to be later. */
  clicked_at: Date;
  /** SHA-256 of what the browser holds that has signed in, hex. */
  browser_hash: string | null;
  /** Wall time. */
  signed_in_at: Date | null;
  authentication_context: string | null;
  /** Of the request as the page has shown it last. */
  revision: number | null;
  made_at: Date;
  expires_at: Date;
}

export interface AccessLeaseTable {
  id: string;
  revision: Generated<number>;
  request: string;
  person: string;
  person_name: string;
  user_principal_name: string;
  role_id: string;
  role_name: string;
  gift: JsonbColumn;
  /** `planned`: nothing was given yet · `ending`: being taken away */
  state: 'planned' | 'active' | 'ending' | 'ended' | 'failed';
  minutes: number;
  /** The run that gives it. */
  run: string;
  /** Since when it is being given: from then on nobody can call it off any more. */
  giving_at: Date | null;
  /** How often its giving was begun, where it failed and somebody went on with it. */
  attempts: Generated<number>;
  /** Since when the access works; of an extension: from when on it is what counts. */
  begins_at: Date | null;
  /** From the moment on that it is planned, so that no end can be forgotten; moved when the access works. */
  ends_at: Date;
  /** Since when nobody signs in through it any more; what is left to do is in Genesys. */
  closed_at: Date | null;
  ended_at: Date | null;
  end_reason: 'time' | 'given-back' | 'revoked' | 'off-boarded' | 'called-off' | 'failed' | null;
  /** Name of whoever ended it early. */
  ended_by: string | null;
  /** In the words of whoever ended it. */
  end_why: string | null;
  /** The run that takes it away. */
  end_run: string | null;
  /** What still gives access, in words. */
  left_over: NullableJsonbColumn;
  /** How many reminders of the end were sent. */
  reminders: Generated<number>;
  due_at: Date | null;
  changed_at: Date;
}

/** Something that Latchkey gave a person for a lease, and takes away when no lease needs it any more. */
export interface AccessItemTable {
  person: string;
  /** A key of `gift.ts`. */
  item: string;
  /** The lease it was given for. */
  lease: string;
  /** Before it was given, so that no crash can part the gift from its note. */
  given_at: Date;
  /** The address of the user in Genesys, and the user's id once it is known. */
  genesys_email: string | null;
  genesys_user: string | null;
}

import type { Generated } from 'kysely';

/** The tables of accounts that people have proven to be theirs. */

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

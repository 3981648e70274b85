import type { Migration } from 'kysely/migration';
import { first } from './0001-first.js';
import { waitingRuns } from './0002-waiting-runs.js';
import { replicas } from './0003-replicas.js';
import { stepWaits } from './0004-step-waits.js';
import { bulk } from './0005-bulk.js';
import { accountLinks } from './0006-account-links.js';
import { laterRuns } from './0007-later-runs.js';
import { access } from './0008-access.js';
import { placeAccounts } from './0009-place-accounts.js';
import { inbox } from './0010-inbox.js';
import { stepUp } from './0011-step-up.js';
import { newsPerChat } from './0012-news-per-chat.js';

/** All migrations by name, applied in the order of their names. Forward only: one that has shipped never changes. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-waiting-runs': waitingRuns,
  '0003-replicas': replicas,
  '0004-step-waits': stepWaits,
  '0005-bulk': bulk,
  '0006-account-links': accountLinks,
  '0007-later-runs': laterRuns,
  '0008-access': access,
  '0009-place-accounts': placeAccounts,
  '0010-inbox': inbox,
  '0011-step-up': stepUp,
  '0012-news-per-chat': newsPerChat,
};

import { lookUntil, type Pace } from '../platform/http.js';
import { whileWaiting } from '../platform/step-waits.js';
import type { AskGenesys } from './genesys-call.js';
import { isConflict, isGone, waitingForGenesys } from './genesys-problems.js';
import { nothingWire, userWire } from './genesys-wire.js';

/** Taking a user out of Genesys Cloud. */
export interface GenesysRemoval {
  /**
   * Deletes the user and waits until a read says so. Genesys keeps a deleted user's address, and can restore the user, but
   * without roles. Returns whether the user was there.
   */
  deleteUser(userId: string): Promise<boolean>;
}

interface Parts {
  readonly ask: AskGenesys;
  readonly budgetMs: number;
  readonly pace: Pace;
}

const MOST_VERSION_RACES = 10;
const VERSION_RACE_WAIT_MS = 500;
const SOMEBODY_ELSE =
  'Somebody else is changing the user in Genesys Cloud just now; Latchkey tries again in some seconds.';

export function createRemoval({ ask, ...limits }: Parts): GenesysRemoval {
  async function deleteUser(userId: string): Promise<boolean> {
    if (!(await isThere(userId))) return false;
    await remove(userId);
    const because = 'Genesys Cloud does not show yet that the user is deleted';
    const gone = await lookUntil(async () => ((await isThere(userId)) ? undefined : 'gone'), { ...limits, because });
    if (!gone) throw waitingForGenesys('the deletion of the user');
    return true;
  }

  /** Genesys may refuse a deletion because the user was changed at that moment (seen in its own Terraform provider). */
  async function remove(userId: string): Promise<void> {
    for (let races = 0; ; races += 1) {
      try {
        await ask({ to: 'delete a user', send: ({ users }) => users.deleteUser(userId), body: nothingWire });
        return;
      } catch (error) {
        // An attempt before this one, whose answer was lost, may have done it.
        if (isGone(error)) return;
        if (!isConflict(error) || races >= MOST_VERSION_RACES) throw error;
        await whileWaiting(limits.pace, (pause) => pause(VERSION_RACE_WAIT_MS * (races + 1), SOMEBODY_ELSE));
      }
    }
  }

  async function isThere(userId: string): Promise<boolean> {
    try {
      // Without being asked for one, Genesys hides a deleted user.
      const { state } = await ask({
        to: 'read a user',
        send: ({ users }) => users.getUser(userId, {}),
        body: userWire,
      });
      return state !== 'deleted';
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  return { deleteUser };
}

import { lookUntil, type Pace } from '../platform/http.js';
import { whileWaiting } from '../platform/step-waits.js';
import type { AskGenesys } from './genesys-call.js';
import { hasCode, isConflict, isGone, isNotFound, isUncertain, waitingForGenesys } from './genesys-problems.js';
import type { GenesysApis } from './genesys-sdk.js';
import { nothingWire, userSearchWire, userWire, type UserWire } from './genesys-wire.js';
import type { GenesysUser, GenesysUserState } from './genesys.js';

interface Parts {
  readonly ask: AskGenesys;
  readonly budgetMs: number;
  readonly pace: Pace;
}

export interface UserWish {
  readonly name: string;
  readonly email: string;
  readonly divisionId: string;
  readonly beforeWaking?: ((user: GenesysUser) => Promise<void>) | undefined;
}

export interface EnsuredUser {
  readonly user: GenesysUser;
  readonly was: 'active' | 'inactive' | 'deleted' | 'unknown';
}

const EVERY_STATE: readonly GenesysUserState[] = ['active', 'inactive', 'deleted'];
const MOST_VERSION_RACES = 10;
const VERSION_RACE_WAIT_MS = 500;
const SOMEBODY_ELSE =
  'Somebody else is changing the user in Genesys Cloud just now; Latchkey tries again in some seconds.';

export function createUsers({ ask, ...limits }: Parts): {
  findUserByEmail(email: string): Promise<GenesysUser | undefined>;
  ensureActiveUser(wish: UserWish): Promise<EnsuredUser>;
  deactivateUser(userId: string): Promise<boolean>;
  revokeTokens(userId: string): Promise<void>;
} {
  async function findUserByEmail(email: string): Promise<GenesysUser | undefined> {
    const { results } = await ask({
      to: 'look for a user by e-mail',
      send: ({ users }) =>
        users.postUsersSearch({
          pageSize: 25,
          pageNumber: 1,
          query: [
            { fields: ['email'], value: email, type: 'EXACT' },
            { fields: ['state'], values: [...EVERY_STATE], type: 'EXACT' },
          ],
        }),
      body: userSearchWire,
    });
    // The search is an index with rules of its own; only the very same address is the same person.
    const found = (results ?? []).map(toUser).filter((user) => isSameEmail(user.email, email));
    return EVERY_STATE.map((state) => found.find((user) => user.state === state)).find((user) => user !== undefined);
  }

  async function ensureActiveUser(wish: UserWish): Promise<EnsuredUser> {
    const known = await findUserByEmail(wish.email);
    return known ? activated(known, wish) : created(wish);
  }

  async function activated(user: GenesysUser, { beforeWaking }: Pick<UserWish, 'beforeWaking'>): Promise<EnsuredUser> {
    if (user.state === 'active') return { user, was: 'active' };
    await beforeWaking?.(user);
    const to = user.state === 'deleted' ? 'restore a deleted user' : 'activate a user';
    await changeState(user, { state: 'active', to });
    return { user: await shownActive(user.id), was: user.state };
  }

  async function deactivateUser(id: string): Promise<boolean> {
    const before = await readUser(id, 'active').catch((error: unknown) => {
      if (isGone(error)) return undefined; // deleted, so that nobody signs in as them
      throw error;
    });
    if (before?.state !== 'active') return false;
    await changeState({ id, state: 'active' }, { state: 'inactive', to: 'make a user inactive' });
    const isShown = async (): Promise<true | undefined> =>
      (await readUser(id, 'inactive')).state === 'active' ? undefined : true;
    const because = 'Genesys Cloud does not show the user as inactive yet';
    if (!(await lookUntil(isShown, { ...limits, because }))) throw waitingForGenesys('the change of the user');
    return true;
  }

  /** Somebody whom the platform does not know there any more has no token left. */
  async function revokeTokens(id: string): Promise<void> {
    const call = {
      to: 'end the sessions of a user',
      send: ({ tokens }: GenesysApis) => tokens.deleteToken(id),
      body: nothingWire,
    };
    await ask(call).catch((error: unknown) => {
      if (!isGone(error)) throw error;
    });
  }

  /** Writes the state with the version just read; somebody else's change in between is met by reading again. */
  async function changeState(
    { id, state: from }: Pick<GenesysUser, 'id' | 'state'>,
    { state, to }: { state: 'active' | 'inactive'; to: string },
  ): Promise<void> {
    for (let races = 0; ; races += 1) {
      const { version } = await readUser(id, from);
      try {
        await ask({ to, send: ({ users }) => users.patchUser(id, { state, version }), body: userWire });
        return;
      } catch (error) {
        if (!isConflict(error) || races >= MOST_VERSION_RACES) throw error;
        await whileWaiting(limits.pace, (pause) => pause(VERSION_RACE_WAIT_MS * (races + 1), SOMEBODY_ELSE));
        if ((await readUser(id, from).catch(() => undefined))?.state === state) return;
      }
    }
  }

  function readUser(id: string, state: GenesysUserState): Promise<UserWire> {
    return ask({
      to: 'read a user',
      // Genesys hides a deleted user unless asked for one.
      send: ({ users }) => users.getUser(id, state === 'deleted' ? { state } : {}),
      body: userWire,
    });
  }

  async function shownActive(id: string): Promise<GenesysUser> {
    const look = async (): Promise<UserWire | undefined> => {
      const read = await readUser(id, 'active').catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      return read?.state === 'active' ? read : undefined;
    };
    const user = await lookUntil(look, { ...limits, because: 'Genesys Cloud does not show the user as active yet' });
    if (!user) throw waitingForGenesys('the user');
    return toUser(user);
  }

  /**
   * Posts once. Where the answer leaves open whether the user was made (no answer, 5xx, and the two codes with which
   * Genesys refuses the password of a user it has already created), it is looked for over the whole budget; only then it
   * is posted once more, which can make no twin, because an address exists once.
   */
  async function created(wish: UserWish): Promise<EnsuredUser> {
    try {
      const { id } = await postUser(wish);
      return { user: await shownActive(id), was: 'unknown' };
    } catch (error) {
      if (isConflict(error)) return adopted(wish, error);
      if (!mayHaveCreated(error)) throw error;
      const found = await appeared(wish.email);
      if (found) return { user: (await activated(found, {})).user, was: 'unknown' };
      return createdAtLast(wish);
    }
  }

  async function createdAtLast(wish: UserWish): Promise<EnsuredUser> {
    try {
      const { id } = await postUser(wish);
      return { user: await shownActive(id), was: 'unknown' };
    } catch (error) {
      if (!isConflict(error) && !mayHaveCreated(error)) throw error;
      const found = await appeared(wish.email);
      if (!found) throw error;
      return { user: (await activated(found, {})).user, was: 'unknown' };
    }
  }

  /** The address is taken by somebody whom the search index did not show yet. */
  async function adopted(wish: UserWish, conflict: unknown): Promise<EnsuredUser> {
    const found = await appeared(wish.email);
    if (!found) throw conflict;
    return activated(found, wish);
  }

  function appeared(email: string): Promise<GenesysUser | undefined> {
    const because = 'The search of Genesys Cloud does not show yet whether the user exists';
    return lookUntil(() => findUserByEmail(email), { ...limits, because });
  }

  function postUser({ name, email, divisionId }: UserWish): Promise<UserWire> {
    return ask({
      to: 'create a user',
      // Without the state the user would be inactive, as no invitation is sent.
      send: ({ users }) => users.postUsers({ name, email, divisionId, state: 'active' }),
      body: userWire,
      isRepeatable: false,
    });
  }

  return { findUserByEmail, ensureActiveUser, deactivateUser, revokeTokens };
}

function mayHaveCreated(error: unknown): boolean {
  return isUncertain(error) || hasCode(error, 'invalid.password', 'unable.to.set.password');
}

/** Case of ASCII letters alone may differ: other foldings would make two people one. */
function isSameEmail(one: string, other: string): boolean {
  const fold = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return fold(one) === fold(other);
}

function toUser(wire: UserWire): GenesysUser {
  return {
    id: wire.id,
    name: wire.name ?? '',
    email: wire.email ?? '',
    state: wire.state === 'active' || wire.state === 'deleted' ? wire.state : 'inactive',
    ...(wire.division ? { division: { id: wire.division.id, name: wire.division.name ?? '' } } : {}),
    version: wire.version,
  };
}

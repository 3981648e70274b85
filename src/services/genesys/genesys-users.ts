import { lookUntil, type Pace } from '../platform/http.js';
import type { AskGenesys } from './genesys-call.js';
import { hasCode, isConflict, isNotFound, isUncertain, waitingForGenesys } from './genesys-problems.js';
import { userSearchWire, userWire, type UserWire } from './genesys-wire.js';
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
}

export interface EnsuredUser {
  readonly user: GenesysUser;
  readonly was: 'active' | 'inactive' | 'deleted' | 'unknown';
}

const EVERY_STATE: readonly GenesysUserState[] = ['active', 'inactive', 'deleted'];
const MOST_VERSION_RACES = 10;
const VERSION_RACE_WAIT_MS = 500;

export function createUsers({ ask, ...limits }: Parts): {
  findUserByEmail(email: string): Promise<GenesysUser | undefined>;
  ensureActiveUser(wish: UserWish): Promise<EnsuredUser>;
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
    return known ? activated(known) : created(wish);
  }

  async function activated(user: GenesysUser): Promise<EnsuredUser> {
    if (user.state === 'active') return { user, was: 'active' };
    await activate(user);
    return { user: await shownActive(user.id), was: user.state };
  }

  /** Writes the state with the version just read; somebody else's change in between is met by reading again. */
  async function activate({ id, state }: GenesysUser): Promise<void> {
    for (let races = 0; ; races += 1) {
      const { version } = await readUser(id, state);
      try {
        await ask({
          to: state === 'deleted' ? 'restore a deleted user' : 'activate a user',
          send: ({ users }) => users.patchUser(id, { state: 'active', version }),
          body: userWire,
        });
        return;
      } catch (error) {
        if (!isConflict(error) || races >= MOST_VERSION_RACES) throw error;
        await limits.pace.sleep(VERSION_RACE_WAIT_MS * (races + 1));
        if ((await readUser(id, state).catch(() => undefined))?.state === 'active') return;
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
    const user = await lookUntil(async () => {
      const read = await readUser(id, 'active').catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
      return read?.state === 'active' ? read : undefined;
    }, limits);
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
      if (found) return { user: (await activated(found)).user, was: 'unknown' };
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
      return { user: (await activated(found)).user, was: 'unknown' };
    }
  }

  /** The address is taken by somebody whom the search index did not show yet. */
  async function adopted(wish: UserWish, conflict: unknown): Promise<EnsuredUser> {
    const found = await appeared(wish.email);
    if (!found) throw conflict;
    return activated(found);
  }

  function appeared(email: string): Promise<GenesysUser | undefined> {
    return lookUntil(() => findUserByEmail(email), limits);
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

  return { findUserByEmail, ensureActiveUser };
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

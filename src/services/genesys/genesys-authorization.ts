import type { z } from 'zod';
import { lookUntil, type Pace } from '../platform/http.js';
import type { AskGenesys } from './genesys-call.js';
import { isGone, isNotFound, waitingForGenesys } from './genesys-problems.js';
import type { GenesysApis } from './genesys-sdk.js';
import { divisionWire, listingWire, nothingWire, roleWire, subjectWire } from './genesys-wire.js';
import type { GenesysDivision, GenesysGrant, GenesysRole } from './genesys.js';

interface Parts {
  readonly ask: AskGenesys;
  readonly budgetMs: number;
  readonly pace: Pace;
}

interface RoleInDivision {
  readonly roleId: string;
  readonly divisionId: string;
}

const PAGE = 100;
const MOST_PAGES = 100;

export function createAuthorization({ ask, ...limits }: Parts): {
  listRoles(): Promise<readonly GenesysRole[]>;
  listDivisions(): Promise<readonly GenesysDivision[]>;
  findGrants(userId: string): Promise<readonly GenesysGrant[]>;
  ensureGrant(userId: string, grant: RoleInDivision): Promise<boolean>;
  removeGrants(userId: string, grants: readonly RoleInDivision[]): Promise<number>;
} {
  async function everyPage<T>(
    to: string,
    item: z.ZodType<T>,
    send: (apis: GenesysApis, page: { pageSize: number; pageNumber: number }) => Promise<unknown>,
  ): Promise<T[]> {
    const all: T[] = [];
    for (let pageNumber = 1; pageNumber <= MOST_PAGES; pageNumber += 1) {
      const page = await ask({
        to,
        send: (apis) => send(apis, { pageSize: PAGE, pageNumber }),
        body: listingWire(item),
      });
      all.push(...(page.entities ?? []));
      if (pageNumber >= (page.pageCount ?? 1)) break;
    }
    return all;
  }

  function listRoles(): Promise<readonly GenesysRole[]> {
    return everyPage('list the roles', roleWire, ({ authorization }, page) =>
      authorization.getAuthorizationRoles(page),
    );
  }

  async function listDivisions(): Promise<readonly GenesysDivision[]> {
    const divisions = await everyPage('list the divisions', divisionWire, ({ authorization }, page) =>
      authorization.getAuthorizationDivisions(page),
    );
    return divisions.map(({ id, name, homeDivision }) => ({ id, name, isHome: homeDivision === true }));
  }

  async function findGrants(userId: string): Promise<readonly GenesysGrant[]> {
    const { grants } = await ask({
      to: 'read the roles of a user',
      send: ({ authorization }) => authorization.getAuthorizationSubject(userId),
      body: subjectWire,
    });
    // Grants of a group are listed too, under the group's id; they are not the user's own.
    return (grants ?? [])
      .filter(({ subjectId }) => subjectId === userId)
      .map(({ role, division }) => ({
        role: { id: role.id, name: role.name ?? role.id },
        ...{ divisionId: division.id, divisionName: division.name ?? division.id },
      }));
  }

  async function ensureGrant(userId: string, grant: RoleInDivision): Promise<boolean> {
    const isThere = async (): Promise<boolean> =>
      (await grantsOfNewUser(userId)).some(
        ({ role, divisionId }) => role.id === grant.roleId && divisionId === grant.divisionId,
      );
    if (await isThere()) return false;
    await addGrant(userId, grant);
    const because = 'Genesys Cloud does not show the role of the user yet';
    const shown = await lookUntil(async () => ((await isThere()) ? true : undefined), { ...limits, because });
    if (!shown) throw waitingForGenesys('the role of the user');
    return true;
  }

  /** Somebody who was created a moment ago may have no entry yet. */
  async function grantsOfNewUser(userId: string): Promise<readonly GenesysGrant[]> {
    return findGrants(userId).catch((error: unknown) => {
      if (isNotFound(error)) return [];
      throw error;
    });
  }

  /** Adds; the calls that replace the list of roles would take the others away. A new role or user may be 404 for a while. */
  async function addGrant(userId: string, grant: RoleInDivision): Promise<void> {
    let missing: unknown;
    const add = async (): Promise<true | undefined> => {
      try {
        await ask({
          to: 'give a role to a user',
          send: ({ authorization }) =>
            authorization.postAuthorizationSubjectBulkadd(userId, { grants: [grant] }, { subjectType: 'PC_USER' }),
          body: nothingWire,
        });
        return true;
      } catch (error) {
        if (!isNotFound(error)) throw error;
        missing = error;
        return undefined;
      }
    };
    const because = 'Genesys Cloud does not know the user or the role everywhere yet';
    const done = await lookUntil(add, { ...limits, because });
    if (!done) throw missing;
  }

  async function removeGrants(userId: string, grants: readonly RoleInDivision[]): Promise<number> {
    const held = await stillHeld(userId, grants);
    if (held.length === 0) return 0;
    await ask({
      to: 'take roles from a user',
      send: ({ authorization }) => authorization.postAuthorizationSubjectBulkremove(userId, { grants: held }),
      body: nothingWire,
    }).catch((error: unknown) => {
      // Whether they are gone with the user, or with the role itself, the re-read tells.
      if (!isGone(error)) throw error;
    });
    const because = 'Genesys Cloud does not show yet that the roles are taken away';
    const look = async (): Promise<true | undefined> =>
      (await stillHeld(userId, grants)).length === 0 ? true : undefined;
    if (!(await lookUntil(look, { ...limits, because }))) throw waitingForGenesys('the removal of the roles');
    return held.length;
  }

  /** Of these, in their order. A user who is gone holds none. */
  async function stillHeld(userId: string, grants: readonly RoleInDivision[]): Promise<RoleInDivision[]> {
    const all = await findGrants(userId).catch((error: unknown) => {
      if (isGone(error)) return [];
      throw error;
    });
    return grants
      .filter((one) => all.some(({ role, divisionId }) => role.id === one.roleId && divisionId === one.divisionId))
      .map(({ roleId, divisionId }) => ({ roleId, divisionId }));
  }

  return { listRoles, listDivisions, findGrants, ensureGrant, removeGrants };
}

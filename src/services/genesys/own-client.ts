import type { AskGenesys } from './genesys-call.js';
import { ownClientWire, ownRoleWire, type OwnRoleWire } from './genesys-wire.js';

/** A role of our own OAuth client. */
export interface OwnRole {
  readonly id: string;
  readonly name: string;
  /** `domain:entity:action`; `*` stands for all. */
  readonly permissions: readonly string[];
  /** Ids of the divisions in which it holds; `all`: also those to come. */
  readonly divisions: readonly string[] | 'all';
}

export interface OwnClient {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly { readonly id: string; readonly divisions: readonly string[] | 'all' }[];
}

/** What Genesys Cloud says of the OAuth client that Latchkey signs in with. Reads only. */
export function createOwnClient({ ask }: { readonly ask: AskGenesys }): {
  getOwnClient(): Promise<OwnClient>;
  getOwnRoles(client: OwnClient): Promise<readonly OwnRole[]>;
} {
  async function getOwnClient(): Promise<OwnClient> {
    const { OAuthClient: client } = await ask({
      to: 'read its own OAuth client',
      send: ({ tokens }) => tokens.getTokensMe(),
      body: ownClientWire,
    });
    const pairs = client.roleDivisions ?? [];
    const roleIds = [...new Set(pairs.map(({ roleId }) => roleId))];
    return {
      id: client.id,
      name: client.name ?? client.id,
      roles: roleIds.map((id) => ({ id, divisions: divisionsOf(id, pairs) })),
    };
  }

  async function getOwnRoles(client: OwnClient): Promise<readonly OwnRole[]> {
    return Promise.all(
      client.roles.map(async ({ id, divisions }) => {
        const role = await ask({
          to: 'read its own role',
          send: ({ authorization }) => authorization.getAuthorizationRole(id),
          body: ownRoleWire,
        });
        return { id, name: role.name ?? id, permissions: permissionsOf(role), divisions };
      }),
    );
  }

  return { getOwnClient, getOwnRoles };
}

/** The id `*` stands for every division. */
function divisionsOf(
  roleId: string,
  pairs: readonly { roleId: string; divisionId: string }[],
): readonly string[] | 'all' {
  const divisions = pairs.filter((pair) => pair.roleId === roleId).map(({ divisionId }) => divisionId);
  return divisions.includes('*') ? 'all' : divisions;
}

/** A policy is one line of the admin page: what may be done to one kind of thing. Older roles list names beside it. */
function permissionsOf({ permissions, permissionPolicies }: OwnRoleWire): string[] {
  const named = (permissions ?? []).filter((permission) => permission.split(':').length === 3);
  const byPolicy = (permissionPolicies ?? []).flatMap(({ domain, entityName, actionSet }) =>
    (actionSet ?? []).map((action) => `${domain}:${entityName}:${action}`),
  );
  return [...new Set([...named, ...byPolicy])];
}

import type { OwnRole } from '../genesys/own-client.js';
import { fine, type Finding } from './finding.js';

/** One permission of the OAuth client's role, and what it is for, in words that follow "Without it Latchkey cannot …". */
export interface WantedRight {
  readonly permission: string;
  readonly for: string;
}

const READ_ROLES: WantedRight = { permission: 'authorization:role:view', for: 'offer roles to give' };

/** The least role. Source: the permissions that Genesys Cloud's API definition names for each call. */
export const WANTED_RIGHTS: readonly WantedRight[] = [
  { permission: 'sso:provider:view', for: 'read what Genesys Cloud trusts' },
  { permission: 'sso:provider:add', for: 'make Genesys Cloud trust Entra' },
  { permission: 'sso:provider:edit', for: 'make Genesys Cloud trust a new certificate' },
  { permission: 'sso:provider:delete', for: 'undo a set-up' },
  { permission: 'directory:user:view', for: 'find people in Genesys Cloud' },
  { permission: 'directory:user:add', for: 'provision people' },
  { permission: 'directory:user:edit', for: 'change and restore people' },
  { permission: 'directory:user:delete', for: 'remove test users' },
  { permission: 'directory:user:setPassword', for: 'create people who sign in by Entra alone' },
  { permission: 'directory:userStateChange:view', for: 'read whether a person is active' },
  { permission: 'authorization:grant:view', for: 'read the roles of a person' },
  { permission: 'authorization:grant:add', for: 'give roles' },
  { permission: 'authorization:grant:delete', for: 'take roles away' },
  READ_ROLES,
  { permission: 'audits:audit:view', for: 'prove a sign-in from the audit' },
  { permission: 'oauth:token:delete', for: 'end the sessions of a person' },
];

/** The OAuth client as Genesys Cloud shows it to itself. */
export interface GenesysClientFacts {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly OwnRole[];
}

export function judgeGenesysPermissions(client: GenesysClientFacts): Finding[] {
  const held = client.roles.flatMap(({ permissions }) => permissions);
  return [...WANTED_RIGHTS.map((wanted) => judgeWanted(wanted, held, client)), ...judgeTooMuch(held, client)];
}

/** For a client whose role cannot be read: that very permission is the one that is missing. */
export function rightToReadRoles({ id, name }: { readonly id: string; readonly name: string }): Finding {
  return judgeWanted(READ_ROLES, [], { id, name, roles: [] });
}

/**
 * Judged by creating users: what is created in a division needs a grant that covers it. Nothing where that is granted
 * nowhere, which is a finding already. @param all every division.
 */
export function judgeDivisions(
  client: GenesysClientFacts,
  all: readonly { readonly id: string; readonly name: string }[],
): Finding[] {
  const name = 'genesys-divisions';
  if (rolesThatCreate(client).length === 0) return [];
  const uncovered = all.filter(({ id }) => !mayCreateIn(id, client));
  if (uncovered.length === 0) return [fine(name, 'The OAuth client may create people in every division.')];
  const many = uncovered.length > 1 ? 'divisions' : 'division';
  return [
    {
      name,
      state: uncovered.length === all.length ? 'missing' : 'warning',
      what: `The OAuth client may not create people in the ${many} ${uncovered.map((one) => one.name).join(', ')}.`,
      remedy: `Genesys Cloud, Admin, Integrations, OAuth, ${client.name}, Roles: choose the ${many} beside its role.`,
      remoteIds: { clientId: client.id },
    },
  ];
}

function mayCreateIn(divisionId: string, client: GenesysClientFacts): boolean {
  return rolesThatCreate(client).some(({ divisions }) => divisions === 'all' || divisions.includes(divisionId));
}

function rolesThatCreate({ roles }: GenesysClientFacts): readonly OwnRole[] {
  return roles.filter(({ permissions }) => permissions.some((one) => includes(one, 'directory:user:add')));
}

function judgeWanted(
  { permission, for: purpose }: WantedRight,
  held: readonly string[],
  client: GenesysClientFacts,
): Finding {
  const name = `genesys-permission:${permission}`;
  if (held.some((one) => includes(one, permission))) return fine(name, `${permission} is granted.`);
  const [role] = client.roles;
  return {
    name,
    state: 'missing',
    what: `${permission} is not granted. Without it Latchkey cannot ${purpose}.`,
    remedy: `Genesys Cloud, Admin, People & Permissions, Roles, ${role?.name ?? 'a role for Latchkey'}, Permissions: add ${permission.replaceAll(':', ' > ')}${role ? '' : `, and give the role to the OAuth client ${client.name}`}.`,
    remoteIds: { clientId: client.id, ...(role ? { roleId: role.id } : {}) },
  };
}

/** Whether a permission that is held, perhaps with `*`, includes the wanted one. */
export function includes(held: string, wanted: string): boolean {
  const [heldParts, wantedParts] = [held.split(':'), wanted.split(':')];
  return heldParts.length === 3 && heldParts.every((part, at) => part === '*' || part === wantedParts[at]);
}

const SHOWN = 3;

function judgeTooMuch(held: readonly string[], client: GenesysClientFacts): Finding[] {
  const isUsed = (one: string): boolean => WANTED_RIGHTS.some(({ permission }) => permission === one);
  const extra = [...new Set(held)].filter((one) => !isUsed(one)).sort();
  if (extra.length === 0) return [];
  const shown = extra.slice(0, SHOWN).join(', ');
  return [
    {
      name: 'genesys-permission-too-much',
      state: 'warning',
      what: `The OAuth client may do more than this release uses: ${shown}${extra.length > SHOWN ? ` and ${String(extra.length - SHOWN)} more` : ''}.`,
      remedy: `Give the OAuth client ${client.name} a role of its own, with the permissions that this list names and no others.`,
      remoteIds: { clientId: client.id },
    },
  ];
}

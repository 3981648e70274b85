import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';
import { claimsSent } from './application-in-use.js';
import { roleName } from './held-roles.js';
import { rolesHeld, type HeldRole } from './role-snapshot.js';

/** What a person is known by in the directory; `mail` is `null` without a mailbox. */
export type Addresses = { readonly userPrincipalName: string; readonly mail: string | null };

/** A user in Genesys with what they hold. A deleted one holds nothing that Genesys would still tell. */
export type FoundUser = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: GenesysUser['state'];
  readonly divisionName: string;
  /** `null`: Latchkey may not read them. */
  readonly roles: readonly HeldRole[] | null;
};

export type GenesysAccess = {
  /** Of the address that the sign-in sends; `null`: there is none. */
  readonly user: FoundUser | null;
  /** An active user of the person's other address: not who signs in, so left alone and told of. */
  readonly other: string | null;
};

export function addressesOf({ userPrincipalName, mail }: EntraPerson): Addresses {
  return { userPrincipalName, mail: mail ?? null };
}

/** What the person holds in Entra, by the names of the roles and of the groups. */
export type EntraAccessHeld = { readonly roles: readonly string[]; readonly groups: readonly string[] };

/** Over every instance of the gallery application, also those that Genesys does not work with. Each name once. */
export async function entraAccess(entra: Entra, personId: string): Promise<EntraAccessHeld> {
  const template = await entra.getGalleryTemplate(GALLERY_NAME);
  const instances = await entra.findInstances(template.id);
  const held = await Promise.all(
    instances.map(async (ids) => {
      const { direct, throughGroups } = await entra.findAccess(personId, ids.servicePrincipalId);
      const offered = direct.length === 0 ? [] : await entra.getAppRoles(ids);
      return {
        roles: direct.map(({ appRoleId }) => roleName(appRoleId, offered)),
        groups: throughGroups.map(({ principalName }) => principalName),
      };
    }),
  );
  return {
    roles: eachOnce(held.flatMap(({ roles }) => roles)),
    groups: eachOnce(held.flatMap(({ groups }) => groups)),
  };
}

/**
 * Takes every assignment of the person's own away. Every instance of the application is looked at: any of them may be the
 * one in use.
 * @returns how many there were.
 */
export async function takeAssignments(entra: Entra, personId: string): Promise<number> {
  const { id: templateId } = await entra.getGalleryTemplate(GALLERY_NAME);
  const principal = { kind: 'person', id: personId } as const;
  let taken = 0;
  for (const { servicePrincipalId } of await entra.findInstances(templateId)) {
    taken += await entra.removeAssignments({ principal, servicePrincipalId, templateId });
  }
  return taken;
}

function eachOnce(names: readonly string[]): string[] {
  return [...new Set(names)];
}

/** The Genesys user that the sign-in of that person finds. */
export async function genesysAccess(
  parts: { entra: Entra; genesys: Genesys },
  addresses: Addresses,
): Promise<GenesysAccess> {
  const { userPrincipalName, mail } = addresses;
  const sendsMail = (await claimsSent(parts))?.emailFrom === 'mail';
  const [sent, unsent] = sendsMail ? [mail, userPrincipalName] : [userPrincipalName, mail];
  const user = sent === null ? undefined : await parts.genesys.findUserByEmail(sent);
  const isSame = unsent === null || unsent.toLowerCase() === sent?.toLowerCase();
  const other = isSame ? undefined : await parts.genesys.findUserByEmail(unsent);
  return {
    user: user ? await withRoles(parts.genesys, user) : null,
    other: other?.state === 'active' && other.id !== user?.id ? other.email : null,
  };
}

async function withRoles(genesys: Genesys, user: GenesysUser): Promise<FoundUser> {
  const { id, name, email, state, division } = user;
  const roles = state === 'deleted' ? [] : await rolesHeld(genesys, id).catch(nullWhereDenied);
  return { id, name, email, state, divisionName: division?.name ?? '', roles };
}

/** Who may not read the roles can take the access away all the same. */
function nullWhereDenied(error: unknown): null {
  if (error instanceof Problem && error.facts.answer === 'denied') return null;
  throw error;
}

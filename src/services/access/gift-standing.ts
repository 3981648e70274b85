import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import type { Executor } from '../platform/schema.js';
import { addressSent } from '../provisioning/address-warning.js';
import { claimsSent } from '../provisioning/application-in-use.js';
import { refuseUnfit } from '../provisioning/provisioning-refusals.js';
import { personLastSeen } from '../provisioning/role-snapshot.js';
import type { AccessGift } from './gift.js';
import { strangersUser, wouldGiveMore } from './gift-refusals.js';

interface StandingParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly database: { readonly db: Executor };
}

/** What a person has of a gift, whoever gave it. */
export interface GiftStanding {
  /** Everything of it: asking for it would change nothing. */
  readonly hasAll: boolean;
  /** Where their access in Entra comes from, in words that follow "through": "an assignment of their own". Empty: none. */
  readonly through: readonly string[];
}

/**
 * Reads both sides. Throws a `Problem` where it could not be given to that person: a disabled account, no address that the
 * sign-in sends, a Genesys user that Latchkey must not wake.
 */
export async function standingOf(parts: StandingParts, person: EntraPerson, gift: AccessGift): Promise<GiftStanding> {
  refuseUnfit(person);
  const [through, { user }] = await Promise.all([
    entraThrough(parts.entra, person.id, gift),
    genesysUserOf(parts, person),
  ]);
  if (user && user.state !== 'active')
    await refuseWaking(parts, { personId: person.id, personName: person.name, user, gift });
  const lacks = user?.state === 'active' ? await rolesLacking(parts.genesys, user.id, gift) : gift.genesys.roles;
  return { hasAll: through.length > 0 && lacks.length === 0 && user?.state === 'active', through };
}

async function entraThrough(entra: Entra, personId: string, { entra: gift }: AccessGift): Promise<string[]> {
  if (gift.kind === 'group') {
    const groups = await entra.listGroupsOf(personId);
    return groups.includes(gift.groupId) ? [`the group ${gift.groupName}`] : [];
  }
  const { direct, throughGroups } = await entra.findAccess(personId, gift.servicePrincipalId);
  const isIt = ({ appRoleId }: { appRoleId: string }): boolean => appRoleId === gift.appRoleId;
  const groups = throughGroups.filter(isIt).map(({ principalName }) => `the group ${principalName}`);
  return [...(direct.some(isIt) ? ['an assignment of their own'] : []), ...new Set(groups)];
}

/** The address that the sign-in sends of the person, and the Genesys user that it finds. */
export async function genesysUserOf(
  parts: Pick<StandingParts, 'entra' | 'genesys'>,
  person: EntraPerson,
): Promise<{ email: string; user: GenesysUser | undefined }> {
  const email = addressSent(person, await claimsSent(parts));
  return { email, user: await parts.genesys.findUserByEmail(email) };
}

async function rolesLacking(
  genesys: Genesys,
  userId: string,
  { genesys: { divisionId, roles } }: AccessGift,
): Promise<AccessGift['genesys']['roles']> {
  const grants = await genesys.findGrants(userId);
  return roles.filter(
    ({ roleId }) => !grants.some((grant) => grant.role.id === roleId && grant.divisionId === divisionId),
  );
}

/** Everybody in Genesys has it. */
const EVERYBODYS_ROLE = 'employee';

/**
 * A user who is inactive or deleted may be somebody else's who had the address before, and an inactive one comes back with
 * all its roles: more than was decided. Throws, unless it was this very person's when Latchkey last had to do with it, and
 * brings nothing else.
 */
export async function refuseWaking(
  { genesys, database }: Pick<StandingParts, 'genesys' | 'database'>,
  { personId, personName, user, gift }: { personId: string; personName: string; user: GenesysUser; gift: AccessGift },
): Promise<void> {
  if ((await personLastSeen(database, user.id)) !== personId) throw strangersUser(personName, user);
  if (user.state === 'deleted') return; // Genesys has forgotten its roles
  const { divisionId, roles } = gift.genesys;
  const more = (await genesys.findGrants(user.id)).filter(
    ({ role, divisionId: division }) =>
      role.name.toLowerCase() !== EVERYBODYS_ROLE &&
      !(division === divisionId && roles.some(({ roleId }) => roleId === role.id)),
  );
  if (more.length > 0)
    throw wouldGiveMore(
      personName,
      more.map(({ role, divisionName }) => `${role.name} in ${divisionName}`),
    );
}

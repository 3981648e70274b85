import type { PolicyGift } from './access-policy.js';
import type { AccessGift } from './gift.js';

/** What a role gives on both sides, by name: "the role User in Entra; Agent in Home in Genesys Cloud". */
export function giftText({ entra, genesys }: AccessGift): string {
  const roles = genesys.roles.map(({ roleName }) => roleName);
  const inEntra = entra.kind === 'group' ? groupText(entra.groupName) : roleText(entra.appRoleName);
  return bothSides(inEntra, roles, genesys.divisionName);
}

/** By the names that the policy says, which nobody has looked up yet. */
export function policyGiftText({ entra, genesys }: PolicyGift): string {
  const inEntra = entra.kind === 'group' ? groupText(entra.group) : roleText(entra.role);
  return bothSides(inEntra, genesys.roles, genesys.division);
}

function groupText(name: string): string {
  return `membership of the group ${name} in Entra`;
}

function roleText(name: string): string {
  return `the role ${name} in Entra`;
}

function bothSides(inEntra: string, roles: readonly string[], division: string): string {
  if (roles.length === 0) return `${inEntra}; a user in Genesys Cloud`;
  return `${inEntra}; ${roles.join(', ')} in ${division} in Genesys Cloud`;
}

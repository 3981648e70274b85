import { foreignApplication, unknownAppRole } from './entra-refusals.js';
import type { ServicePrincipalWire } from './entra-wire.js';

/**
 * The bot's permission would let it assign anybody to anything; this is where it may not, one by one and in bulk. Throws
 * for every application but an instance of that gallery template.
 */
export function refuseForeign(application: ServicePrincipalWire, templateId: string): void {
  if (application.applicationTemplateId !== templateId) throw foreignApplication();
}

/** Throws for a role that the application does not offer to people. */
export function refuseOtherRole(application: ServicePrincipalWire, appRoleId: string): void {
  const role = application.appRoles.find((one) => one.id === appRoleId);
  if (role?.isEnabled === true && role.allowedMemberTypes.includes('User')) return;
  throw unknownAppRole(role !== undefined);
}

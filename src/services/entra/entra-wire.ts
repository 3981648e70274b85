import { z } from 'zod';
import type { EntraPerson } from './entra.js';

// Graph's own spelling and shapes; nothing outside this folder sees them. Properties that Graph may leave out or set to
// null are `nullish`. Source: Microsoft Graph docs, v1.0 unless said.

export const userWire = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  userPrincipalName: z.string(),
  mail: z.string().nullish(),
  jobTitle: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  userType: z.string().nullish(),
  createdDateTime: z.string().nullish(),
});
export type UserWire = z.infer<typeof userWire>;
export const USER_SELECT = 'id,displayName,userPrincipalName,mail,jobTitle,accountEnabled,userType,createdDateTime';

export function toPerson(user: UserWire): EntraPerson {
  return {
    id: user.id,
    name: user.displayName ?? user.userPrincipalName,
    userPrincipalName: user.userPrincipalName,
    ...(user.mail ? { mail: user.mail } : {}),
    ...(user.jobTitle ? { jobTitle: user.jobTitle } : {}),
    isEnabled: user.accountEnabled === true,
    ...createdAt(user),
    isGuest: user.userType === 'Guest' || /#EXT#@/i.test(user.userPrincipalName),
  };
}

function createdAt({ createdDateTime }: UserWire): { createdAt?: Date } {
  const time = Date.parse(createdDateTime ?? '');
  return Number.isNaN(time) ? {} : { createdAt: new Date(time) };
}

export const groupWire = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  isAssignableToRole: z.boolean().nullish(),
});

export const roleWire = z.object({ roleDefinitionId: z.string(), directoryScopeId: z.string().nullish() });

export const domainWire = z.object({
  id: z.string(),
  isVerified: z.boolean().nullish(),
  isDefault: z.boolean().nullish(),
  authenticationType: z.string().nullish(),
});

export const templateWire = z.object({ id: z.string(), displayName: z.string() });

/** Answer of `instantiate`. */
export const instantiatedWire = z.object({
  application: z.object({
    id: z.string(),
    appId: z.string(),
    identifierUris: z.array(z.string()).default([]),
    web: z.object({ redirectUris: z.array(z.string()).default([]) }).nullish(),
  }),
  servicePrincipal: z.object({ id: z.string() }),
});

export const applicationWire = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string().nullish(),
  createdDateTime: z.string().nullish(),
  identifierUris: z.array(z.string()).default([]),
  web: z.object({ redirectUris: z.array(z.string()).default([]) }).nullish(),
});
export type ApplicationWire = z.infer<typeof applicationWire>;
export const APPLICATION_SELECT = 'id,appId,displayName,createdDateTime,identifierUris,web';

export const keyCredentialWire = z.object({
  displayName: z.string().nullish(),
  usage: z.string().nullish(),
  /** base64 DER; only in a read that selects `keyCredentials`, and never for the private half. */
  key: z.string().nullish(),
});
export type KeyCredentialWire = z.infer<typeof keyCredentialWire>;

const appRoleWire = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  value: z.string().nullish(),
  isEnabled: z.boolean().default(false),
  allowedMemberTypes: z.array(z.string()).default([]),
});
export type AppRoleWire = z.infer<typeof appRoleWire>;

export const servicePrincipalWire = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string().nullish(),
  applicationTemplateId: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  appRoleAssignmentRequired: z.boolean().nullish(),
  preferredSingleSignOnMode: z.string().nullish(),
  loginUrl: z.string().nullish(),
  appRoles: z.array(appRoleWire).default([]),
  keyCredentials: z.array(keyCredentialWire).default([]),
  preferredTokenSigningKeyThumbprint: z.string().nullish(),
  tokenEncryptionKeyId: z.string().nullish(),
});
export type ServicePrincipalWire = z.infer<typeof servicePrincipalWire>;

/** One read of everything; `key` is shown because `keyCredentials` is selected on a single object. */
export const SERVICE_PRINCIPAL_SELECT =
  'id,appId,displayName,applicationTemplateId,accountEnabled,appRoleAssignmentRequired,preferredSingleSignOnMode,loginUrl,appRoles,keyCredentials,preferredTokenSigningKeyThumbprint,tokenEncryptionKeyId';
export const KEYS_SELECT = 'id,appId,keyCredentials,preferredTokenSigningKeyThumbprint';

export const ownerWire = z.object({ id: z.string(), displayName: z.string().nullish() });

/** Answer of `addTokenSigningCertificate`. */
export const newCertificateWire = z.object({ thumbprint: z.string(), key: z.string().nullish() });
export type NewCertificateWire = z.infer<typeof newCertificateWire>;

export const assignmentWire = z.object({
  id: z.string(),
  appRoleId: z.string(),
  principalId: z.string(),
  principalType: z.string().nullish(),
  principalDisplayName: z.string().nullish(),
  createdDateTime: z.string().nullish(),
  resourceId: z.string(),
});
export type AssignmentWire = z.infer<typeof assignmentWire>;

// beta: `claimsPolicy`. Loose, so that what others have set is sent back as it was read.
const configurationWire = z.looseObject({
  attribute: z
    .looseObject({
      id: z.string().nullish(),
      source: z.string().nullish(),
      value: z.string().nullish(),
    })
    .nullish(),
});
export const claimWire = z.looseObject({
  '@odata.type': z.string().optional(),
  name: z.string().nullish(),
  namespace: z.string().nullish(),
  configurations: z.array(configurationWire).nullish(),
});
export type ClaimWire = z.infer<typeof claimWire>;

export const claimsPolicyWire = z.looseObject({
  includeBasicClaimSet: z.boolean().nullish(),
  claims: z.array(claimWire).nullish(),
});
export type ClaimsPolicyWire = z.infer<typeof claimsPolicyWire>;

/** v1.0: `definition` is one JSON text. */
export const claimsMappingPolicyWire = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  definition: z.array(z.string()).default([]),
});
export type ClaimsMappingPolicyWire = z.infer<typeof claimsMappingPolicyWire>;

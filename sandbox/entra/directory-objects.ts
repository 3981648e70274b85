/** What the directory holds, in Graph's property names. Relations that Graph keeps apart (owners, members) are apart here too. */

export interface User {
  readonly id: string;
  readonly createdDateTime: string;
  accountEnabled: boolean;
  displayName: string;
  givenName: string | null;
  surname: string | null;
  userPrincipalName: string;
  mailNickname: string;
  mail: string | null;
  userType: 'Member' | 'Guest';
  jobTitle: string | null;
  department: string | null;
  companyName: string | null;
  employeeId: string | null;
  officeLocation: string | null;
  mobilePhone: string | null;
  preferredLanguage: string | null;
  usageLocation: string | null;
  businessPhones: string[];
}

/** How a person proves who they are. Sandbox passwords only, therefore a fast hash. */
export interface PasswordRecord {
  readonly salt: string;
  readonly hash: string;
  /** The person must choose another one at the next sign-in. */
  readonly mustChange: boolean;
  /** Grows with every change; older sessions end. */
  readonly version: number;
}

export interface Group {
  readonly id: string;
  readonly createdDateTime: string;
  displayName: string;
  description: string | null;
  mail: string | null;
  mailEnabled: boolean;
  mailNickname: string;
  securityEnabled: boolean;
  groupTypes: string[];
  membershipRule: string | null;
  isAssignableToRole: boolean | null;
}

export interface GroupMembership {
  readonly groupId: string;
  readonly memberId: string;
}

export interface AppRole {
  readonly id: string;
  readonly displayName: string;
  readonly description: string | null;
  readonly value: string | null;
  readonly allowedMemberTypes: readonly string[];
  readonly isEnabled: boolean;
  readonly origin: string;
}

export interface ApplicationTemplate {
  readonly id: string;
  readonly displayName: string;
  readonly publisher: string;
  readonly description: string;
  readonly homePageUrl: string;
  readonly logoUrl: string | null;
  readonly categories: readonly string[];
  readonly supportedSingleSignOnModes: readonly string[];
  readonly supportedProvisioningTypes: readonly string[];
  readonly appRoles: readonly AppRole[];
  /** The tags that a service principal made from it starts with. */
  readonly tags: readonly string[];
}

export interface Application {
  readonly id: string;
  readonly appId: string;
  readonly applicationTemplateId: string | null;
  readonly createdDateTime: string;
  displayName: string;
  description: string | null;
  notes: string | null;
  identifierUris: string[];
  signInAudience: string;
  tags: string[];
  defaultRedirectUri: string | null;
  groupMembershipClaims: string | null;
  api: {
    acceptMappedClaims: boolean | null;
    requestedAccessTokenVersion: number | null;
    oauth2PermissionScopes: readonly object[];
  };
  appRoles: AppRole[];
  web: { homePageUrl: string | null; logoutUrl: string | null; redirectUris: string[]; redirectUriSettings: object[] };
  requestSignatureVerification: { isSignedRequestRequired: boolean } | null;
  optionalClaims: OptionalClaims | null;
  keyCredentials: object[];
  passwordCredentials: object[];
}

/** What an application wants its tokens to say beside what they always do; only names count here. */
export interface OptionalClaims {
  readonly idToken: readonly { readonly name: string }[];
  readonly accessToken: readonly { readonly name: string }[];
  readonly saml2Token: readonly { readonly name: string }[];
}

/** A certificate entry of a service principal. `key` is the public certificate of a `Verify` entry; a `Sign` entry has none to show. */
export interface KeyCredential {
  readonly customKeyIdentifier: string;
  readonly displayName: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly key: string | null;
  readonly keyId: string;
  readonly type: string;
  readonly usage: 'Sign' | 'Verify';
}

export interface PasswordCredential {
  readonly customKeyIdentifier: string;
  readonly displayName: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly hint: string | null;
  readonly keyId: string;
  readonly secretText: null;
}

/** What is stored of a service principal; names, reply URLs and roles come from its application when it is read. */
export interface ServicePrincipal {
  readonly id: string;
  readonly appId: string;
  readonly applicationTemplateId: string | null;
  readonly createdDateTime: string;
  displayName: string;
  accountEnabled: boolean;
  appRoleAssignmentRequired: boolean;
  preferredSingleSignOnMode: string | null;
  preferredTokenSigningKeyThumbprint: string | null;
  loginUrl: string | null;
  notes: string | null;
  description: string | null;
  notificationEmailAddresses: string[];
  samlSingleSignOnSettings: { relayState: string | null } | null;
  tags: string[];
  keyCredentials: KeyCredential[];
  passwordCredentials: PasswordCredential[];
}

/** The private half of a signing certificate. Never part of an answer or of the state. */
export interface SigningKey {
  readonly servicePrincipalId: string;
  /** Base64 of the SHA-1 of the certificate: how the three entries of one certificate know each other. */
  readonly customKeyIdentifier: string;
  readonly certificate: string;
  readonly privateKeyPem: string;
}

export interface AppRoleAssignment {
  readonly id: string;
  readonly appRoleId: string;
  readonly createdDateTime: string;
  readonly deletedDateTime: null;
  readonly principalDisplayName: string;
  readonly principalId: string;
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal';
  readonly resourceDisplayName: string;
  readonly resourceId: string;
}

export interface RoleAssignment {
  readonly id: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly directoryScopeId: string;
  readonly appScopeId: string | null;
}

export interface RoleEligibility {
  readonly id: string;
  readonly principalId: string;
  readonly roleDefinitionId: string;
  readonly directoryScopeId: string;
  readonly appScopeId: string | null;
  readonly memberType: string;
  readonly roleEligibilityScheduleId: string;
  readonly startDateTime: string;
  readonly endDateTime: string | null;
}

/** Who owns an application or a service principal. */
export interface Ownership {
  readonly objectId: string;
  readonly ownerId: string;
}

/** The older way to set claims: JSON in a string, one policy for any number of service principals. */
export interface ClaimsMappingPolicy {
  readonly id: string;
  readonly deletedDateTime: null;
  readonly displayName: string;
  readonly description: string | null;
  readonly isOrganizationDefault: boolean;
  readonly definition: readonly string[];
}

export interface PolicyAssignment {
  readonly servicePrincipalId: string;
  readonly policyId: string;
}

/** A row of the sign-in log, in the property names of `auditLogs/signIns`. */
export interface SignIn {
  readonly id: string;
  readonly createdDateTime: string;
  readonly userDisplayName: string;
  readonly userPrincipalName: string;
  readonly userId: string;
  readonly appId: string;
  readonly appDisplayName: string;
  readonly resourceId: string;
  readonly resourceDisplayName: string;
  readonly ipAddress: string;
  readonly clientAppUsed: string;
  readonly correlationId: string;
  readonly conditionalAccessStatus: string;
  readonly isInteractive: boolean;
  readonly status: {
    readonly errorCode: number;
    readonly failureReason: string;
    readonly additionalDetails: string | null;
  };
}

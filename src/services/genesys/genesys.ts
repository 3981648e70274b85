/** What the rest of Latchkey may ask of Genesys Cloud. `genesys-client.ts` is the one that asks. */

import type { GenesysLicences } from './genesys-licences.js';
import type { GenesysRemoval } from './genesys-removal.js';
import type { OwnClient, OwnRole } from './own-client.js';

export interface GenesysOrganization {
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** `thirdPartyOrgName`: globally unique, cannot change, what `OrganizationName` must say. */
  readonly shortName: string;
}

/** A certificate that Genesys trusts. */
export interface TrustedCertificate {
  /** base64 of the DER, no armour, no line breaks; what cannot be parsed as Genesys answered it. */
  readonly certificate: string;
  /** 40 hex characters, upper case: SHA-1 of the DER, as Entra shows it. Absent when it cannot be parsed. */
  readonly thumbprint?: string;
  readonly notAfter?: Date;
}

/** The provider in the `adfs` slot ("ADFS/Azure AD (Premium)") as it stands. */
export interface IdentityProvider {
  readonly name?: string;
  readonly isDisabled: boolean;
  readonly issuerUri?: string;
  readonly targetUri?: string;
  readonly relyingPartyIdentifier?: string;
  readonly certificates: readonly TrustedCertificate[];
  /** Everything Genesys answered, wire names, for sending back what we do not manage. */
  readonly unmanaged: Readonly<Record<string, unknown>>;
}

/** What Latchkey manages of the provider. */
export interface IdentityProviderSettings {
  readonly name: string;
  readonly issuerUri: string;
  readonly targetUri: string;
  readonly relyingPartyIdentifier: string;
  /** base64 DER, in order; at most five. */
  readonly certificates: readonly string[];
  /** Default `false`: a provider that is written lets people sign in. */
  readonly isDisabled?: boolean;
}

export type GenesysUserState = 'active' | 'inactive' | 'deleted';

export interface GenesysUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: GenesysUserState;
  readonly division?: { readonly id: string; readonly name: string };
  readonly version: number;
}

export interface GenesysRole {
  readonly id: string;
  readonly name: string;
}

export interface GenesysDivision {
  readonly id: string;
  readonly name: string;
  readonly isHome: boolean;
}

/** A role that a user holds in a division. */
export interface GenesysGrant {
  readonly role: GenesysRole;
  readonly divisionId: string;
  readonly divisionName: string;
}

/** Every method throws a `Problem` of system `genesys` with the inin-correlation-id. */
export interface Genesys extends GenesysLicences, GenesysRemoval {
  getOrganization(): Promise<GenesysOrganization>;
  /** The OAuth client that we sign in with. */
  getOwnClient(): Promise<OwnClient>;
  /** Its roles, with what they allow. */
  getOwnRoles(client: OwnClient): Promise<readonly OwnRole[]>;
  /** `undefined` while the slot is empty. */
  findIdentityProvider(): Promise<IdentityProvider | undefined>;
  /**
   * Writes the whole provider, fields we do not manage as they were read, and reads back until the settings and the
   * certificates' thumbprints are equal. Returns what Genesys then holds.
   */
  ensureIdentityProvider(
    settings: IdentityProviderSettings,
    before: IdentityProvider | undefined,
  ): Promise<IdentityProvider>;

  /**
   * Removes the provider and waits until it is gone. `false`: Genesys keeps it, as it is the last one while passwords are
   * disabled.
   */
  removeIdentityProvider(): Promise<boolean>;

  /** Whether nobody may sign in with a password (SSO-only mode). */
  isPasswordLoginDisabled(): Promise<boolean>;

  /** By e-mail, in every state, deleted ones too. */
  findUserByEmail(email: string): Promise<GenesysUser | undefined>;
  /**
   * Finds, re-activates, restores or creates; a create is never retried blindly but reconciled by looking.
   * @param wish.beforeWaking asked about a user who was there, inactive or deleted; what it throws leaves them so.
   */
  ensureActiveUser(wish: {
    name: string;
    email: string;
    divisionId: string;
    beforeWaking?: ((user: GenesysUser) => Promise<void>) | undefined;
  }): Promise<{
    user: GenesysUser;
    was: 'active' | 'inactive' | 'deleted' | 'unknown';
  }>;
  /** Makes the user inactive, unless they are, and waits until a read says so. Returns whether they were active. */
  deactivateUser(userId: string): Promise<boolean>;
  /** Ends every session and every app's access of the user. */
  revokeTokens(userId: string): Promise<void>;
  listRoles(): Promise<readonly GenesysRole[]>;
  listDivisions(): Promise<readonly GenesysDivision[]>;
  /** Roles the user holds (own grants), by division. */
  findGrants(userId: string): Promise<readonly GenesysGrant[]>;
  /** Adds the role in the division unless it is there; never replaces the list. Returns whether it was added. */
  ensureGrant(userId: string, grant: { roleId: string; divisionId: string }): Promise<boolean>;
  /**
   * Takes the user's own grants of these roles in these divisions away, in one call, the first ones first, and waits until a
   * read says so. What a group gives stays. Returns how many were held.
   */
  removeGrants(userId: string, grants: readonly { roleId: string; divisionId: string }[]): Promise<number>;
}

/** What the rest of Latchkey may ask of Microsoft Entra ID, in the admin's words. `entra-client.ts` is the one that asks. */

import type { EntraSessions } from './entra-sessions.js';
import type { EntraAccess } from './entra-access.js';
import type { EntraGroups } from './entra-groups.js';
import type { EntraMembership } from './entra-members.js';
import type { EntraAccounts } from './entra-accounts.js';
import type { EntraSearch } from './entra-search.js';
import type { EntraBulk } from './entra-bulk.js';
import type { OwnStanding, Registration } from './entra-registration.js';

/** A person in the directory. `id` is the Entra object id, the only identity Latchkey knows. */
export interface EntraPerson {
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName: string;
  /** Absent without a mailbox. */
  readonly mail?: string;
  readonly jobTitle?: string;
  readonly isEnabled: boolean;
  readonly isGuest: boolean;
  /** By Entra's clock. */
  readonly createdAt?: Date;
}

/** A directory role that someone holds or could activate. `scope` is `/` for the whole tenant. */
export interface RoleHeld {
  readonly roleTemplateId: string;
  readonly scope: string;
  /** The role-assignable group that gives it; absent when it is assigned directly. */
  readonly throughGroup?: string;
}

/** What Entra says of a person at this moment; the basis of every verdict. Never cached. */
export interface Standing {
  readonly person: EntraPerson;
  readonly active: readonly RoleHeld[];
  /** Eligible in PIM, not active. Empty too where the tenant has no PIM licence. */
  readonly eligible: readonly RoleHeld[];
}

export interface GalleryTemplate {
  readonly id: string;
  readonly displayName: string;
}

/** The two objects of one enterprise application: two object ids, one application id. */
export interface InstanceIds {
  readonly applicationObjectId: string;
  readonly servicePrincipalId: string;
  /** The Application (client) ID. */
  readonly appId: string;
}

/** The addresses of an instance as they stand. */
export interface Addresses {
  readonly identifiers: readonly string[];
  readonly replyUrls: readonly string[];
}

/** `asMade`: this very call has made it and did not wait for it; nothing else stands in it yet. */
export interface AddedInstance extends InstanceIds {
  readonly asMade?: Addresses;
}

/** What is to be created once, however often it is attempted. */
export interface Intent {
  /** Business time of the first attempt. */
  readonly since: Date;
  /** An earlier attempt may have created it without anybody noting it. */
  readonly isRepeated?: boolean;
  /** Which claim of its run this attempt belongs to; they count up by one, whichever process makes them. */
  readonly claim?: number;
  /** None was there a moment before the first attempt, so that one need not look. */
  readonly hasNone?: boolean;
  /** Does not wait until Entra shows it. */
  readonly mayShowLater?: boolean;
}

export interface AppRole {
  readonly id: string;
  readonly displayName: string;
  /** What a token says of it; the gallery's own roles have none. */
  readonly value?: string;
  readonly isEnabled: boolean;
  readonly allowsUsers: boolean;
}

/** A SAML signing certificate as Entra lists it. */
export interface SigningCertificate {
  /** 40 hex characters, upper case: SHA-1 of the DER. */
  readonly thumbprint: string;
  /** base64 of the DER, no armour. */
  readonly certificate: string;
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isActive: boolean;
}

/** A policy of the kind claimsMappingPolicy that is assigned; it supersedes the claims that the portal shows. */
export interface AssignedClaimsPolicy {
  readonly id: string;
  readonly name: string;
  /** Why Latchkey does not write to it; absent: it belongs to this application alone and can be read. */
  readonly leftAlone?: 'shared' | 'unreadable' | 'several';
}

/** The claims that the sign-in sends. `undefined` where none is configured. */
export interface Claims {
  /** Attribute that `Email` is taken from, `userprincipalname` or `mail`; absent when no such claim is sent. */
  readonly emailFrom?: string;
  /** Constant that `OrganizationName` says; absent when no such claim is sent. */
  readonly organizationName?: string;
  readonly nameIdFrom?: string;
  readonly includesBasicClaims: boolean;
  /** Names of the other claims somebody has added. */
  readonly otherClaims: readonly string[];
  /** The policy that they come from; absent: they are those of the portal. */
  readonly policy?: AssignedClaimsPolicy;
}

/** The settings of one instance of the gallery application as they stand, both objects read together. */
export interface InstanceSettings extends InstanceIds {
  readonly displayName: string;
  readonly isEnabled: boolean;
  readonly isAssignmentRequired: boolean;
  /** `saml`, `password`, `oidc`, `notSupported` or absent. */
  readonly singleSignOnMode?: string;
  readonly identifiers: readonly string[];
  readonly replyUrls: readonly string[];
  /** Sign-on URL; absent: My Apps signs straight in (IdP-initiated). */
  readonly signOnUrl?: string;
  readonly appRoles: readonly AppRole[];
  readonly certificates: readonly SigningCertificate[];
  readonly activeThumbprint?: string;
  readonly claims?: Claims;
  /** The cloud has no API for the claims of the portal: what stands there cannot be seen. */
  readonly arePortalClaimsHidden?: boolean;
  /** Whether Entra encrypts assertions for this application. */
  readonly isEncrypted?: boolean;
  readonly createdAt?: Date;
}

export interface Instance extends InstanceSettings {
  /** Object ids and names of the owners of the service principal and of the application. */
  readonly owners: readonly {
    readonly id: string;
    readonly name: string;
    readonly of: 'application' | 'servicePrincipal';
  }[];
  readonly isOwnedByLatchkey: boolean;
}

/** Of the service principal. What is absent is left alone. */
export interface SignOnValues {
  readonly isEnabled?: boolean;
  readonly singleSignOnMode?: string | null;
  readonly signOnUrl?: string | null;
  /** `null`: none is preferred. */
  readonly activeThumbprint?: string | null;
}

/** What is absent is left alone. */
export interface ClaimValues {
  readonly emailFrom?: string | null;
  readonly organizationName?: string | null;
}

/** What the federation metadata says: the truth that Genesys will meet. */
export interface FederationMetadata {
  /** Microsoft Entra Identifier, `https://sts.windows.net/<tenant>/`, with the slash. */
  readonly entityId: string;
  readonly signOnUrl: string;
  /** Thumbprints of the signing certificates, upper case hex SHA-1. */
  readonly thumbprints: readonly string[];
}

/**
 * Every method throws a `Problem` of system `entra` with Graph's request id. Reads are retried within a budget; the
 * creating calls (`addFromGallery`, `addSigningCertificate`, `createPerson`) are sent once and, where the answer is
 * uncertain (5xx, time-out, lost connection), looked for by their mark before anything is sent again.
 */
export interface Entra
  extends EntraBulk, EntraAccess, EntraGroups, EntraMembership, EntraAccounts, EntraSearch, EntraSessions {
  /** The permissions in the bot's own token, by name. */
  grantedPermissions(): Promise<readonly string[]>;
  /** The bot itself: its service principal, and its permissions. */
  getOwnStanding(): Promise<OwnStanding>;
  /** Templates of the directory roles that the bot holds for the whole tenant. */
  findOwnRoles(): Promise<readonly string[]>;
  /** An app registration of this tenant, and when its credentials end. */
  findRegistration(appId: string): Promise<Registration | undefined>;

  findPerson(id: string): Promise<EntraPerson | undefined>;
  /** `undefined`: no such person in this tenant. */
  findStanding(personId: string): Promise<Standing | undefined>;
  /** `undefined`: there is none, or it is nobody with an account. */
  findManager(personId: string): Promise<EntraPerson | undefined>;

  /** Exactly one template of that display name, else a Problem. */
  getGalleryTemplate(displayName: string): Promise<GalleryTemplate>;
  /** Service principals made from the template, oldest first. */
  findInstances(templateId: string): Promise<readonly InstanceIds[]>;
  getInstance(ids: InstanceIds): Promise<Instance>;
  /** The same without its owners: two calls less. */
  getSettings(ids: InstanceIds): Promise<InstanceSettings>;
  /** The roles that the application offers: one call, where the whole instance is not needed. */
  getAppRoles(ids: InstanceIds): Promise<readonly AppRole[]>;
  /** The claims that the sign-in sends; `undefined` where none is configured. */
  findClaims(ids: InstanceIds): Promise<Claims | undefined>;
  /**
   * Instantiates the template, or adopts the one that this very intent has made before, and waits until both objects can be
   * read. What may be a twin is switched off.
   */
  addFromGallery(template: GalleryTemplate, intent: Intent): Promise<AddedInstance>;
  /**
   * Sets SAML mode and the Sign-on URL (`null` clears it), lets people sign in, and waits until a read says so. This and the
   * next two wait for nothing where it `mayShowLater`: whoever says so reads all of it back in the end.
   */
  setSingleSignOn(ids: InstanceIds, settings: { signOnUrl: string | null; mayShowLater?: boolean }): Promise<void>;
  /**
   * Adds the identifier and reply URL to what is there (whole-collection write) and waits until a read says so.
   * @param settings.before what is there, where that was read a moment ago.
   */
  setIdentifierAndReplyUrl(
    ids: InstanceIds,
    settings: { identifier: string; replyUrl: string; before?: Addresses; mayShowLater?: boolean },
  ): Promise<void>;
  /**
   * Writes NameID, `Email` and `OrganizationName`, keeping claims that others added, and waits until a read says so. Where
   * a claims policy is assigned, within it; refuses one that is shared or cannot be read.
   * @param claims.isFirst nobody can have set claims before, so there is nothing to keep.
   */
  setClaims(
    ids: InstanceIds,
    claims: {
      emailFrom: 'userprincipalname' | 'mail';
      organizationName: string;
      isFirst?: boolean;
      mayShowLater?: boolean;
    },
  ): Promise<void>;
  /**
   * Creates an inactive signing certificate `CN=<name>`, or finds the one of that name, and waits until it is listed.
   * @param certificate.isFirst the application is so new that it has none.
   */
  addSigningCertificate(
    ids: InstanceIds,
    certificate: { name: string; notAfter: Date; isFirst?: boolean } & Partial<
      Pick<Intent, 'since' | 'isRepeated' | 'claim'>
    >,
  ): Promise<SigningCertificate>;
  /**
   * Makes that certificate the one Entra signs with and waits until a read says so.
   * @param seen it was listed a moment ago; else that is made sure of first.
   */
  activateSigningCertificate(ids: InstanceIds, thumbprint: string, seen?: { isListed: boolean }): Promise<void>;
  /** Writes the values that are given, as they were before, and waits until a read says so. `null` clears. */
  putBackSignOn(ids: InstanceIds, values: SignOnValues): Promise<void>;
  /** Takes these values out of the lists, if they are there, and waits until a read says so. */
  takeOutAddresses(ids: InstanceIds, values: { identifier?: string; replyUrl?: string }): Promise<void>;
  /** Writes what the two claims said before; `null`: the claim is not sent. Other claims stay. */
  putBackClaims(ids: InstanceIds, values: ClaimValues): Promise<void>;
  getFederationMetadata(appId: string): Promise<FederationMetadata>;
  /** Whether the app management policy of the tenant refuses new identifiers, SAML applications included. */
  refusesIdentifiers(): Promise<boolean>;
  /** Whether the tenant has Entra ID P1 or better, which assigning groups takes. */
  hasPremium(): Promise<boolean>;
}

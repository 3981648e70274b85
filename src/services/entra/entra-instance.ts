import type { Addresses, AppRole, Instance, InstanceIds, InstanceSettings } from './entra.js';
import type { GraphTokens } from './credential.js';
import type { createClaims } from './entra-claims.js';
import { toCertificates, thumbprintOf } from './entra-certificates.js';
import { createdAt, idsOf } from './entra-gallery.js';
import { isReplicationLag, isUnverifiedHost, type Attempt } from './entra-problems.js';
import {
  APPLICATION_SELECT,
  applicationWire,
  ownerWire,
  SERVICE_PRINCIPAL_SELECT,
  servicePrincipalWire,
  type ApplicationWire,
  type AppRoleWire,
  type ServicePrincipalWire,
} from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly tokens: GraphTokens;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
  readonly claims: ReturnType<typeof createClaims>;
}

interface AddressWish {
  readonly identifier: string;
  readonly replyUrl: string;
  readonly before?: Addresses;
  readonly mayShowLater?: boolean;
}

/** Whoever asks what there is should hear soon that something is missing; a run that has to wait for it comes back by itself. */
const READ_PATIENCE_MS = 10_000;

const readApp: Attempt = { to: 'read the enterprise application', needs: NEEDS.readApps };

export function createInstances({ graph, tokens, replication, oneAtATime, claims }: Parts): {
  getInstance(ids: InstanceIds): Promise<Instance>;
  getSettings(ids: InstanceIds): Promise<InstanceSettings>;
  /** Whether both objects can be read by their ids; throws "not found" otherwise. */
  requireBothObjects(ids: InstanceIds): Promise<true>;
  disable(ids: InstanceIds, to: string): Promise<void>;
  getAppRoles(ids: InstanceIds): Promise<readonly AppRole[]>;
  setSingleSignOn(ids: InstanceIds, settings: { signOnUrl: string | null; mayShowLater?: boolean }): Promise<void>;
  setIdentifierAndReplyUrl(ids: InstanceIds, settings: AddressWish): Promise<void>;
} {
  async function getInstance(ids: InstanceIds): Promise<Instance> {
    const [settings, principalOwners, applicationOwners, token] = await Promise.all([
      getSettings(ids),
      shown(() => owners(graphPath`/servicePrincipals/${ids.servicePrincipalId}/owners`)),
      shown(() => owners(graphPath`/applications/${ids.applicationObjectId}/owners`)),
      tokens.claims(),
    ]);
    const isOurs = ({ id }: { id: string }): boolean => token.oid !== undefined && id === token.oid;
    return {
      ...settings,
      owners: [
        ...applicationOwners.map((owner) => ({ ...owner, of: 'application' as const })),
        ...principalOwners.map((owner) => ({ ...owner, of: 'servicePrincipal' as const })),
      ],
      isOwnedByLatchkey: principalOwners.some(isOurs) && applicationOwners.some(isOurs),
    };
  }

  async function getSettings(ids: InstanceIds): Promise<InstanceSettings> {
    const [principal, application, claimsFound] = await Promise.all([
      shown(() => readPrincipal(ids, SERVICE_PRINCIPAL_SELECT)),
      shown(() => readApplication(ids)),
      claims.readClaims(ids),
    ]);
    return {
      ...describe(ids, principal, application),
      ...(claimsFound.claims ? { claims: claimsFound.claims } : {}),
      ...(claimsFound.arePortalClaimsHidden ? { arePortalClaimsHidden: true } : {}),
    };
  }

  function shown<T>(read: () => Promise<T>): Promise<T> {
    return replication.shown('the new application', read, READ_PATIENCE_MS);
  }

  function readPrincipal(ids: InstanceIds, select: string): Promise<ServicePrincipalWire> {
    const path = graphPath`/servicePrincipals/${ids.servicePrincipalId}`;
    return graph.ask({ method: 'GET', path, query: { $select: select }, attempt: readApp }, servicePrincipalWire);
  }

  function readApplication(ids: InstanceIds): Promise<ApplicationWire> {
    const path = graphPath`/applications/${ids.applicationObjectId}`;
    return graph.ask(
      { method: 'GET', path, query: { $select: APPLICATION_SELECT }, attempt: readApp },
      applicationWire,
    );
  }

  async function requireBothObjects(ids: InstanceIds): Promise<true> {
    await Promise.all([readPrincipal(ids, 'id,appId'), readApplication(ids)]);
    return true;
  }

  async function getAppRoles(ids: InstanceIds): Promise<readonly AppRole[]> {
    return (await readPrincipal(ids, 'id,appId,appRoles')).appRoles.map(toAppRole);
  }

  async function owners(path: string): Promise<{ id: string; name: string }[]> {
    const attempt = { to: 'read the owners of the application', needs: NEEDS.readApps };
    const found = await graph.list({ path, query: { $select: 'id,displayName' }, attempt }, ownerWire);
    return found.map(({ id, displayName }) => ({ id, name: displayName ?? id }));
  }

  async function patchPrincipal(ids: InstanceIds, body: object, to: string): Promise<void> {
    const path = graphPath`/servicePrincipals/${ids.servicePrincipalId}`;
    const call = { method: 'PATCH', path, body, attempt: { to, needs: NEEDS.writeApps } } as const;
    await oneAtATime(ids.appId, () => replication.despiteLag('the new application', () => graph.send(call)));
  }

  async function setSingleSignOn(
    ids: InstanceIds,
    { signOnUrl, mayShowLater = false }: { signOnUrl: string | null; mayShowLater?: boolean },
  ): Promise<void> {
    const settings = { preferredSingleSignOnMode: 'saml', loginUrl: signOnUrl, accountEnabled: true };
    await patchPrincipal(ids, settings, 'choose SAML');
    if (mayShowLater) return;
    await replication.shown('the choice of SAML', async () => {
      const read = await readPrincipal(ids, 'id,appId,accountEnabled,preferredSingleSignOnMode,loginUrl');
      const isSaml = read.preferredSingleSignOnMode === 'saml' && read.accountEnabled;
      return (isSaml && (read.loginUrl || null) === signOnUrl) || undefined;
    });
  }

  async function setIdentifierAndReplyUrl(ids: InstanceIds, wish: AddressWish): Promise<void> {
    const { identifier, replyUrl } = wish;
    const hasBoth = ({ identifiers, replyUrls }: Addresses): boolean =>
      identifiers.includes(identifier) && replyUrls.includes(replyUrl);
    await oneAtATime(ids.appId, async () => {
      const before = wish.before ?? (await replication.shown('the new application', () => readAddresses(ids)));
      if (hasBoth(before)) return;
      const call = {
        method: 'PATCH',
        path: graphPath`/applications/${ids.applicationObjectId}`,
        // A collection is replaced as a whole. Ours come first: Entra's own start of a sign-in uses the first.
        body: {
          identifierUris: withFirst(identifier, before.identifiers),
          web: { redirectUris: withFirst(replyUrl, before.replyUrls) },
        },
        attempt: { to: 'set Identifier and Reply URL', needs: NEEDS.writeApps },
      } as const;
      const isLag = (error: unknown): boolean => isUnverifiedHost(error) || isReplicationLag(error);
      await replication.despiteLag('the new application', () => graph.send(call), isLag);
      if (wish.mayShowLater) return;
      await replication.shown('Identifier and Reply URL', async () => hasBoth(await readAddresses(ids)) || undefined);
    });
  }

  async function readAddresses(ids: InstanceIds): Promise<Addresses> {
    const { identifierUris, web } = await readApplication(ids);
    return { identifiers: identifierUris, replyUrls: web?.redirectUris ?? [] };
  }

  return {
    getInstance,
    getSettings,
    requireBothObjects,
    disable: (ids, to) => patchPrincipal(ids, { accountEnabled: false }, to),
    getAppRoles,
    setSingleSignOn,
    setIdentifierAndReplyUrl,
  };
}

function withFirst(value: string, all: readonly string[]): string[] {
  return [value, ...all.filter((one) => one !== value)];
}

function describe(
  ids: InstanceIds,
  principal: ServicePrincipalWire,
  application: ApplicationWire,
): Omit<InstanceSettings, 'claims' | 'arePortalClaimsHidden'> {
  const created = createdAt(application);
  const preferred = principal.preferredTokenSigningKeyThumbprint;
  return {
    ...idsOf(ids),
    displayName: principal.displayName ?? application.displayName ?? ids.appId,
    isEnabled: principal.accountEnabled !== false,
    isAssignmentRequired: principal.appRoleAssignmentRequired === true,
    ...(principal.preferredSingleSignOnMode ? { singleSignOnMode: principal.preferredSingleSignOnMode } : {}),
    identifiers: application.identifierUris,
    replyUrls: application.web?.redirectUris ?? [],
    ...(principal.loginUrl ? { signOnUrl: principal.loginUrl } : {}),
    appRoles: principal.appRoles.map(toAppRole),
    certificates: toCertificates(principal),
    ...(preferred ? { activeThumbprint: thumbprintOf(preferred) } : {}),
    ...(principal.tokenEncryptionKeyId ? { isEncrypted: true } : {}),
    ...(created === undefined ? {} : { createdAt: new Date(created) }),
  };
}

function toAppRole(role: AppRoleWire): AppRole {
  return {
    id: role.id,
    displayName: role.displayName ?? '',
    ...(role.value ? { value: role.value } : {}),
    isEnabled: role.isEnabled,
    allowsUsers: role.allowedMemberTypes.includes('User'),
  };
}

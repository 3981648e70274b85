import { z } from 'zod';
import type { AppRole, GalleryTemplate, Instance, InstanceIds } from './entra.js';
import type { RemoteLog } from '../platform/http.js';
import type { GraphTokens } from './credential.js';
import type { createClaims } from './entra-claims.js';
import { toCertificates, thumbprintOf } from './entra-certificates.js';
import { isNotFound, isReplicationLag, isUnverifiedHost, refusedByRule, type Attempt } from './entra-problems.js';
import {
  APPLICATION_SELECT,
  applicationWire,
  instantiatedWire,
  ownerWire,
  SERVICE_PRINCIPAL_SELECT,
  servicePrincipalWire,
  templateWire,
  type ApplicationWire,
  type AppRoleWire,
  type ServicePrincipalWire,
} from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphFilter, graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly tokens: GraphTokens;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
  readonly claims: ReturnType<typeof createClaims>;
  readonly log?: RemoteLog | undefined;
}

/** Entra's clock and ours may differ a little, and it cuts off fractions of a second. */
const CLOCK_TOLERANCE_MS = 60_000;

const readApp: Attempt = { to: 'read the enterprise application', needs: NEEDS.readApps };

type DatedInstance = InstanceIds & { readonly createdAt: number };

export function createInstances({ graph, tokens, replication, oneAtATime, claims, log }: Parts): {
  getGalleryTemplate(displayName: string): Promise<GalleryTemplate>;
  findInstances(templateId: string): Promise<readonly InstanceIds[]>;
  getInstance(ids: InstanceIds): Promise<Instance>;
  addFromGallery(template: GalleryTemplate, since: Date): Promise<InstanceIds>;
  getAppRoles(ids: InstanceIds): Promise<readonly AppRole[]>;
  setSingleSignOn(ids: InstanceIds, settings: { signOnUrl: string | null }): Promise<void>;
  setIdentifierAndReplyUrl(ids: InstanceIds, settings: { identifier: string; replyUrl: string }): Promise<void>;
} {
  async function getGalleryTemplate(displayName: string): Promise<GalleryTemplate> {
    const [template, ...others] = await graph.list(
      {
        path: '/applicationTemplates',
        query: { $filter: graphFilter`displayName eq ${displayName}`, $select: 'id,displayName' },
        attempt: { to: 'search the application gallery', needs: NEEDS.none },
      },
      templateWire,
    );
    if (template && others.length === 0) return template;
    throw refusedByRule('gallery-template', {
      what: template
        ? `The gallery has ${others.length + 1} applications named ${displayName}.`
        : `The gallery has no application named ${displayName}.`,
      remedy: 'Add the application by hand in the Entra admin center; Latchkey then adopts it.',
    });
  }

  async function datedInstances(templateId: string): Promise<DatedInstance[]> {
    const principals = await graph.list(
      {
        path: '/servicePrincipals',
        query: { $filter: graphFilter`applicationTemplateId eq ${templateId}`, $select: 'id,appId' },
        attempt: { to: 'look for existing instances of the application', needs: NEEDS.readApps },
      },
      z.object({ id: z.string(), appId: z.string() }),
    );
    const found = await Promise.all(
      principals.map(async ({ id, appId }) => {
        const app = await findApplicationOf(appId);
        return app && { applicationObjectId: app.id, servicePrincipalId: id, appId, createdAt: createdAt(app) ?? 0 };
      }),
    );
    return found.filter((one) => one !== undefined).sort((one, other) => one.createdAt - other.createdAt);
  }

  /** A service principal shows up before its app registration does; without both there is no instance yet. */
  async function findApplicationOf(appId: string): Promise<ApplicationWire | undefined> {
    const path = graphPath`/applications(appId='${appId}')`;
    const query = { $select: 'id,appId,createdDateTime' };
    return graph.ask({ method: 'GET', path, query, attempt: readApp }, applicationWire).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async function findInstances(templateId: string): Promise<readonly InstanceIds[]> {
    return (await datedInstances(templateId)).map(idsOf);
  }

  async function getInstance(ids: InstanceIds): Promise<Instance> {
    const [principal, application, principalOwners, applicationOwners, claimsFound, token] = await Promise.all([
      readPrincipal(ids, SERVICE_PRINCIPAL_SELECT),
      readApplication(ids),
      owners(graphPath`/servicePrincipals/${ids.servicePrincipalId}/owners`),
      owners(graphPath`/applications/${ids.applicationObjectId}/owners`),
      claims.findClaims(ids),
      tokens.claims(),
    ]);
    const isOurs = ({ id }: { id: string }): boolean => token.oid !== undefined && id === token.oid;
    return {
      ...describe(ids, principal, application),
      ...(claimsFound ? { claims: claimsFound } : {}),
      owners: [
        ...applicationOwners.map((owner) => ({ ...owner, of: 'application' as const })),
        ...principalOwners.map((owner) => ({ ...owner, of: 'servicePrincipal' as const })),
      ],
      isOwnedByLatchkey: principalOwners.some(isOurs) && applicationOwners.some(isOurs),
    };
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

  async function getAppRoles(ids: InstanceIds): Promise<readonly AppRole[]> {
    return (await readPrincipal(ids, 'id,appId,appRoles')).appRoles.map(toAppRole);
  }

  async function owners(path: string): Promise<{ id: string; name: string }[]> {
    const attempt = { to: 'read the owners of the application', needs: NEEDS.readApps };
    const found = await graph.list({ path, query: { $select: 'id,displayName' }, attempt }, ownerWire);
    return found.map(({ id, displayName }) => ({ id, name: displayName ?? id }));
  }

  async function addFromGallery(template: GalleryTemplate, since: Date): Promise<InstanceIds> {
    const earliest = since.getTime() - CLOCK_TOLERANCE_MS;
    const madeByThisIntent = async (): Promise<DatedInstance[]> =>
      (await datedInstances(template.id)).filter((one) => one.createdAt >= earliest);
    const find = async (): Promise<InstanceIds | undefined> => (await madeByThisIntent())[0];
    const known = await find();
    if (known) return idsOf(known);
    const { made, attempts } = await replication.createdOnce(() => instantiate(template), find);
    await replication.shown(`the new application ${template.displayName}`, async () => {
      await Promise.all([readPrincipal(made, 'id,appId'), readApplication(made)]);
      return true;
    });
    if (attempts === 2) await disableTwins(made, await madeByThisIntent());
    return idsOf(made);
  }

  async function instantiate(template: GalleryTemplate): Promise<InstanceIds> {
    const made = await graph.ask(
      {
        method: 'POST',
        path: graphPath`/applicationTemplates/${template.id}/instantiate`,
        body: { displayName: template.displayName },
        attempt: { to: `add ${template.displayName} from the gallery`, needs: NEEDS.writeApps },
      },
      instantiatedWire,
    );
    const { application, servicePrincipal } = made;
    return {
      applicationObjectId: application.id,
      servicePrincipalId: servicePrincipal.id,
      appId: application.appId,
    };
  }

  /** The first POST may have worked after all: what it made is unused, so it is switched off and reported, not deleted. */
  async function disableTwins(kept: InstanceIds, all: readonly DatedInstance[]): Promise<void> {
    for (const twin of all.filter((one) => one.servicePrincipalId !== kept.servicePrincipalId)) {
      const { identifierUris } = await readApplication(twin);
      if (identifierUris.length > 0) continue;
      await patchPrincipal(twin, { accountEnabled: false }, 'disable a twin of the application');
      log?.warn({ appId: twin.appId, kept: kept.appId }, 'A twin of the application was disabled.');
    }
  }

  async function patchPrincipal(ids: InstanceIds, body: object, to: string): Promise<void> {
    const path = graphPath`/servicePrincipals/${ids.servicePrincipalId}`;
    const call = { method: 'PATCH', path, body, attempt: { to, needs: NEEDS.writeApps } } as const;
    await oneAtATime(ids.appId, () => replication.despiteLag('the new application', () => graph.send(call)));
  }

  async function setSingleSignOn(ids: InstanceIds, { signOnUrl }: { signOnUrl: string | null }): Promise<void> {
    const settings = { preferredSingleSignOnMode: 'saml', loginUrl: signOnUrl, accountEnabled: true };
    await patchPrincipal(ids, settings, 'choose SAML');
    await replication.shown('the choice of SAML', async () => {
      const read = await readPrincipal(ids, 'id,appId,accountEnabled,preferredSingleSignOnMode,loginUrl');
      const isSaml = read.preferredSingleSignOnMode === 'saml' && read.accountEnabled;
      return (isSaml && (read.loginUrl || null) === signOnUrl) || undefined;
    });
  }

  async function setIdentifierAndReplyUrl(
    ids: InstanceIds,
    { identifier, replyUrl }: { identifier: string; replyUrl: string },
  ): Promise<void> {
    const hasBoth = (app: ApplicationWire): boolean =>
      app.identifierUris.includes(identifier) && (app.web?.redirectUris.includes(replyUrl) ?? false);
    await oneAtATime(ids.appId, async () => {
      const before = await replication.shown('the new application', () => readApplication(ids));
      if (hasBoth(before)) return;
      const call = {
        method: 'PATCH',
        path: graphPath`/applications/${ids.applicationObjectId}`,
        // A collection is replaced as a whole. Ours come first: Entra's own start of a sign-in uses the first.
        body: {
          identifierUris: withFirst(identifier, before.identifierUris),
          web: { redirectUris: withFirst(replyUrl, before.web?.redirectUris ?? []) },
        },
        attempt: { to: 'set Identifier and Reply URL', needs: NEEDS.writeApps },
      } as const;
      const isLag = (error: unknown): boolean => isUnverifiedHost(error) || isReplicationLag(error);
      await replication.despiteLag('the new application', () => graph.send(call), isLag);
      await replication.shown('Identifier and Reply URL', async () => hasBoth(await readApplication(ids)) || undefined);
    });
  }

  return {
    getGalleryTemplate,
    findInstances,
    getInstance,
    addFromGallery,
    getAppRoles,
    setSingleSignOn,
    setIdentifierAndReplyUrl,
  };
}

function withFirst(value: string, all: readonly string[]): string[] {
  return [value, ...all.filter((one) => one !== value)];
}

function idsOf({ applicationObjectId, servicePrincipalId, appId }: InstanceIds): InstanceIds {
  return { applicationObjectId, servicePrincipalId, appId };
}

function createdAt(application: ApplicationWire): number | undefined {
  const time = Date.parse(application.createdDateTime ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function describe(
  ids: InstanceIds,
  principal: ServicePrincipalWire,
  application: ApplicationWire,
): Omit<Instance, 'claims' | 'owners' | 'isOwnedByLatchkey'> {
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
    ...(created === undefined ? {} : { createdAt: new Date(created) }),
  };
}

function toAppRole(role: AppRoleWire): AppRole {
  return {
    id: role.id,
    displayName: role.displayName ?? '',
    isEnabled: role.isEnabled,
    allowsUsers: role.allowedMemberTypes.includes('User'),
  };
}

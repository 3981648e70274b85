import type { InstanceIds, SignOnValues } from './entra.js';
import { thumbprintOf } from './entra-certificates.js';
import {
  APPLICATION_SELECT,
  applicationWire,
  SERVICE_PRINCIPAL_SELECT,
  servicePrincipalWire,
  type ApplicationWire,
  type ServicePrincipalWire,
} from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

const THE_APP = 'the enterprise application';

/** The writes that only an undo needs: former values, as they were read before a set-up. */
export function createRestore({ graph, replication, oneAtATime }: Parts): {
  putBackSignOn(ids: InstanceIds, values: SignOnValues): Promise<void>;
  takeOutAddresses(ids: InstanceIds, values: { identifier?: string; replyUrl?: string }): Promise<void>;
} {
  const principalPath = (ids: InstanceIds): string => graphPath`/servicePrincipals/${ids.servicePrincipalId}`;
  const applicationPath = (ids: InstanceIds): string => graphPath`/applications/${ids.applicationObjectId}`;

  async function putBackSignOn(ids: InstanceIds, values: SignOnValues): Promise<void> {
    const body = signOnBody(values);
    const attempt = { to: 'put back how people sign in', needs: NEEDS.writeApps };
    const call = { method: 'PATCH', path: principalPath(ids), body, attempt } as const;
    await oneAtATime(ids.appId, async () => {
      await replication.despiteLag(THE_APP, () => graph.send(call));
      await replication.shown(
        'the former sign-on settings',
        async () => holds(await readPrincipal(ids), values) || undefined,
      );
    });
  }

  function readPrincipal(ids: InstanceIds): Promise<ServicePrincipalWire> {
    const attempt = { to: 'read the enterprise application', needs: NEEDS.readApps };
    const query = { $select: SERVICE_PRINCIPAL_SELECT };
    return graph.ask({ method: 'GET', path: principalPath(ids), query, attempt }, servicePrincipalWire);
  }

  async function takeOutAddresses(
    ids: InstanceIds,
    { identifier, replyUrl }: { identifier?: string; replyUrl?: string },
  ): Promise<void> {
    const isOut = (app: ApplicationWire): boolean =>
      !app.identifierUris.includes(identifier ?? '') && !(app.web?.redirectUris ?? []).includes(replyUrl ?? '');
    await oneAtATime(ids.appId, async () => {
      const before = await readApplication(ids);
      if (isOut(before)) return;
      const body = {
        identifierUris: before.identifierUris.filter((one) => one !== identifier),
        web: { redirectUris: (before.web?.redirectUris ?? []).filter((one) => one !== replyUrl) },
      };
      const attempt = { to: 'put back Identifier and Reply URL', needs: NEEDS.writeApps };
      const call = { method: 'PATCH', path: applicationPath(ids), body, attempt } as const;
      await replication.despiteLag(THE_APP, () => graph.send(call));
      await replication.shown('the former addresses', async () => isOut(await readApplication(ids)) || undefined);
    });
  }

  function readApplication(ids: InstanceIds): Promise<ApplicationWire> {
    const attempt = { to: 'read the app registration', needs: NEEDS.readApps };
    const query = { $select: APPLICATION_SELECT };
    return graph.ask({ method: 'GET', path: applicationPath(ids), query, attempt }, applicationWire);
  }

  return { putBackSignOn, takeOutAddresses };
}

function signOnBody({ isEnabled, singleSignOnMode, signOnUrl, activeThumbprint }: SignOnValues): object {
  return {
    ...(isEnabled === undefined ? {} : { accountEnabled: isEnabled }),
    ...(singleSignOnMode === undefined ? {} : { preferredSingleSignOnMode: singleSignOnMode }),
    ...(signOnUrl === undefined ? {} : { loginUrl: signOnUrl }),
    ...(activeThumbprint === undefined ? {} : { preferredTokenSigningKeyThumbprint: activeThumbprint }),
  };
}

function holds(principal: ServicePrincipalWire, values: SignOnValues): boolean {
  const { isEnabled, singleSignOnMode, signOnUrl, activeThumbprint } = values;
  const active = principal.preferredTokenSigningKeyThumbprint;
  return (
    (isEnabled === undefined || (principal.accountEnabled !== false) === isEnabled) &&
    (singleSignOnMode === undefined || (principal.preferredSingleSignOnMode ?? null) === singleSignOnMode) &&
    (signOnUrl === undefined || (principal.loginUrl || null) === signOnUrl) &&
    (activeThumbprint === undefined || (active ? thumbprintOf(active) : null) === activeThumbprint)
  );
}

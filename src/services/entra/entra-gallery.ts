import { z } from 'zod';
import type { RemoteLog } from '../platform/http.js';
import type { AddedInstance, GalleryTemplate, Instance, InstanceIds, Intent } from './entra.js';
import { isNotFound } from './entra-problems.js';
import { notOneTemplate } from './entra-refusals.js';
import { applicationWire, instantiatedWire, templateWire, type ApplicationWire } from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { graphFilter, graphPath } from './graph-query.js';
import type { Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly instances: {
    getInstance(ids: InstanceIds): Promise<Instance>;
    requireBothObjects(ids: InstanceIds): Promise<true>;
    disable(ids: InstanceIds, to: string): Promise<void>;
  };
  readonly log?: RemoteLog | undefined;
  /** Business time. */
  readonly now: () => Date;
}

/** Entra's clock and ours may differ a little, and it cuts off fractions of a second. */
const CLOCK_TOLERANCE_MS = 60_000;
/** What was not listed before we asked is ours, also where one of the two clocks is wrong by this much. */
const WRONG_CLOCK_MS = 2 * 3_600_000;
type DatedInstance = InstanceIds & { readonly createdAt: number };

/** From the gallery to an application of one's own, once. */
export function createGallery({ graph, replication, instances, log, now }: Parts): {
  getGalleryTemplate(displayName: string): Promise<GalleryTemplate>;
  findInstances(templateId: string): Promise<readonly InstanceIds[]>;
  addFromGallery(template: GalleryTemplate, intent: Intent): Promise<AddedInstance>;
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
    throw notOneTemplate(displayName, template ? others.length + 1 : 0);
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
    const attempt = { to: 'read the enterprise application', needs: NEEDS.readApps };
    return graph.ask({ method: 'GET', path, query, attempt }, applicationWire).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async function findInstances(templateId: string): Promise<readonly InstanceIds[]> {
    return (await datedInstances(templateId)).map(idsOf);
  }

  async function addFromGallery(
    template: GalleryTemplate,
    { since, isRepeated = false, claim, hasNone = false, mayShowLater = false }: Intent,
  ): Promise<AddedInstance> {
    const isSince = ({ createdAt: at }: DatedInstance, tolerance: number): boolean => at >= since.getTime() - tolerance;
    const before = hasNone && !isRepeated ? [] : await datedInstances(template.id);
    const known = before.filter((one) => isSince(one, CLOCK_TOLERANCE_MS));
    if (known[0]) {
      await disableTwins(known[0], known);
      return idsOf(known[0]);
    }
    const listed = new Set(before.map(({ servicePrincipalId }) => servicePrincipalId));
    const madeByThisIntent = async (): Promise<DatedInstance[]> =>
      (await datedInstances(template.id)).filter(
        (one) => !listed.has(one.servicePrincipalId) && isSince(one, WRONG_CLOCK_MS),
      );
    const { made, mayHaveTwin } = await replication.createdOnce<AddedInstance>({
      intent: `${template.id} ${since.toISOString()}`,
      create: () => instantiate(template),
      find: async () => (await madeByThisIntent())[0],
      begunMsAgo: isRepeated ? now().getTime() - since.getTime() : undefined,
      claim,
    });
    if (!mayShowLater || mayHaveTwin) {
      const what = `the new application ${template.displayName}`;
      await replication.shown(what, () => instances.requireBothObjects(made));
    }
    if (mayHaveTwin) await disableTwins(made, await madeByThisIntent());
    return { ...idsOf(made), ...(mayShowLater && made.asMade ? { asMade: made.asMade } : {}) };
  }

  async function instantiate(template: GalleryTemplate): Promise<AddedInstance> {
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
      asMade: { identifiers: application.identifierUris, replyUrls: application.web?.redirectUris ?? [] },
    };
  }

  /**
   * The first POST may have worked after all: what it made is unused, so it is switched off and reported, not deleted. What
   * somebody else has made at the same time is left alone.
   */
  async function disableTwins(kept: InstanceIds, all: readonly DatedInstance[]): Promise<void> {
    for (const twin of all.filter((one) => one.servicePrincipalId !== kept.servicePrincipalId)) {
      const { isOwnedByLatchkey, identifiers } = await instances.getInstance(twin);
      if (!isOwnedByLatchkey || identifiers.length > 0) continue;
      await instances.disable(twin, 'disable a twin of the application');
      log?.warn({ appId: twin.appId, kept: kept.appId }, 'A twin of the application was disabled.');
    }
  }

  return { getGalleryTemplate, findInstances, addFromGallery };
}

export function idsOf({ applicationObjectId, servicePrincipalId, appId }: InstanceIds): InstanceIds {
  return { applicationObjectId, servicePrincipalId, appId };
}

/** Milliseconds, by Entra's clock. */
export function createdAt(application: ApplicationWire): number | undefined {
  const time = Date.parse(application.createdDateTime ?? '');
  return Number.isNaN(time) ? undefined : time;
}

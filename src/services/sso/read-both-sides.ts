import type { Entra, GalleryTemplate, Instance, InstanceIds } from '../entra/entra.js';
import type { Genesys, GenesysOrganization, IdentityProvider } from '../genesys/genesys.js';

/** The gallery's name of the application; Microsoft's template id is looked up, never remembered. */
export const GALLERY_NAME = 'Genesys Cloud for Azure';

/** One instance in full, with the number of people and groups assigned to it. */
export interface FoundInstance {
  readonly instance: Instance;
  readonly assigned: number;
}

/** Both sides as they stand, read together. */
export interface BothSides {
  readonly organization: GenesysOrganization;
  readonly provider: IdentityProvider | undefined;
  readonly template: GalleryTemplate;
  /** Every instance of the gallery application in the tenant, oldest first. */
  readonly instances: readonly InstanceIds[];
  /** The instance that this is about: the chosen one, else the only one; absent where there is none, or a choice to make. */
  readonly instance: Instance | undefined;
  /** People and groups assigned to that instance. */
  readonly assigned: number;
  /** The other instances, oldest first. */
  readonly others: readonly FoundInstance[];
}

/** Reads Entra and Genesys at the same time. Changes nothing. @param chosen service principal id of the instance meant. */
export async function readBothSides(entra: Entra, genesys: Genesys, chosen?: string): Promise<BothSides> {
  const [organization, provider, entraSide] = await Promise.all([
    genesys.getOrganization(),
    genesys.findIdentityProvider(),
    readEntraSide(entra, chosen),
  ]);
  return { organization, provider, ...entraSide };
}

async function readEntraSide(
  entra: Entra,
  chosen: string | undefined,
): Promise<Omit<BothSides, 'organization' | 'provider'>> {
  const template = await entra.getGalleryTemplate(GALLERY_NAME);
  const instances = await entra.findInstances(template.id);
  const found = await Promise.all(instances.map((ids) => readInstance(entra, ids)));
  const isOnly = chosen === undefined && found.length === 1;
  const meant = found.find(({ instance }) => isOnly || instance.servicePrincipalId === chosen);
  return { template, instances, ...about(meant, found) };
}

async function readInstance(entra: Entra, ids: InstanceIds): Promise<FoundInstance> {
  const [instance, assigned] = await Promise.all([
    entra.getInstance(ids),
    entra.countAssignments(ids.servicePrincipalId),
  ]);
  return { instance, assigned };
}

function about(
  meant: FoundInstance | undefined,
  all: readonly FoundInstance[],
): Pick<BothSides, 'instance' | 'assigned' | 'others'> {
  return {
    instance: meant?.instance,
    assigned: meant?.assigned ?? 0,
    others: all.filter((one) => one !== meant),
  };
}

/** The sides about the instance that Genesys works with, where nobody has chosen and exactly one of several is it. */
export function aboutTheOneInUse(sides: BothSides): BothSides {
  if (sides.instance) return sides;
  const inUse = sides.others.filter(({ instance }) => isInUse(instance, sides.provider));
  return inUse.length === 1 ? { ...sides, ...about(inUse[0], sides.others) } : sides;
}

/** Whether the provider of Genesys points to that application, by its relying party identifier. */
export function isInUse(instance: Pick<InstanceIds, 'appId'>, provider: IdentityProvider | undefined): boolean {
  return provider?.relyingPartyIdentifier?.toLowerCase() === instance.appId.toLowerCase();
}

/** The template and, by ids, the only instance, or the one of several that Genesys works with. */
export async function findInstanceInUse(
  entra: Entra,
  genesys: Pick<Genesys, 'findIdentityProvider'>,
): Promise<Pick<BothSides, 'template' | 'instances'> & { inUse: InstanceIds | undefined }> {
  const template = await entra.getGalleryTemplate(GALLERY_NAME);
  const instances = await entra.findInstances(template.id);
  if (instances.length < 2) return { template, instances, inUse: instances[0] };
  const provider = await genesys.findIdentityProvider();
  const inUse = instances.filter((ids) => isInUse(ids, provider));
  return { template, instances, inUse: inUse.length === 1 ? inUse[0] : undefined };
}

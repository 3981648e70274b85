import type { Entra, GalleryTemplate, Instance, InstanceIds } from '../entra/entra.js';
import type { Genesys, GenesysOrganization, IdentityProvider } from '../genesys/genesys.js';

/** The gallery's name of the application; Microsoft's template id is looked up, never remembered. */
export const GALLERY_NAME = 'Genesys Cloud for Azure';

/** Both sides as they stand, read together. */
export interface BothSides {
  readonly organization: GenesysOrganization;
  readonly provider: IdentityProvider | undefined;
  readonly template: GalleryTemplate;
  /** Every instance of the gallery application in the tenant, oldest first. */
  readonly instances: readonly InstanceIds[];
  /** The only instance, read in full; absent where there is none or more than one. */
  readonly instance: Instance | undefined;
  /** People and groups assigned to that instance. */
  readonly assigned: number;
}

/** Reads Entra and Genesys at the same time. Changes nothing. */
export async function readBothSides(entra: Entra, genesys: Genesys): Promise<BothSides> {
  const [organization, provider, entraSide] = await Promise.all([
    genesys.getOrganization(),
    genesys.findIdentityProvider(),
    readEntraSide(entra),
  ]);
  return { organization, provider, ...entraSide };
}

/** The one instance of the gallery application and its template, by ids; absent where there is none or more than one. */
export async function findOnlyInstance(
  entra: Entra,
): Promise<Pick<BothSides, 'template' | 'instances'> & { only: InstanceIds | undefined }> {
  const template = await entra.getGalleryTemplate(GALLERY_NAME);
  const instances = await entra.findInstances(template.id);
  return { template, instances, only: instances.length === 1 ? instances[0] : undefined };
}

/** The Entra half alone. */
export async function readEntraSide(
  entra: Entra,
): Promise<Pick<BothSides, 'template' | 'instances' | 'instance' | 'assigned'>> {
  const { template, instances, only } = await findOnlyInstance(entra);
  if (!only) return { template, instances, instance: undefined, assigned: 0 };
  const [instance, assigned] = await Promise.all([
    entra.getInstance(only),
    entra.countAssignments(only.servicePrincipalId),
  ]);
  return { template, instances, instance, assigned };
}

import type { Claims, Entra, InstanceIds } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { findInstanceInUse } from '../sso/read-both-sides.js';
import { notSetUp, severalInstances } from './provisioning-refusals.js';

interface Remote {
  readonly entra: Entra;
  readonly genesys: Pick<Genesys, 'findIdentityProvider'>;
}

/** The application that people are assigned to. Throws where there is none, or several and none in use. */
export async function applicationInUse({ entra, genesys }: Remote): Promise<{ ids: InstanceIds; templateId: string }> {
  const { inUse, template, instances } = await findInstanceInUse(entra, genesys);
  if (inUse) return { ids: inUse, templateId: template.id };
  throw instances.length === 0 ? notSetUp() : severalInstances(instances.length);
}

/** What the sign-in sends; `undefined` where nothing is set up or configured. */
export async function claimsSent({ entra, genesys }: Remote): Promise<Claims | undefined> {
  const { inUse } = await findInstanceInUse(entra, genesys);
  return inUse && entra.findClaims(inUse);
}

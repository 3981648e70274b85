import type { Addresses, Instance, InstanceIds } from '../entra/entra.js';
import { GALLERY_NAME } from './read-both-sides.js';

/** As Entra has just made it: nothing is chosen, sent or signed yet. */
export function newInstance(ids: InstanceIds, { identifiers, replyUrls }: Addresses): Instance {
  return {
    ...ids,
    ...{ displayName: GALLERY_NAME, isEnabled: true, isAssignmentRequired: true },
    ...{ identifiers, replyUrls, appRoles: [], certificates: [], owners: [], isOwnedByLatchkey: true },
  };
}

import { samlUrls, type GenesysRegion } from './genesys-region.js';
import { isInUse, type BothSides, type FoundInstance } from './read-both-sides.js';
import { daysLeft } from './saml-settings.js';
import { holdsIdentifier } from './set-up-obstacles.js';
import { ownersOf, OWNERSHIP_REMEDY } from './set-up-refusals.js';

/** One of several instances, with what an admin needs to tell them apart. */
export interface ChoosableInstance {
  readonly name: string;
  readonly appId: string;
  readonly servicePrincipalId: string;
  readonly createdAt?: Date;
  readonly isEnabled: boolean;
  readonly owners: string;
  /** The one act that helps; absent: Latchkey owns it, so it can be chosen. */
  readonly ownershipRemedy?: string;
  readonly assigned: number;
  readonly holdsIdentifier: boolean;
  /** The certificate that Entra signs with; absent: none is marked active. */
  readonly certificate?: { readonly thumbprint: string; readonly until: Date; readonly daysLeft: number };
  /** Whether the provider of Genesys points to it. */
  readonly isInUse: boolean;
}

/** Several instances, oldest first, and nobody has chosen one. */
export interface InstanceChoice {
  readonly instances: readonly ChoosableInstance[];
}

/** Pure. `undefined` where there is nothing to choose. */
export function choiceFor(sides: BothSides, region: GenesysRegion, now: Date): InstanceChoice | undefined {
  if (sides.instance || sides.others.length === 0) return undefined;
  const { identifier } = samlUrls(region);
  return { instances: sides.others.map((found) => describe(found, { identifier, provider: sides.provider, now })) };
}

function describe(
  found: FoundInstance,
  { identifier, provider, now }: { identifier: string; provider: BothSides['provider']; now: Date },
): ChoosableInstance {
  const { instance, assigned } = found;
  const active = instance.certificates.find((certificate) => certificate.isActive);
  return {
    name: instance.displayName,
    appId: instance.appId,
    servicePrincipalId: instance.servicePrincipalId,
    ...(instance.createdAt ? { createdAt: instance.createdAt } : {}),
    isEnabled: instance.isEnabled,
    owners: ownersOf(instance),
    ...(instance.isOwnedByLatchkey ? {} : { ownershipRemedy: OWNERSHIP_REMEDY }),
    assigned,
    holdsIdentifier: holdsIdentifier(found, identifier),
    ...(active
      ? {
          certificate: {
            thumbprint: active.thumbprint,
            until: active.notAfter,
            daysLeft: daysLeft(active.notAfter, now),
          },
        }
      : {}),
    isInUse: isInUse(instance, provider),
  };
}

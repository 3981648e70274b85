import type { MicrosoftCloud } from '../entra/microsoft-clouds.js';
import { dayText } from '../platform/day-text.js';
import { aboutTheOneInUse, type BothSides } from './read-both-sides.js';
import type { GenesysRegion } from './genesys-region.js';
import {
  daysLeft,
  entraDifferences,
  genesysDifferences,
  samlSettings,
  tileModeOf,
  type Difference,
  type TileMode,
} from './saml-settings.js';

/** What both sides say of SSO, judged. */
export type SsoHealth =
  | { readonly state: 'not-set-up'; readonly organization: { readonly shortName: string; readonly name: string } }
  | { readonly state: 'several-instances'; readonly appIds: readonly string[] }
  | {
      readonly state: 'right' | 'differs';
      readonly organization: { readonly shortName: string; readonly name: string };
      readonly appId: string;
      readonly servicePrincipalId: string;
      readonly tileMode: TileMode;
      readonly assigned: number;
      /** Application IDs of the other instances: Genesys points to this one alone. */
      readonly otherAppIds: readonly string[];
      /** The certificate that Entra signs with; absent: none. */
      readonly certificate?: { readonly thumbprint: string; readonly until: Date; readonly daysLeft: number };
      readonly differences: readonly Difference[];
    };

/** Pure: judges what was read. Of several instances the one that Genesys points to, where that is exactly one. */
export function ssoHealth(
  read: BothSides,
  wish: { region: GenesysRegion; cloud: MicrosoftCloud; tenantId: string; now: Date },
): SsoHealth {
  const sides = aboutTheOneInUse(read);
  const { organization, instance, instances, provider } = sides;
  if (!instance) {
    return instances.length > 1
      ? { state: 'several-instances', appIds: instances.map(({ appId }) => appId) }
      : { state: 'not-set-up', organization };
  }
  const tileMode = tileModeOf(instance);
  const settings = samlSettings({
    region: wish.region,
    cloud: wish.cloud,
    tenantId: wish.tenantId,
    organizationName: organization.shortName,
    tileMode,
    emailFrom: instance.claims?.emailFrom === 'mail' ? 'mail' : 'userprincipalname',
  });
  const active = instance.certificates.find((certificate) => certificate.isActive);
  const differences = [
    ...entraDifferences(instance, settings),
    ...genesysDifferences(provider, { settings, ids: instance, activeThumbprint: active?.thumbprint }),
    ...(active && active.notAfter <= wish.now ? [expired(active.notAfter)] : []),
  ];
  return {
    state: differences.length === 0 ? 'right' : 'differs',
    organization,
    appId: instance.appId,
    servicePrincipalId: instance.servicePrincipalId,
    tileMode,
    assigned: sides.assigned,
    otherAppIds: sides.others.map((other) => other.instance.appId),
    ...(active
      ? {
          certificate: {
            thumbprint: active.thumbprint,
            until: active.notAfter,
            daysLeft: daysLeft(active.notAfter, wish.now),
          },
        }
      : {}),
    differences,
  };
}

function expired(at: Date): Difference {
  return {
    side: 'Entra',
    field: 'Signing certificate',
    is: `expired on ${dayText(at)}`,
    shouldBe: 'valid',
  };
}

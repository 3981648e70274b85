import type { BothSides } from './read-both-sides.js';
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
      /** The certificate that Entra signs with; absent: none. */
      readonly certificate?: { readonly thumbprint: string; readonly until: Date; readonly daysLeft: number };
      readonly differences: readonly Difference[];
    };

/** Pure: judges what was read. */
export function ssoHealth(sides: BothSides, wish: { region: GenesysRegion; tenantId: string; now: Date }): SsoHealth {
  const { organization, instance, instances, provider } = sides;
  if (instances.length > 1) return { state: 'several-instances', appIds: instances.map(({ appId }) => appId) };
  if (!instance) return { state: 'not-set-up', organization };
  const tileMode = tileModeOf(instance);
  const settings = samlSettings({
    region: wish.region,
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
    is: `expired on ${at.toISOString().slice(0, 10)}`,
    shouldBe: 'valid',
  };
}

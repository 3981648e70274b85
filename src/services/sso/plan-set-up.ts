import { createHash } from 'node:crypto';
import type { Instance } from '../entra/entra.js';
import type { MicrosoftCloud } from '../entra/microsoft-clouds.js';
import type { GenesysRegion } from './genesys-region.js';
import { isGenesysRight, plannedFields, type PlannedField } from './planned-fields.js';
import type { BothSides } from './read-both-sides.js';
import {
  entraDifferences,
  freshActiveCertificate,
  samlSettings,
  tileModeOf,
  type SamlSettings,
  type TileMode,
} from './saml-settings.js';
import { obstaclesOf, type Obstacle } from './set-up-obstacles.js';
import { otherIssuer, refuseForeign, refuseFullSlot, refuseUnchosen } from './set-up-refusals.js';
import { warningsAround, warningsOf } from './set-up-warnings.js';
import type { Surroundings } from './surroundings.js';

/** What a run would do, in full, before anything is done. Plain data: it is stored, shown, and run from. */
export interface SetUpPlan {
  readonly regionKey: string;
  readonly organization: { readonly shortName: string; readonly name: string };
  readonly tenantId: string;
  readonly tileMode: TileMode;
  readonly emailFrom: SamlSettings['emailFrom'];
  /** Object ids of the instance that is adopted; absent: one will be created. */
  readonly instance?: {
    readonly applicationObjectId: string;
    readonly servicePrincipalId: string;
    readonly appId: string;
  };
  readonly fields: readonly PlannedField[];
  readonly warnings: readonly string[];
  /** The identity provider that Genesys works with now, when it is another one: a run locks its people out. */
  readonly otherIssuer?: string;
  /** What makes a run fail. A plan that has any cannot be run. */
  readonly obstacles?: readonly Obstacle[];
  /** There are other instances, so that another one can be chosen. */
  readonly isOneOfSeveral?: boolean;
  readonly assigned: number;
  /** Both sides already say all of it. */
  readonly isNothingToDo: boolean;
}

export interface SetUpWish {
  readonly region: GenesysRegion;
  readonly cloud: MicrosoftCloud;
  readonly tenantId: string;
  /** `undefined`: keep what an existing instance does; straight in for a new one. */
  readonly tileMode: TileMode | undefined;
}

/**
 * The plan for what was read. Pure. Refuses, as a `Problem`, what a set-up cannot do safely: several instances and none
 * chosen, an instance that Latchkey does not own, no room for a certificate.
 */
export function planSetUp(sides: BothSides, wish: SetUpWish, now: Date, around?: Surroundings): SetUpPlan {
  refuseUnchosen(sides);
  const { instance, provider } = sides;
  if (instance) refuseForeign(instance);
  const tileMode = wish.tileMode ?? (instance ? tileModeOf(instance) : 'signs-straight-in');
  const emailFrom = instance?.claims?.emailFrom === 'mail' ? 'mail' : 'userprincipalname';
  const settings = samlSettings({
    region: wish.region,
    cloud: wish.cloud,
    tenantId: wish.tenantId,
    organizationName: sides.organization.shortName,
    tileMode,
    emailFrom,
  });
  const other = otherIssuer(provider, settings);
  const active = instance && freshActiveCertificate(instance, now);
  // The certificates of another identity provider leave, so that there is room.
  if (other === undefined) refuseFullSlot(provider, active?.thumbprint, now);
  const obstacles = obstaclesOf(sides, settings);
  const isNothingToDo = isRight(sides, settings, active?.thumbprint);
  return {
    regionKey: wish.region.key,
    organization: { shortName: sides.organization.shortName, name: sides.organization.name },
    tenantId: wish.tenantId,
    tileMode,
    emailFrom,
    ...(instance ? { instance: idsOf(instance) } : {}),
    fields: plannedFields(sides, settings, now),
    warnings: [
      ...warningsOf(sides, settings, now),
      ...(around && !isNothingToDo
        ? warningsAround(around, { addsIdentifier: addsIdentifier(instance, settings), emailFrom })
        : []),
    ],
    ...(other === undefined ? {} : { otherIssuer: other }),
    ...(obstacles.length > 0 ? { obstacles } : {}),
    ...(sides.others.length > 0 ? { isOneOfSeveral: true } : {}),
    assigned: sides.assigned,
    isNothingToDo,
  };
}

/** A digest of everything the plan rests on: equal digests mean that nothing has changed since. */
export function readHash(sides: BothSides): string {
  return createHash('sha256').update(JSON.stringify(sides)).digest('hex');
}

function isRight(sides: BothSides, settings: SamlSettings, activeThumbprint: string | undefined): boolean {
  if (!sides.instance || !isGenesysRight(sides, settings, activeThumbprint)) return false;
  return entraDifferences(sides.instance, settings).length === 0;
}

function addsIdentifier(instance: Instance | undefined, { identifier }: SamlSettings): boolean {
  return !instance?.identifiers.includes(identifier);
}

function idsOf(instance: Instance): NonNullable<SetUpPlan['instance']> {
  const { applicationObjectId, servicePrincipalId, appId } = instance;
  return { applicationObjectId, servicePrincipalId, appId };
}

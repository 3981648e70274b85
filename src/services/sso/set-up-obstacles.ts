import type { Instance } from '../entra/entra.js';
import { claimsPolicyWords } from '../entra/entra-refusals.js';
import type { BothSides, FoundInstance } from './read-both-sides.js';
import type { SamlSettings } from './saml-settings.js';

/** Something outside Latchkey's reach that makes a run of this plan fail. Shown on the plan, which then cannot be run. */
export interface Obstacle {
  readonly what: string;
  readonly why?: string;
  readonly remedy: string;
}

/** Pure: what stands in the way of a plan for `sides.instance`. */
export function obstaclesOf(sides: Pick<BothSides, 'instance' | 'others'>, settings: SamlSettings): Obstacle[] {
  return [identifierHeld(sides, settings), claimsFixed(sides.instance, settings)].filter((one) => one !== undefined);
}

/** The Identifier is unique in a tenant: while another instance holds it, Entra refuses it to this one. */
function identifierHeld(
  { instance, others }: Pick<BothSides, 'instance' | 'others'>,
  { identifier }: SamlSettings,
): Obstacle | undefined {
  if (!instance || instance.identifiers.includes(identifier)) return undefined;
  const holder = others.find((other) => holdsIdentifier(other, identifier))?.instance;
  if (!holder) return undefined;
  return {
    what: `Another instance, ${holder.displayName} (${holder.appId}), holds the Identifier ${identifier}. Only one can, so this one cannot work.`,
    remedy: `Use that one. Or take the Identifier out of it in the Entra admin center (Enterprise applications, ${holder.displayName}, Single sign-on), after which nobody can sign in through it, and press Look again.`,
  };
}

export function holdsIdentifier({ instance }: FoundInstance, identifier: string): boolean {
  return instance.identifiers.some((one) => one.toLowerCase() === identifier.toLowerCase());
}

/** Claims that are not right come from a policy that Latchkey leaves alone. */
function claimsFixed(instance: Instance | undefined, settings: SamlSettings): Obstacle | undefined {
  const policy = instance?.claims?.policy;
  if (!policy?.leftAlone || areClaimsRight(instance?.claims, settings)) return undefined;
  return claimsPolicyWords(policy);
}

export function areClaimsRight(
  claims: Instance['claims'],
  settings: Pick<SamlSettings, 'emailFrom' | 'organizationName'>,
): boolean {
  return claims?.emailFrom === settings.emailFrom && claims.organizationName === settings.organizationName;
}

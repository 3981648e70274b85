import type { RegisteredCredential, Registration } from '../entra/entra-registration.js';
import { dayText } from '../platform/day-text.js';
import { fine, type Finding } from './finding.js';

/** Whose credential it is, and what is known of the one in the settings. */
export interface CredentialOwner {
  /** Stable, for programs: `entra`, `teams` or `link`. */
  readonly key: string;
  /** The setting that holds it. */
  readonly setting: string;
  readonly kind: 'secret' | 'certificate' | 'federated' | 'managed-identity';
  /** Whether a hint of Graph's is the beginning of our secret. */
  readonly isBeginning?: ((hint: string) => boolean) | undefined;
  /** The thumbprint of our certificate. */
  readonly findThumbprint?: (() => Promise<string>) | undefined;
}

const DAY_MS = 24 * 3_600_000;
const WARN_DAYS = 30;

/**
 * How long the credential that Latchkey uses is still good. Which one that is, hint or thumbprint tell; where several could
 * be it, the one that ends last counts, as the sign-in works. @param now business time.
 */
export function judgeCredential(
  owner: CredentialOwner,
  registration: Registration | undefined,
  { now, thumbprint }: { readonly now: Date; readonly thumbprint?: string | undefined },
): Finding {
  const name = `credential:${owner.key}`;
  if (owner.kind === 'managed-identity') return fine(name, 'A managed identity has no credential that ends.');
  if (owner.kind === 'federated') return fine(name, 'A federated credential has no secret that ends.');
  if (!registration) return notFound(name, owner);
  const candidates = registration.credentials.filter((one) => couldBeOurs(one, owner, thumbprint));
  const [last] = [...candidates].sort((one, other) => other.endsAt.getTime() - one.endsAt.getTime());
  if (!last) return notListed(name, owner, registration);
  return judgeEnd(last, { name, owner, registration, now });
}

function couldBeOurs(credential: RegisteredCredential, owner: CredentialOwner, thumbprint?: string): boolean {
  if (credential.kind !== owner.kind) return false;
  if (credential.kind === 'certificate') {
    return [thumbprint, undefined].includes(credential.thumbprint) || thumbprint === undefined;
  }
  return credential.hint === undefined || owner.isBeginning === undefined || owner.isBeginning(credential.hint);
}

function judgeEnd(
  credential: RegisteredCredential,
  about: { name: string; owner: CredentialOwner; registration: Registration; now: Date },
): Finding {
  const { name, owner, registration, now } = about;
  const days = Math.floor((credential.endsAt.getTime() - now.getTime()) / DAY_MS);
  const called = credential.label === undefined ? '' : ` "${credential.label}"`;
  const what = `The ${credential.kind}${called} of ${registration.name} (${owner.setting})`;
  const on = dayText(credential.endsAt);
  const remoteIds = { objectId: registration.objectId, clientId: registration.appId, keyId: credential.keyId };
  if (days >= WARN_DAYS) return fine(name, `${what} is good for ${String(days)} more days, until ${on}.`, remoteIds);
  const hasEnded = credential.endsAt.getTime() <= now.getTime();
  return {
    name,
    state: hasEnded ? 'missing' : 'warning',
    what: hasEnded
      ? `${what} has ended on ${on}.`
      : `${what} ends in ${inDays(days)}, on ${on}. Nothing works after that.`,
    remedy: `Entra admin center, App registrations, ${registration.name}, Certificates & secrets: make a new one, put it into ${owner.setting}, restart, then remove the old one.`,
    remoteIds,
  };
}

function inDays(days: number): string {
  if (days < 1) return 'less than a day';
  return days === 1 ? '1 day' : `${String(days)} days`;
}

function notFound(name: string, { setting }: CredentialOwner): Finding {
  return {
    name,
    state: 'could-not-look',
    what: `How long ${setting} is still good cannot be told: this tenant has no app registration of that client ID.`,
    remedy: 'Where the registration lives in another tenant, note the end of its credential yourself.',
  };
}

function notListed(name: string, { kind, setting }: CredentialOwner, registration: Registration): Finding {
  return {
    name,
    state: 'warning',
    what: `${registration.name} lists no ${kind} that could be the one in ${setting}, so that its end is not known.`,
    remedy: `Entra admin center, App registrations, ${registration.name}, Certificates & secrets: look which ${kind} is in use.`,
    remoteIds: { objectId: registration.objectId, clientId: registration.appId },
  };
}

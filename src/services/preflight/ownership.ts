import { fine, type Finding } from './finding.js';

/** An instance of the gallery application, and who owns its two objects. */
export interface OwnedInstance {
  readonly name: string;
  readonly applicationObjectId: string;
  readonly servicePrincipalId: string;
  readonly isOwnedByLatchkey: boolean;
  readonly owners: readonly { readonly name: string }[];
}

/**
 * With `Application.ReadWrite.OwnedBy` Latchkey may change only what it owns, both the app registration and the enterprise
 * application. What it makes itself it owns. @param ourId object id of its own service principal.
 */
export function judgeOwnership(
  instances: readonly OwnedInstance[],
  { granted, ourId }: { granted: readonly string[]; ourId: string | undefined },
): Finding[] {
  if (instances.length === 0) {
    return [fine('ownership', 'Genesys Cloud for Azure is not in the tenant yet; Latchkey will own what it adds.')];
  }
  const mayChangeAll = granted.includes('Application.ReadWrite.All');
  return instances.map((instance) => {
    const { applicationObjectId, servicePrincipalId } = instance;
    const name = `ownership:${servicePrincipalId}`;
    const remoteIds = { applicationObjectId, servicePrincipalId, ...(ourId ? { owner: ourId } : {}) };
    if (instance.isOwnedByLatchkey) return fine(name, `Latchkey owns ${instance.name}.`, remoteIds);
    if (mayChangeAll) {
      return fine(
        name,
        `Latchkey does not own ${instance.name}, and may change it by Application.ReadWrite.All.`,
        remoteIds,
      );
    }
    const owners = [...new Set(instance.owners.map((owner) => owner.name))].join(', ');
    return {
      name,
      state: 'missing',
      what: `Latchkey does not own ${instance.name} (${owners === '' ? 'nobody does' : `owned by ${owners}`}), so that it can read it and change nothing.`,
      remedy: `A tenant admin adds the service principal ${ourId ?? 'of Latchkey'} as owner of both the app registration and the enterprise application.`,
      remoteIds,
    };
  });
}

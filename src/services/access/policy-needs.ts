import { readFileSync } from 'node:fs';
import type { PolicyRole } from './access-policy.js';
import { readPolicy } from './read-policy.js';
import { rolesWithStepUp } from './step-up.js';

/** What of the installation the policy file needs beside the rest. A file that cannot be used needs nothing. */
export interface PolicyNeeds {
  /** A permission more in Entra: it gives membership of groups. */
  readonly groups: boolean;
  /** Names of the roles whose approvals need a sign-in, and so a client to sign people in with. */
  readonly stepUpRoles: readonly string[];
}

export function policyNeeds(file: string): PolicyNeeds {
  const roles = rolesIn(file);
  return { groups: roles.some(({ gives }) => gives.entra.kind === 'group'), stepUpRoles: rolesWithStepUp(roles) };
}

function rolesIn(file: string): readonly PolicyRole[] {
  try {
    return readPolicy(readFileSync(file, 'utf8')).policy?.roles ?? [];
  } catch {
    return [];
  }
}

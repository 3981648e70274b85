import { readFileSync } from 'node:fs';
import { readPolicy } from './read-policy.js';

/** Whether the policy file gives membership of any group, which takes a permission more. One that cannot be used gives none. */
export function givesGroups(file: string): boolean {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return false;
  }
  return readPolicy(text).policy?.roles.some(({ gives }) => gives.entra.kind === 'group') === true;
}

import { problems } from './api-problem.js';
import type { StoredUser } from './genesys-data.js';

/** The conflict of an outdated version: 409 here; the platform answers some of them with 400. */
export function refuseOtherVersion(user: StoredUser, version: number): void {
  if (version === user.version) return;
  throw problems.conflict(`The user's current version is ${user.version}, but version ${version} was sent.`);
}

import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { markOf } from '../operations/shown-card.js';
import type { Database } from '../platform/database.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';
import { findGenesysUserMadeHere, isCreatedHere } from './created-here.js';
import { notOurs, privileged } from './people-refusals.js';
import { personIn } from './person.js';

/** What a removal would do on both sides, for the card before the confirmation. */
export interface RemovalPlan {
  readonly person: EntraPerson;
  /** How many roles of the application would be taken away. */
  readonly assignments: number;
  /** The user in Genesys that would be deleted. */
  readonly genesysUser?: { readonly id: string; readonly email: string };
  /** A user in Genesys with the person's address, whom Latchkey did not create: stays. */
  readonly genesysStays?: string;
  /** The same for plans that would do the same: what was shown is what is done. */
  readonly mark: string;
}

interface Parts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly database: Database;
}

/** Reads both sides. Refuses whoever was not created here, and whoever holds a directory role or could activate one. */
export async function planRemoval(parts: Parts, personId: string): Promise<RemovalPlan> {
  if (!(await isCreatedHere(parts.database, personId))) throw notOurs('remove');
  const { entra } = parts;
  const [person, standing] = await Promise.all([personIn(entra, personId), entra.findStanding(personId)]);
  if (standing && standing.active.length + standing.eligible.length > 0) throw privileged(person.name, 'delete');
  const [assignments, inGenesys] = await Promise.all([countAssignments(entra, personId), genesysSide(parts, person)]);
  const mark = markOf([assignments, inGenesys.genesysUser?.id ?? '', inGenesys.genesysStays ?? '']);
  return { person, assignments, ...inGenesys, mark };
}

async function countAssignments(entra: Entra, personId: string): Promise<number> {
  const template = await entra.getGalleryTemplate(GALLERY_NAME);
  const instances = await entra.findInstances(template.id);
  const held = await Promise.all(
    instances.map(({ servicePrincipalId }) => entra.findAssignments(personId, servicePrincipalId)),
  );
  return held.flat().length;
}

/** The user whom a run of ours has made, if that is still the one with the address. */
async function genesysSide(
  { genesys, database }: Parts,
  person: EntraPerson,
): Promise<Pick<RemovalPlan, 'genesysUser' | 'genesysStays'>> {
  const made = await findGenesysUserMadeHere(database, person.id);
  const email = made?.email ?? person.userPrincipalName;
  const found = await genesys.findUserByEmail(email);
  if (!found || found.state === 'deleted') return {};
  return found.id === made?.userId ? { genesysUser: { id: found.id, email } } : { genesysStays: email };
}

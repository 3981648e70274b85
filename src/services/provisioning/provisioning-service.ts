import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys, GenesysDivision, GenesysRole, GenesysUser } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { GIVE_ACCESS } from '../people/people-service.js';
import { personIn } from '../people/person.js';
import type { Database } from '../platform/database.js';
import { addressSent, addressWarning, type AddressWarning } from './address-warning.js';
import { claimsSent } from './application-in-use.js';
import { nothingOnOffer, refuseUnfit } from './provisioning-refusals.js';
import { provisionPerson, type ProvisionInput } from './provision-person.js';
import { personLastSeen, rolesHeld, rolesLastSeen, rolesOffered, type HeldRole } from './role-snapshot.js';

/** A role with what it costs. */
export interface OfferedRole extends GenesysRole {
  /** Ids such as `cloudCX1`; absent: they could not be read. */
  readonly licences?: readonly string[];
}

/** The user that Genesys has for the address, in whatever state. */
export interface ExistingUser {
  /** As it is in Genesys: an address may have been another person's before. */
  readonly name: string;
  readonly state: GenesysUser['state'];
  readonly divisionName: string;
  /** What they hold now; of a deleted user: what Genesys has forgotten, and Latchkey noted, as far as it still exists. */
  readonly roles: readonly HeldRole[];
  /** Another person, whose user it was when Latchkey last had to do with it; without a name: no longer in Entra. */
  readonly formerPerson?: { readonly name?: string };
}

/** What a provisioning would do, for the card before the confirmation. */
export interface ProvisioningProposal {
  readonly person: EntraPerson;
  /** The address that the sign-in sends and Genesys looks the user up by. */
  readonly email: string;
  readonly warning?: AddressWarning;
  readonly divisions: readonly GenesysDivision[];
  readonly roles: readonly OfferedRole[];
  /** Preselected. */
  readonly division: GenesysDivision;
  readonly role: GenesysRole;
  /** Absent: Genesys has none. */
  readonly existing?: ExistingUser;
}

export interface ProvisioningWish {
  readonly personId: string;
  readonly divisionId: string;
  readonly roleIds: readonly string[];
  /** Keys (`keyOfRole`) of the noted roles to give back to a deleted user. */
  readonly restores: readonly string[];
}

export interface ProvisioningServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly database: Pick<Database, 'db'>;
}

/** The role given to a Genesys user unless another is chosen: the one everybody has. */
const EVERYBODYS_ROLE = 'employee';

/** Who has a user in Genesys. */
export class ProvisioningService {
  readonly #parts: ProvisioningServiceParts;
  readonly #provision;

  constructor(parts: ProvisioningServiceParts) {
    this.#parts = parts;
    this.#provision = provisionPerson(parts);
    parts.pipeline.register(this.#provision);
  }

  async propose(personId: string): Promise<ProvisioningProposal> {
    const proposal = await this.#read(personId);
    return { ...proposal, roles: await withLicences(this.#parts.genesys, proposal.roles) };
  }

  provision(actor: Actor, wish: ProvisioningWish, claim: Claim): Promise<Started> {
    const prepare = () => this.#provisionInput(wish);
    return this.#parts.pipeline.start(this.#provision, { actor, claim, prepare, wanted: GIVE_ACCESS });
  }

  async #read(personId: string): Promise<ProvisioningProposal> {
    const { entra, genesys } = this.#parts;
    const [person, claims, divisions, roles] = await Promise.all([
      personIn(entra, personId),
      claimsSent(this.#parts),
      genesys.listDivisions(),
      genesys.listRoles(),
    ]);
    const email = addressSent(person, claims);
    const warning = addressWarning(person, claims);
    const division = divisions.find(({ isHome }) => isHome) ?? divisions[0];
    const role = roles.find(({ name }) => name.toLowerCase() === EVERYBODYS_ROLE) ?? roles[0];
    if (!division || !role) throw nothingOnOffer();
    const user = await genesys.findUserByEmail(email);
    const existing = user && (await this.#existing(user, { person, divisions, roles }));
    return {
      ...{ person, email, divisions, roles, division, role },
      ...(warning ? { warning } : {}),
      ...(existing ? { existing } : {}),
    };
  }

  async #existing(
    user: GenesysUser,
    { person, divisions, roles }: Pick<ProvisioningProposal, 'person' | 'divisions' | 'roles'>,
  ): Promise<ExistingUser> {
    const { database, genesys } = this.#parts;
    const { id, name, state, division } = user;
    const formerPerson = await this.#formerPerson(id, person.id);
    const about = { name, state, divisionName: division?.name ?? '', ...(formerPerson ? { formerPerson } : {}) };
    if (state !== 'deleted') return { ...about, roles: await rolesHeld(genesys, id) };
    const noted = formerPerson ? undefined : await rolesLastSeen(database, { userId: id, personId: person.id });
    return { ...about, roles: rolesOffered(noted ?? [], { divisions, roles }) };
  }

  async #formerPerson(userId: string, personId: string): Promise<ExistingUser['formerPerson']> {
    const last = await personLastSeen(this.#parts.database, userId);
    if (last === undefined || last === personId) return undefined;
    const found = await this.#parts.entra.findPerson(last);
    return found ? { name: found.name } : {};
  }

  async #provisionInput(wish: ProvisioningWish): Promise<ProvisionInput> {
    const { person, email, divisions, roles, existing } = await this.#read(wish.personId);
    refuseUnfit(person);
    const division = divisions.find(({ id }) => id === wish.divisionId);
    const chosen = roles.filter(({ id }) => wish.roleIds.includes(id));
    if (!division || chosen.length === 0 || chosen.length < new Set(wish.roleIds).size) throw nothingOnOffer();
    const noted = existing?.state === 'deleted' ? existing.roles : [];
    return {
      ...{ personId: person.id, personName: person.name, email },
      ...{ divisionId: division.id, divisionName: division.name },
      roles: toldApart(chosen).map(({ id, name }) => ({ roleId: id, roleName: name })),
      restores: noted.filter((role) => wish.restores.includes(keyOfRole(role))),
    };
  }
}

/** Names a role in a division within a card. */
export function keyOfRole({ roleId, divisionId }: Pick<HeldRole, 'roleId' | 'divisionId'>): string {
  return `${roleId}:${divisionId}`;
}

/** Two roles may have one name; the steps of a run may not. */
export function toldApart(roles: readonly GenesysRole[]): GenesysRole[] {
  const isTwice = ({ name }: GenesysRole): boolean => roles.filter((role) => role.name === name).length > 1;
  return roles.map((role) => (isTwice(role) ? { ...role, name: `${role.name} (${role.id})` } : role));
}

/** More would take up a minute's worth of what Genesys allows for one card. */
const MOST_WITH_LICENCES = 50;

/** A card without the licences is better than none. The first role is asked for alone, so that a refusal comes once. */
async function withLicences(genesys: Genesys, roles: readonly GenesysRole[]): Promise<OfferedRole[]> {
  const [first, ...others] = roles;
  if (!first) return [];
  const read = async (role: GenesysRole): Promise<OfferedRole> => ({
    ...role,
    licences: await genesys.licencesOf(role.id),
  });
  const unread = (role: GenesysRole): OfferedRole => role;
  const begun = await read(first).catch(() => undefined);
  if (!begun) return [...roles];
  const rest = others.map((role, at) =>
    at < MOST_WITH_LICENCES ? read(role).catch(() => unread(role)) : Promise.resolve(unread(role)),
  );
  return [begun, ...(await Promise.all(rest))];
}

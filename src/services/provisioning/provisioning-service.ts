import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys, GenesysDivision, GenesysRole } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { personIn } from '../people/person.js';
import { claimsSent } from './application-in-use.js';
import { addressSent, nothingOnOffer, refuseUnfit } from './provisioning-refusals.js';
import { provisionPerson, type ProvisionInput } from './provision-person.js';

/** What a provisioning would do, for the card before the confirmation. */
export interface ProvisioningProposal {
  readonly person: EntraPerson;
  /** The address that the sign-in sends and Genesys looks the user up by. */
  readonly email: string;
  readonly divisions: readonly GenesysDivision[];
  readonly roles: readonly GenesysRole[];
  readonly division: GenesysDivision;
  readonly role: GenesysRole;
  /** What Genesys holds now. */
  readonly existing: 'active' | 'inactive' | 'deleted' | 'none';
}

export interface ProvisioningWish {
  readonly personId: string;
  readonly divisionId: string;
  readonly roleId: string;
}

export interface ProvisioningServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
}

/** The role given to a Genesys user unless another is chosen: the one everybody has. */
const EVERYBODYS_ROLE = 'employee';
const GIVE_ACCESS = 'give people access to Genesys Cloud';

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
    const { entra, genesys } = this.#parts;
    const [person, claims, divisions, roles] = await Promise.all([
      personIn(entra, personId),
      claimsSent(this.#parts),
      genesys.listDivisions(),
      genesys.listRoles(),
    ]);
    const email = addressSent(person, claims);
    const division = divisions.find(({ isHome }) => isHome) ?? divisions[0];
    const role = roles.find(({ name }) => name.toLowerCase() === EVERYBODYS_ROLE) ?? roles[0];
    if (!division || !role) throw nothingOnOffer();
    const existing = (await genesys.findUserByEmail(email))?.state ?? 'none';
    return { person, email, divisions, roles, division, role, existing };
  }

  provision(actor: Actor, wish: ProvisioningWish, claim: Claim): Promise<Started> {
    const prepare = () => this.#provisionInput(wish);
    return this.#parts.pipeline.start(this.#provision, { actor, claim, prepare, wanted: GIVE_ACCESS });
  }

  async #provisionInput(wish: ProvisioningWish): Promise<ProvisionInput> {
    const { person, email, divisions, roles } = await this.propose(wish.personId);
    refuseUnfit(person);
    const division = divisions.find(({ id }) => id === wish.divisionId);
    const role = roles.find(({ id }) => id === wish.roleId);
    if (!division || !role) throw nothingOnOffer();
    return {
      ...{ personId: person.id, personName: person.name, email },
      ...{ divisionId: division.id, divisionName: division.name, roleId: role.id, roleName: role.name },
    };
  }
}

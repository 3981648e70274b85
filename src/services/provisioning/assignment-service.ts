import type { AppRole, Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { personIn } from '../people/person.js';
import { applicationInUse } from './application-in-use.js';
import { assignPerson, defaultRole, rolesOnOffer, type AssignInput } from './assign-person.js';
import { noRole, refuseUnfit } from './provisioning-refusals.js';

/** What an assignment would do, for the card before the confirmation. */
export interface AssignmentProposal {
  readonly person: EntraPerson;
  readonly roles: readonly AppRole[];
  /** Preselected. */
  readonly role: AppRole;
  /** The role the person has already, by name. */
  readonly holds: readonly string[];
}

export interface AssignmentServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
}

const GIVE_ACCESS = 'give people access to Genesys Cloud';

/** Who has the application in Entra. */
export class AssignmentService {
  readonly #parts: AssignmentServiceParts;
  readonly #assign;

  constructor(parts: AssignmentServiceParts) {
    this.#parts = parts;
    this.#assign = assignPerson(parts);
    parts.pipeline.register(this.#assign);
  }

  async propose(personId: string): Promise<AssignmentProposal> {
    const { entra } = this.#parts;
    const [person, { ids }] = await Promise.all([personIn(entra, personId), applicationInUse(this.#parts)]);
    const [appRoles, held] = await Promise.all([
      entra.getAppRoles(ids),
      entra.findAssignments(personId, ids.servicePrincipalId),
    ]);
    const role = defaultRole(appRoles);
    if (!role) throw noRole();
    const holds = held.map(({ appRoleId }) => appRoles.find(({ id }) => id === appRoleId)?.displayName ?? appRoleId);
    return { person, roles: rolesOnOffer(appRoles), role, holds };
  }

  assign(actor: Actor, wish: { personId: string; appRoleId: string }, claim: Claim): Promise<Started> {
    const prepare = () => this.#assignInput(wish);
    return this.#parts.pipeline.start(this.#assign, { actor, claim, prepare, wanted: GIVE_ACCESS });
  }

  async #assignInput(wish: { personId: string; appRoleId: string }): Promise<AssignInput> {
    const [person, { ids, templateId }] = await Promise.all([
      personIn(this.#parts.entra, wish.personId),
      applicationInUse(this.#parts),
    ]);
    refuseUnfit(person);
    const role = rolesOnOffer(await this.#parts.entra.getAppRoles(ids)).find(({ id }) => id === wish.appRoleId);
    if (!role) throw noRole();
    const { servicePrincipalId, appId } = ids;
    return {
      ...{ personId: person.id, personName: person.name, userPrincipalName: person.userPrincipalName },
      ...{ servicePrincipalId, appId, templateId, appRoleId: role.id, appRoleName: role.displayName },
    };
  }
}

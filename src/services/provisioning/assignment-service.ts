import type { AppRole, Entra, EntraPerson, InstanceIds } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { GIVE_ACCESS } from '../people/people-service.js';
import { personIn } from '../people/person.js';
import { heldOtherwise, notAssigned } from './access-refusals.js';
import { addressWarning, hasTwoAddresses, type AddressWarning } from './address-warning.js';
import { applicationInUse } from './application-in-use.js';
import { assignPerson, defaultRole, rolesOnOffer, type AssignInput } from './assign-person.js';
import { changeRole, type ChangeRoleInput } from './change-role.js';
import { heldRoles, roleName, type HeldAppRole } from './held-roles.js';
import { noRole, refuseUnfit } from './provisioning-refusals.js';
import { unassign, type UnassignInput } from './unassign.js';

/** What somebody holds of the application, for a card. */
export interface AccessHeld {
  readonly person: EntraPerson;
  /** Given to the person directly. */
  readonly holds: readonly HeldAppRole[];
  /** Given to a group that the person is a direct member of. */
  readonly throughGroups: readonly { readonly group: string; readonly role: string }[];
}

/** What an assignment would do, for the card before the confirmation. */
export interface AssignmentProposal extends AccessHeld {
  readonly roles: readonly AppRole[];
  /** Preselected: a role that is held, else the default one. */
  readonly role: AppRole;
  /** Absent: the sign-in can send one address only. */
  readonly warning?: AddressWarning;
}

/** Another role in place of those that are held. */
export interface RoleChange {
  readonly person: EntraPerson;
  readonly from: readonly HeldAppRole[];
  readonly to: HeldAppRole;
}

export interface RoleWanted {
  readonly personId: string;
  readonly appRoleId: string;
}

export interface AssignmentServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
}

const TAKE_ACCESS = 'take access to Genesys Cloud from people';

/** Who has the application in Entra. */
export class AssignmentService {
  readonly #parts: AssignmentServiceParts;
  readonly #assign;
  readonly #changeRole;
  readonly #unassign;

  constructor(parts: AssignmentServiceParts) {
    this.#parts = parts;
    this.#assign = assignPerson(parts);
    this.#changeRole = changeRole(parts);
    this.#unassign = unassign(parts, 'person');
    parts.pipeline.register(this.#assign);
    parts.pipeline.register(this.#changeRole);
    parts.pipeline.register(this.#unassign);
  }

  /** Whether the actor may take access away. Throws the refusal. */
  async permitTaking(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, TAKE_ACCESS);
  }

  /** Whether the actor may take access from that person: nobody from themselves. Throws the refusal. Asks nobody. */
  async permitTakingFrom(actor: Actor, personId: string): Promise<void> {
    await this.#parts.pipeline.permittedFor(actor, personId, TAKE_ACCESS, 'take access from');
  }

  async propose(personId: string): Promise<AssignmentProposal> {
    const { held, appRoles, ids } = await this.#read(personId);
    const roles = rolesOnOffer(appRoles);
    const role = roles.find(({ id }) => held.holds.some((one) => one.id === id)) ?? defaultRole(appRoles);
    if (!role) throw noRole();
    if (!hasTwoAddresses(held.person)) return { ...held, roles, role };
    const warning = addressWarning(held.person, await this.#parts.entra.findClaims(ids));
    return { ...held, roles, role, ...(warning ? { warning } : {}) };
  }

  /** What choosing that role would change; `undefined` where the person holds none, or this one already. */
  async findChange({ personId, appRoleId }: RoleWanted): Promise<RoleChange | undefined> {
    const { held, appRoles } = await this.#read(personId);
    const to = rolesOnOffer(appRoles).find(({ id }) => id === appRoleId);
    if (!to) throw noRole();
    if (held.holds.length === 0 || held.holds.some(({ id }) => id === appRoleId)) return undefined;
    return { person: held.person, from: held.holds, to: { id: to.id, name: to.displayName } };
  }

  /** What the person holds, for the card of an unassignment. */
  async proposeRemoval(personId: string): Promise<AccessHeld> {
    return (await this.#read(personId)).held;
  }

  assign(actor: Actor, wish: RoleWanted, claim: Claim): Promise<Started> {
    const prepare = () => this.#assignInput(wish);
    return this.#parts.pipeline.start(this.#assign, { actor, claim, prepare, wanted: GIVE_ACCESS });
  }

  changeRole(actor: Actor, wish: RoleWanted, claim: Claim): Promise<Started> {
    const prepare = () => this.#changeInput(wish);
    return this.#parts.pipeline.start(this.#changeRole, { actor, claim, prepare, wanted: GIVE_ACCESS });
  }

  unassign(actor: Actor, personId: string, claim: Claim): Promise<Started> {
    const prepare = () => this.#unassignInput(personId);
    return this.#parts.pipeline.start(this.#unassign, { actor, claim, prepare, wanted: TAKE_ACCESS });
  }

  async #read(
    personId: string,
  ): Promise<{ held: AccessHeld; appRoles: readonly AppRole[]; ids: InstanceIds; templateId: string }> {
    const { entra } = this.#parts;
    const [person, { ids, templateId }] = await Promise.all([personIn(entra, personId), applicationInUse(this.#parts)]);
    const [appRoles, access] = await Promise.all([
      entra.getAppRoles(ids),
      entra.findAccess(personId, ids.servicePrincipalId),
    ]);
    const throughGroups = access.throughGroups.map(({ principalName, appRoleId }) => ({
      ...{ group: principalName, role: roleName(appRoleId, appRoles) },
    }));
    return { held: { person, holds: heldRoles(access.direct, appRoles), throughGroups }, appRoles, ids, templateId };
  }

  async #assignInput(wish: RoleWanted): Promise<AssignInput> {
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

  async #changeInput(wish: RoleWanted): Promise<ChangeRoleInput> {
    const { held, appRoles, ids, templateId } = await this.#read(wish.personId);
    const { person, holds } = held;
    refuseUnfit(person);
    const to = rolesOnOffer(appRoles).find(({ id }) => id === wish.appRoleId);
    if (!to) throw noRole();
    if (holds.length === 0 || holds.some(({ id }) => id === to.id)) throw heldOtherwise(person.name);
    return {
      principal: { ...principalOf(person), kind: 'person' },
      application: applicationOf(ids, templateId),
      from: [...holds],
      to: { id: to.id, name: to.displayName },
    };
  }

  async #unassignInput(personId: string): Promise<UnassignInput> {
    const { held, ids, templateId } = await this.#read(personId);
    const { person, holds } = held;
    if (holds.length === 0) throw notAssigned(person.name);
    return {
      principal: { ...principalOf(person), kind: 'person' },
      application: applicationOf(ids, templateId),
      roles: [...holds],
    };
  }
}

function principalOf({ id, name, userPrincipalName }: EntraPerson): { id: string; name: string; detail: string } {
  return { id, name, detail: userPrincipalName };
}

export function applicationOf(
  { servicePrincipalId, appId }: InstanceIds,
  templateId: string,
): { servicePrincipalId: string; appId: string; templateId: string } {
  return { servicePrincipalId, appId, templateId };
}

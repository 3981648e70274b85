import { sql } from 'kysely';
import type { AppRole, Claims, Entra, EntraPerson, InstanceIds } from '../entra/entra.js';
import type { Genesys, GenesysDivision, GenesysRole } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import {
  createPerson,
  resetPassword,
  type CreatePersonInput,
  type DeliverPassword,
  type ResetPasswordInput,
} from '../people/create-person.js';
import { lookForPerson, parseNewName, type PersonFound } from '../people/person.js';
import type { Database } from '../platform/database.js';
import { findInstanceInUse } from '../sso/read-both-sides.js';
import { assignPerson, defaultRole, rolesOnOffer, type AssignInput } from './assign-person.js';
import {
  addressSent,
  nameTaken,
  noManagedDomain,
  noRole,
  notOurs,
  notSetUp,
  nothingOnOffer,
  personGone,
  refuseUnfit,
  severalInstances,
} from './provisioning-refusals.js';
import { provisionPerson, type ProvisionInput } from './provision-person.js';

/** What an assignment would do, for the card before the confirmation. */
export interface AssignmentProposal {
  readonly person: EntraPerson;
  readonly roles: readonly AppRole[];
  /** Preselected. */
  readonly role: AppRole;
  /** The role the person has already, by name. */
  readonly holds: readonly string[];
}

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

export interface NewPersonProposal {
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mailNickname: string;
  /** Somebody has that user principal name already. */
  readonly existing?: EntraPerson;
}

export interface ProvisioningServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly database: Database;
  readonly deliver: DeliverPassword;
}

/** The role given to a Genesys user unless another is chosen: the one everybody has. */
const EVERYBODYS_ROLE = 'employee';
const GIVE_ACCESS = 'give people access to Genesys Cloud';
const CREATE_PEOPLE = 'create people in Entra';

/** One person: found or created in Entra, assigned there, provisioned in Genesys. */
export class ProvisioningService {
  readonly #parts: ProvisioningServiceParts;
  readonly #assign;
  readonly #provision;
  readonly #create;
  readonly #reset;

  constructor(parts: ProvisioningServiceParts) {
    this.#parts = parts;
    this.#assign = assignPerson(parts);
    this.#provision = provisionPerson(parts);
    this.#create = createPerson(parts);
    this.#reset = resetPassword(parts);
    parts.pipeline.register(this.#assign);
    parts.pipeline.register(this.#provision);
    parts.pipeline.register(this.#create);
    parts.pipeline.register(this.#reset);
  }

  /** Whether the actor may give access. Throws the refusal. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, GIVE_ACCESS);
  }

  /** Whether the actor may give access to that person: nobody for themselves. Throws the refusal. Asks nobody. */
  async permitFor(actor: Actor, personId: string): Promise<void> {
    await this.#parts.pipeline.permittedFor(actor, personId, GIVE_ACCESS);
  }

  /** Whether the actor may create people. Throws the refusal. */
  async permitCreate(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('create-people', actor, CREATE_PEOPLE);
  }

  lookFor(words: string): Promise<PersonFound> {
    return lookForPerson(this.#parts.entra, words);
  }

  async proposeAssignment(personId: string): Promise<AssignmentProposal> {
    const { entra } = this.#parts;
    const [person, { ids }] = await Promise.all([this.#getPerson(personId), this.#application()]);
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
    const [person, { ids, templateId }] = await Promise.all([this.#getPerson(wish.personId), this.#application()]);
    refuseUnfit(person);
    const role = rolesOnOffer(await this.#parts.entra.getAppRoles(ids)).find(({ id }) => id === wish.appRoleId);
    if (!role) throw noRole();
    const { servicePrincipalId, appId } = ids;
    return {
      ...{ personId: person.id, personName: person.name, userPrincipalName: person.userPrincipalName },
      ...{ servicePrincipalId, appId, templateId, appRoleId: role.id, appRoleName: role.displayName },
    };
  }

  async proposeProvisioning(personId: string): Promise<ProvisioningProposal> {
    const { genesys } = this.#parts;
    const [person, claims, divisions, roles] = await Promise.all([
      this.#getPerson(personId),
      this.#claimsSent(),
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
    const { person, email, divisions, roles } = await this.proposeProvisioning(wish.personId);
    refuseUnfit(person);
    const division = divisions.find(({ id }) => id === wish.divisionId);
    const role = roles.find(({ id }) => id === wish.roleId);
    if (!division || !role) throw nothingOnOffer();
    return {
      ...{ personId: person.id, personName: person.name, email },
      ...{ divisionId: division.id, divisionName: division.name, roleId: role.id, roleName: role.name },
    };
  }

  /** The user that would be created for that name, in the tenant's default managed domain. */
  async proposeNewPerson(name: string): Promise<NewPersonProposal> {
    const { displayName, userName } = parseNewName(name);
    const [domain] = await this.#parts.entra.managedDomains();
    if (!domain) throw noManagedDomain();
    const userPrincipalName = `${userName}@${domain}`;
    const taken = await this.#parts.entra.findPeople(userPrincipalName);
    const existing = taken.find((person) => person.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase());
    return { displayName, userPrincipalName, mailNickname: userName, ...(existing ? { existing } : {}) };
  }

  create(actor: Actor, name: string, claim: Claim): Promise<Started> {
    const prepare = () => this.#createInput(name);
    return this.#parts.pipeline.start(this.#create, { actor, claim, prepare, wanted: CREATE_PEOPLE });
  }

  async #createInput(name: string): Promise<CreatePersonInput> {
    const { displayName, userPrincipalName, mailNickname, existing } = await this.proposeNewPerson(name);
    if (existing) throw nameTaken(userPrincipalName);
    return { displayName, userPrincipalName, mailNickname };
  }

  /** Another first password for somebody whom Latchkey created. */
  newPassword(actor: Actor, personId: string, claim: Claim): Promise<Started> {
    const prepare = () => this.#newPasswordInput(personId);
    const wanted = 'set the password of other people';
    return this.#parts.pipeline.start(this.#reset, { actor, claim, prepare, wanted });
  }

  async #newPasswordInput(personId: string): Promise<ResetPasswordInput> {
    const created = await this.#parts.database.db
      .selectFrom('run')
      .select('id')
      .where('kind', '=', 'create-person')
      .where(sql<string>`outcome->>'personId'`, '=', personId)
      .executeTakeFirst();
    if (!created) throw notOurs();
    const person = await this.#getPerson(personId);
    return { personId, displayName: person.name, userPrincipalName: person.userPrincipalName };
  }

  async #getPerson(personId: string): Promise<EntraPerson> {
    const person = await this.#parts.entra.findPerson(personId);
    if (person) return person;
    throw personGone();
  }

  async #claimsSent(): Promise<Claims | undefined> {
    const { inUse } = await findInstanceInUse(this.#parts.entra, this.#parts.genesys);
    return inUse && this.#parts.entra.findClaims(inUse);
  }

  async #application(): Promise<{ ids: InstanceIds; templateId: string }> {
    const { inUse, template, instances } = await findInstanceInUse(this.#parts.entra, this.#parts.genesys);
    if (inUse) return { ids: inUse, templateId: template.id };
    throw instances.length === 0 ? notSetUp() : severalInstances(instances.length);
  }
}

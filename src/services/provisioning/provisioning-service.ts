import { sql } from 'kysely';
import type { AppRole, Claims, Entra, EntraPerson, InstanceIds } from '../entra/entra.js';
import type { Genesys, GenesysDivision, GenesysRole } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { createPerson, resetPassword, type DeliverPassword } from '../people/create-person.js';
import { lookForPerson, parseNewName, type PersonFound } from '../people/person.js';
import type { Database } from '../platform/database.js';
import { Problem } from '../platform/problem.js';
import { findOnlyInstance, GALLERY_NAME } from '../sso/read-both-sides.js';
import { assignPerson, defaultRole, rolesOnOffer } from './assign-person.js';
import { provisionPerson } from './provision-person.js';

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
    await this.#parts.pipeline.permitted('create-people', actor, 'create people in Entra');
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

  async assign(actor: Actor, wish: { personId: string; appRoleId: string }, claim: Claim): Promise<Started> {
    const [person, { ids, templateId }] = await Promise.all([this.#getPerson(wish.personId), this.#application()]);
    refuseUnfit(person);
    const role = rolesOnOffer(await this.#parts.entra.getAppRoles(ids)).find(({ id }) => id === wish.appRoleId);
    if (!role) throw noRole();
    const { servicePrincipalId, appId } = ids;
    const input = {
      ...{ personId: person.id, personName: person.name, userPrincipalName: person.userPrincipalName },
      ...{ servicePrincipalId, appId, templateId, appRoleId: role.id, appRoleName: role.displayName },
    };
    return this.#parts.pipeline.start(this.#assign, { actor, input, claim });
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

  async provision(
    actor: Actor,
    wish: { personId: string; divisionId: string; roleId: string },
    claim: Claim,
  ): Promise<Started> {
    const { person, email, divisions, roles } = await this.proposeProvisioning(wish.personId);
    refuseUnfit(person);
    const division = divisions.find(({ id }) => id === wish.divisionId);
    const role = roles.find(({ id }) => id === wish.roleId);
    if (!division || !role) throw nothingOnOffer();
    const input = {
      ...{ personId: person.id, personName: person.name, email },
      ...{ divisionId: division.id, divisionName: division.name, roleId: role.id, roleName: role.name },
    };
    return this.#parts.pipeline.start(this.#provision, { actor, input, claim });
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

  async create(actor: Actor, name: string, claim: Claim): Promise<Started> {
    const { displayName, userPrincipalName, mailNickname, existing } = await this.proposeNewPerson(name);
    if (existing) throw nameTaken(userPrincipalName);
    return this.#parts.pipeline.start(this.#create, {
      actor,
      input: { displayName, userPrincipalName, mailNickname },
      claim,
    });
  }

  /** Another first password for somebody whom Latchkey created. */
  async newPassword(actor: Actor, personId: string, claim: Claim): Promise<Started> {
    const created = await this.#parts.database.db
      .selectFrom('run')
      .select('id')
      .where('kind', '=', 'create-person')
      .where(sql<string>`outcome->>'personId'`, '=', personId)
      .executeTakeFirst();
    if (!created) throw notOurs();
    const person = await this.#getPerson(personId);
    const input = { personId, displayName: person.name, userPrincipalName: person.userPrincipalName };
    return this.#parts.pipeline.start(this.#reset, { actor, input, claim });
  }

  async #getPerson(personId: string): Promise<EntraPerson> {
    const person = await this.#parts.entra.findPerson(personId);
    if (person) return person;
    throw new Problem({
      kind: 'stale',
      what: 'That person is no longer in Entra.',
      remedy: 'Search for the person again.',
      code: 'person-gone',
    });
  }

  async #claimsSent(): Promise<Claims | undefined> {
    const { only } = await findOnlyInstance(this.#parts.entra);
    return only && this.#parts.entra.findClaims(only);
  }

  async #application(): Promise<{ ids: InstanceIds; templateId: string }> {
    const { only, template, instances } = await findOnlyInstance(this.#parts.entra);
    if (only) return { ids: only, templateId: template.id };
    throw instances.length === 0 ? notSetUp() : severalInstances(instances.length);
  }
}

function notSetUp(): Problem {
  return new Problem({
    kind: 'refused',
    what: `${GALLERY_NAME} is not set up in this tenant yet, so nobody can be assigned to it.`,
    remedy: 'Say “set up sso” first.',
    code: 'not-set-up',
  });
}

function severalInstances(count: number): Problem {
  return new Problem({
    kind: 'refused',
    what: `There are ${count} instances of ${GALLERY_NAME} in this tenant, and Latchkey does not choose between them.`,
    remedy: 'Remove the one that nobody signs in through, in the Entra admin center under Enterprise applications.',
    code: 'two-instances',
  });
}

function addressSent(person: EntraPerson, claims: Claims | undefined): string {
  if (claims?.emailFrom !== 'mail') return person.userPrincipalName;
  if (person.mail) return person.mail;
  throw new Problem({
    kind: 'refused',
    what: `The sign-in sends the mail address, and ${person.name} has none.`,
    remedy: 'Give the person a mail address in Entra.',
    code: 'no-mail',
  });
}

function refuseUnfit(person: EntraPerson): void {
  if (person.isEnabled) return;
  throw new Problem({
    kind: 'refused',
    what: `${person.name} is disabled in Entra and could not sign in.`,
    remedy: 'Enable the account in Entra first.',
    code: 'account-disabled',
  });
}

function noRole(): Problem {
  return new Problem({
    kind: 'refused',
    what: `${GALLERY_NAME} offers no such role to people.`,
    remedy: 'Choose a role from the card; app roles are managed in the Entra admin center under App registrations.',
    code: 'no-such-role',
  });
}

function nothingOnOffer(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'Genesys no longer has that division or role, or does not show any to Latchkey.',
    remedy: 'Open the card again. If nothing is offered, the OAuth client of Latchkey needs authorization:role:view.',
    code: 'no-such-division-or-role',
  });
}

function noManagedDomain(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This tenant has no verified, managed domain, so Latchkey cannot create people in it.',
    remedy: 'Create the person where your directory is mastered, then say “assign” with their name.',
    code: 'no-managed-domain',
  });
}

function nameTaken(userPrincipalName: string): Problem {
  return new Problem({
    kind: 'input',
    what: `${userPrincipalName} exists already.`,
    remedy: 'Use that person, or choose another name.',
    code: 'name-taken',
  });
}

function notOurs(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'Latchkey sets passwords only for people whom it created.',
    remedy: 'Reset the password in the Entra admin center.',
    code: 'not-created-here',
  });
}

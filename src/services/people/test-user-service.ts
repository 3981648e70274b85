import type { Entra, EntraPerson } from '../entra/entra.js';
import type { DeletedPerson } from '../entra/entra-accounts.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import type { Database } from '../platform/database.js';
import {
  createPerson,
  resetPassword,
  type CreatePersonInput,
  type DeliverPassword,
  type ResetPasswordInput,
} from './create-person.js';
import { isCreatedHere } from './created-here.js';
import { keptUntil, nameTaken, noManagedDomain, notOurs, notThatDomain, removalChanged } from './people-refusals.js';
import { parseNewName, personIn } from './person.js';
import { planRemoval, type RemovalPlan } from './plan-removal.js';
import { removeTestUser, type RemoveTestUserInput } from './remove-test-user.js';

export interface NewPersonProposal {
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mailNickname: string;
  /** The part of the user principal name after the @, and what else could stand there; the default domain first. */
  readonly domain: string;
  readonly domains: readonly string[];
  /** Verified domains in which nobody can be created here, as they are federated. */
  readonly federated: readonly string[];
  /** Somebody has that user principal name already. */
  readonly existing?: EntraPerson;
  /** Somebody had it and was deleted; until when Entra keeps them. */
  readonly deleted?: { readonly name: string; readonly until?: Date };
}

/** A new person as they were asked for. */
export interface NewPersonWish {
  readonly name: string;
  /** Absent: the tenant's default one. */
  readonly domain?: string;
}

export interface TestUserServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly database: Database;
  readonly deliver: DeliverPassword;
}

const CREATE_PEOPLE = 'create people in Entra';
const REMOVE_PEOPLE = 'remove test users';
/** Of 999 people who were deleted. Beyond that a card says nothing of them; Entra refuses the name if it is held. */
const DELETED_PAGES = 2;

/** Somebody in Entra to try the sign-in with: found, or created with a first password, and taken away again. */
export class TestUserService {
  readonly #parts: TestUserServiceParts;
  readonly #create;
  readonly #reset;
  readonly #remove;

  constructor(parts: TestUserServiceParts) {
    this.#parts = parts;
    this.#create = createPerson(parts);
    this.#reset = resetPassword(parts);
    this.#remove = removeTestUser(parts);
    parts.pipeline.register(this.#create);
    parts.pipeline.register(this.#reset);
    parts.pipeline.register(this.#remove);
  }

  /** Whether the actor may create people. Throws the refusal. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('create-people', actor, CREATE_PEOPLE);
  }

  /** Whether the actor may remove test users. Throws the refusal. */
  async permitRemoving(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('create-people', actor, REMOVE_PEOPLE);
  }

  /** Whether the actor may remove that person: nobody themselves. Throws the refusal. Asks nobody. */
  async permitRemoval(actor: Actor, personId: string): Promise<void> {
    await this.#parts.pipeline.permittedFor(actor, personId, REMOVE_PEOPLE, 'remove');
  }

  /** The user that would be created for that name, in that domain or the tenant's default managed one. */
  async propose(wish: NewPersonWish): Promise<NewPersonProposal> {
    const proposal = await this.#named(wish);
    if (proposal.existing) return proposal;
    const deleted = await this.#parts.entra.findDeletedPerson(proposal.userPrincipalName, DELETED_PAGES);
    return deleted ? { ...proposal, deleted: shownDeleted(deleted) } : proposal;
  }

  async #named({ name, domain: wanted }: NewPersonWish): Promise<NewPersonProposal> {
    const { displayName, userName } = parseNewName(name);
    const { entra } = this.#parts;
    const all = await entra.listDomains();
    const domains = all.filter(({ isManaged }) => isManaged).map((one) => one.name);
    const federated = all.filter(({ isManaged }) => !isManaged).map((one) => one.name);
    const [first] = domains;
    if (first === undefined) throw noManagedDomain(all);
    const domain = wanted === undefined ? first : domains.find((one) => one === wanted);
    if (domain === undefined) throw notThatDomain(wanted ?? '', domains);
    const userPrincipalName = `${userName}@${domain}`;
    const found = await entra.findPeople(userPrincipalName);
    const existing = found.find((person) => person.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase());
    return {
      ...{ displayName, userPrincipalName, mailNickname: userName, domain, domains, federated },
      ...(existing ? { existing } : {}),
    };
  }

  create(actor: Actor, wish: NewPersonWish, claim: Claim): Promise<Started> {
    const prepare = () => this.#createInput(wish);
    return this.#parts.pipeline.start(this.#create, { actor, claim, prepare, wanted: CREATE_PEOPLE });
  }

  async #createInput(wish: NewPersonWish): Promise<CreatePersonInput> {
    const { displayName, userPrincipalName, mailNickname, existing } = await this.#named(wish);
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
    if (!(await isCreatedHere(this.#parts.database, personId))) throw notOurs('set passwords for');
    const person = await personIn(this.#parts.entra, personId);
    return { personId, displayName: person.name, userPrincipalName: person.userPrincipalName };
  }

  /** What a removal would do. Refuses whoever is not Latchkey's to remove. */
  planRemoval(personId: string): Promise<RemovalPlan> {
    return planRemoval(this.#parts, personId);
  }

  /**
   * Removes, on both sides, somebody whom Latchkey created. Refuses where that would do something else by now than the plan
   * of that mark said.
   */
  remove(actor: Actor, wish: { personId: string; mark: string }, claim: Claim): Promise<Started> {
    const prepare = () => this.#removalInput(wish);
    return this.#parts.pipeline.start(this.#remove, { actor, claim, prepare, wanted: REMOVE_PEOPLE });
  }

  async #removalInput(wish: { personId: string; mark: string }): Promise<RemoveTestUserInput> {
    const { person, genesysUser, genesysStays, mark } = await this.planRemoval(wish.personId);
    if (mark !== wish.mark) throw removalChanged(person.name);
    return {
      ...{ personId: person.id, displayName: person.name, userPrincipalName: person.userPrincipalName },
      ...{ genesysUser: genesysUser ?? null, genesysStays: genesysStays ?? null },
    };
  }
}

function shownDeleted(deleted: DeletedPerson): NonNullable<NewPersonProposal['deleted']> {
  const until = keptUntil(deleted);
  return { name: deleted.name, ...(until ? { until } : {}) };
}

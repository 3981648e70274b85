import { sql } from 'kysely';
import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import type { Database } from '../platform/database.js';
import { nameTaken, noManagedDomain, notOurs } from '../provisioning/provisioning-refusals.js';
import {
  createPerson,
  resetPassword,
  type CreatePersonInput,
  type DeliverPassword,
  type ResetPasswordInput,
} from './create-person.js';
import { parseNewName, personIn } from './person.js';

export interface NewPersonProposal {
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mailNickname: string;
  /** Somebody has that user principal name already. */
  readonly existing?: EntraPerson;
}

export interface TestUserServiceParts {
  readonly entra: Entra;
  readonly pipeline: Pipeline;
  readonly database: Database;
  readonly deliver: DeliverPassword;
}

const CREATE_PEOPLE = 'create people in Entra';

/** Somebody in Entra to try the sign-in with: found, or created with a first password. */
export class TestUserService {
  readonly #parts: TestUserServiceParts;
  readonly #create;
  readonly #reset;

  constructor(parts: TestUserServiceParts) {
    this.#parts = parts;
    this.#create = createPerson(parts);
    this.#reset = resetPassword(parts);
    parts.pipeline.register(this.#create);
    parts.pipeline.register(this.#reset);
  }

  /** Whether the actor may create people. Throws the refusal. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('create-people', actor, CREATE_PEOPLE);
  }

  /** The user that would be created for that name, in the tenant's default managed domain. */
  async propose(name: string): Promise<NewPersonProposal> {
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
    const { displayName, userPrincipalName, mailNickname, existing } = await this.propose(name);
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
    const person = await personIn(this.#parts.entra, personId);
    return { personId, displayName: person.name, userPrincipalName: person.userPrincipalName };
  }
}

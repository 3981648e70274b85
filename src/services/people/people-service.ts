import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Actor } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import { lookForPerson, personIn, type PersonFound } from './person.js';

export interface PeopleServiceParts {
  readonly entra: Entra;
  readonly pipeline: Pipeline;
}

/** The deed as a refusal and the audit name it. */
export const GIVE_ACCESS = 'give people access to Genesys Cloud';

/** People as they are looked for before something is done for them. */
export class PeopleService {
  readonly #parts: PeopleServiceParts;

  constructor(parts: PeopleServiceParts) {
    this.#parts = parts;
  }

  /** Whether the actor may give access. Throws the refusal. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, GIVE_ACCESS);
  }

  /** Whether the actor may give access to that person: nobody for themselves. Throws the refusal. Asks nobody. */
  async permitFor(actor: Actor, personId: string): Promise<void> {
    await this.#parts.pipeline.permittedFor(actor, personId, GIVE_ACCESS);
  }

  /** The person of that object id, for whoever holds any right here. Throws for a stranger, and where there is none any more. */
  async look(actor: Actor, personId: string): Promise<EntraPerson> {
    const { rights } = await this.#parts.pipeline.rightsOf(actor);
    if (rights.length === 0) await this.#parts.pipeline.permitted('look', actor, 'look people up');
    return personIn(this.#parts.entra, personId);
  }

  lookFor(words: string): Promise<PersonFound> {
    return lookForPerson(this.#parts.entra, words);
  }
}

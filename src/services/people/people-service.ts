import type { Entra } from '../entra/entra.js';
import type { Actor } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import { lookForPerson, type PersonFound } from './person.js';

export interface PeopleServiceParts {
  readonly entra: Entra;
  readonly pipeline: Pipeline;
}

const GIVE_ACCESS = 'give people access to Genesys Cloud';

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

  lookFor(words: string): Promise<PersonFound> {
    return lookForPerson(this.#parts.entra, words);
  }
}

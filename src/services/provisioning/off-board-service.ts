import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { personIn } from '../people/person.js';
import { Problem } from '../platform/problem.js';
import { addressesOf, entraAccess, genesysAccess, type EntraAccessHeld, type GenesysAccess } from './access-held.js';
import { offBoard, type OffBoardInput } from './off-board.js';
import { partProblem, type PartProblem } from './off-board-part.js';

/** What a person has now, for whoever is about to take it away. */
export interface OffBoardCard {
  readonly person: EntraPerson;
  readonly entra: EntraAccessHeld;
  /** Entra may refuse to end the sessions of an administrator. */
  readonly holdsDirectoryRole: boolean;
  /** Or why Genesys could not be read: Entra's part is done all the same. */
  readonly genesys: GenesysAccess | PartProblem;
}

export interface OffBoardServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
}

const OFF_BOARD = 'off-board people';

/** Takes people's access away. */
export class OffBoardService {
  readonly #parts: OffBoardServiceParts;
  readonly #offBoard;

  constructor(parts: OffBoardServiceParts) {
    this.#parts = parts;
    this.#offBoard = offBoard(parts);
    parts.pipeline.register(this.#offBoard);
  }

  /** Reads both sides. Throws the refusal: nobody off-boards themselves. */
  async look(actor: Actor, personId: string): Promise<OffBoardCard> {
    const { entra, pipeline } = this.#parts;
    await pipeline.permittedFor(actor, personId, OFF_BOARD, 'off-board');
    const person = await personIn(entra, personId);
    const [standing, held, genesys] = await Promise.all([
      entra.findStanding(personId),
      entraAccess(entra, personId),
      genesysAccess(this.#parts, addressesOf(person)).catch(asPartProblem),
    ]);
    return { person, entra: held, holdsDirectoryRole: (standing?.active.length ?? 0) > 0, genesys };
  }

  offBoard(actor: Actor, personId: string, claim: Claim): Promise<Started> {
    const prepare = async (): Promise<OffBoardInput> => {
      const person = await personIn(this.#parts.entra, personId);
      return { personId: person.id, personName: person.name, ...addressesOf(person) };
    };
    return this.#parts.pipeline.start(this.#offBoard, { actor, claim, prepare, wanted: OFF_BOARD });
  }
}

function asPartProblem(error: unknown): PartProblem {
  if (error instanceof Problem) return partProblem(error.facts);
  throw error;
}

import type { Entra, EntraPerson } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { refuseUnlessShown, sealOf, type Shown } from '../operations/shown-card.js';
import { personIn } from '../people/person.js';
import type { Clock } from '../platform/clock.js';
import type { RunId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import type { Transaction } from '../platform/schema.js';
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
  /** Of what is shown, and when: only that is taken away. */
  readonly seal: string;
}

type BothSides = Pick<OffBoardCard, 'person' | 'entra' | 'genesys'>;

export interface OffBoardServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly clock: Clock;
  /**
   * Ends what the person has for a while and what was asked for them, in the transaction that starts the off-boarding.
   * Returns the runs that go on after it.
   */
  readonly endLeases: (trx: Transaction, personId: string, by: Actor) => Promise<readonly RunId[]>;
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

  /** Whether the actor may off-board anybody. Throws the refusal. */
  async permit(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, OFF_BOARD);
  }

  /** Reads both sides. Throws the refusal: nobody off-boards themselves. */
  async look(actor: Actor, personId: string): Promise<OffBoardCard> {
    const { entra, pipeline, clock } = this.#parts;
    await pipeline.permittedFor(actor, personId, OFF_BOARD, 'off-board');
    const [standing, read] = await Promise.all([entra.findStanding(personId), this.#read(personId)]);
    const holdsDirectoryRole = (standing?.active.length ?? 0) > 0;
    return { ...read, holdsDirectoryRole, seal: sealOf(shownOf(read), clock.now()) };
  }

  /** @param seal of the card that was confirmed; refuses where that showed something else, or is too old. */
  async offBoard(actor: Actor, { personId, seal }: { personId: string; seal: string }, claim: Claim): Promise<Started> {
    const { pipeline, endLeases } = this.#parts;
    const prepare = async (): Promise<OffBoardInput> => {
      const read = await this.#read(personId);
      refuseUnlessShown(seal, shownOf(read), this.#parts.clock.now());
      return { personId: read.person.id, personName: read.person.name, ...addressesOf(read.person) };
    };
    let runs: readonly RunId[] = [];
    const alongside = async (trx: Transaction): Promise<void> => {
      // The transaction may be begun again.
      runs = await endLeases(trx, personId.toLowerCase(), actor);
    };
    const started = await pipeline.start(this.#offBoard, { actor, claim, prepare, alongside, wanted: OFF_BOARD });
    runs.forEach((runId) => pipeline.goOn(runId));
    return started;
  }

  async #read(personId: string): Promise<BothSides> {
    const { entra } = this.#parts;
    const person = await personIn(entra, personId);
    const [held, genesys] = await Promise.all([
      entraAccess(entra, personId),
      genesysAccess(this.#parts, addressesOf(person)).catch(asPartProblem),
    ]);
    return { person, entra: held, genesys };
  }
}

/** What Genesys did not tell is taken away all the same as soon as it answers, and the card says so. */
function shownOf({ entra, genesys }: BothSides): Shown {
  const inEntra = [inOrder(entra.roles), inOrder(entra.groups)];
  if ('remedy' in genesys) return [inEntra, undefined, undefined];
  const { user } = genesys;
  if (!user) return [inEntra, null, null];
  const roles = user.roles?.map(({ roleId, divisionId }) => `${roleId}:${divisionId}`);
  return [inEntra, [user.id, user.state], roles && inOrder(roles)];
}

function inOrder(names: readonly string[]): string[] {
  return [...names].sort();
}

function asPartProblem(error: unknown): PartProblem {
  if (error instanceof Problem) return partProblem(error.facts);
  throw error;
}

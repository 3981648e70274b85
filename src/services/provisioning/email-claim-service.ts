import type { Claims, Entra, InstanceIds } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { refuseUnlessShown, sealOf, type Shown } from '../operations/shown-card.js';
import { personIn } from '../people/person.js';
import type { Clock } from '../platform/clock.js';
import { sourceOf, type EmailSource } from './address-warning.js';
import { applicationInUse } from './application-in-use.js';
import { chooseEmailClaim, type EmailClaimInput } from './choose-email-claim.js';

/** What another source of the claim `Email` would mean. */
export interface EmailClaimCard {
  readonly from: EmailSource;
  readonly to: EmailSource;
  /** How many of the people assigned directly have two addresses; `undefined`: too many to compare. */
  readonly affected: number | undefined;
  /** For whom it is wanted. */
  readonly person?: { readonly id: string; readonly name: string };
  /** Of what is shown, and when: only that is done. */
  readonly seal: string;
}

/** @param personId empty: for nobody in particular. */
export interface EmailClaimWish {
  readonly to: EmailSource;
  readonly personId: string;
}

export interface EmailClaimServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly clock: Clock;
}

interface ClaimRead {
  readonly ids: InstanceIds;
  readonly claims: Claims | undefined;
  readonly affected: number | undefined;
}

const CHOOSE = 'choose which address the sign-in sends';

/** Which address of a person the sign-in sends to Genesys. */
export class EmailClaimService {
  readonly #parts: EmailClaimServiceParts;
  readonly #choose;

  constructor(parts: EmailClaimServiceParts) {
    this.#parts = parts;
    this.#choose = chooseEmailClaim(parts);
    parts.pipeline.register(this.#choose);
  }

  /** Reads both sides. Throws the refusal. */
  async look(actor: Actor, { to, personId }: EmailClaimWish): Promise<EmailClaimCard> {
    await this.#parts.pipeline.permitted('manage-sso', actor, CHOOSE);
    const [read, person] = await Promise.all([this.#read(), this.#findPerson(personId)]);
    const seal = sealOf(shownOf(read, to), this.#parts.clock.now());
    return { from: sourceOf(read.claims), to, affected: read.affected, ...(person ? { person } : {}), seal };
  }

  /** @param seal of the card that was confirmed; refuses where that showed something else, or is too old. */
  choose(actor: Actor, { seal, ...wish }: EmailClaimWish & { seal: string }, claim: Claim): Promise<Started> {
    const prepare = async (): Promise<EmailClaimInput> => {
      const read = await this.#read();
      refuseUnlessShown(seal, shownOf(read, wish.to), this.#parts.clock.now());
      const { ids, claims } = read;
      const person = await this.#findPerson(wish.personId);
      const organizationName = claims?.organizationName ?? (await this.#parts.genesys.getOrganization()).shortName;
      const { applicationObjectId, servicePrincipalId, appId } = ids;
      return { applicationObjectId, servicePrincipalId, appId, to: wish.to, organizationName, person: person ?? null };
    };
    return this.#parts.pipeline.start(this.#choose, { actor, claim, prepare, wanted: CHOOSE });
  }

  async #read(): Promise<ClaimRead> {
    const { entra } = this.#parts;
    const { ids } = await applicationInUse(this.#parts);
    const [claims, affected] = await Promise.all([
      entra.findClaims(ids),
      entra.countAddressMismatches(ids.servicePrincipalId),
    ]);
    return { ids, claims, affected };
  }

  async #findPerson(personId: string): Promise<{ id: string; name: string } | undefined> {
    if (personId === '') return undefined;
    const { id, name } = await personIn(this.#parts.entra, personId);
    return { id, name };
  }
}

function shownOf({ ids, claims, affected }: ClaimRead, to: EmailSource): Shown {
  return [[ids.appId, sourceOf(claims), to, affected ?? null]];
}

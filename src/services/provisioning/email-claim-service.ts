import type { Claims, Entra, InstanceIds } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import { personIn } from '../people/person.js';
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
    const { ids, claims } = await this.#inUse();
    const [affected, person] = await Promise.all([
      this.#parts.entra.countAddressMismatches(ids.servicePrincipalId),
      this.#findPerson(personId),
    ]);
    return { from: sourceOf(claims), to, affected, ...(person ? { person } : {}) };
  }

  choose(actor: Actor, wish: EmailClaimWish, claim: Claim): Promise<Started> {
    const prepare = async (): Promise<EmailClaimInput> => {
      const { ids, claims } = await this.#inUse();
      const person = await this.#findPerson(wish.personId);
      const organizationName = claims?.organizationName ?? (await this.#parts.genesys.getOrganization()).shortName;
      const { applicationObjectId, servicePrincipalId, appId } = ids;
      return { applicationObjectId, servicePrincipalId, appId, to: wish.to, organizationName, person: person ?? null };
    };
    return this.#parts.pipeline.start(this.#choose, { actor, claim, prepare, wanted: CHOOSE });
  }

  async #inUse(): Promise<{ ids: InstanceIds; claims: Claims | undefined }> {
    const { ids } = await applicationInUse(this.#parts);
    return { ids, claims: await this.#parts.entra.findClaims(ids) };
  }

  async #findPerson(personId: string): Promise<{ id: string; name: string } | undefined> {
    if (personId === '') return undefined;
    const { id, name } = await personIn(this.#parts.entra, personId);
    return { id, name };
  }
}

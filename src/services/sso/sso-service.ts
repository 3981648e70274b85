import type { Entra } from '../entra/entra.js';
import type { MicrosoftCloud } from '../entra/microsoft-clouds.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor, Claim } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import { newPlanId, parsePlanId } from '../platform/ids.js';
import type { Log } from '../platform/log.js';
import { Problem } from '../platform/problem.js';
import { findPlan, savePlan, type StoredPlan } from '../platform/plan-store.js';
import type { GenesysRegion } from './genesys-region.js';
import {
  notYourPlan,
  PLAN_MINUTES,
  planOutdated,
  planTooOld,
  refuseObstacles,
  wrongOrganization,
} from './plan-refusals.js';
import { planSetUp, readHash, type SetUpPlan } from './plan-set-up.js';
import { beforeOf } from './before-set-up.js';
import { choiceFor, type InstanceChoice } from './instance-choice.js';
import { readBothSides, type BothSides } from './read-both-sides.js';
import { instanceGone, issuerNotConfirmed } from './set-up-refusals.js';
import { setUpOutcome, type SetUpInput, type SetUpOutcome } from './set-up-record.js';
import { SET_UP_WORDS, setUpSso } from './set-up-sso.js';
import { ssoHealth, type SsoHealth } from './sso-health.js';
import { testLinks, type Reachable, type TestLinks } from './test-links.js';
import type { TileMode } from './saml-settings.js';
import { readSurroundings } from './surroundings.js';

/** A plan as it is shown: bound to what was read, to the asker, and to 15 minutes. */
export interface PlanCard {
  readonly planId: string;
  readonly revision: number;
  readonly plan: SetUpPlan;
  readonly expiresAt: Date;
  readonly askerId: string;
}

/** What a set-up proposes: a plan, or, where there are several instances, the choice between them first. */
export type SetUpProposal =
  { readonly kind: 'plan'; readonly card: PlanCard } | { readonly kind: 'choice'; readonly choice: InstanceChoice };

export interface PlanWish {
  readonly tileMode?: TileMode;
  /** Service principal id of the instance that the admin chose. */
  readonly instance?: string;
}

export interface RunChoice {
  readonly tileMode?: TileMode;
  /** Whether the admin has confirmed that the identity provider which the plan names is replaced. */
  readonly isReplacementConfirmed?: boolean;
}

/** A plan never changes: what would change it makes a new one. */
const PLAN_REVISION = 1;

export interface SsoServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly database: Database;
  readonly clock: Clock;
  readonly region: GenesysRegion;
  readonly cloud: MicrosoftCloud;
  readonly tenantId: string;
  readonly reachable: Reachable;
  /** How long what was written may stay invisible (`REPLICATION_BUDGET_S`), in milliseconds. */
  readonly budgetMs: number;
  readonly log?: Log;
  /** Told at each look until when the certificate is valid that Entra signs with. */
  readonly onCertificate?: (until: Date) => void;
}

/** SAML between the one tenant and the one Genesys organisation that this deployment serves. */
export class SsoService {
  readonly #parts: SsoServiceParts;
  readonly #setUp;

  constructor(parts: SsoServiceParts) {
    this.#parts = parts;
    this.#setUp = setUpSso(parts);
    parts.pipeline.register(this.#setUp);
  }

  /** The region that the deployment is configured for, the only one it can set up. */
  get region(): GenesysRegion {
    return this.#parts.region;
  }

  /** Whether the actor may set up SSO now. Throws the refusal. */
  async permitSetUp(actor: Actor): Promise<void> {
    await this.#parts.pipeline.permitted('manage-sso', actor, SET_UP_WORDS);
  }

  /** Compares what was typed with the organisation of the credential. Throws a `Problem` that names the short name. */
  async checkOrganization(typed: string): Promise<{ shortName: string; name: string }> {
    const organization = await this.#parts.genesys.getOrganization();
    if (typed === organization.shortName) return organization;
    throw wrongOrganization(typed, organization);
  }

  /**
   * Reads both sides and says, per field, what a set-up would do; where there are several instances and none is chosen,
   * which there are. Changes nothing.
   */
  async plan(actor: Actor, wish: PlanWish): Promise<SetUpProposal> {
    await this.permitSetUp(actor);
    const { entra, genesys, region, cloud, tenantId, clock } = this.#parts;
    const reading = readBothSides(entra, genesys, wish.instance);
    const meant = reading.then(({ instance }) => instance?.servicePrincipalId);
    const [sides, around] = await Promise.all([reading, readSurroundings(entra, genesys, meant)]);
    if (wish.instance !== undefined && !sides.instance) throw instanceGone();
    const choice = choiceFor(sides, region, clock.now());
    if (choice) return { kind: 'choice', choice };
    const plan = planSetUp(sides, { region, cloud, tenantId, tileMode: wish.tileMode }, clock.now(), around);
    return { kind: 'plan', card: await this.#store(actor, plan, readHash(sides)) };
  }

  /** A stored plan, for its asker and while it holds. Throws a `Problem` as `setUp` does. */
  async getPlan(actor: Actor, planId: string): Promise<PlanCard> {
    const { id, content, expiresAt, askerId } = await this.#getOwnPlan(actor, planId);
    return { planId: id, revision: PLAN_REVISION, plan: content as unknown as SetUpPlan, expiresAt, askerId };
  }

  /** The instance that a plan is for, by service principal id; also of a plan that no longer holds. */
  async instanceOfPlan(planId: string): Promise<string | undefined> {
    const stored = await findPlan(this.#parts.database.db, parsePlanId(planId));
    return (stored?.content as unknown as SetUpPlan | undefined)?.instance?.servicePrincipalId;
  }

  /**
   * Runs a stored plan. Throws a `Problem`: `stale` when the plan is too old or something was changed since (then a new
   * plan is needed), `refused` when it is another person's plan, the right is gone, something stands in its way, or it
   * replaces another identity provider and nobody has confirmed that.
   */
  async setUp(actor: Actor, planId: string, choice: RunChoice): Promise<Started> {
    const stored = await this.#getOwnPlan(actor, planId);
    // One run for each plan: nothing of the claim is taken from the click, where another revision would start a second.
    const claim: Claim = { reference: `plan:${stored.id}`, verb: 'run', revision: PLAN_REVISION };
    const plan = stored.content as unknown as SetUpPlan;
    // A second click must hear that the run has started, not that the run itself has changed what was read.
    const before = await this.#parts.pipeline.findStarted(claim);
    if (before) return before;
    refuseObstacles(plan);
    if (plan.otherIssuer !== undefined && !choice.isReplacementConfirmed) throw issuerNotConfirmed(plan.otherIssuer);
    // Read while the right is asked for; nothing of it is used or told before that is there.
    const reading = this.#refuseWhenChanged(stored, plan);
    reading.catch(() => undefined);
    const prepare = async (): Promise<SetUpInput> => inputOf({ stored, plan, choice, sides: await reading });
    try {
      return await this.#parts.pipeline.start(this.#setUp, { actor, claim, prepare, wanted: SET_UP_WORDS });
    } catch (error) {
      // Or it has started since, at this replica or another one, and what was read is its own doing.
      const since =
        error instanceof Problem && error.facts.kind === 'stale' && (await this.#parts.pipeline.findStarted(claim));
      if (since) return since;
      throw error;
    }
  }

  /** Whether a sign-in can work now, by what both sides say. Changes nothing. */
  async verify(actor: Actor): Promise<{ health: SsoHealth; canSetUp: boolean }> {
    const { rights } = await this.#parts.pipeline.permitted('look', actor, 'look at the SSO configuration');
    const { entra, genesys, region, cloud, tenantId, clock, onCertificate } = this.#parts;
    const health = ssoHealth(await readBothSides(entra, genesys), { region, cloud, tenantId, now: clock.now() });
    if ('certificate' in health && health.certificate) onCertificate?.(health.certificate.until);
    return { health, canSetUp: rights.includes('manage-sso') };
  }

  /** The links that try the sign-in of that application, as people can reach them. */
  linksFor(application: { shortName: string; appId: string }): TestLinks {
    const { region, cloud, tenantId, reachable } = this.#parts;
    return testLinks({ region, cloud, tenantId, ...application }, reachable);
  }

  /** What the last set-up that succeeded wrote. */
  async lastSetUp(): Promise<SetUpOutcome | undefined> {
    const row = await this.#parts.database.db
      .selectFrom('run')
      .select('outcome')
      .where('kind', '=', this.#setUp.kind)
      .where('state', '=', 'done')
      .orderBy('changed_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (!row?.outcome) return undefined;
    const parsed = setUpOutcome.safeParse(row.outcome);
    // A release before or after this one wrote it: its links are not offered, everything else goes on.
    if (!parsed.success)
      this.#parts.log?.warn({ kind: this.#setUp.kind }, 'The outcome of the last set-up is of another release');
    return parsed.data;
  }

  /** @returns both sides as they are, which is as the plan found them. */
  async #refuseWhenChanged(stored: StoredPlan, plan: SetUpPlan): Promise<BothSides> {
    const chosen = plan.instance?.servicePrincipalId;
    const sides = await readBothSides(this.#parts.entra, this.#parts.genesys, chosen);
    if (readHash(sides) === stored.readHash && sides.organization.shortName === plan.organization.shortName)
      return sides;
    throw planOutdated();
  }

  async #store(actor: Actor, plan: SetUpPlan, hash: string): Promise<PlanCard> {
    const now = this.#parts.clock.now();
    const expiresAt = new Date(now.getTime() + PLAN_MINUTES * 60_000);
    const planId = newPlanId();
    await savePlan(this.#parts.database.db, {
      ...{ id: planId, kind: 'set-up-sso', content: plan, readHash: hash },
      ...{ askerId: actor.personId, madeAt: now, expiresAt },
    });
    return { planId, revision: PLAN_REVISION, plan, expiresAt, askerId: actor.personId };
  }

  /** The plan of that person, while it holds. */
  async #getOwnPlan(actor: Actor, planId: string): Promise<StoredPlan> {
    const stored = await findPlan(this.#parts.database.db, parsePlanId(planId));
    if (!stored) throw planTooOld();
    if (stored.askerId !== actor.personId) throw notYourPlan();
    if (stored.expiresAt <= this.#parts.clock.now()) throw planTooOld();
    return stored;
  }
}

function inputOf(run: { stored: StoredPlan; plan: SetUpPlan; choice: RunChoice; sides: BothSides }): SetUpInput {
  const { stored, plan, choice, sides } = run;
  return {
    planId: stored.id,
    regionKey: plan.regionKey,
    shortName: plan.organization.shortName,
    tenantId: plan.tenantId,
    tileMode: choice.tileMode ?? plan.tileMode,
    emailFrom: plan.emailFrom,
    ...(plan.instance ? { instance: { ...plan.instance } } : {}),
    templateId: sides.template.id,
    ...(plan.otherIssuer === undefined ? {} : { replaces: replacedBy(plan.otherIssuer, sides) }),
    before: beforeOf(sides),
  };
}

/** The certificates are public; they are kept with the run, because Genesys does not hold them any more. */
function replacedBy(issuerUri: string, { provider }: BothSides): NonNullable<SetUpInput['replaces']> {
  return { issuerUri, certificates: (provider?.certificates ?? []).map(({ certificate }) => certificate) };
}

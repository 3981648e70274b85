import type { Entra, Instance, InstanceIds } from '../entra/entra.js';
import type { MicrosoftCloud } from '../entra/microsoft-clouds.js';
import type { Genesys, IdentityProvider } from '../genesys/genesys.js';
import type { Operation, RunContext } from '../operations/operation.js';
import type { Clock } from '../platform/clock.js';
import { paceOf } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import type { Deed } from '../platform/work.js';
import { refuseChangedSince } from './changed-since.js';
import { regionByKey } from './genesys-region.js';
import { newInstance } from './new-instance.js';
import { patiently, readBack, settle, type Patience, type ReadBackParts } from './read-back.js';
import { GALLERY_NAME } from './read-both-sides.js';
import {
  CERTIFICATE_YEARS,
  certificatesThatStay,
  freshActiveCertificate,
  genesysDifferences,
  samlSettings,
  type SamlSettings,
} from './saml-settings.js';
import { setUpInput, type SetUpInput, type SetUpOutcome } from './set-up-record.js';
import { otherIssuer, refuseOtherIssuer } from './set-up-refusals.js';

/** The steps, named as an admin would say them, in the only order that never breaks a working sign-in. */
export const SET_UP_STEPS = [
  `Add ${GALLERY_NAME} from the gallery`,
  'Choose SAML and set Identifier, Reply URL and tile',
  'Send Email and OrganizationName',
  'Have a valid signing certificate',
  'Make Genesys trust the certificate',
  'Let Entra sign with the certificate',
  'Read both sides back and compare',
] as const;

/** Words that follow "… may not". */
export const SET_UP_WORDS = 'set up SSO between Entra and Genesys Cloud';

/** The operations that write the single sign-on settings of both sides: one at a time. */
export const SSO_KINDS: readonly string[] = ['set-up-sso', 'undo-set-up', 'choose-email-claim'];

const DAY_MS = 86_400_000;

export interface SetUpParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly clock: Clock;
  readonly cloud: MicrosoftCloud;
  /** How long what was written may stay invisible (`REPLICATION_BUDGET_S`), in milliseconds. */
  readonly budgetMs: number;
}

/**
 * Sets SAML up on both sides. Every step looks first, so that a step which is repeated changes nothing twice. What Entra
 * may show later holds nothing up: only a certificate must be seen before it is used, and the last step compares all.
 */
export function setUpSso(parts: SetUpParts): Operation<SetUpInput, SetUpOutcome> {
  return {
    kind: 'set-up-sso',
    version: 1,
    right: 'manage-sso',
    input: setUpInput,
    exclusiveAmong: SSO_KINDS,
    wanted: () => SET_UP_WORDS,
    concerns: () => [],
    run: (context) => new SetUp(parts, context).run(),
  };
}

class SetUp {
  readonly #entra: Entra;
  readonly #genesys: Genesys;
  readonly #clock: Clock;
  readonly #context: RunContext<SetUpInput>;
  readonly #settings: SamlSettings;
  readonly #patience: Patience;
  /** Whether this attempt itself has seen Genesys trust the certificate; a resumed run has only its journal. */
  #hasSeenTrust = false;
  /** Whether this attempt itself has seen Entra list the certificate. */
  #hasSeenCertificate = false;
  /** Whether this attempt itself has made the application: nobody else can have written to it. */
  #isNew = false;
  /** Fields of an adopted instance that this attempt has written and not seen yet. */
  readonly #unshown: string[] = [];
  /** One reading serves the steps that follow each other in one attempt; a resumed run reads anew. */
  #read: Promise<Instance> | undefined;

  constructor(parts: SetUpParts, context: RunContext<SetUpInput>) {
    this.#entra = parts.entra;
    this.#genesys = parts.genesys;
    this.#clock = parts.clock;
    this.#patience = { budgetMs: parts.budgetMs, pace: paceOf(parts.clock) };
    this.#context = context;
    const { regionKey, tenantId, shortName, tileMode, emailFrom } = context.input;
    this.#settings = samlSettings({
      region: regionByKey(regionKey),
      cloud: parts.cloud,
      tenantId,
      organizationName: shortName,
      tileMode,
      emailFrom,
    });
  }

  async run(): Promise<SetUpOutcome> {
    const { step } = this.#context;
    const [add] = SET_UP_STEPS;
    const app = await step(add, (attempt) => this.#addFromGallery(attempt));
    try {
      return await this.#connect(app);
    } catch (error) {
      const isEnd = error instanceof Problem && error.facts.kind !== 'waiting';
      if (isEnd) await settle(this.#readBackParts, { app, settings: this.#settings, fields: this.#unshown });
      throw error;
    }
  }

  async #connect(app: InstanceIds): Promise<SetUpOutcome> {
    const { step } = this.#context;
    const [, choose, send, certify, trust, activate, compare] = SET_UP_STEPS;
    await step(choose, () => this.#chooseSaml(app));
    await step(send, () => this.#sendClaims(app));
    const certificate = await step(certify, (attempt) => this.#haveCertificate(app, attempt));
    await step(trust, () => this.#makeGenesysTrust(app, certificate));
    // Up to here no sign-in has changed, so a run that may not go on stops here.
    await step(activate, () => this.#activate(app, certificate), { safePoint: true });
    return step(compare, () => this.#compare(app, certificate));
  }

  async #addFromGallery({ startedAt, ...attempt }: Attempt): Promise<IdsJson> {
    const { instance, templateId } = this.#context.input;
    if (instance) return instance;
    const template =
      templateId === undefined
        ? await this.#entra.getGalleryTemplate(GALLERY_NAME)
        : { id: templateId, displayName: GALLERY_NAME };
    // A set-up creates only where there was none at Run.
    const intent = { since: startedAt, ...attempt, hasNone: true, mayShowLater: true };
    const { asMade, ...ids } = await this.#entra.addFromGallery(template, intent);
    if (asMade) {
      this.#isNew = true;
      this.#read = Promise.resolve(newInstance(ids, asMade));
    }
    const { applicationObjectId, servicePrincipalId, appId } = ids;
    return { applicationObjectId, servicePrincipalId, appId };
  }

  async #chooseSaml(app: InstanceIds): Promise<null> {
    const instance = await this.#instance(app);
    const { identifier, replyUrl, signOnUrl } = this.#settings;
    const isSaml =
      instance.singleSignOnMode === 'saml' && instance.isEnabled && (instance.signOnUrl ?? null) === signOnUrl;
    // SAML mode comes first: Entra accepts an Identifier outside the tenant's domains only for a SAML application.
    if (!isSaml) {
      await this.#entra.setSingleSignOn(app, { signOnUrl, mayShowLater: true });
      this.#wrote('Single sign-on method', 'Enabled for users to sign in', 'Sign-on URL');
    }
    if (!instance.identifiers.includes(identifier) || !instance.replyUrls.includes(replyUrl)) {
      const wish = { identifier, replyUrl, before: instance, mayShowLater: true };
      await this.#entra.setIdentifierAndReplyUrl(app, wish);
      this.#wrote('Identifier', 'Reply URL');
    }
    return null;
  }

  async #sendClaims(app: InstanceIds): Promise<null> {
    const { claims } = await this.#instance(app);
    const { emailFrom, organizationName } = this.#settings;
    const isRight = claims?.emailFrom === emailFrom && claims.organizationName === organizationName;
    const wish = { emailFrom, organizationName, isFirst: this.#isNew, mayShowLater: true };
    if (!isRight) await this.#entra.setClaims(app, wish);
    if (!isRight) this.#wrote('Claim Email', 'Claim OrganizationName');
    return null;
  }

  async #haveCertificate(app: InstanceIds, { startedAt, ...attempt }: Attempt): Promise<CertificateJson> {
    const instance = await this.#instance(app);
    const now = this.#clock.now();
    const wish = {
      ...{ name: this.#mark(), notAfter: yearsFrom(now) },
      ...{ since: startedAt, ...attempt, isFirst: this.#isNew },
    };
    const kept = freshActiveCertificate(instance, now);
    const found = kept ?? (await this.#entra.addSigningCertificate(app, wish));
    this.#hasSeenCertificate = true;
    return { thumbprint: found.thumbprint, certificate: found.certificate, until: found.notAfter.toISOString() };
  }

  async #makeGenesysTrust(app: InstanceIds, wanted: CertificateJson): Promise<null> {
    const [provider, metadata] = await Promise.all([
      this.#genesys.findIdentityProvider(),
      this.#entra.getFederationMetadata(app.appId),
    ]);
    const settings = { ...this.#settings, issuerUri: metadata.entityId, targetUri: metadata.signOnUrl };
    // Again, as in the plan: somebody may have put another identity provider there since, or before a Retry.
    const confirmed = this.#context.input.replaces?.issuerUri;
    const isOther = provider !== undefined && isForeign(provider, settings) && isForeign(provider, this.#settings);
    if (isOther) refuseOtherIssuer(provider, this.#settings, confirmed);
    const isRight =
      genesysDifferences(provider, { settings, ids: app, activeThumbprint: wanted.thumbprint }).length === 0;
    this.#hasSeenTrust = true;
    if (isRight) return null;
    // The keys of another identity provider do not stay: whoever holds them could sign people in under our issuer.
    const kept = isOther ? [] : certificatesThatStay(provider?.certificates ?? [], this.#clock.now());
    const isTrusted = kept.some((certificate) => certificate.thumbprint === wanted.thumbprint);
    await this.#genesys.ensureIdentityProvider(
      {
        name: isOther ? settings.providerName : (provider?.name ?? settings.providerName),
        issuerUri: settings.issuerUri,
        targetUri: settings.targetUri,
        relyingPartyIdentifier: app.appId,
        certificates: [...kept.map(({ certificate }) => certificate), ...(isTrusted ? [] : [wanted.certificate])],
      },
      provider,
    );
    return null;
  }

  async #activate(app: InstanceIds, wanted: CertificateJson): Promise<null> {
    const { activeThumbprint } = await this.#instance(app);
    if (activeThumbprint === wanted.thumbprint) return null;
    // Long ago, perhaps: what Genesys does not trust any more must not be what Entra signs with.
    if (!this.#hasSeenTrust) await this.#makeGenesysTrust(app, wanted);
    await this.#entra.activateSigningCertificate(app, wanted.thumbprint, { isListed: this.#hasSeenCertificate });
    return null;
  }

  async #compare(app: InstanceIds, certificate: CertificateJson): Promise<SetUpOutcome> {
    const { thumbprint } = certificate;
    const settings = await readBack(this.#readBackParts, { app, settings: this.#settings, thumbprint });
    const { regionKey, shortName, tenantId, tileMode } = this.#context.input;
    return {
      ...{ regionKey, shortName, tenantId, tileMode },
      ...{ appId: app.appId, applicationObjectId: app.applicationObjectId, servicePrincipalId: app.servicePrincipalId },
      ...{ issuerUri: settings.issuerUri, targetUri: settings.targetUri, identifier: settings.identifier },
      ...{ thumbprint, certificateUntil: certificate.until },
    };
  }

  get #readBackParts(): ReadBackParts {
    return { entra: this.#entra, genesys: this.#genesys, patience: this.#patience };
  }

  /** An undo of a new application only switches it off, so nothing of it need be seen. */
  #wrote(...fields: readonly string[]): void {
    if (!this.#isNew) this.#unshown.push(...fields);
  }

  #mark(): string {
    return `Latchkey ${this.#context.runId}`;
  }

  #instance(app: InstanceIds): Promise<Instance> {
    this.#read ??= this.#readAnew(app);
    return this.#read;
  }

  async #readAnew(app: InstanceIds): Promise<Instance> {
    const instance = await patiently(() => this.#entra.getInstance(app), this.#patience);
    const { before } = this.#context.input;
    if (before) refuseChangedSince(instance, { before: before.entra, settings: this.#settings });
    return instance;
  }
}

type Attempt = Parameters<Deed<never>>[0];
type IdsJson = { applicationObjectId: string; servicePrincipalId: string; appId: string };
type CertificateJson = { thumbprint: string; certificate: string; until: string };

function isForeign(provider: IdentityProvider, settings: SamlSettings): boolean {
  return otherIssuer(provider, settings) !== undefined;
}

function yearsFrom(now: Date): Date {
  // A day less than Entra's limit: the limit is measured by Entra's clock, not by ours.
  return new Date(now.getTime() + (CERTIFICATE_YEARS * 365 - 1) * DAY_MS);
}

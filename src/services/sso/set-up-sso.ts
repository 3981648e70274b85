import { z } from 'zod';
import type { Entra, Instance, InstanceIds } from '../entra/entra.js';
import type { Genesys, IdentityProvider } from '../genesys/genesys.js';
import type { Operation, RunContext } from '../operations/operation.js';
import { Problem } from '../platform/problem.js';
import type { Clock } from '../platform/clock.js';
import { beforeSetUp } from './before-set-up.js';
import { regionByKey } from './genesys-region.js';
import { GALLERY_NAME } from './read-both-sides.js';
import {
  CERTIFICATE_YEARS,
  certificatesThatStay,
  entraDifferences,
  freshActiveCertificate,
  genesysDifferences,
  samlSettings,
  type Difference,
  type SamlSettings,
} from './saml-settings.js';
import { otherIssuer, refuseOtherIssuer } from './set-up-refusals.js';

export const applicationIds = z.object({
  applicationObjectId: z.string(),
  servicePrincipalId: z.string(),
  appId: z.string(),
});

export const setUpInput = z.object({
  planId: z.string(),
  regionKey: z.string(),
  shortName: z.string(),
  tenantId: z.string(),
  tileMode: z.enum(['signs-straight-in', 'opens-genesys']),
  emailFrom: z.enum(['userprincipalname', 'mail']),
  /** The instance to adopt; absent: one is created. */
  instance: applicationIds.optional(),
  /** The other identity provider in Genesys whose replacement was confirmed, with the certificates that leave with it. */
  replaces: z.object({ issuerUri: z.string(), certificates: z.array(z.string()) }).optional(),
  /** What both sides said at Run, so that it can be put back; absent in runs of the first release. */
  before: beforeSetUp.optional(),
});
export type SetUpInput = z.infer<typeof setUpInput>;

/** What an admin would otherwise have copied by hand between the two consoles. */
export const setUpOutcome = z.object({
  regionKey: z.string(),
  shortName: z.string(),
  tenantId: z.string(),
  tileMode: z.enum(['signs-straight-in', 'opens-genesys']),
  appId: z.string(),
  applicationObjectId: z.string(),
  servicePrincipalId: z.string(),
  issuerUri: z.string(),
  targetUri: z.string(),
  identifier: z.string(),
  thumbprint: z.string(),
  /** ISO 8601. */
  certificateUntil: z.string(),
});
export type SetUpOutcome = z.infer<typeof setUpOutcome>;

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

/** The operations that write the single sign-on settings of both sides: one at a time. */
export const SSO_KINDS: readonly string[] = ['set-up-sso', 'undo-set-up'];

const DAY_MS = 86_400_000;

/** Sets SAML up on both sides. Every step looks first, so that a step which is repeated changes nothing twice. */
export function setUpSso(parts: { entra: Entra; genesys: Genesys; clock: Clock }): Operation<SetUpInput, SetUpOutcome> {
  return {
    kind: 'set-up-sso',
    version: 1,
    right: 'manage-sso',
    input: setUpInput,
    exclusiveAmong: SSO_KINDS,
    wanted: () => 'set up SSO between Entra and Genesys Cloud',
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
  /** Whether this attempt itself has seen Genesys trust the certificate; a resumed run has only its journal. */
  #hasSeenTrust = false;
  /** One reading serves the steps that follow each other in one attempt; a resumed run reads anew. */
  #read: Promise<Instance> | undefined;

  constructor(parts: { entra: Entra; genesys: Genesys; clock: Clock }, context: RunContext<SetUpInput>) {
    this.#entra = parts.entra;
    this.#genesys = parts.genesys;
    this.#clock = parts.clock;
    this.#context = context;
    const { regionKey, tenantId, shortName, tileMode, emailFrom } = context.input;
    this.#settings = samlSettings({
      region: regionByKey(regionKey),
      tenantId,
      organizationName: shortName,
      tileMode,
      emailFrom,
    });
  }

  async run(): Promise<SetUpOutcome> {
    const { step } = this.#context;
    const [add, choose, send, certify, trust, activate, compare] = SET_UP_STEPS;
    const app = await step(add, ({ startedAt }) => this.#addFromGallery(startedAt));
    await step(choose, () => this.#chooseSaml(app));
    await step(send, () => this.#sendClaims(app));
    const certificate = await step(certify, () => this.#haveCertificate(app));
    await step(trust, () => this.#makeGenesysTrust(app, certificate));
    // Up to here no sign-in has changed, so a run that may not go on stops here.
    await step(activate, () => this.#activate(app, certificate), { safePoint: true });
    return step(compare, () => this.#compare(app, certificate));
  }

  async #addFromGallery(since: Date): Promise<IdsJson> {
    const { instance } = this.#context.input;
    if (instance) return instance;
    const made = await this.#entra.addFromGallery(await this.#entra.getGalleryTemplate(GALLERY_NAME), since);
    return {
      applicationObjectId: made.applicationObjectId,
      servicePrincipalId: made.servicePrincipalId,
      appId: made.appId,
    };
  }

  async #chooseSaml(app: InstanceIds): Promise<null> {
    const instance = await this.#instance(app);
    const { identifier, replyUrl, signOnUrl } = this.#settings;
    const isSaml =
      instance.singleSignOnMode === 'saml' && instance.isEnabled && (instance.signOnUrl ?? null) === signOnUrl;
    // SAML mode comes first: Entra accepts an Identifier outside the tenant's domains only for a SAML application.
    if (!isSaml) await this.#entra.setSingleSignOn(app, { signOnUrl });
    if (!instance.identifiers.includes(identifier) || !instance.replyUrls.includes(replyUrl)) {
      await this.#entra.setIdentifierAndReplyUrl(app, { identifier, replyUrl });
    }
    return null;
  }

  async #sendClaims(app: InstanceIds): Promise<null> {
    const { claims } = await this.#instance(app);
    const { emailFrom, organizationName } = this.#settings;
    const isRight = claims?.emailFrom === emailFrom && claims.organizationName === organizationName;
    if (!isRight) await this.#entra.setClaims(app, { emailFrom, organizationName });
    return null;
  }

  async #haveCertificate(app: InstanceIds): Promise<CertificateJson> {
    const instance = await this.#instance(app);
    const now = this.#clock.now();
    const kept = freshActiveCertificate(instance, now);
    const found =
      kept ?? (await this.#entra.addSigningCertificate(app, { name: this.#mark(), notAfter: yearsFrom(now) }));
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
    await this.#entra.activateSigningCertificate(app, wanted.thumbprint);
    return null;
  }

  async #compare(app: InstanceIds, certificate: CertificateJson): Promise<SetUpOutcome> {
    const [instance, provider, metadata] = await Promise.all([
      this.#entra.getInstance(app),
      this.#genesys.findIdentityProvider(),
      this.#entra.getFederationMetadata(app.appId),
    ]);
    const settings = { ...this.#settings, issuerUri: metadata.entityId, targetUri: metadata.signOnUrl };
    const differences: Difference[] = [
      ...entraDifferences(instance, settings),
      ...genesysDifferences(provider, { settings, ids: app, activeThumbprint: instance.activeThumbprint }),
      ...metadataDifferences(metadata.thumbprints, certificate.thumbprint),
    ];
    if (differences.length > 0) throw notAsWritten(differences);
    const { regionKey, shortName, tenantId, tileMode } = this.#context.input;
    return {
      ...{ regionKey, shortName, tenantId, tileMode },
      ...{ appId: app.appId, applicationObjectId: app.applicationObjectId, servicePrincipalId: app.servicePrincipalId },
      ...{ issuerUri: settings.issuerUri, targetUri: settings.targetUri, identifier: settings.identifier },
      ...{ thumbprint: certificate.thumbprint, certificateUntil: certificate.until },
    };
  }

  #mark(): string {
    return `Latchkey ${this.#context.runId}`;
  }

  #instance(app: InstanceIds): Promise<Instance> {
    this.#read ??= this.#entra.getInstance(app);
    return this.#read;
  }
}

type IdsJson = { applicationObjectId: string; servicePrincipalId: string; appId: string };
type CertificateJson = { thumbprint: string; certificate: string; until: string };

function isForeign(provider: IdentityProvider, settings: SamlSettings): boolean {
  return otherIssuer(provider, settings) !== undefined;
}

function yearsFrom(now: Date): Date {
  // A day less than Entra's limit: the limit is measured by Entra's clock, not by ours.
  return new Date(now.getTime() + (CERTIFICATE_YEARS * 365 - 1) * DAY_MS);
}

function metadataDifferences(thumbprints: readonly string[], wanted: string): Difference[] {
  if (thumbprints.includes(wanted)) return [];
  return [
    {
      side: 'Entra',
      field: 'Certificate in the federation metadata',
      is: thumbprints.join(', ') || 'none',
      shouldBe: wanted,
    },
  ];
}

function notAsWritten(differences: readonly Difference[]): Problem {
  const said = differences
    .map(({ side, field, is, shouldBe }) => `${side}, ${field}: is ${is}, should be ${shouldBe}`)
    .join('; ');
  return new Problem({
    kind: 'waiting',
    what: 'Both sides were written, but reading them back shows something else.',
    why: `${said}.`,
    remedy:
      'Entra can need some minutes until every server shows a change, and Latchkey looks again by itself. If somebody has changed it meanwhile, run a new set-up: what is right already is left alone.',
    code: 'not-as-written',
  });
}

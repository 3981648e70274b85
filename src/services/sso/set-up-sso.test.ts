import type { Entra, FederationMetadata, Instance, SigningCertificate } from '../entra/entra.js';
import type { Genesys, IdentityProvider, IdentityProviderSettings } from '../genesys/genesys.js';
import type { Problem } from '../platform/problem.js';
import { newRunId } from '../platform/ids.js';
import type { Json } from '../platform/json.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { GLOBAL_CLOUD } from '../entra/microsoft-clouds.js';
import { regionByKey } from './genesys-region.js';
import { samlSettings } from './saml-settings.js';
import { setUpOutcome } from './set-up-record.js';
import { SET_UP_STEPS, setUpSso } from './set-up-sso.js';

const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
const IDS = { applicationObjectId: 'app', servicePrincipalId: 'sp', appId: 'appid' };
const clock = new StandingClock();
const settings = samlSettings({
  region: regionByKey('eu_central_1'),
  cloud: GLOBAL_CLOUD,
  ...{ tenantId: TENANT, organizationName: 'contoso-gc', tileMode: 'signs-straight-in' as const },
});
const OLD = certificate('A', true);
const NEW = certificate('B', false);

function certificate(letter: string, isActive: boolean): SigningCertificate {
  const [notBefore, notAfter] = [new Date('2026-01-01'), new Date('2029-01-01')];
  return { thumbprint: letter.repeat(40), certificate: letter, subject: 'CN=x', notBefore, notAfter, isActive };
}

/** Both systems as two objects that keep what is written, and in which order. */
class Sides {
  readonly writes: string[] = [];
  active = OLD.thumbprint;
  provider: IdentityProvider | undefined = {
    ...{ name: 'Microsoft Entra ID', isDisabled: false, issuerUri: settings.issuerUri, targetUri: settings.targetUri },
    ...{ relyingPartyIdentifier: 'appid', certificates: [OLD], unmanaged: {} },
  };

  readonly entra = {
    getSettings: () => this.entra.getInstance(IDS),
    getInstance: async (): Promise<Instance> => ({
      ...IDS,
      ...{ displayName: 'Genesys', isEnabled: true, isAssignmentRequired: true, singleSignOnMode: 'saml' },
      ...{ identifiers: [settings.identifier], replyUrls: [settings.replyUrl], appRoles: [], owners: [] },
      ...{ certificates: [OLD, NEW], activeThumbprint: this.active, isOwnedByLatchkey: true },
      claims: {
        ...{ emailFrom: 'userprincipalname', organizationName: 'contoso-gc' },
        ...{ includesBasicClaims: true, otherClaims: [] },
      },
    }),
    getFederationMetadata: async (): Promise<FederationMetadata> => ({
      ...{ entityId: settings.issuerUri, signOnUrl: settings.targetUri },
      thumbprints: [OLD.thumbprint, NEW.thumbprint],
    }),
    activateSigningCertificate: async (_ids: unknown, thumbprint: string): Promise<void> => {
      this.writes.push(`Entra signs with ${thumbprint.charAt(0)}`);
      this.active = thumbprint;
    },
  } as unknown as Entra;

  readonly genesys = {
    findIdentityProvider: async () => this.provider,
    ensureIdentityProvider: async (wanted: IdentityProviderSettings) => {
      this.writes.push(`Genesys trusts ${wanted.certificates.join(' and ')}`);
      const certificates = wanted.certificates.map((letter) => ({
        ...{ certificate: letter, thumbprint: letter.repeat(40) },
      }));
      this.provider = { ...wanted, isDisabled: false, certificates, unmanaged: {} };
      return this.provider;
    },
  } as unknown as Genesys;
}

/** Runs the set-up of the instance with a new certificate, with these steps done before, as after *Retry*. */
function resume(sides: Sides, done: readonly string[], confirmed?: string): Promise<unknown> {
  const chosen = { thumbprint: NEW.thumbprint, certificate: NEW.certificate, until: NEW.notAfter.toISOString() };
  const kept = new Map<string, Json>(done.map((name) => [name, name === SET_UP_STEPS[3] ? chosen : null]));
  if (done.includes(SET_UP_STEPS[0])) kept.set(SET_UP_STEPS[0], IDS);
  return setUpSso({ entra: sides.entra, genesys: sides.genesys, clock, cloud: GLOBAL_CLOUD, budgetMs: 0 }).run({
    input: {
      ...{ planId: newRunId(), regionKey: 'eu_central_1', shortName: 'contoso-gc', tenantId: TENANT, instance: IDS },
      ...{ tileMode: 'signs-straight-in', emailFrom: 'userprincipalname' },
      ...(confirmed === undefined ? {} : { replaces: { issuerUri: confirmed, certificates: [] } }),
    },
    ...{ runId: newRunId(), actor: ada, waitFor: () => Promise.resolve(undefined) },
    step: async <T>(name: string, deed: (attempt: { startedAt: Date }) => Promise<T>): Promise<T> =>
      kept.has(name) ? (kept.get(name) as T) : deed({ startedAt: clock.now() }),
  });
}

test('Genesys trusts the new certificate beside the old one before Entra signs with it', async () => {
  const sides = new Sides();

  await resume(sides, SET_UP_STEPS.slice(0, 4));

  expect(sides.writes).toEqual(['Genesys trusts A and B', 'Entra signs with B']);
});

test('a run that is resumed at the activation makes sure that Genesys still trusts the certificate', async () => {
  const sides = new Sides();

  await resume(sides, SET_UP_STEPS.slice(0, 5));

  expect(sides.writes).toEqual(['Genesys trusts A and B', 'Entra signs with B']);
});

test.each([
  ['before Genesys is written', 4],
  ['before the activation', 5],
])('another identity provider that was put into Genesys since the plan is left alone, %s', async (_when, steps) => {
  const sides = new Sides();
  if (sides.provider) sides.provider = { ...sides.provider, issuerUri: 'https://adfs.fabrikam.example/' };

  const facts = await resume(sides, SET_UP_STEPS.slice(0, steps)).catch((error: Problem) => error.facts);

  expect(facts).toMatchObject({ kind: 'refused', code: 'foreign-issuer' });
  expect(sides.writes).toEqual([]);
});

describe('A run whose plan was confirmed to replace another identity provider', () => {
  const OTHER = 'https://adfs.fabrikam.example/';
  const theirs = (issuerUri: string): Sides => {
    const sides = new Sides();
    if (sides.provider) sides.provider = { ...sides.provider, issuerUri, name: 'Fabrikam' };
    return sides;
  };

  test('puts Entra in its place, and its certificate is trusted no longer', async () => {
    const sides = theirs(OTHER);

    await resume(sides, SET_UP_STEPS.slice(0, 4), OTHER);

    expect(sides.writes).toEqual(['Genesys trusts B', 'Entra signs with B']);
    expect(sides.provider).toMatchObject({ name: 'Microsoft Entra ID', issuerUri: settings.issuerUri });
  });

  test('keeps, when it goes on after its own write, the certificates that are Entra’s', async () => {
    const sides = new Sides();

    await resume(sides, SET_UP_STEPS.slice(0, 5), OTHER);

    expect(sides.writes).toEqual(['Genesys trusts A and B', 'Entra signs with B']);
  });

  test('stops before a third one that nobody has confirmed', async () => {
    const sides = theirs('https://adfs.third.example/');

    const facts = await resume(sides, SET_UP_STEPS.slice(0, 4), OTHER).catch((error: Problem) => error.facts);

    expect(facts).toMatchObject({ kind: 'refused', code: 'foreign-issuer' });
    expect(sides.writes).toEqual([]);
  });
});

describe('The record of a set-up that is done', () => {
  const right = {
    ...{ regionKey: 'eu_central_1', shortName: 'contoso-gc', tenantId: TENANT, tileMode: 'signs-straight-in' },
    ...IDS,
    ...{ issuerUri: 'i', targetUri: 't', identifier: 'x', thumbprint: 'A', certificateUntil: '2029-01-01T00:00:00Z' },
  };

  test.each([
    ['of this release', right, right],
    ['of a later one that says more', { ...right, more: 1 }, right],
    ['without a value that this one needs', { ...right, appId: undefined }, undefined],
    ['that is no record at all', 'done', undefined],
  ])('%s is read as far as it can be', (_what, stored, read) => {
    expect(setUpOutcome.safeParse(stored).data).toEqual(read);
  });
});

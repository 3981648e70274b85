import fc from 'fast-check';
import type { Instance, SigningCertificate } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { GLOBAL_CLOUD } from '../entra/microsoft-clouds.js';
import { beforeOf, type BeforeSetUp } from './before-set-up.js';
import { regionByKey } from './genesys-region.js';
import { samlSettings } from './saml-settings.js';
import { planUndo, type Now, type Written } from './undo-plan.js';

const AT = new Date('2026-11-24T09:00:00Z');
const settings = samlSettings({
  region: regionByKey('eu_central_1'),
  cloud: GLOBAL_CLOUD,
  tenantId: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  organizationName: 'contoso-gc',
  tileMode: 'signs-straight-in',
});
const FORMER = 'A'.repeat(40);
const MADE = 'B'.repeat(40);
const THIRD = 'C'.repeat(40);
const wrote: Written = { settings, madeThumbprint: MADE };

function certificate(thumbprint: string, { isActive = false, days = 300 } = {}): SigningCertificate {
  return {
    ...{ thumbprint, certificate: thumbprint, subject: 'CN=x', isActive },
    notBefore: new Date(AT.getTime() - 86_400_000),
    notAfter: new Date(AT.getTime() + days * 86_400_000),
  };
}

/** The instance as a set-up left it. */
function written(changes: Partial<Instance> = {}): Instance {
  return {
    ...{
      applicationObjectId: 'app',
      servicePrincipalId: 'sp',
      appId: 'app-id',
      displayName: 'Genesys Cloud for Azure',
    },
    ...{ isEnabled: true, isAssignmentRequired: true, singleSignOnMode: 'saml' },
    ...{ identifiers: [settings.identifier], replyUrls: [settings.replyUrl], appRoles: [], owners: [] },
    certificates: [certificate(FORMER), certificate(MADE, { isActive: true })],
    activeThumbprint: MADE,
    claims: {
      ...{ emailFrom: 'userprincipalname', organizationName: 'contoso-gc', nameIdFrom: 'userprincipalname' },
      ...{ includesBasicClaims: true, otherClaims: [] },
    },
    isOwnedByLatchkey: true,
    ...changes,
  };
}

function provider(changes: Partial<IdentityProvider> = {}): IdentityProvider {
  return {
    ...{ name: 'Microsoft Entra ID', isDisabled: false, relyingPartyIdentifier: 'app-id', unmanaged: {} },
    ...{ issuerUri: settings.issuerUri, targetUri: settings.targetUri },
    certificates: [FORMER, MADE].map((thumbprint) => ({ thumbprint, certificate: thumbprint })),
    ...changes,
  };
}

/** A working instance before a set-up that only made a new certificate. */
const working: BeforeSetUp = beforeOf({
  instance: written({ activeThumbprint: FORMER, certificates: [certificate(FORMER, { isActive: true })] }),
  provider: provider({ certificates: [{ thumbprint: FORMER, certificate: FORMER }] }),
});

function actions(before: BeforeSetUp, now: Partial<Now>): Record<string, string> {
  const lines = planUndo(before, wrote, { instance: written(), provider: provider(), at: AT, ...now });
  return Object.fromEntries(lines.map(({ key, action }) => [key, action]));
}

test('a new certificate: Entra signs with the former one again, and Genesys trusts the new one no more', () => {
  expect(actions(working, {})).toEqual({ activeCertificate: 'put-back', trustedCertificate: 'put-back' });
});

test('once it is put back there is nothing left to undo', () => {
  const instance = written({ activeThumbprint: FORMER });
  const back = provider({ certificates: [{ thumbprint: FORMER, certificate: FORMER }] });

  expect(actions(working, { instance, provider: back })).toEqual({});
});

test.each([
  [
    'has expired',
    written({ certificates: [certificate(FORMER, { days: -1 }), certificate(MADE, { isActive: true })] }),
    provider(),
  ],
  [
    'is no longer trusted',
    written(),
    provider({ certificates: [THIRD, MADE].map((one) => ({ thumbprint: one, certificate: one })) }),
  ],
])('a former certificate that %s does not come back: sign-in goes on with the new one', (_, instance, now) => {
  expect(actions(working, { instance, provider: now })).toMatchObject({
    ...{ activeCertificate: 'stays', trustedCertificate: 'stays' },
  });
});

test('a certificate that somebody activated since is left alone, and ours leaves', () => {
  expect(actions(working, { instance: written({ activeThumbprint: THIRD }) })).toEqual({
    ...{ activeCertificate: 'changed-since', trustedCertificate: 'put-back' },
  });
});

test('the only valid certificate of Genesys stays', () => {
  const before = beforeOf({ instance: undefined, provider: provider({ certificates: [] }) });

  expect(
    actions(before, { provider: provider({ certificates: [{ thumbprint: MADE, certificate: MADE }] }) }),
  ).toMatchObject({
    trustedCertificate: 'stays',
  });
});

test('an application that the set-up made is switched off, and a provider that it made is removed', () => {
  const nothing = beforeOf({ instance: undefined, provider: undefined });
  const ours = provider({ certificates: [{ thumbprint: MADE, certificate: MADE }] });

  expect(actions(nothing, { provider: ours })).toEqual({ application: 'put-back', provider: 'put-back' });
  expect(actions(nothing, { provider: undefined })).toEqual({ application: 'put-back' });
  expect(actions(nothing, { provider: provider() })).toMatchObject({ provider: 'changed-since' });
  const off = written({ isEnabled: false });
  const { activeThumbprint, ...inactive } = off;
  expect(activeThumbprint).toBe(MADE);
  expect(actions(nothing, { instance: inactive, provider: undefined })).toEqual({ application: 'stays' });
});

test('a value counts by itself: what others changed since stays theirs', () => {
  const before: BeforeSetUp = {
    entra: {
      ...{ isEnabled: false, singleSignOnMode: null, signOnUrl: 'https://contoso.example/', activeThumbprint: MADE },
      ...{ identifiers: [], replyUrls: ['https://contoso.example/acs'], emailFrom: null, organizationName: 'old-org' },
    },
    genesys: null,
  };
  const instance = written({
    signOnUrl: 'https://somebody.example/',
    replyUrls: [settings.replyUrl, 'https://new.example/'],
  });

  expect(actions(before, { instance, provider: undefined })).toEqual({
    ...{ enabled: 'put-back', method: 'put-back', signOnUrl: 'changed-since', identifier: 'put-back' },
    ...{ replyUrl: 'put-back', email: 'put-back', organizationName: 'put-back' },
  });
});

test.each([
  ['of this application alone are put back', 'old-org', undefined, 'put-back'],
  ['that others rest on by now stay', 'old-org', 'shared', 'stays'],
] as const)('claims in a claims policy %s, and the line says where they stand', (_, was, leftAlone, action) => {
  const { entra, genesys } = working;
  const before: BeforeSetUp = { entra: entra && { ...entra, organizationName: was }, genesys };
  const { claims } = written();
  if (!claims) throw new Error('It sends claims.');
  const policy = { id: 'p', name: 'Contoso claims', ...(leftAlone ? { leftAlone } : {}) };
  const instance = written({ claims: { ...claims, policy } });

  const lines = planUndo(before, wrote, { instance, provider: provider(), at: AT });

  expect(lines.find(({ key }) => key === 'organizationName')).toMatchObject({
    action,
    ...(action === 'stays' ? { why: expect.stringContaining('Contoso claims') as string } : {}),
  });
});

const text = fc.constantFrom('https://one.example/', 'https://two.example/', settings.issuerUri, settings.targetUri);
const anyProvider = fc.option(
  fc
    .record({
      issuerUri: text,
      targetUri: text,
      isDisabled: fc.boolean(),
      certificates: fc.subarray([FORMER, MADE, THIRD]),
    })
    .map(({ certificates, ...rest }) =>
      provider({ ...rest, certificates: certificates.map((one) => ({ thumbprint: one, certificate: one })) }),
    ),
  { nil: undefined },
);
const anyInstance = fc
  .record({
    ...{ isEnabled: fc.boolean(), activeThumbprint: fc.constantFrom(FORMER, MADE, THIRD) },
    identifiers: fc.subarray([settings.identifier, 'api://other']),
  })
  .map((changes) => written(changes));

test('whatever stands there, nothing is put back that the set-up did not write, and Entra never signs unheard', () => {
  fc.assert(
    fc.property(anyInstance, anyProvider, anyInstance, anyProvider, (was, providerWas, instance, now) => {
      const before = beforeOf({ instance: was, provider: providerWas });
      const lines = planUndo(before, wrote, { instance, provider: now, at: AT });
      const putBack = new Set(lines.filter(({ action }) => action === 'put-back').map(({ key }) => key));

      for (const { is, was: former, action } of lines) if (action === 'put-back') expect(is).not.toBe(former);
      if (putBack.has('activeCertificate')) {
        expect(instance.activeThumbprint).toBe(MADE);
        expect(now?.certificates.map(({ thumbprint }) => thumbprint)).toContain(was.activeThumbprint);
      }
      // What Genesys stops trusting is not what Entra signs with afterwards.
      const signsWithAfter = putBack.has('activeCertificate') ? was.activeThumbprint : instance.activeThumbprint;
      if (putBack.has('trustedCertificate') && was.activeThumbprint !== MADE) expect(signsWithAfter).not.toBe(MADE);
      if (putBack.has('issuer')) expect(now?.issuerUri).toBe(settings.issuerUri);
    }),
  );
});

import fc from 'fast-check';
import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';
import { planSetUp, readHash, type SetUpPlan } from './plan-set-up.js';
import type { BothSides } from './read-both-sides.js';
import { certificate, changed, instance, NOW, provider, settings, sides, wish } from './testing/two-sides.js';

test('where both sides are right there is nothing to do, and every field stays', () => {
  const plan = planSetUp(sides(), wish, NOW);
  expect(plan.isNothingToDo).toBe(true);
  expect(changed(plan)).toEqual([]);
});

test('from nothing, every field is new and one certificate is made', () => {
  const plan = planSetUp(sides({ instance: undefined, provider: undefined, assigned: 0 }), wish, NOW);
  expect(plan.isNothingToDo).toBe(false);
  expect(plan.fields.every(({ before }) => before === undefined)).toBe(true);
  expect(plan.fields).toContainEqual({
    side: 'Entra',
    field: 'Signing certificate',
    after: 'a new one, valid for 3 years',
  });
});

test.each([
  ['the Identifier of another region', { identifiers: ['https://login.mypurecloud.ie/saml'] }, ['Identifier']],
  ['a claim that nobody set', { claims: undefined }, ['Claim Email', 'Claim OrganizationName']],
  [
    'a certificate that ends within 60 days',
    { certificates: [certificate({ notAfter: new Date('2027-01-01') })] },
    ['Signing certificate', 'Trusted certificates'],
  ],
  ['a disabled application', { isEnabled: false }, ['Enabled for users to sign in']],
] as const)('%s: just that is changed', (_what, wrong, fields) => {
  const plan = planSetUp(sides({ instance: instance(wrong as Partial<Instance>) }), wish, NOW);
  expect(plan.isNothingToDo).toBe(false);
  expect(changed(plan)).toEqual(fields);
});

test('an Identifier that somebody else added stays beside ours', () => {
  const plan = planSetUp(sides({ instance: instance({ identifiers: ['https://theirs'] }) }), wish, NOW);
  const field = plan.fields.find((one) => one.field === 'Identifier');
  expect(field).toMatchObject({ before: 'https://theirs', after: expect.stringContaining('https://theirs') as string });
});

test('certificates that Genesys trusts stay beside the one that is added', () => {
  const trusted = [{ certificate: 'x', thumbprint: 'B'.repeat(40) }];
  const plan = planSetUp(sides({ provider: provider({ certificates: trusted }) }), wish, NOW);
  expect(plan.fields.find(({ field }) => field === 'Trusted certificates')).toMatchObject({
    before: '…BBBBBBBB',
    after: '…BBBBBBBB, …AAAAAAAA',
  });
});

test('an expired certificate is shown as leaving when the provider is written, and makes room', () => {
  const expired = { certificate: 'y', thumbprint: 'C'.repeat(40), notAfter: new Date('2026-01-01') };
  const valid = ['1', '2', '3', '4'].map((digit) => ({ certificate: digit, thumbprint: digit.repeat(40) }));
  const plan = planSetUp(sides({ provider: provider({ certificates: [...valid, expired] }) }), wish, NOW);
  expect(plan.fields.find(({ field }) => field === 'Trusted certificates')).toMatchObject({
    before: expect.stringContaining('…CCCCCCCC') as string,
    after: '…11111111, …22222222, …33333333, …44444444, …AAAAAAAA',
  });
  expect(plan.warnings).toContainEqual(expect.stringContaining('expired certificate'));
});

test('where nothing is written to Genesys, an expired certificate stays', () => {
  const expired = { certificate: 'y', thumbprint: 'C'.repeat(40), notAfter: new Date('2026-01-01') };
  const ours = { certificate: 'x', thumbprint: 'A'.repeat(40) };
  const plan = planSetUp(sides({ provider: provider({ certificates: [ours, expired] }) }), wish, NOW);
  expect([plan.isNothingToDo, changed(plan)]).toEqual([true, []]);
});

test.each([
  ['another application of the same tenant', { provider: provider({ relyingPartyIdentifier: 'old-app' }) }, 'old-app'],
  [
    'an address from another attribute',
    { instance: instance({ claims: { emailFrom: 'othermail', includesBasicClaims: true, otherClaims: [] } }) },
    'othermail',
  ],
  [
    'a certificate that Entra chose by itself',
    { instance: instance({ certificates: [certificate({ isActive: false })], activeThumbprint: undefined }) },
    'marked active',
  ],
] as const)('people who sign in through %s are thought of before it changes', (_what, now, named) => {
  const plan = planSetUp(sides(now as Partial<BothSides>), wish, NOW);
  expect(plan.warnings).toContainEqual(expect.stringContaining(named));
});

test('an instance keeps its tile and its e-mail claim unless the admin chooses', () => {
  const kept = planSetUp(sides({ instance: instance({ signOnUrl: 'https://login.mypurecloud.de' }) }), wish, NOW);
  expect([kept.tileMode, kept.isNothingToDo]).toEqual(['opens-genesys', true]);
  const byMail = instance({
    claims: { emailFrom: 'mail', organizationName: 'contoso-gc', includesBasicClaims: true, otherClaims: [] },
  });
  expect(planSetUp(sides({ instance: byMail }), wish, NOW)).toMatchObject({ emailFrom: 'mail', isNothingToDo: true });
});

test.each([
  [
    'two instances and no choice',
    { instances: [instance(), instance({ appId: 'other' })], instance: undefined },
    'several-instances',
  ],
  [
    'an instance of somebody else',
    { instance: instance({ isOwnedByLatchkey: false, owners: [{ id: '1', name: 'Omar', of: 'application' }] }) },
    'not-owned',
  ],
  [
    'five trusted certificates, none of them ours',
    {
      provider: provider({
        certificates: ['1', '2', '3', '4', '5'].map((digit) => ({ certificate: digit, thumbprint: digit.repeat(40) })),
      }),
    },
    'no-room-for-certificate',
  ],
] as const)('%s is refused with what to do', (_what, wrong, code) => {
  const plan = (): SetUpPlan => planSetUp(sides(wrong as Partial<BothSides>), wish, NOW);
  expect(plan).toThrow(Problem);
  try {
    plan();
  } catch (error) {
    expect((error as Problem).facts).toMatchObject({ kind: 'refused', code });
    expect((error as Problem).facts.remedy.length).toBeGreaterThan(20);
  }
});

test('whatever was read, a plan with nothing to do changes no field, and any other plan changes one', () => {
  const some = <T>(right: T, ...wrong: T[]): fc.Arbitrary<T> => fc.constantFrom(right, ...wrong);
  const instances = fc
    .record({
      singleSignOnMode: some<string | undefined>('saml', undefined, 'password'),
      identifiers: some([settings.identifier], [], ['https://theirs']),
      replyUrls: some([settings.replyUrl], []),
      isEnabled: some(true, false),
      signOnUrl: some<string | undefined>(undefined, 'https://login.mypurecloud.de'),
      certificates: some([certificate()], [], [certificate({ isActive: false })]),
    })
    .map((changes) => instance(changes as Partial<Instance>));
  const providers = fc
    .record({
      isDisabled: some(false, true),
      targetUri: some<string | undefined>(settings.targetUri, 'https://old'),
      relyingPartyIdentifier: some<string | undefined>('appid', undefined),
    })
    .map((changes) => provider(changes as Partial<IdentityProvider>));

  fc.assert(
    fc.property(fc.option(instances, { nil: undefined }), fc.option(providers, { nil: undefined }), (one, other) => {
      const plan = planSetUp(sides({ instance: one, provider: other }), wish, NOW);
      expect(changed(plan).length === 0).toBe(plan.isNothingToDo);
    }),
  );
});

test('the digest changes with anything that was read', () => {
  const before = readHash(sides());
  expect(readHash(sides())).toBe(before);
  expect(readHash(sides({ assigned: 4 }))).not.toBe(before);
  expect(readHash(sides({ provider: provider({ unmanaged: { forceAuthn: true } }) }))).not.toBe(before);
});

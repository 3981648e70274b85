import type { Instance } from '../entra/entra.js';
import { planSetUp, readHash, type SetUpPlan } from './plan-set-up.js';
import type { BothSides } from './read-both-sides.js';
import { changed, instance, NOW, provider, sides, wish } from './testing/two-sides.js';

describe('Another identity provider in the ADFS slot', () => {
  const OTHER = 'https://adfs.fabrikam.example/';
  const theirs = ['1', '2', '3', '4', '5'].map((digit) => ({ certificate: digit, thumbprint: digit.repeat(40) }));
  const found = provider({
    issuerUri: OTHER,
    name: 'Fabrikam',
    certificates: theirs,
    unmanaged: { sloURI: 'https://out' },
  });

  test('is named, and its keys do not stay: whoever holds them could sign in as anybody', () => {
    const plan = planSetUp(sides({ provider: found }), wish, NOW);

    expect(plan.otherIssuer).toBe(OTHER);
    expect(plan.fields.find(({ field }) => field === 'Trusted certificates')?.after).toBe('…AAAAAAAA');
    expect(plan.fields.find(({ field }) => field === 'Identity provider')?.after).toBe('Microsoft Entra ID');
    expect(plan.warnings).toContainEqual(expect.stringContaining('Its 5 certificates leave with it'));
    expect(plan.warnings).toContainEqual(expect.stringContaining('https://out'));
  });

  test('five certificates of it are no obstacle, because they leave', () => {
    expect(() => planSetUp(sides({ provider: found }), wish, NOW)).not.toThrow();
  });

  test('our own issuer asks for no confirmation', () => {
    expect(
      planSetUp(sides({ provider: provider({ targetUri: 'https://old' }) }), wish, NOW).otherIssuer,
    ).toBeUndefined();
  });
});

describe('One instance chosen among several', () => {
  const older = instance({ appId: 'older', servicePrincipalId: 'sp-older', identifiers: [] });
  const newer = instance({ appId: 'newer', servicePrincipalId: 'sp-newer' });
  const about = (one: Instance, other: Instance): BothSides =>
    sides({
      instance: one,
      instances: [older, newer],
      others: [{ instance: other, assigned: 7 }],
      provider: undefined,
    });

  test('that lacks the Identifier which the other one holds cannot be run, and says what to do', () => {
    const [obstacle] = planSetUp(about(older, newer), wish, NOW).obstacles ?? [];

    expect(obstacle?.what).toContain('(newer), holds the Identifier');
    expect(obstacle?.remedy).toContain('Use that one');
  });

  test('that holds the Identifier has nothing in its way, and the other one is named as left alone', () => {
    const plan = planSetUp(about(newer, older), wish, NOW);

    expect(plan.obstacles).toBeUndefined();
    expect(plan.instance?.appId).toBe('newer');
    expect(plan.warnings).toContainEqual(expect.stringContaining('leaves the other instance as it is'));
  });

  test('says who must be assigned anew when Genesys points to the other one', () => {
    const there = { ...about(newer, older), provider: provider({ relyingPartyIdentifier: 'older' }) };

    const { warnings } = planSetUp(there, wish, NOW);

    expect(warnings).toContainEqual(expect.stringContaining('7 are assigned there'));
    expect(warnings.filter((text) => text.includes('works with'))).toHaveLength(1);
  });

  test('is part of the digest, and so is what the other one says', () => {
    const hash = readHash(about(newer, older));

    expect(readHash(about(older, newer))).not.toBe(hash);
    expect(readHash(about(newer, { ...older, isEnabled: false }))).not.toBe(hash);
  });
});

describe('Claims that a policy sends', () => {
  const policy = { id: 'p', name: 'HR claims' };
  const basic = { includesBasicClaims: true, otherClaims: [] };
  const right = { emailFrom: 'mail', organizationName: 'contoso-gc', ...basic };
  const planFor = (claims: Instance['claims']): SetUpPlan =>
    planSetUp(sides({ instance: instance({ claims }) }), wish, NOW);

  test('are named on the plan, and right ones are left alone, shared or not', () => {
    const plan = planFor({ ...right, policy: { ...policy, leftAlone: 'shared' } });

    expect(plan).toMatchObject({ isNothingToDo: true, emailFrom: 'mail' });
    expect(plan.obstacles).toBeUndefined();
    expect(plan.warnings).toContainEqual(expect.stringContaining('“HR claims”'));
  });

  test('are corrected within the policy when it is this application’s alone', () => {
    const plan = planFor({ ...basic, policy });

    expect(changed(plan)).toEqual(['Claim Email', 'Claim OrganizationName']);
    expect(plan.obstacles).toBeUndefined();
    expect(plan.warnings).toContainEqual(expect.stringContaining('within that policy'));
  });

  test.each(['shared', 'unreadable', 'several'] as const)(
    'and are wrong in a policy that is %s stop the plan',
    (leftAlone) => {
      const [obstacle] = planFor({ ...basic, policy: { ...policy, leftAlone } }).obstacles ?? [];

      expect(obstacle?.what).toContain('HR claims');
      expect(obstacle?.why).toBeDefined();
    },
  );

  test('where the portal’s claims cannot be seen, the plan says that they will no longer count', () => {
    const plan = planSetUp(
      sides({ instance: instance({ claims: undefined, arePortalClaimsHidden: true }) }),
      wish,
      NOW,
    );

    expect(plan.warnings).toContainEqual(expect.stringContaining('no longer sent'));
  });
});

describe('What lies around a set-up', () => {
  const quiet = { refusesIdentifiers: false, hasPremium: true, isPasswordLoginDisabled: false, unread: [] };
  const nothing = sides({ instance: undefined, provider: undefined });

  test.each([
    ['an app management policy', { refusesIdentifiers: true }, 'app management policy'],
    ['no P1', { hasPremium: false }, 'no Entra ID P1'],
    ['a mail address that is no UPN', { addressMismatches: 2 }, '2 of the people assigned have another mail address'],
    ['SSO-only mode', { isPasswordLoginDisabled: true }, 'SSO-only mode'],
    ['what could not be read', { unread: ['the licences of the tenant'] }, 'could not look at the licences'],
  ])('%s is said before Run', (_what, trouble, said) => {
    const before = planSetUp(nothing, wish, NOW, quiet).warnings;

    const { warnings } = planSetUp(nothing, wish, NOW, { ...quiet, ...trouble });

    expect(warnings.filter((text) => !before.includes(text))).toEqual([expect.stringContaining(said)]);
  });

  test('an app that has its Identifier already is not warned of the policy for new ones', () => {
    const there = sides({ provider: undefined });

    expect(planSetUp(there, wish, NOW, { ...quiet, refusesIdentifiers: true }).warnings).toEqual([]);
  });

  test('encryption is said, because Genesys cannot read it', () => {
    expect(planSetUp(sides({ instance: instance({ isEncrypted: true }) }), wish, NOW).warnings).toContainEqual(
      expect.stringContaining('Token encryption is on'),
    );
  });
});

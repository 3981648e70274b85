import fc from 'fast-check';
import { mergedPolicy, toClaims } from './entra-claims.js';
import { claimsPolicyWire, type ClaimsPolicyWire } from './entra-wire.js';

const wish = { emailFrom: 'userprincipalname', organizationName: 'contoso-gc' } as const;
const merged = (before: ClaimsPolicyWire | undefined): ClaimsPolicyWire =>
  claimsPolicyWire.parse(mergedPolicy(before, wish));

test('a claim called email in lower case, or in a namespace, is somebody else’s', () => {
  const policy = merged({ claims: [{ name: 'email' }, { name: 'Email', namespace: 'urn:x' }] });

  expect(toClaims(policy).otherClaims).toEqual(['email', 'urn:x/Email']);
  expect(toClaims(policy).emailFrom).toBe('userprincipalname');
});

test('settings of the policy that Latchkey does not know are kept, read-only ones are not sent', () => {
  const before = {
    id: 'x',
    '@odata.context': 'y',
    audienceOverride: 'urn:a',
    futureSetting: 7,
    includeBasicClaimSet: false,
    claims: [],
  };

  const { claims, ...settings } = merged(claimsPolicyWire.parse(before));

  expect(settings).toEqual({ audienceOverride: 'urn:a', futureSetting: 7, includeBasicClaimSet: false });
  expect(claims).toHaveLength(3);
});

test('merging twice changes nothing more, whatever was there', () => {
  const name = fc.constantFrom('Email', 'OrganizationName', 'department', 'email');
  const claim = fc.oneof(
    fc.record({
      '@odata.type': fc.constant('#microsoft.graph.customClaim'),
      name,
      namespace: fc.constantFrom(null, 'urn:x'),
    }),
    fc.record({ '@odata.type': fc.constant('#microsoft.graph.samlNameIdClaim'), nameIdFormat: fc.string() }),
  );
  fc.assert(
    fc.property(fc.array(claim), (claims) => {
      const once = merged({ claims });
      const twice = merged(once);

      expect(twice).toEqual(once);
      expect(toClaims(once)).toMatchObject(wish);
    }),
  );
});

import fc from 'fast-check';
import { claimsOfDefinition, formerDefinition, mergedDefinition, parseClaimsDefinition } from './claims-mapping.js';

const wish = { emailFrom: 'userprincipalname', organizationName: 'contoso-gc' } as const;
const NAME_ID = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';

function definition(schema: object[], more: object = {}): string {
  return JSON.stringify({
    ClaimsMappingPolicy: { Version: 1, IncludeBasicClaimSet: 'true', ...more, ClaimsSchema: schema },
  });
}

function merged(text: string | undefined): { ClaimsMappingPolicy: { ClaimsSchema: Record<string, unknown>[] } } {
  const before = text === undefined ? undefined : parseClaimsDefinition([text]);
  return JSON.parse(mergedDefinition(before, wish)) as ReturnType<typeof merged>;
}

test('a new policy sends NameID, Email and the organisation, and the basic claims', () => {
  const text = JSON.stringify(merged(undefined));

  expect(claimsOfDefinition(parseClaimsDefinition([text]) ?? { ClaimsMappingPolicy: { ClaimsSchema: [] } })).toEqual({
    ...wish,
    ...{ nameIdFrom: 'userprincipalname', includesBasicClaims: true, otherClaims: [] },
  });
});

test('what others have put into the policy stays, in its place and word for word', () => {
  const department = { Source: 'user', ID: 'department', SamlClaimType: 'Department', SAMLNameForm: 'x' };
  const nameId = { Source: 'user', ID: 'mail', SamlClaimType: NAME_ID };
  const transformations = { ClaimsTransformation: [{ ID: 't', TransformationMethod: 'Join' }] };

  const { ClaimsMappingPolicy } = merged(
    definition([department, { Value: 'old', SamlClaimType: 'OrganizationName' }, nameId], transformations),
  );

  expect(ClaimsMappingPolicy).toMatchObject({ Version: 1, ...transformations });
  expect(ClaimsMappingPolicy.ClaimsSchema).toEqual([
    department,
    { Value: 'contoso-gc', SamlClaimType: 'OrganizationName' },
    nameId,
    { Source: 'user', ID: 'userprincipalname', SamlClaimType: 'Email' },
  ]);
});

test('a constant carries no source, and a claim for another token keeps its other half', () => {
  const both = { Source: 'user', ID: 'companyname', SamlClaimType: 'OrganizationName', JwtClaimType: 'org' };

  const { ClaimsSchema } = merged(definition([both])).ClaimsMappingPolicy;

  expect(ClaimsSchema).toContainEqual({ Value: 'contoso-gc', SamlClaimType: 'OrganizationName', JwtClaimType: 'org' });
});

test('email in lower case is somebody else’s claim', () => {
  const parsed = parseClaimsDefinition([definition([{ Source: 'user', ID: 'mail', SamlClaimType: 'email' }])]);

  expect(parsed && claimsOfDefinition(parsed)).toMatchObject({ otherClaims: ['email'] });
  expect(parsed && claimsOfDefinition(parsed).emailFrom).toBeUndefined();
});

test('a claim that is computed is named as such, so that it is never taken for the right one', () => {
  const entry = { Source: 'transformation', ID: 'lower', TransformationId: 'Lower', SamlClaimType: 'Email' };
  const parsed = parseClaimsDefinition([definition([entry])]);

  expect(parsed && claimsOfDefinition(parsed).emailFrom).toBe('transformation Lower');
});

test.each([
  ['no text', []],
  ['two texts', ['{}', '{}']],
  ['no JSON', ['{']],
  ['another kind of policy', ['{"TokenIssuancePolicy":{}}']],
  ['keys in lower case', ['{"claimsMappingPolicy":{}}']],
])('%s is not read as a definition', (_what, texts) => {
  expect(parseClaimsDefinition(texts)).toBeUndefined();
});

test('merging twice changes nothing more, whatever was there', () => {
  const type = fc.constantFrom('Email', 'OrganizationName', NAME_ID, 'Department', 'email');
  const entry = fc.oneof(
    fc.record({ Source: fc.constant('user'), ID: fc.constantFrom('mail', 'userprincipalname'), SamlClaimType: type }),
    fc.record({ Value: fc.string(), SamlClaimType: type }),
    fc.record({ Source: fc.constant('user'), ID: fc.string(), JwtClaimType: fc.string() }),
  );
  fc.assert(
    fc.property(fc.array(entry), (schema) => {
      const once = JSON.stringify(merged(definition(schema)));

      expect(JSON.stringify(merged(once))).toBe(once);
      const parsed = parseClaimsDefinition([once]);
      expect(parsed && claimsOfDefinition(parsed)).toMatchObject(wish);
    }),
  );
});

test('an undo writes the former values in their place, takes out what was not sent, and leaves the rest', () => {
  const department = { Source: 'user', ID: 'department', SamlClaimType: 'Department' };
  const now = parseClaimsDefinition([
    definition([
      { Source: 'user', ID: 'userprincipalname', SamlClaimType: 'Email' },
      department,
      { Value: 'contoso-gc', SamlClaimType: 'OrganizationName' },
    ]),
  ]);
  if (!now) throw new Error('It cannot be read.');

  const former = parseClaimsDefinition([formerDefinition(now, { emailFrom: 'mail', organizationName: null })]);

  expect(former?.ClaimsMappingPolicy.ClaimsSchema).toEqual([
    { Source: 'user', ID: 'mail', SamlClaimType: 'Email' },
    department,
  ]);
  expect(formerDefinition(now, {})).toBe(JSON.stringify(now));
});

import fc from 'fast-check';
import { CLIENT_PERMISSIONS } from '../../../sandbox/genesys/directory.js';
import { includes, judgeDivisions, judgeGenesysPermissions, WANTED_RIGHTS } from './genesys-permissions.js';

const WANTED = WANTED_RIGHTS.map(({ permission }) => permission);
const client = (permissions: readonly string[], divisions: readonly string[] | 'all' = 'all') => ({
  id: 'c',
  name: 'Latchkey client',
  roles: [{ id: 'r', name: 'Latchkey role', permissions, divisions }],
});
const DIVISIONS = [
  { id: 'h', name: 'Home' },
  { id: 'b', name: 'Berlin' },
];

test('the wanted permissions are those with which everything was tried in the sandbox', () => {
  expect([...WANTED].sort()).toEqual([...CLIENT_PERMISSIONS].sort());
});

test('whatever is granted, exactly the others are missing, each with where it is added', () => {
  fc.assert(
    fc.property(fc.subarray(WANTED), (granted) => {
      const missing = judgeGenesysPermissions(client(granted)).filter(({ state }) => state === 'missing');
      expect(missing.map(({ name }) => name)).toEqual(
        WANTED.filter((one) => !granted.includes(one)).map((one) => `genesys-permission:${one}`),
      );
      for (const { remedy } of missing) expect(remedy).toContain('Latchkey role, Permissions: add ');
    }),
  );
});

test.each([
  ['sso:provider:edit', 'sso:provider:edit', true],
  ['sso:provider:*', 'sso:provider:edit', true],
  ['sso:*:*', 'sso:provider:edit', true],
  ['*:*:*', 'sso:provider:edit', true],
  ['sso:provider:view', 'sso:provider:edit', false],
  ['sso:*', 'sso:provider:edit', false],
  ['sso:provider', 'sso:provider:edit', false],
  ['directory:*:*', 'sso:provider:edit', false],
])('%s includes %s: %s', (held, wanted, expected) => {
  expect(includes(held, wanted)).toBe(expected);
});

test('two roles that have it together are enough', () => {
  const [one = '', ...others] = WANTED;
  const facts = {
    ...client([]),
    roles: [client([one]).roles, client(others).roles].flat(),
  };

  expect(judgeGenesysPermissions(facts).every(({ state }) => state === 'ok')).toBe(true);
});

test('a client that may do more than is used is named, with the first few and the count', () => {
  const findings = judgeGenesysPermissions(
    client([...WANTED, 'routing:queue:edit', 'admin:*:*', 'billing:x:y', 'zzz:a:b']),
  );

  expect(findings.filter(({ state }) => state !== 'ok')).toEqual([
    expect.objectContaining({
      name: 'genesys-permission-too-much',
      state: 'warning',
      what: 'The OAuth client may do more than this release uses: admin:*:*, billing:x:y, routing:queue:edit and 1 more.',
    }),
  ]);
});

test.each([
  ['all divisions', 'all', 'ok'],
  ['each division', ['h', 'b'], 'ok'],
  ['one of them', ['h'], 'warning'],
  ['another one', ['x'], 'missing'],
] as const)('a role that holds in %s: %s', (_, divisions, state) => {
  const [found] = judgeDivisions(client(WANTED, divisions), DIVISIONS);

  expect(found?.state).toBe(state);
  if (state === 'warning') expect(found?.what).toContain('the division Berlin');
});

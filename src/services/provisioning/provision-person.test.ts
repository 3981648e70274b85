import { provisionInput } from './provision-person.js';

const person = { personId: 'p', personName: 'B.Simon', email: 'b@x.example', divisionId: 'd', divisionName: 'Home' };
const role = { roleId: 'r', roleName: 'Agent' };

test('a run that an earlier release began with one role goes on with that one', () => {
  expect(provisionInput.parse({ ...person, ...role })).toEqual({ ...person, roles: [role], restores: [] });
});

test('several roles, and those to give back, are taken as they are', () => {
  const input = { ...person, roles: [role, { roleId: 's', roleName: 'Supervisor' }], restores: [] };

  expect(provisionInput.parse(input)).toEqual(input);
  expect(provisionInput.safeParse({ ...person, roles: [{ roleId: 'r' }], restores: [] }).success).toBe(false);
});

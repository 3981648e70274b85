import type { EntraGroup } from '../entra/entra-groups.js';
import { judgeTargetGroup } from '../operations/permissions.js';
import { describeGroup, makeUpOf, sizeWords } from './groups.js';

const GROUP: EntraGroup = {
  ...{ id: '9a0e1ec7-0000-4000-8000-000000000abc', name: 'Agents' },
  ...{ isSecurityEnabled: true, isDynamic: false, isRoleAssignable: false },
};

test.each([
  [GROUP, 'id …000abc'],
  [{ ...GROUP, isDynamic: true, mail: 'agents@x.example' }, 'dynamic · id …000abc · agents@x.example'],
  [{ ...GROUP, description: '🙂'.repeat(61) }, `id …000abc · ${'🙂'.repeat(60)}…`],
])('a group is told from its namesakes (%#)', (group, words) => {
  expect(describeGroup(group)).toBe(words);
});

test.each([
  [0, false, 'no direct members'],
  [1, false, '1 direct member'],
  [999, true, 'more than 999 direct members'],
])('%i members, more of them: %p', (count, isMore, words) => {
  expect(sizeWords({ count, isMore })).toBe(words);
});

test('what is in a group: people get access, the groups in it are named, devices are neither', () => {
  const rest = { isEnabled: true, isGuest: false };

  expect(
    makeUpOf([
      { id: 'a', name: 'Ana', kind: 'person', ...rest },
      { id: 'n', name: 'Night', kind: 'group', ...rest },
      { id: 'd', name: 'Phone', kind: 'other', ...rest },
    ]),
  ).toEqual({ people: 1, nested: ['Night'] });
});

test('nobody gives access to a group that they are directly in', () => {
  expect(judgeTargetGroup([GROUP.id], GROUP.id)).toMatchObject({ isAllowed: false, rule: 'self' });
  expect(judgeTargetGroup(['another'], GROUP.id)).toMatchObject({ isAllowed: true });
});

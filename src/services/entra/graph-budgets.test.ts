import { inBackground } from '../platform/background.js';
import { createGraphBudgets, unitsOf } from './graph-budgets.js';

test.each([
  ['a write', { method: 'PATCH', path: '/applications/1' }, 1],
  ['any other read', { method: 'GET', path: '/domains' }, 1],
  ['a whole application', { method: 'GET', path: '/applications/1' }, 2],
  ['an application by its application id', { method: 'GET', path: "/applications(appId='1')" }, 2],
  ['a part of an application', { method: 'GET', path: '/applications/1', query: { $select: 'id' } }, 1],
  ['the licences', { method: 'GET', path: '/subscribedSkus' }, 3],
  ['a short page of users', { method: 'GET', path: '/users', query: { $top: '10' } }, 1],
  ['a next link with its query', { method: 'GET', path: '/users?$skiptoken=x' }, 2],
])('%s costs what is published', (_, call, units) => {
  expect(unitsOf(call)).toBe(units);
});

/** Wall time that passes only by waiting. */
function standingPace(): { sleep: (ms: number) => Promise<void>; wall: () => Date; waited: () => number } {
  let now = 0;
  const sleep = async (ms: number): Promise<void> => Promise.resolve(void (now += ms));
  return { sleep, wall: () => new Date(now), waited: () => now };
}

const batch = {
  ...{ method: 'POST', path: '/$batch' },
  items: Array.from({ length: 20 }, () => ({ method: 'POST', path: '/users/1/appRoleAssignments' })),
};

test('Of a batch its items are counted: in the background 5,000 assignments take what the bucket takes, and no more', async () => {
  const pace = standingPace();
  const paced = createGraphBudgets(pace);

  await inBackground(async () => {
    for (let sent = 0; sent < 5_000 / 20; sent += 1) await paced(batch);
  });

  const boundMs = ((5_000 - 3_000) / 20) * 1_000;
  expect(pace.waited()).toBeGreaterThan(boundMs);
  expect(pace.waited()).toBeLessThanOrEqual(1.1 * boundMs);
});

test('A person who writes meanwhile does not wait', async () => {
  const pace = standingPace();
  const paced = createGraphBudgets(pace);
  await inBackground(async () => {
    for (let sent = 0; sent < 4_000 / 20; sent += 1) await paced(batch);
  });
  const before = pace.waited();

  await paced({ method: 'POST', path: '/users/1/appRoleAssignments' });

  expect(pace.waited()).toBe(before);
});

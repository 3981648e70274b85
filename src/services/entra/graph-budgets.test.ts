import { unitsOf } from './graph-budgets.js';

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

import type { GroupProposal } from '../../../services/index.js';
import * as groups from '../group-access.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { person, simon } from './fixtures.js';

export const groupAccessExamples: Examples = (said) => {
  const agents = { id: 'g0000000-0000-4000-8000-000000000001', name: said('Genesys Agents') };
  const detail = said('Group · 12 direct members');
  const found = [
    { ...agents, detail },
    { id: 'g2', name: said('Genesys Agents'), detail: said('Group · 3 direct members · dynamic') },
  ];
  const role = { id: 'r1', displayName: said('User'), isEnabled: true, allowsUsers: true };
  const held = { id: role.id, name: role.displayName };
  const plain: GroupProposal = {
    group: { ...agents, isSecurityEnabled: true, isDynamic: false, isRoleAssignable: false },
    ...{ detail, makeUp: { people: 12, nested: [] }, holds: [], role },
    roles: [role, { ...role, id: 'r2', displayName: said('Team lead') }],
  };
  const card = { reference: `${agents.id}:nonce` };
  const assign = (more: Partial<GroupProposal>): View => groups.assignGroupView({ ...plain, ...more }, card);
  const question = { title: 'Assign which group?', reference: 'give' };
  return {
    askGroupView: {
      first: groups.askGroupView('', question),
      'found none': groups.askGroupView(said('genesis'), question),
    },
    chooseGroupView: { namesakes: groups.chooseGroupView(said('genesys'), found, question) },
    choosePrincipalView: {
      'people and a group': groups.choosePrincipalView(said('b'), [simon(said), person(said)], found.slice(0, 1)),
    },
    assignGroupView: {
      'nothing special': assign({}),
      nobody: assign({ makeUp: { people: 0, nested: [said('Night shift')] } }),
      'everything special': assign({
        group: { ...plain.group, isDynamic: true, isRoleAssignable: true },
        makeUp: { people: 998, nested: ['A', 'B', 'C', 'D'].map(said), isMore: true },
      }),
      'assigned already': assign({ holds: [held] }),
    },
    unassignGroupView: {
      assigned: groups.unassignGroupView({ ...plain, holds: [held] }, card),
      'not assigned': groups.unassignGroupView(plain, card),
    },
  };
};

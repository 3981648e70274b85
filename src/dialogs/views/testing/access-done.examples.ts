import { assignedGroupView, changedRoleView, unassignedView } from '../access-done.view.js';
import type { Examples } from './example.js';
import { person, run, steps } from './fixtures.js';

export const accessDoneExamples: Examples = (said) => {
  const done = run(said, 'change-role', { state: 'done', steps: steps(['Look', 'Write'], 'done', 'done') });
  const { id, name, userPrincipalName: detail } = person(said);
  const ana = { kind: 'person', id, name, detail } as const;
  const agents = { kind: 'group', id: 'g', name: said('Genesys Agents'), detail: said('12 direct members') } as const;
  const [user, lead] = [
    { id: 'r1', name: said('User') },
    { id: 'r2', name: said('Team lead') },
  ];
  return {
    changedRoleView: { 'one for two': changedRoleView(done, { principal: ana, from: [user, user], to: lead }) },
    unassignedView: {
      'a person': unassignedView(done, { principal: ana, roles: [user], throughGroups: [] }),
      'a person who is in a group': unassignedView(done, {
        principal: ana,
        roles: [user],
        throughGroups: [agents.name],
      }),
      'a person who is in two groups': unassignedView(done, {
        ...{ principal: ana, roles: [user, lead], throughGroups: [agents.name, said('Night shift')] },
      }),
      'a group': unassignedView(done, { principal: agents, roles: [user], throughGroups: [] }),
    },
    assignedGroupView: {
      new: assignedGroupView(done, { principal: agents, role: user, wasAlready: false }),
      'there already': assignedGroupView(done, { principal: agents, role: user, wasAlready: true }),
    },
  };
};

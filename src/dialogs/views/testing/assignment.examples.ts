import type { AssignmentProposal } from '../../../services/index.js';
import { assignView, changeRoleView, unassignView } from '../assignment.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { person } from './fixtures.js';

export const assignmentExamples: Examples = (said) => {
  const ana = person(said);
  const card = { reference: `${ana.id}:nonce` };
  const user = { id: 'r1', displayName: said('User'), isEnabled: true, allowsUsers: true };
  const lead = { ...user, id: 'r2', displayName: said('Team lead') };
  const held = { id: user.id, name: user.displayName };
  const through = { group: said('Genesys Agents'), role: said('User') };
  const assign = (more: Partial<AssignmentProposal>): View =>
    assignView({ person: ana, holds: [], throughGroups: [], roles: [user, lead], role: user, ...more }, card);
  const warning = { sends: said('ana.agent@contoso.example'), other: said('ana@contoso.example') };
  return {
    assignView: {
      new: assign({}),
      'a guest with two addresses': assign({
        ...{ person: { ...ana, isGuest: true }, warning: { ...warning, sendsFrom: 'userprincipalname' } },
      }),
      'assigned already': assign({ holds: [held], warning: { ...warning, sendsFrom: 'mail' } }),
      'in a group already': assign({ throughGroups: [through, { ...through, group: said('Night shift') }] }),
      disabled: assign({ person: { ...ana, isEnabled: false } }),
    },
    changeRoleView: {
      'one for another': changeRoleView(
        { person: ana, from: [held], to: { id: lead.id, name: lead.displayName } },
        card,
      ),
    },
    unassignView: {
      assigned: unassignView({ person: ana, holds: [held], throughGroups: [] }, card),
      'assigned, and in a group': unassignView({ person: ana, holds: [held], throughGroups: [through] }, card),
      'not assigned': unassignView({ person: ana, holds: [], throughGroups: [through] }, card),
    },
  };
};

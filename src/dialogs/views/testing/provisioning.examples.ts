import type { ExistingUser, ProvisioningProposal } from '../../../services/index.js';
import { provisionView } from '../provisioning.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { person } from './fixtures.js';

export const provisioningExamples: Examples = (said) => {
  const ana = person(said);
  const home = { id: 'd1', name: said('Home'), isHome: true };
  const agent = { id: 'r1', name: said('Agent'), licences: [said('cloudCX1')] };
  const held = { roleId: 'r1', roleName: said('Agent'), divisionId: 'd1', divisionName: said('Home') };
  const user = (state: ExistingUser['state'], more: Partial<ExistingUser> = {}): ExistingUser => ({
    ...{ name: said('Ana Agent'), state, divisionName: said('Berlin'), roles: [held], ...more },
  });
  const provision = (more: Partial<ProvisioningProposal>): View =>
    provisionView(
      {
        ...{ person: ana, email: ana.userPrincipalName, division: home, role: agent },
        divisions: [home, { id: 'd2', name: said('Berlin'), isHome: false }],
        roles: [agent, { id: 'r2', name: said('Supervisor'), licences: [] }],
        ...more,
      },
      { reference: `${ana.id}:nonce` },
    );
  return {
    provisionView: {
      'nobody there': provision({}),
      'nobody there, licences unknown, two addresses': provision({
        roles: [{ id: agent.id, name: agent.name }],
        warning: { sends: ana.userPrincipalName, sendsFrom: 'userprincipalname', other: said('ana@contoso.example') },
      }),
      'an active user of another name': provision({ existing: user('active', { name: said('A. Agent-Miller') }) }),
      'an inactive user of somebody else': provision({
        existing: user('inactive', { formerPerson: { name: said('Anna Agent') } }),
      }),
      'a deleted user': provision({ existing: user('deleted') }),
      'a deleted user of nobody any more': provision({
        existing: user('deleted', { name: '', divisionName: '', roles: [], formerPerson: {} }),
      }),
      'a deleted user without known roles': provision({ existing: user('deleted', { roles: [] }) }),
      disabled: provision({ person: { ...ana, isEnabled: false } }),
    },
  };
};

import type { RemovalPlan, RemoveTestUserOutcome } from '../../../services/index.js';
import { removalView, removedView } from '../remove-test-user.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { run, simon, steps } from './fixtures.js';

export const removeTestUserExamples: Examples = (said) => {
  const person = simon(said);
  const email = said('b.simon@contoso.example');
  const card = { reference: `${person.id}:nonce` };
  const plan = (more: Partial<RemovalPlan>): View => removalView({ person, assignments: 0, mark: 'm', ...more }, card);
  const removed = (more: Partial<RemoveTestUserOutcome>): View =>
    removedView(run(said, 'remove-test-user', { state: 'done', steps: steps(['Look'], 'done') }), {
      ...{ personId: person.id, displayName: person.name, userPrincipalName: person.userPrincipalName },
      ...{ assignments: 1, genesys: 'deleted', genesysEmail: email, entra: 'deleted', ...more },
    });
  return {
    removalView: {
      'on both sides': plan({ assignments: 1, genesysUser: { id: 'u', email } }),
      'in Entra alone': plan({ assignments: 2 }),
      'the Genesys user stays': plan({ genesysStays: email }),
    },
    removedView: {
      'on both sides': removed({}),
      'was gone': removed({ genesys: 'was-gone', entra: 'was-gone', assignments: 0 }),
      'no user': removed({ genesys: 'none', genesysEmail: null, assignments: 2 }),
      'the Genesys user stays': removed({ genesys: 'stays' }),
    },
  };
};

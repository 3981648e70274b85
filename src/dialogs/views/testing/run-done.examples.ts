import type {
  AssignOutcome,
  CreatePersonOutcome,
  Json,
  ProvisionOutcome,
  SetUpOutcome,
} from '../../../services/index.js';
import { doneView } from '../run-done.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { APP_ID, LINKS, NOW, person, REGION_NAME, run, steps } from './fixtures.js';
import { setUpOutcome } from './setup.examples.js';

export const runDoneExamples: Examples = (said) => {
  const ana = person(said);
  const context = (setUp?: SetUpOutcome): Parameters<typeof doneView>[1] => ({
    ...{ regionName: REGION_NAME, now: NOW, linksOf: () => LINKS, setUp },
  });
  const done = (kind: string, outcome: Json, setUp?: SetUpOutcome): View =>
    doneView(
      run(said, kind, { state: 'done', outcome, steps: steps(['Look', 'Write'], 'done', 'done') }),
      context(setUp),
    );
  const assigned: AssignOutcome = {
    ...{ personId: ana.id, personName: ana.name, userPrincipalName: ana.userPrincipalName, appId: APP_ID },
    ...{ appRoleName: said('User'), wasAlready: false },
  };
  const role = { roleId: 'r', roleName: said('Agent'), divisionId: 'd', divisionName: said('Home') };
  const provisioned: ProvisionOutcome = {
    ...{ personId: ana.id, personName: ana.name, email: ana.userPrincipalName, divisionName: said('Home') },
    ...{ was: 'unknown', roles: [{ roleName: said('Agent'), isNew: true }], restored: [], genesysUserId: 'u' },
    genesysRoles: [role],
  };
  const created: CreatePersonOutcome = {
    ...{ personId: ana.id, displayName: ana.name, userPrincipalName: ana.userPrincipalName },
    isPasswordDelivered: true,
  };
  const ofLease = (kind: string): View => {
    const input = { personName: ana.name, roleName: said('Agent') };
    return doneView(run(said, kind, { state: 'done', input, outcome: {}, steps: steps(['Look'], 'done') }), context());
  };
  const straightIn = setUpOutcome(said);
  const opensGenesys = setUpOutcome(said, { tileMode: 'opens-genesys' });
  return {
    doneView: {
      'a set-up': done('set-up-sso', straightIn),
      'an assignment': done('assign-person', assigned, straightIn),
      'an assignment that was there': done('assign-person', { ...assigned, wasAlready: true }, opensGenesys),
      'a provisioning': done('provision-person', provisioned, straightIn),
      'a provisioning without SSO': done('provision-person', { ...provisioned, was: 'inactive' }),
      'a provisioning that restored': done('provision-person', { ...provisioned, was: 'deleted', restored: [role] }),
      'a provisioning that changed nothing': done('provision-person', {
        ...{ ...provisioned, was: 'active', roles: [{ roleName: said('Agent'), isNew: false }] },
      }),
      'a provisioning that added a role': done('provision-person', { ...provisioned, was: 'active' }),
      'a person created': done('create-person', created),
      'a person created, and the link lost': done('create-person', { ...created, isPasswordDelivered: false }),
      'a new password': done('reset-password', created),
      'access given': ofLease('grant-access'),
      'access ended': ofLease('end-access'),
    },
  };
};

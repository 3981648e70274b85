import type { PolicyStanding, SsoHealth } from '../../../services/index.js';
import { statusView } from '../status.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { stepUpWithoutClient } from './health-fixtures.js';
import { APP_ID, inDays, INSTANCE_ID, LINKS, NOW, REGION_NAME } from './fixtures.js';

export const statusExamples: Examples = (said) => {
  const organization = { shortName: said('contoso-gc'), name: said('Contoso Contact Centre') };
  const policy: PolicyStanding = { file: '/etc/latchkey/policy.yaml', rolesOffered: [said('Agent')], findings: [] };
  const more = { regionName: REGION_NAME, links: LINKS, now: NOW, canSetUp: true, policy, findings: [] };
  const certificate = {
    ...{ thumbprint: '0123456789ABCDEF0123456789ABCDEF01234567', until: inDays(-3), daysLeft: -3 },
  };
  const judged = (changes: Partial<Extract<SsoHealth, { state: 'right' | 'differs' }>>, canSetUp = true): View =>
    statusView(
      {
        ...{ state: 'right', organization, appId: APP_ID, servicePrincipalId: INSTANCE_ID, assigned: 12 },
        ...{ tileMode: 'signs-straight-in', otherAppIds: [], certificate, differences: [] },
        ...changes,
      },
      { ...more, canSetUp },
    );
  const what = said('It names nobody who could approve.');
  const wrong: PolicyStanding = {
    file: policy.file,
    fault: { kind: 'unusable', what: 'The access policy cannot be used.', remedy: 'The operator corrects the file.' },
    findings: [{ severity: 'error', line: 12, at: 'roles.agent.approval.1', what }],
  };
  const issuer = { side: 'Genesys', field: 'Issuer URI', is: said('https://sts.windows.net/other/'), shouldBe: 'ours' };
  const several: SsoHealth = { state: 'several-instances', appIds: [APP_ID, said('another one')] };
  return {
    statusView: {
      'not set up': statusView({ state: 'not-set-up', organization }, more),
      'not set up, for who only looks': statusView({ state: 'not-set-up', organization }, { ...more, canSetUp: false }),
      'several instances': statusView(several, more),
      'several instances, for who only looks': statusView(several, { ...more, canSetUp: false }),
      'not set up, with a policy that cannot be used': statusView(
        { state: 'not-set-up', organization },
        { ...more, policy: wrong },
      ),
      'not set up, with a policy whose last change cannot be used': statusView(
        { state: 'not-set-up', organization },
        { ...more, policy: { ...wrong, rolesOffered: [said('Agent'), said('Supervisor')] } },
      ),
      'not set up, with a policy that is gone': statusView(
        { state: 'not-set-up', organization },
        {
          ...more,
          policy: {
            ...{ file: policy.file, fault: { kind: 'missing', what: 'There is none.', remedy: 'Write one.' } },
            ...{ findings: [], rolesOffered: [said('Agent')] },
          },
        },
      ),
      'not set up, with a policy that wants sign-ins that nobody can make': statusView(
        { state: 'not-set-up', organization },
        { ...more, policy: stepUpWithoutClient(said) },
      ),
      'not set up, with a last change that wants sign-ins that nobody can make': statusView(
        { state: 'not-set-up', organization },
        { ...more, policy: stepUpWithoutClient(said, ['Agent', 'Supervisor']) },
      ),
      right: judged({ certificate: { ...certificate, until: inDays(300) } }),
      'right, where the tile opens Genesys': judged({ tileMode: 'opens-genesys', otherAppIds: [APP_ID], assigned: 1 }),
      'one thing differs': judged({ state: 'differs', differences: [{ ...issuer, side: 'Genesys' }] }),
      'several differ, for who only looks': judged(
        {
          state: 'differs',
          differences: [
            { ...issuer, side: 'Genesys' },
            { ...issuer, side: 'Entra', field: 'Reply URL' },
          ],
        },
        false,
      ),
      'no certificate': statusView(
        {
          ...{ state: 'differs', organization, appId: APP_ID, servicePrincipalId: INSTANCE_ID, assigned: 0 },
          ...{ tileMode: 'signs-straight-in', otherAppIds: [], differences: [{ ...issuer, side: 'Entra' }] },
        },
        { ...more, links: undefined },
      ),
    },
  };
};

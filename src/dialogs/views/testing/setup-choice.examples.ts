import type { ChoosableInstance } from '../../../services/index.js';
import { choiceView, confirmReplacingView } from '../setup-choice.view.js';
import type { Examples, Said } from './example.js';
import { APP_ID, inDays, INSTANCE_ID, NOW } from './fixtures.js';
import { planCard } from './setup.examples.js';

/** Without what it may lack: a certificate, and when it was made. */
function bareInstance(said: Said, more: Partial<ChoosableInstance> = {}): ChoosableInstance {
  return {
    ...{ name: said('Genesys Cloud for Azure'), appId: APP_ID, servicePrincipalId: INSTANCE_ID, assigned: 12 },
    ...{ isEnabled: true, owners: said('Latchkey'), holdsIdentifier: true, isInUse: true },
    ...more,
  };
}

function instance(said: Said, more: Partial<ChoosableInstance> = {}): ChoosableInstance {
  const thumbprint = '0123456789ABCDEF0123456789ABCDEF01234567';
  const certificate = { thumbprint, until: inDays(300), daysLeft: 300 };
  return bareInstance(said, { createdAt: inDays(-400), certificate, ...more });
}

export const setupChoiceExamples: Examples = (said) => {
  const issuer = said('https://idp.other.example/saml/metadata');
  const foreign = instance(said, {
    ...{ appId: '9c0d1e2f-3a4b-4c5d-8e6f-7a8b9c0d1e2f', owners: said('Omar Owner'), isEnabled: false, assigned: 0 },
    ...{ isInUse: false, holdsIdentifier: false, ownershipRemedy: said('Ask Omar Owner to add Latchkey as an owner.') },
  });
  return {
    choiceView: {
      'one of them is not ours': choiceView({ instances: [instance(said), foreign] }, { now: NOW }),
      'none of them is ours': choiceView({ instances: [foreign, foreign] }, { now: NOW }),
      'one has no certificate, and something has changed': choiceView(
        {
          instances: [
            bareInstance(said, { isInUse: false, assigned: 1 }),
            instance(said, { isInUse: false, servicePrincipalId: 's-2' }),
          ],
        },
        { now: NOW, notice: said('The one that you chose is gone.') },
      ),
    },
    confirmReplacingView: {
      'a short issuer': confirmReplacingView(planCard(said), { issuer, tileMode: 'signs-straight-in' }),
      'a long issuer, and only single sign-on': confirmReplacingView(
        planCard(said, { warnings: [said('SSO-only mode is on: nobody can sign in with a password.')] }),
        { issuer: said(`https://idp.other.example/${'tenant/'.repeat(20)}`), tileMode: 'opens-genesys' },
      ),
    },
  };
};

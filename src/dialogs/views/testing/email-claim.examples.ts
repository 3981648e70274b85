import { emailClaimDoneView, emailClaimView } from '../email-claim.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { person, run, steps } from './fixtures.js';

export const emailClaimExamples: Examples = (said) => {
  const { id, name } = person(said);
  const ask = (to: 'mail' | 'userprincipalname', affected: number | undefined, forAna = false): View =>
    emailClaimView(
      {
        ...{ from: to === 'mail' ? 'userprincipalname' : 'mail', to, affected, seal: 's' },
        ...(forAna ? { person: { id, name } } : {}),
      },
      { reference: `mail:${id}:nonce` },
    );
  const done = run(said, 'choose-email-claim', { state: 'done', steps: steps(['Read the claim'], 'done') });
  return {
    emailClaimView: {
      'nobody is hit': ask('userprincipalname', 0),
      'one is hit': ask('mail', 1, true),
      'many are hit': ask('mail', 250),
      'too many to compare': ask('userprincipalname', undefined),
    },
    emailClaimDoneView: {
      changed: emailClaimDoneView(done, { to: 'mail', isNew: true, person: { id, name } }),
      'sent already': emailClaimDoneView(done, { to: 'userprincipalname', isNew: false, person: null }),
    },
  };
};

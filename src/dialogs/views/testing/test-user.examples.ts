import type { NewPersonProposal } from '../../../services/index.js';
import { newPersonView, passwordLinkView } from '../test-user.view.js';
import type { View } from '../view.js';
import type { Examples } from './example.js';
import { inDays, simon } from './fixtures.js';

export const testUserExamples: Examples = (said) => {
  const propose = (more: Partial<NewPersonProposal>, complaint?: string): View =>
    newPersonView(
      {
        ...{ displayName: said('T.Simon'), userPrincipalName: said('t.simon@contoso.example') },
        ...{ mailNickname: said('t.simon'), domain: 'contoso.example', domains: ['contoso.example'], federated: [] },
        ...more,
      },
      { reference: 'nonce', ...(complaint === undefined ? {} : { complaint }) },
    );
  return {
    newPersonView: {
      'somebody exists': propose({ existing: simon(said) }),
      'somebody exists who is disabled': propose({ existing: { ...simon(said), isEnabled: false } }),
      new: propose({}),
      'new, in one of two domains': propose({
        ...{ domains: ['contoso.example', 'contoso.test'], federated: [said('fabrikam.example')] },
      }),
      'somebody was deleted, and the name was refused': propose(
        { deleted: { name: said('T.Simon'), until: inDays(20) } },
        said('The name “…” holds no letter.'),
      ),
    },
    passwordLinkView: {
      'a link': passwordLinkView({
        ...{ url: 'https://latchkey.contoso.example/secret/one-time', until: inDays(1) },
        userPrincipalName: said('t.simon@contoso.example'),
      }),
    },
  };
};

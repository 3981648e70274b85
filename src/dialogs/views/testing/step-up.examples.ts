import type { AccessRequest } from '../../../services/index.js';
import { stepUpView } from '../step-up.view.js';
import { forSimon, request } from './access-fixtures.js';
import type { Examples, Said } from './example.js';
import { NOW } from './fixtures.js';

/** A request whose approval needs a fresh sign-in. */
export function provenRequest(said: Said, changes: Partial<AccessRequest> = {}, quorum = 1): AccessRequest {
  const asked = request(said, changes, quorum);
  return { ...asked, rules: { ...asked.rules, role: { ...asked.rules.role, stepUp: {} } } };
}

const link = { url: 'https://latchkey.contoso.example/step-up/0123456789abcdef', until: NOW, code: 'K7QM' };

export const stepUpExamples: Examples = (said) => ({
  stepUpView: {
    'as it was asked for': stepUpView({ ...link, request: provenRequest(said) }),
    'for less': stepUpView({ ...link, request: provenRequest(said), minutes: 60 }),
    'for somebody else': stepUpView({ ...link, request: provenRequest(said, forSimon(said)) }),
    'more time': stepUpView({ ...link, request: provenRequest(said, { kind: 'extension' }) }),
  },
});

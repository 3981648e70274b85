import type { AuditLine } from '../../services/index.js';
import { auditView } from './audit.view.js';

const at = new Date('2026-11-24T10:02:04Z');
const entry: AuditLine = { seq: 7, at, kind: 'outcome', who: 'Dana Deputy', deed: 'approve it', isRetry: false };

function itemOf(more: Partial<AuditLine>): string | undefined {
  const person = { id: 'dana', name: 'Dana Deputy' };
  const { elements } = auditView({ person, lines: [{ ...entry, ...more }], hasNewer: false, hasOlder: false });
  return elements.flatMap((one) => (one.kind === 'list' ? one.items : []))[0];
}

test('an approval says when its sign-in was, and what it met', () => {
  const signedInAt = new Date('2026-11-24T10:02:00Z');

  expect(itemOf({ state: 'done', provenBy: { signedInAt } })).toContain(
    'Done, for Dana Deputy: approve it, proven by a sign-in at 24 Nov 2026, 10:02:00.',
  );
  expect(itemOf({ state: 'done', provenBy: { signedInAt, authenticationContext: 'c1' } })).toMatch(
    /10:02:00 that met c1\./,
  );
});

test('a refusal says who had signed in in the place of the other, and the rule in words', () => {
  expect(itemOf({ kind: 'refusal', rule: 'approval-other-person', signedInAs: 'Omar Owner' })).toContain(
    'Refused to Dana Deputy: approve it; Omar Owner had signed in. Rule: whoever has clicked signs in themselves.',
  );
});

import type { PolicyStanding } from '../../services/index.js';
import { statusView } from './status.view.js';
import { stepUpWithoutClient } from './testing/health-fixtures.js';

const organization = { shortName: 'contoso-gc', name: 'Contoso Contact Centre' };
const error = { severity: 'error', line: 12, at: 'roles.agent', what: 'It names nobody who could approve.' } as const;
const file = '/etc/latchkey/policy.yaml';
const remedy = 'The operator corrects the file.';
const fault = { kind: 'unusable', what: 'The access policy cannot be used.', remedy } as const;
const missing = { ...fault, kind: 'missing' } as const;

function policyNotice(policy: PolicyStanding): { tone: string; text: string } | undefined {
  const context = { regionName: 'Frankfurt', links: undefined, now: new Date(), canSetUp: false, policy, findings: [] };
  const { elements } = statusView({ state: 'not-set-up', organization }, context);
  return elements.flatMap((one) => (one.kind === 'notice' && one.label === 'Access policy' ? [one] : []))[0];
}

test.each<[string, PolicyStanding]>([
  ['is in force', { file, rolesOffered: ['Agent'], findings: [] }],
  ['is in force, with a warning', { file, rolesOffered: ['Agent'], findings: [{ ...error, severity: 'warning' }] }],
  ['was never there', { file, fault: missing, findings: [] }],
])('status says nothing of an access policy that %s', (_how, policy) => {
  expect(policyNotice(policy)).toBeUndefined();
});

test('status says at which line an access policy cannot be used, and that nobody can ask', () => {
  expect(policyNotice({ file, fault, findings: [error] })).toMatchObject({
    ...{ tone: 'problem' },
    text: `${file}, line 12: ${error.what} ${remedy} Nobody can ask for access until that is done.`,
  });
});

test('status says that the rules before stay in force while the file is wrong, or gone', () => {
  const before = { file, fault, rolesOffered: ['Agent', 'Supervisor'] };

  expect(policyNotice({ ...before, findings: [error] })).toMatchObject({
    ...{ tone: 'warning' },
    text: `${file}, line 12: ${error.what} ${remedy} The rules before stay in force and offer Agent, Supervisor.`,
  });
  expect(policyNotice({ ...before, fault: missing, findings: [] })?.text).toMatch(
    /^There is none at \S+ any more\. The rules before/,
  );
});

test('status says what a policy with step-up lacks that cannot come into force, and what to do', () => {
  const said = (text: string): string => text;

  expect(policyNotice(stepUpWithoutClient(said))).toMatchObject({
    tone: 'problem',
    text: expect.stringMatching(/Agent needs step-up sign-in.* sets LINK_CLIENT_ID.* Nobody can ask for access/),
  });
  expect(policyNotice(stepUpWithoutClient(said, ['Supervisor']))).toMatchObject({
    tone: 'warning',
    text: expect.stringMatching(/Agent needs step-up .* The rules before stay in force and offer Supervisor\.$/),
  });
});

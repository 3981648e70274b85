import type { AccessFinding } from '../../services/index.js';
import { healthActions, healthElements, troubleCount, type HealthShown } from './health.view.js';
import { ANA_ID, OMAR_ID } from './testing/access-fixtures.js';
import { NOW } from './testing/fixtures.js';
import { anythingWrong, finding, nothingWrong, policyGone, stepUpWithoutClient } from './testing/health-fixtures.js';

const said = (text: string): string => text;
const asOmar = { readerId: OMAR_ID, now: NOW };

function linesOf(shown: HealthShown): readonly string[] {
  return healthElements(shown, asOmar).flatMap((element) =>
    element.kind === 'list' ? element.items : element.kind === 'text' ? [element.text] : [],
  );
}

function withFinding(kind: AccessFinding['kind']): HealthShown {
  const { health, ...more } = nothingWrong(said);
  return { ...more, health: { ...health, directory: { at: NOW, findings: [finding(said, kind)] } } };
}

test('nothing wrong is one calm line, and since when that is known', () => {
  expect(linesOf(nothingWrong(said))).toEqual([
    'Nothing is wrong.',
    'The access policy offers 2 roles. Entra was compared with the leases 2 minutes ago.',
  ]);
  expect(healthActions(nothingWrong(said), asOmar).map(({ label }) => label)).toEqual(['Show status']);
});

test('what is cut is counted', () => {
  const lines = linesOf(anythingWrong(said));
  const shown = lines.length - 2;

  expect(lines.at(-2)).toBe(`and ${String(troubleCount(anythingWrong(said), asOmar) - shown)} more`);
});

test.each([
  ['gone', /has taken the role in Entra, though the lease lasts until Tue 24 Nov 2026/, 'Audit of Ana Agent'],
  ['still-there', /is there again\. Latchkey takes it once more/, 'Audit of Ana Agent'],
  ['comes-back', /comes back in Entra each time/, 'Unassign Ana Agent …'],
  ['given-again', /has given the role in Entra since the lease ended/, 'Unassign Ana Agent …'],
] as const)(
  'a finding “%s” names the person and the role, says what to do, and has its button',
  (kind, words, label) => {
    const shown = withFinding(kind);

    expect(linesOf(shown)[0]).toMatch(words);
    expect(linesOf(shown)[0]).toMatch(/^Ana Agent, Agent: /);
    expect(healthActions(shown, asOmar)[0]?.label).toBe(label);
  },
);

test('nobody is offered to take access from themselves, nor whoever may only look', () => {
  const shown = withFinding('given-again');

  expect(healthActions(shown, { ...asOmar, readerId: ANA_ID })[0]?.label).toBe('Audit of Ana Agent');
  expect(healthActions({ ...shown, canManage: false }, asOmar)[0]?.label).toBe('Audit of Ana Agent');
});

test('a policy that is gone is told with the rules that stay in force', () => {
  expect(linesOf({ ...nothingWrong(said), ...policyGone(said) })[0]).toBe(
    'Access policy: There is none at /etc/latchkey/policy.yaml any more. The rules before stay in force and offer Agent, Supervisor.',
  );
});

test('a policy that wants sign-ins that nobody can make is told as it is, also where no rules are in force', () => {
  const { health, ...more } = nothingWrong(said);
  const lines = linesOf({ ...more, health: { ...health, policy: stepUpWithoutClient(said) } });

  expect(lines[0]).toMatch(
    /^Access policy: .*Agent needs step-up sign-in, and no sign-in client is set\. The operator sets/,
  );
  expect(lines).not.toContain('Nothing is wrong.');
});

test('that Entra was never compared with the leases is told once the process has had the time for it', () => {
  const { health, ...more } = nothingWrong(said);
  const started = (minutesAgo: number): HealthShown => {
    const startedAt = new Date(NOW.getTime() - minutesAgo * 60_000);
    return { ...more, health: { ...health, startedAt, directory: { findings: [] } } };
  };

  expect(linesOf(started(15))[0]).toBe('Nothing is wrong.');
  expect(linesOf(started(16))[0]).toMatch(/^Entra could not be compared with the leases since .* The log of Latchkey/);
});

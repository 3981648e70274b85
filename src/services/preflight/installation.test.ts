import { Problem } from '../platform/problem.js';
import { lookAt } from './finding.js';
import { judgeDatabase, judgePublicUrl, judgeSettings } from './installation.js';
import { judgeOwnership } from './ownership.js';
import type { Reach } from './reachability.js';
import { exitCodeOf, reportOf } from './report.js';
import { judgeSignIn } from './sign-in.js';

const NOTHING = { problems: [], standIns: [], lookAlikes: [] };

test('every problem of the settings becomes a finding of its name, with where the value is found', () => {
  const problems = [
    'AZURE_CLIENT_ID is missing: the app registration. Entra admin center, Overview.',
    'PORT must be a whole number from 0 to 65535, not "x".',
    'HOST must be 127.0.0.1. Or unset it.',
    'LINK_CLIENT_ID is missing: Slack is on. Set it.',
  ];

  const findings = judgeSettings({ ...NOTHING, problems }, 'live').filter(({ state }) => state === 'missing');

  expect(findings.map(({ name, remedy }) => [name, remedy])).toEqual([
    ['setting:AZURE_CLIENT_ID', expect.stringMatching(/^Set it .+ Where to find it: Entra admin center, Overview\.$/)],
    ['setting:PORT', expect.stringContaining('.env.example')],
    ['setting:HOST', 'Or unset it.'],
    ['setting:LINK_CLIENT_ID', 'Set it.'],
  ]);
});

test('stand-ins and a foreign time are a warning in live mode, and nothing special in the sandbox', () => {
  const facts = { ...NOTHING, clockUrl: 'http://127.0.0.1:1/clock', standIns: ['GRAPH_BASE_URL'] };

  const warnings = (mode: 'live' | 'sandbox'): string[] =>
    judgeSettings(facts, mode).flatMap(({ name, state }) => (state === 'warning' ? [name] : []));

  expect(warnings('live')).toEqual(['clock-source', 'stand-ins']);
  expect(warnings('sandbox')).toEqual([]);
});

const answered = (status: number): Reach => ({
  kind: 'answered',
  status,
  sentAt: new Date(0),
  answeredAt: new Date(0),
});

test.each<[Reach, string]>([
  [answered(200), 'ok'],
  [answered(502), 'warning'],
  [{ kind: 'no-connection', code: 'ECONNREFUSED' }, 'warning'],
  [{ kind: 'no-answer', silence: 'timeout' }, 'warning'],
  [{ kind: 'unknown-name', code: 'ENOTFOUND' }, 'missing'],
  [{ kind: 'not-trusted', code: 'expired-certificate' }, 'missing'],
])('what is seen of PUBLIC_URL (%j) is %s', (reach, state) => {
  const found = judgePublicUrl('https://latchkey.contoso.example', reach);

  expect(found.state).toBe(state);
  if (state !== 'ok') expect(found.remedy).toBeTruthy();
});

const POSTGRES = { kind: 'postgres', title: 'latchkey at db', known: ['1', '2'], mayCreate: true } as const;

test.each([
  [{ ...POSTGRES, applied: [] }, 'ok', 'The first start makes the tables'],
  [{ ...POSTGRES, applied: ['1', '2'] }, 'ok', 'those of this release'],
  [{ ...POSTGRES, applied: ['1'] }, 'warning', 'changes its tables (2)'],
  [{ ...POSTGRES, applied: ['1', '2', '3'] }, 'warning', 'newer release'],
  [{ ...POSTGRES, applied: [], mayCreate: false }, 'missing', 'role may not change them'],
  [{ ...POSTGRES, applied: ['1', '2'], mayCreate: false }, 'ok', 'those of this release'],
  [{ kind: 'embedded', folder: '/d', state: 'new' }, 'ok', 'first start'],
  [{ kind: 'embedded', folder: '/d', state: 'present' }, 'ok', 'was not opened'],
  [{ kind: 'embedded', folder: '/d', state: 'in-use' }, 'ok', 'a Latchkey that runs has it'],
  [{ kind: 'embedded', folder: '/d', state: 'not-writable' }, 'missing', 'may not write to /d'],
] as const)('a database seen as %j is %s', (facts, state, words) => {
  const found = judgeDatabase(facts);

  expect(found.state).toBe(state);
  expect(found.what).toContain(words);
});

const INSTANCE = {
  name: 'Genesys Cloud for Azure',
  applicationObjectId: 'app',
  servicePrincipalId: 'sp',
  owners: [{ name: 'Ada Admin' }, { name: 'Ada Admin' }],
};

test.each([
  ['owned', true, [], 'ok'],
  ['not owned, with a permission for all', false, ['Application.ReadWrite.All'], 'ok'],
  ['not owned', false, ['Application.ReadWrite.OwnedBy'], 'missing'],
])('an application that is %s', (_, isOwnedByLatchkey, granted, state) => {
  const [found] = judgeOwnership([{ ...INSTANCE, isOwnedByLatchkey }], { granted, ourId: 'us' });

  expect(found?.state).toBe(state);
  if (state === 'missing') {
    expect(found?.what).toContain('owned by Ada Admin)');
    expect(found?.remedy).toContain('service principal us as owner of both');
  }
});

test.each([
  [{ kind: 'remote', answer: 'unauthorized' }, 'missing'],
  [{ kind: 'input' }, 'missing'],
  [{ kind: 'remote', answer: 'unavailable' }, 'could-not-look'],
  [{ kind: 'remote', answer: 'timeout' }, 'could-not-look'],
  [{ kind: 'remote', answer: 'throttled' }, 'could-not-look'],
  [{ kind: 'internal' }, 'could-not-look'],
] as const)('a sign-in that ended with %j is %s, and what depends on it is unknown', (facts, state) => {
  const findings = judgeSignIn('entra', { what: 'What.', remedy: 'Do.', ...facts });

  expect(findings.map((finding) => finding.state)).toEqual([state, 'could-not-look']);
});

test('what a remote side says in its own words is in no finding', async () => {
  const look = await lookAt(() =>
    Promise.reject(
      new Problem({ kind: 'remote', what: 'What.', why: 'Why.', remedy: 'Do.', said: '<said>', requestId: 'r' }),
    ),
  );

  if (look.ok) throw new Error('It did not fail.');
  expect(JSON.stringify(judgeSignIn('entra', look.problem))).not.toContain('<said>');
  expect(judgeSignIn('entra', look.problem)[0]).toMatchObject({ what: 'What. Why.', remoteIds: { requestId: 'r' } });
});

const finding = (state: 'ok' | 'warning' | 'missing' | 'could-not-look') =>
  ({ name: state, state, what: 'x' }) as const;

test.each([
  [['ok'], 0],
  [['ok', 'warning'], 0],
  [['ok', 'could-not-look'], 2],
  [['could-not-look', 'missing', 'warning'], 1],
] as const)('findings that are %j end with exit code %i', (states, code) => {
  expect(exitCodeOf(reportOf({ mode: 'live', at: '' }, states.map(finding)))).toBe(code);
});

test('the report has the worst first, and counts', () => {
  const report = reportOf(
    { mode: 'live', at: 'now' },
    (['ok', 'warning', 'could-not-look', 'missing', 'ok'] as const).map(finding),
  );

  expect(report.findings.map(({ state }) => state)).toEqual(['missing', 'could-not-look', 'warning', 'ok', 'ok']);
  expect(report.summary).toEqual({ ok: 2, warning: 1, missing: 1, 'could-not-look': 1 });
});

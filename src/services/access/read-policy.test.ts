import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyJsonSchema } from './policy-schema.js';
import { readPolicy } from './read-policy.js';

const ROOT = join(__dirname, '../../..');
const shipped = readFileSync(join(ROOT, 'policy.yaml'), 'utf8');

const ROLE = {
  name: 'Agent',
  gives: { entraRole: 'User', genesys: { division: 'Home', roles: ['Agent'] } },
  mayAsk: 'everybody',
  approval: [{ people: ['omar@contoso.example', 'dana@contoso.example'] }],
  lasts: { usually: '8 hours', atMost: '30 days' },
} as const;

/** JSON is YAML. */
function policyOf(role: object, more: object = {}): string {
  return JSON.stringify(
    { version: 1, timeZone: 'Europe/Berlin', roles: { agent: { ...ROLE, ...role } }, ...more },
    null,
    1,
  );
}

function found(text: string): string[] {
  return readPolicy(text).findings.map(({ severity, at, what }) => `${severity} ${at}: ${what}`);
}

test('the policy that is shipped can be used, and names Omar and Dana with a quorum of one', () => {
  const { policy, findings } = readPolicy(shipped);

  expect(findings).toEqual([]);
  expect(policy?.roles.map(({ id }) => id)).toEqual(['agent', 'supervisor']);
  expect(policy?.roles[0]?.approval).toEqual([
    { people: ['omar.owner@contoso.example', 'dana.deputy@contoso.example'], groups: [], manager: false, quorum: 1 },
  ]);
  expect(policy?.roles[0]?.lasts).toEqual({ usually: { minutes: 480 }, atMost: { minutes: 43_200 } });
});

test('policy.schema.json is what the schema says', () => {
  expect(JSON.parse(readFileSync(join(ROOT, 'policy.schema.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(policyJsonSchema())),
  );
});

test('a misspelt key is named with its line', () => {
  const text = shipped.replace('unansweredFor', 'unansweredfor');

  expect(readPolicy(text)).toEqual({
    findings: [
      {
        severity: 'error',
        line: shipped.slice(0, shipped.indexOf('unansweredFor')).split('\n').length,
        at: 'roles.agent.unansweredfor',
        what: '"unansweredfor" is not known here. Remove it, or correct its spelling; policy.schema.json lists what is.',
      },
    ],
  });
});

test('everything that is wrong is told at once', () => {
  const text = policyOf({ name: undefined, mayAsk: 'nobody', lasts: { usually: 'long', atMost: '30 days' } });

  expect(found(text)).toEqual([
    'error roles.agent.name: It is missing.',
    'error roles.agent.mayAsk: It must be "everybody", or people and groups.',
    'error roles.agent.lasts.usually: It must be a length of time such as "15 minutes", "8 hours" or "30 days".',
  ]);
});

describe('A rule that nobody can satisfy does not load', () => {
  test.each([
    ['a quorum above the number of approvers', { approval: [{ people: ['omar@x'], quorum: 2 }] }, 'one person could'],
    [
      'the same approver twice in another spelling',
      { approval: [{ people: ['omar@x', 'OMAR@x '], quorum: 2 }] },
      'one person could',
    ],
    ['no approver', { approval: [{ quorum: 1 }] }, 'names nobody who could approve'],
    [
      'the only approver is the only one who may ask',
      { mayAsk: { people: ['omar@x'] }, approval: [{ people: ['Omar@x'] }] },
      'Nobody else may ask',
    ],
    ['nobody may ask', { mayAsk: { people: [] } }, 'It names nobody'],
    [
      'a second stage that is never asked',
      { approval: [{ people: ['a@x', 'b@x'] }, { people: ['c@x', 'd@x'] }] },
      'never be asked',
    ],
    ['neither an app role nor a group', { gives: { genesys: ROLE.gives.genesys } }, 'either entraRole or entraGroup'],
    ['both an app role and a group', { gives: { ...ROLE.gives, entraGroup: 'G' } }, 'either entraRole or entraGroup'],
    ['longer usually than at most', { lasts: { usually: '2 days', atMost: '1 day' } }, '2 days and 1 day'],
    ['more than a year', { lasts: { usually: '1 day', atMost: '366 days' } }, 'longer than a year'],
    ['no time at all', { lasts: { usually: '0 hours', atMost: '1 day' } }, 'must be a length of time'],
    ['no time to answer', { unansweredFor: '0 days' }, 'must be a length of time'],
    [
      'a last stage after the end of the request',
      { approval: [{ groups: ['a'], escalateAfter: '3 days' }, { groups: ['b'] }] },
      'has ended already (3 days and 3 days)',
    ],
    ['break-glass beyond the most', { breakGlass: { people: ['a@x'], atMost: '31 days' } }, 'Break-glass is longer'],
    [
      'approved by itself beyond the most',
      { autoApprove: { groups: ['g'], atMost: '31 days' } },
      'Approved by itself is longer',
    ],
  ])('%s', (_what, role, words) => {
    const read = readPolicy(policyOf(role));

    expect(read.policy).toBeUndefined();
    expect(found(policyOf(role)).join('\n')).toContain(words);
  });

  test('an unknown time zone, and working hours that end before they begin', () => {
    const hours = { days: ['mon'], from: '18:00', until: '08:00' };

    expect(found(policyOf({}, { timeZone: 'Berlin', workingHours: hours }))).toEqual([
      'error timeZone: "Berlin" is no time zone. Write an IANA name, such as Europe/Berlin.',
      'error workingHours.until: Working hours end before they begin. Nobody would ever be reminded.',
    ]);
  });
});

describe('A role whose approvals need a sign-in', () => {
  const stepUpOf = (stepUp: unknown) => readPolicy(policyOf({ stepUp })).policy?.roles[0]?.stepUp;

  test('says so alone, or names an authentication context; false is none', () => {
    expect([true, false, { authenticationContext: 'c1' }].map(stepUpOf)).toEqual([
      ...[{}, undefined, { authenticationContext: 'c1' }],
    ]);
  });

  test.each(['c0', 'c100', 'mfa'])('names no context %s', (authenticationContext) => {
    expect(found(policyOf({ stepUp: { authenticationContext } }))).toEqual([
      'error roles.agent.stepUp.authenticationContext: It must be an authentication context of Conditional Access, c1 to c99.',
    ]);
  });

  test.each(['yes', 1, {}, { acr: 'c1' }])('says nothing else: %j', (stepUp) => {
    expect(found(policyOf({ stepUp }))).toEqual([
      'error roles.agent.stepUp: It must be true, or name an authenticationContext from c1 to c99.',
    ]);
  });

  test('loads with a warning beside what needs no approval', () => {
    const role = {
      stepUp: true,
      autoApprove: { people: ['a@x'], atMost: '1 hour' },
      breakGlass: { people: ['a@x'], atMost: '1 hour' },
    };

    expect(readPolicy(policyOf(role)).policy?.roles[0]?.stepUp).toEqual({});
    expect(found(policyOf(role))).toEqual([
      'warning roles.agent.autoApprove: stepUp is for approvals by people: whom this names needs none, and so nobody signs in for that.',
      'warning roles.agent.breakGlass: stepUp is for approvals by people: whom this names has it at once, and so nobody signs in for that.',
    ]);
  });
});

describe('A rule that surprises loads with a warning', () => {
  test('an approver for whom nobody else is left', () => {
    const { policy, findings } = readPolicy(policyOf({ approval: [{ people: ['omar@x'] }] }));

    expect(policy).toBeDefined();
    expect(findings.map(({ severity, at }) => [severity, at])).toEqual([['warning', 'roles.agent.approval.1.quorum']]);
  });

  test('an escalation that leads nowhere', () => {
    const { policy, findings } = readPolicy(
      policyOf({ approval: [{ groups: ['Approvers'], escalateAfter: '1 hour' }] }),
    );

    expect(policy).toBeDefined();
    expect(findings[0]?.what).toContain('no further stage');
  });

  test('a group, or the manager beside one person, counts as one who can approve', () => {
    expect(found(policyOf({ approval: [{ groups: ['Approvers'], quorum: 3 }] }))).toEqual([]);
    expect(found(policyOf({ approval: [{ people: ['omar@x'], manager: true, quorum: 1 }] }))).toEqual([]);
  });
});

test.each([
  ['no YAML', 'roles: [', /^error : This is not YAML/],
  ['a YAML bomb', `a: &a [x,x,x]\n${Array.from({ length: 40 }, (_, n) => `b${n}: [*a,*a]`).join('\n')}`, /^error /],
  ['too much', 'a'.repeat(300_000), /larger than 256 KB/],
  ['nothing', '', /^error /],
  ['a role id with a space', policyOf({}, { roles: { 'my role': ROLE } }), /small letters, digits and dashes/],
])('%s is said in words', (_what, text, words) => {
  const [first] = found(text);

  expect(readPolicy(text).policy).toBeUndefined();
  expect(first).toMatch(words);
});

test('whatever a file holds, reading it never throws, and it says why it cannot be used', () => {
  const json = fc.json().map((text) => policyOf({}, { roles: { agent: JSON.parse(text) as unknown } }));
  fc.assert(
    fc.property(fc.oneof(fc.string(), json, fc.json()), (text) => {
      const { policy, findings } = readPolicy(text);

      expect(policy !== undefined || findings.some(({ severity }) => severity === 'error')).toBe(true);
      expect(findings.every(({ what }) => /[.]$/.test(what))).toBe(true);
    }),
  );
});

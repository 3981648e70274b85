import type { Fault } from '../support/fault-world.js';

/** How a set-up meets a fault. */
export interface FaultCase {
  readonly name: string;
  readonly faults: readonly Fault[];
  /** When it is switched on: before *set up sso* is said (the plan reads, too), or between the plan and *Run*. */
  readonly from: 'plan' | 'run';
  /**
   * `itself`: nobody has to do anything, and the run is never parked. A pattern: the run stops or waits with these words on
   * its card; when the fault is gone, *Check now*, *Retry* or waiting ends it.
   */
  readonly ends: 'itself' | RegExp;
  /** What nobody in the sandbox can put right, such as an owner that is missing. */
  readonly staysRefused?: true;
  /** The one create call of each kind must not be sent again. */
  readonly createsOnce?: true;
  /** What was made stays invisible for longer than the bot looks for it. */
  readonly outlasts?: true;
}

const entra = (fault: string, options: Record<string, string> = {}): Fault => ({ at: 'entra', fault, options });
const genesys = (fault: string, options: Record<string, string> = {}): Fault => ({ at: 'genesys', fault, options });

const CREATES = [
  ['the application', '/instantiate'],
  ['the certificate', '/addTokenSigningCertificate'],
] as const;
const CHANGES = [
  ['choosing SAML', 'PATCH /v1.0/servicePrincipals'],
  ['Identifier and Reply URL', 'PATCH /v1.0/applications'],
  ['the claims', 'PUT /beta/servicePrincipals'],
] as const;

const itself = (name: string, ...faults: Fault[]): FaultCase => ({ name, faults, from: 'run', ends: 'itself' });
const stops = (name: string, words: RegExp, ...faults: Fault[]): FaultCase => ({
  ...{ name, faults, from: 'run', ends: words },
});
const whileReading = (one: FaultCase): FaultCase => ({
  ...one,
  name: `${one.name}, while the plan is made`,
  from: 'plan',
});

/** Every fault of either server that concerns a set-up. Budgets of the bot under test: see `BUDGET_S`. */
export const FAULT_CASES: readonly FaultCase[] = [
  // Answers that never come, or come after the deed.
  ...CREATES.map(([what, match]): FaultCase => ({
    ...itself(`504 after ${what} was created`, entra('gateway-timeout-after-commit', { match })),
    createsOnce: true,
  })),
  ...CHANGES.map(([what, match]) =>
    itself(`504 after ${what} was written`, entra('gateway-timeout-after-commit', { match })),
  ),
  itself('504 after Genesys has written the provider', genesys('gateway-timeout-after-commit', { match: 'PUT' })),
  ...CREATES.map(([what, match]) => itself(`503 before ${what} is created`, entra('unavailable', { match }))),
  itself('503 of any of the first two Graph calls', entra('unavailable', { times: '2' })),
  whileReading(itself('503 of any of the first two Graph calls', entra('unavailable', { times: '2' }))),
  itself('503 once for the claims', entra('unavailable-once', { path: '/claimsPolicy', method: 'PUT' })),
  itself('503 once for the provider', genesys('unavailable-once', { path: '/identityproviders', method: 'PUT' })),
  itself('503 of Genesys twice', genesys('unavailable', { times: '2' })),
  whileReading(itself('503 of Genesys twice', genesys('unavailable', { times: '2' }))),
  stops(
    'Graph away for longer than Latchkey asks',
    /Entra could not choose SAML/,
    entra('unavailable', { times: 'always', match: 'PATCH' }),
  ),
  stops(
    'Genesys away for longer than Latchkey asks',
    /Genesys Cloud could not write/,
    genesys('unavailable', { times: 'always', match: 'PUT' }),
  ),
  itself('slow answers of both sides', entra('slow-replies', { ms: '250' }), genesys('slow-replies', { ms: '250' })),

  // Too many requests.
  itself('429 with Retry-After on Graph', entra('throttled', { retryAfter: '1', times: '2' })),
  itself('429 without Retry-After on Graph', entra('throttled', { retryAfter: 'none', times: '2' })),
  ...CREATES.map(([what, match]) =>
    itself(`429 without Retry-After for ${what}`, entra('throttled', { retryAfter: 'none', match })),
  ),
  whileReading(itself('429 without Retry-After on Graph', entra('throttled', { retryAfter: 'none', times: '2' }))),
  itself('429 with Retry-After on Genesys', genesys('throttled', { retryAfter: '1', times: '2' })),
  itself('429 without Retry-After on Genesys', genesys('throttled', { retryAfter: 'none', times: '2' })),
  stops(
    '429 for longer than Latchkey asks',
    /Entra asked Latchkey to slow down/,
    entra('throttled', { retryAfter: '2', times: 'always', match: 'PATCH' }),
  ),
  stops(
    'a tenant with a hundredth of the usual budgets',
    /Entra asked Latchkey to slow down/,
    entra('budgets', { scale: '0.01' }),
  ),
  itself('a Genesys token with ten requests in two seconds', genesys('budgets', { requests: '10', seconds: '2' })),
  itself(
    'tokens refused and the token endpoint of Entra throttled',
    entra('token-expired-now'),
    entra('token-throttled', { times: '2' }),
  ),
  whileReading(
    itself(
      'tokens refused and the token endpoint of Entra throttled',
      entra('token-expired-now'),
      entra('token-throttled', { times: '2' }),
    ),
  ),
  itself(
    'tokens refused and the token endpoint of Genesys throttled',
    genesys('token-expired-now'),
    genesys('token-throttled', { times: '2' }),
  ),
  itself('tokens of both sides refused', entra('token-expired-now'), genesys('token-expired-now')),

  // What was written shows later.
  itself('reads that lag by two seconds', entra('replication-lag', { seconds: '2' })),
  itself('reads and writes that lag by two seconds', entra('replication-lag', { seconds: '2', writes: 'lag' })),
  itself(
    'three replicas, the slowest three seconds behind',
    entra('replication-lag', { seconds: '3', replicas: '3', writes: 'lag' }),
  ),
  whileReading(itself('reads that lag by two seconds', entra('replication-lag', { seconds: '2' }))),
  {
    ...stops(
      'reads that lag for longer than Latchkey waits',
      /does not show it yet/,
      entra('replication-lag', { seconds: '60', replicas: '1' }),
    ),
    outlasts: true,
  },
  {
    ...stops(
      'lagging replicas beside a true one',
      /does not show it yet|shows something else/,
      entra('replication-lag', { seconds: '60', replicas: '2', writes: 'lag' }),
    ),
    outlasts: true,
  },
  itself('a provider that shows two seconds later', genesys('stale-reads', { seconds: '2', only: 'providers' })),
  stops(
    'a provider that shows later than Latchkey waits',
    /Genesys Cloud has accepted/,
    genesys('stale-reads', { seconds: '60' }),
  ),

  // One writer per object.
  itself('409 for overlapping writes', entra('conflict-on-overlap'), entra('slow-replies', { ms: '100' })),

  // Rights and rules.
  stops(
    'a Graph permission that is missing',
    /lacks Application.ReadWrite.OwnedBy/,
    entra('permission-removed', { permission: 'Application.ReadWrite.OwnedBy' }),
  ),
  stops(
    'the Graph permission for claims missing',
    /lacks Policy.ReadWrite.ApplicationConfiguration/,
    entra('permission-removed', { permission: 'Policy.ReadWrite.ApplicationConfiguration' }),
  ),
  stops(
    'a Genesys permission that is missing',
    /sso:provider:(add|edit)/,
    genesys('permission-removed', { permission: 'sso:provider:edit' }),
    genesys('permission-removed', { permission: 'sso:provider:add' }),
  ),
  {
    ...stops('an application that belongs to nobody', /Latchkey may change only what it owns/, entra('not-owned')),
    staysRefused: true,
  },
  stops('identifiers that a policy of the tenant refuses', /identifier/i, entra('identifier-policy')),
  itself('identifiers that a policy refuses except for SAML', entra('identifier-policy', { excludeSaml: 'true' })),
  itself('a cloud without the claims policy', entra('no-claims-policy-api')),
  itself('a tenant without a licence for groups', entra('no-licence')),
  itself('an organisation in SSO-only mode', genesys('sso-only')),

  // Certificates and time.
  stops('certificates that Genesys calls expired', /certificate/i, genesys('certificate-expired')),
  stops('new certificates that have already expired', /expired/, entra('certificate-expired')),
  itself('clocks that jump back by an hour', entra('clock-jumps-back')),
  {
    ...itself(
      'clocks that jump back, and 504 after the application was created',
      entra('clock-jumps-back'),
      entra('gateway-timeout-after-commit', { match: '/instantiate' }),
    ),
    createsOnce: true,
  },
];

/** Faults that no step of a set-up meets, and why. */
export const NOT_CONCERNED: Readonly<Record<string, string>> = {
  'entra certificate-foreign': 'met at a sign-in only',
  'entra saml-app-delete-refused': 'a set-up deletes nothing',
  'genesys certificate-foreign': 'met at a sign-in only',
  'genesys audit-delay': 'a set-up reads no audit',
  'entra pim-expired': 'stops the click before there is a run, see rights-run-out.journey.test.ts',
  'entra permission-added': 'takes nothing from anybody',
  'entra pim-activated': 'gives somebody else the right, and takes it from nobody',
  'entra id-token-wrong':
    'met where people sign in to Latchkey only, see account-link.test.ts and step-up.journey.test.ts',
  'entra password-rules': 'about people',
  'entra deleted-names-held': 'about people',
  'entra more-domains': 'about people',
  'entra federated-domain': 'about people',
  'entra search-index-lag': 'about people',
  'genesys no-licence': 'about people',
  'genesys conflict': 'about people',
  'genesys conflicts-as-400': 'about people',
  'genesys created-but-refused': 'about people',
};

import type { AccessFinding, Health, PolicyStanding } from '../../../services/index.js';
import type { HealthShown } from '../health.view.js';
import { forSimon, inMinutes, lease } from './access-fixtures.js';
import type { Said } from './example.js';
import { inDays, NOW } from './fixtures.js';

/** How Latchkey stands, from well to as badly as it can. */

const RUN_ID = '0b7e6a52-0000-4000-8000-000000000001';

function health(said: Said, more: Partial<Health> = {}): Health {
  return {
    policy: {
      ...{ file: said('/etc/latchkey/policy.yaml'), rolesOffered: [said('Agent'), said('Supervisor')] },
      ...{ timeZone: 'Europe/Berlin', findings: [] },
    },
    ...{ directory: { at: inMinutes(-2), findings: [] }, startedAt: inMinutes(-600) },
    ...{ leases: { first: [], total: 0 }, runs: { first: [], total: 0 } },
    ...{ overdue: { count: 0 }, undelivered: { count: 0 }, cardsBehind: 0, certificateUntil: inDays(300) },
    ...more,
  };
}

export function nothingWrong(said: Said): HealthShown {
  return { health: health(said), chats: [], canManage: true };
}

export function finding(said: Said, kind: AccessFinding['kind']): AccessFinding {
  return { kind, lease: lease(said, { state: kind === 'gone' ? 'active' : 'ended' }) };
}

/** There is no file any more, and no other fault. */
export function policyGone(said: Said): Partial<HealthShown> {
  const { policy, ...others } = health(said);
  const fault = { kind: 'missing', what: 'Nobody can ask for access here yet.', remedy: 'Write one.' } as const;
  return { canManage: false, health: { ...others, policy: { ...policy, fault } } };
}

/** It says `stepUp`, and nobody can sign in. @param inForce the roles of the rules before. */
export function stepUpWithoutClient(said: Said, inForce?: readonly string[]): PolicyStanding {
  const what = `The access policy cannot be used: the role ${said('Agent')} needs step-up sign-in, and no sign-in client is set.`;
  const remedy = 'The operator sets LINK_CLIENT_ID, or takes stepUp out of the file.';
  return {
    ...{ file: said('/etc/latchkey/policy.yaml'), fault: { kind: 'no-client', what, remedy }, findings: [] },
    ...(inForce ? { rolesOffered: inForce.map(said) } : {}),
  };
}

export function anythingWrong(said: Said): HealthShown {
  const what = said('It names nobody who could approve.');
  const problem = said('Entra did not answer.');
  const simon = lease(said, { ...forSimon(said), state: 'ending' });
  return {
    canManage: true,
    chats: [{ channel: 'slack', since: inMinutes(-7) }],
    health: health(said, {
      policy: {
        ...{ file: said('/etc/latchkey/policy.yaml'), rolesOffered: [said('Agent')], timeZone: 'Europe/Berlin' },
        fault: { kind: 'unusable', what: 'It cannot be used.', remedy: 'The operator corrects the file.' },
        findings: [{ severity: 'error', line: 12, at: 'roles.agent', what }],
      },
      directory: {
        at: inMinutes(-40),
        findings: [finding(said, 'gone'), finding(said, 'given-again')],
      },
      leases: {
        total: 9,
        first: [
          { kind: 'not-taken', lease: simon, runId: RUN_ID, since: inMinutes(-3), problem },
          { kind: 'not-given', lease: lease(said, { state: 'failed' }), runId: RUN_ID, since: inMinutes(-9), problem },
          { kind: 'sessions-open', lease: simon, runId: RUN_ID, since: inMinutes(-50) },
        ],
      },
      runs: {
        total: 2,
        first: [
          { kind: 'waits', runId: RUN_ID, wanted: said('set up SSO'), by: said('Ada Admin'), since: NOW, problem },
          { kind: 'stopped', runId: RUN_ID, by: said('Ada Admin'), since: NOW },
        ],
      },
      ...{ overdue: { count: 1, since: inMinutes(-30) }, undelivered: { count: 12, since: inMinutes(-30) } },
      ...{ cardsBehind: 3, certificateUntil: inDays(20) },
    }),
  };
}

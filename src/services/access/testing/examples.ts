import type { AccessRequest, NamedPerson, Vote } from '../access-request.js';
import type { ApprovalStage, PolicyRole } from '../access-policy.js';
import type { Lease } from '../lease.js';

/** A request, its votes and its lease, for tests that change what they are about. */

export const NOW = new Date('2026-11-24T09:00:00.000Z');
export const ANA = personOf('04', 'Ana Agent');
export const OMAR = personOf('02', 'Omar Owner');
export const DANA = personOf('03', 'Dana Deputy');

function personOf(number: string, name: string): NamedPerson & { userPrincipalName: string } {
  const userPrincipalName = `${name.toLowerCase().replace(' ', '.')}@contoso.example`;
  return { id: `0e0b1ec7-0000-4000-8000-0000000000${number}`, name, userPrincipalName };
}

export function stageOf(people: readonly string[], quorum = 1, escalateAfter?: number): ApprovalStage {
  return {
    ...{ people, groups: [], manager: false, quorum },
    ...(escalateAfter === undefined ? {} : { escalateAfter: { minutes: escalateAfter } }),
  };
}

export function roleOf(changes: Partial<PolicyRole> = {}): PolicyRole {
  return {
    ...{ id: 'agent', name: 'Agent' },
    gives: { entra: { kind: 'app-role', role: 'User' }, genesys: { division: 'Home', roles: ['Agent'] } },
    mayAsk: { kind: 'everybody' },
    approval: [stageOf([OMAR.userPrincipalName, DANA.userPrincipalName])],
    lasts: { usually: { minutes: 480 }, atMost: { minutes: 43_200 } },
    unansweredFor: { minutes: 4_320 },
    remind: { first: { minutes: 15 }, atMost: { minutes: 240 } },
    ...changes,
  };
}

export function requestOf(changes: Partial<AccessRequest> = {}, role: Partial<PolicyRole> = {}): AccessRequest {
  return {
    ...{ id: 'a0000000-0000-4000-8000-000000000001', revision: 0, kind: 'access', state: 'open' },
    ...{ asker: { id: ANA.id, name: ANA.name }, person: ANA },
    rules: {
      role: roleOf(role),
      timeZone: 'Europe/Berlin',
      workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 480, untilMinute: 1_080 },
    },
    gift: {
      entra: {
        ...{ kind: 'app-role', servicePrincipalId: 'sp', appId: 'app', templateId: 'template' },
        ...{ appRoleId: 'user', appRoleName: 'User' },
      },
      genesys: { divisionId: 'home', divisionName: 'Home', roles: [{ roleId: 'agent', roleName: 'Agent' }] },
    },
    ...{ minutes: 480, why: 'Covering the night shift', stage: 0, stageAt: NOW },
    approvers: [OMAR, DANA].map(({ id, name }) => ({ id, name, stage: 0 })),
    ...{ askedAt: NOW, reminders: 0 },
    ...changes,
  };
}

export function voteOf(person: NamedPerson, changes: Partial<Vote> = {}): Vote {
  return {
    ...{ person: { id: person.id, name: person.name }, vote: 'approve', stages: [0], reason: '' },
    ...{ channel: 'teams', at: NOW },
    ...changes,
  };
}

export function leaseOf(changes: Partial<Lease> = {}): Lease {
  const { id: requestId, gift, minutes } = requestOf();
  return {
    ...{ id: 'b0000000-0000-4000-8000-000000000001', revision: 1, requestId, person: ANA, roleId: 'agent' },
    ...{ roleName: 'Agent', gift, state: 'active', minutes, runId: 'c0000000-0000-4000-8000-000000000001' },
    ...{ beginsAt: NOW, endsAt: new Date(NOW.getTime() + minutes * 60_000), leftOver: [], reminders: 0 },
    ...changes,
  };
}

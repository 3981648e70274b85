import type { AccessGift, AccessRequest, Lease, RequestCard, RequestDeed, Vote } from '../../../services/index.js';
import type { Said } from './example.js';
import { NOW } from './fixtures.js';

/** A request for access, its votes and its lease, at each turn. */

export const ANA_ID = '33333333-0000-4000-8000-000000000004';
export const OMAR_ID = '33333333-0000-4000-8000-000000000002';
export const DANA_ID = '33333333-0000-4000-8000-000000000003';
const SIMON_ID = '33333333-0000-4000-8000-000000000006';

export function inMinutes(minutes: number): Date {
  return new Date(NOW.getTime() + minutes * 60_000);
}

export function gift(said: Said): AccessGift {
  return {
    entra: {
      ...{ kind: 'app-role', servicePrincipalId: 'sp', appId: 'app', templateId: 't', appRoleId: 'r' },
      appRoleName: said('User'),
    },
    genesys: {
      ...{ divisionId: 'd', divisionName: said('Home') },
      roles: [{ roleId: 'g', roleName: said('Agent') }],
    },
  };
}

/** Ana Agent asks for Agent for 8 hours, and it is open. */
export function request(said: Said, more: Partial<AccessRequest> = {}, quorum = 1): AccessRequest {
  return {
    ...{ id: '5f8f1d3e-0000-4000-8000-000000000001', revision: 3, kind: 'access', state: 'open' },
    asker: { id: ANA_ID, name: said('Ana Agent') },
    person: { id: ANA_ID, name: said('Ana Agent'), userPrincipalName: said('ana.agent@contoso.example') },
    rules: {
      timeZone: 'Europe/Berlin',
      workingHours: { days: ['mon', 'tue'], fromMinute: 480, untilMinute: 1_080 },
      role: {
        ...{ id: 'agent', name: said('Agent'), explains: said('Take calls and chats in the contact centre.') },
        gives: { entra: { kind: 'app-role', role: 'User' }, genesys: { division: 'Home', roles: ['Agent'] } },
        mayAsk: { kind: 'everybody' },
        approval: [{ people: ['omar@x'], groups: [], manager: false, quorum }],
        lasts: { usually: { minutes: 480 }, atMost: { minutes: 43_200 } },
        unansweredFor: { minutes: 4_320 },
        remind: { first: { minutes: 15 }, atMost: { minutes: 240 } },
      },
    },
    ...{ gift: gift(said), minutes: 480, why: said('Covering the night shift'), stage: 0, stageAt: NOW, askedAt: NOW },
    approvers: [
      { id: OMAR_ID, name: said('Omar Owner'), stage: 0 },
      { id: DANA_ID, name: said('Dana Deputy'), stage: 0 },
    ],
    reminders: 0,
    ...more,
  };
}

export function forSimon(said: Said): Pick<AccessRequest, 'person'> {
  return { person: { id: SIMON_ID, name: said('B.Simon'), userPrincipalName: said('b.simon@contoso.example') } };
}

export function approved(said: Said, more: Partial<AccessRequest> = {}): Partial<AccessRequest> {
  return {
    ...{ state: 'approved', decidedAt: NOW, startsAt: new Date(NOW.getTime() + 10_000) },
    decision: { kind: 'approved', by: { id: OMAR_ID, name: said('Omar Owner') }, minutes: 480 },
    leaseId: 'lease',
    ...more,
  };
}

export function vote(said: Said, more: Partial<Vote> = {}): Vote {
  return {
    ...{ person: { id: OMAR_ID, name: said('Omar Owner') }, vote: 'approve', stages: [0], reason: '' },
    ...{ channel: 'teams', at: NOW },
    ...more,
  };
}

export function lease(said: Said, more: Partial<Lease> = {}): Lease {
  const { person } = request(said);
  return {
    ...{ id: 'lease', revision: 1, requestId: '5f8f1d3e-0000-4000-8000-000000000001', person, roleId: 'agent' },
    ...{ roleName: said('Agent'), gift: gift(said), state: 'active', minutes: 480, runId: 'run' },
    ...{ beginsAt: NOW, endsAt: inMinutes(480), leftOver: [], reminders: 0 },
    ...more,
  };
}

export function card(of: AccessRequest, more: Partial<RequestCard> = {}, ...can: readonly RequestDeed[]): RequestCard {
  return { request: of, votes: [], can, ...more };
}

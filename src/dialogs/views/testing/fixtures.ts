import type { EntraPerson, RunRecord, TestLinks } from '../../../services/index.js';
import type { Said } from './example.js';

/** Who and what the examples are about, as the sandbox has them. */

export const NOW = new Date('2026-11-24T10:47:03.000Z');
export const REGION_NAME = 'EMEA (Frankfurt)';
export const APP_ID = '4b1f7c02-9d13-4a36-8a5e-0c6f5f1f6a10';
export const INSTANCE_ID = '7e2c9b51-3f0a-4c1d-9b7e-52d1c0a4f7d3';
const RUN_ID = '0b7a4c1e-5d2f-4e8a-9c3b-6f1d2a7e4c90';

export const LINKS: TestLinks = {
  sp: 'https://login.mypurecloud.de/#/authenticate-adv/org/contoso-gc?provider=adfs',
  idp: `https://launcher.myapps.microsoft.com/api/signin/${APP_ID}?tenantId=11111111-2222-4333-8444-555555555555`,
  myApps: 'https://myapps.microsoft.com/',
};

/** @param days from `NOW`; below 0: before it. */
export function inDays(days: number): Date {
  return new Date(NOW.getTime() + days * 86_400_000);
}

/** Ana Agent, unless more is said. */
export function person(said: Said, more: Partial<EntraPerson> = {}): EntraPerson {
  return {
    ...{ id: '33333333-0000-4000-8000-000000000005', name: said('Ana Agent'), jobTitle: said('Agent') },
    ...{ userPrincipalName: said('ana.agent@contoso.example'), isEnabled: true, isGuest: false },
    ...more,
  };
}

export function simon(said: Said): EntraPerson {
  return {
    ...{ id: '33333333-0000-4000-8000-000000000006', name: said('B.Simon') },
    ...{ userPrincipalName: said('b.simon@contoso.example'), isEnabled: true, isGuest: false },
  };
}

/** The step of a run. A step that is `started` may wait for something. */
type Step = RunRecord['steps'][number];

export function steps(names: readonly string[], ...states: readonly Step['state'][]): Step[] {
  return states.map((state, at) => ({ name: names[at] ?? `Step ${String(at + 1)}`, state, startedAt: NOW }));
}

/** A run of that kind, under way since `NOW`, begun by Ada Admin. */
export function run(said: Said, kind: string, more: Partial<RunRecord> = {}): RunRecord {
  return {
    id: RUN_ID as RunRecord['id'], // it is one, and only the services make them
    ...{ kind, version: 1, input: {}, state: 'running', fence: 1, revision: 3, reference: 'r' },
    actor: { personId: '33333333-0000-4000-8000-000000000001', name: said('Ada Admin'), channel: 'teams' },
    ...{ startedAt: NOW, changedAt: new Date(NOW.getTime() + 90_000), steps: [] },
    ...more,
  };
}

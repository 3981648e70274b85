import { judgeStepUpClaim, judgeStepUpClient } from './step-up.js';

const needs = (hasClient: boolean, ...roles: string[]) => ({ roles, hasClient });
const KNOWN = { objectId: 'o', appId: 'c', name: 'Latchkey', credentials: [], redirectUris: [] };
const registered = (...idTokenClaims: string[]) => ({ ok: true, value: { ...KNOWN, idTokenClaims } }) as const;

test('a policy that needs step-up sign-in lacks a client, and no other policy does', () => {
  const [missing] = judgeStepUpClient(needs(false, 'Supervisor', 'Lead'));

  expect(missing).toMatchObject({ name: 'step-up-client', state: 'missing' });
  expect(missing?.what).toContain('The roles Supervisor, Lead of the access policy need step-up sign-in');
  expect(missing?.remedy).toContain('Set LINK_CLIENT_ID');
  expect([judgeStepUpClient(needs(true, 'Supervisor')), judgeStepUpClient(needs(false))]).toEqual([[], []]);
});

test('a registration that does not say when people sign in is warned of, where that counts', () => {
  expect(judgeStepUpClaim(needs(true, 'Supervisor'), registered('auth_time'))[0]?.state).toBe('ok');
  expect(judgeStepUpClaim(needs(true, 'Supervisor'), registered('email'))[0]).toMatchObject({
    ...{ name: 'step-up-claim', state: 'warning' },
    remedy: expect.stringContaining('Token configuration, Add optional claim, ID: auth_time.') as string,
  });
  expect(judgeStepUpClaim(needs(true), registered())).toEqual([]);
});

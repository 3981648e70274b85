import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { GLOBAL_CLOUD } from '../entra/microsoft-clouds.js';
import { choiceFor } from './instance-choice.js';
import { regionByKey } from './genesys-region.js';
import type { BothSides } from './read-both-sides.js';
import { ssoHealth } from './sso-health.js';

const wish = {
  region: regionByKey('eu_central_1'),
  cloud: GLOBAL_CLOUD,
  tenantId: 't',
  now: new Date('2026-11-24T09:00:00Z'),
};

function instance(appId: string, changes: Partial<Instance> = {}): Instance {
  return {
    ...{ applicationObjectId: `app-${appId}`, servicePrincipalId: `sp-${appId}`, appId, displayName: 'Genesys' },
    ...{ isEnabled: true, isAssignmentRequired: true, identifiers: [], replyUrls: [], appRoles: [], certificates: [] },
    ...{ owners: [], isOwnedByLatchkey: true },
    ...changes,
  };
}

/** Two instances, nobody has chosen, and Genesys points to that application. */
function twoInstances(party: string | undefined): BothSides {
  const both = [instance('one'), instance('two')];
  const provider: IdentityProvider = {
    ...{ isDisabled: false, certificates: [], unmanaged: {} },
    ...(party === undefined ? {} : { relyingPartyIdentifier: party }),
  };
  return {
    organization: { id: 'o', name: 'Contoso', shortName: 'contoso-gc' },
    template: { id: 'g', displayName: 'Genesys Cloud for Azure' },
    ...{ provider, instances: both, instance: undefined, assigned: 0 },
    others: both.map((one, index) => ({ instance: one, assigned: index + 1 })),
  };
}

test('of two instances the one that Genesys points to is judged, and the other one is named', () => {
  const health = ssoHealth(twoInstances('two'), wish);

  expect(health).toMatchObject({ state: 'differs', appId: 'two', assigned: 2, otherAppIds: ['one'] });
});

test.each([['none'], [undefined]])('when Genesys points to neither (%s), none is judged', (party) => {
  expect(ssoHealth(twoInstances(party), wish)).toEqual({ state: 'several-instances', appIds: ['one', 'two'] });
});

test('an admin can tell the instances apart by what makes one of them the right one', () => {
  const sides = twoInstances('one');
  const held = instance('one', { identifiers: ['https://LOGIN.mypurecloud.de/saml'] });
  const foreign = instance('two', {
    isOwnedByLatchkey: false,
    owners: [
      { id: '1', name: 'Omar', of: 'application' },
      { id: '1', name: 'Omar', of: 'servicePrincipal' },
    ],
  });

  const choice = choiceFor(
    { ...sides, others: [held, foreign].map((one) => ({ instance: one, assigned: 0 })) },
    wish.region,
    wish.now,
  );

  expect(choice?.instances).toEqual([
    expect.objectContaining({ appId: 'one', isInUse: true, holdsIdentifier: true }),
    expect.objectContaining({ appId: 'two', isInUse: false, holdsIdentifier: false, owners: 'Omar' }),
  ]);
  expect(choice?.instances.map(({ ownershipRemedy }) => ownershipRemedy === undefined)).toEqual([true, false]);
});

test('one instance, or a chosen one, leaves nothing to choose', () => {
  const sides = twoInstances('one');

  expect(choiceFor({ ...sides, instance: instance('one') }, wish.region, wish.now)).toBeUndefined();
  expect(choiceFor({ ...sides, instances: [], others: [] }, wish.region, wish.now)).toBeUndefined();
});

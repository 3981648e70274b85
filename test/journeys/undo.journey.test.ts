import { Consoles } from '../support/consoles.js';
import { journey } from '../support/journey.js';
import { plansSso, setsUpSso } from '../support/deeds.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';

interface EntraState {
  readonly applications: { displayName: string; appId: string; identifierUris: string[] }[];
  readonly servicePrincipals: {
    displayName: string;
    accountEnabled: boolean;
    preferredTokenSigningKeyThumbprint: string | null;
  }[];
}

const NAME = 'Genesys Cloud for Azure';
const NAME_ID = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';

journey(
  'A set-up that is done can be undone: Genesys is as before, the application stays, switched off',
  async ({ world, ada }) => {
    const done = await setsUpSso(ada);

    await ada.presses(done, 'Undo …');
    const plan = await ada.sees('Undo the set-up?');
    expect(plan.text).toContain('switched off');
    await ada.presses(plan, 'Undo');
    const undone = await ada.watches(plan, 'Set-up undone');

    expect(undone.text).toContain('Identity provider');
    const { identityProviders } = await world.genesys.state<{ identityProviders: unknown[] }>();
    expect(identityProviders).toEqual([]);
    const { servicePrincipals } = await world.entra.state<EntraState>();
    expect(servicePrincipals.find(({ displayName }) => displayName === NAME)).toMatchObject({
      accountEnabled: false,
      preferredTokenSigningKeyThumbprint: null,
    });
    const first = await ada.watches(done, 'was undone');
    expect(first.buttons()).not.toContain('Retry');
  },
);

journey('After an undo the next set-up takes the same application again', async ({ world, ada }) => {
  const done = await setsUpSso(ada);
  await ada.presses(done, 'Undo …');
  const plan = await ada.sees('Undo the set-up?');
  await ada.presses(plan, 'Undo');
  await ada.watches(plan, 'Set-up undone');

  await setsUpSso(ada);

  const { applications } = await world.entra.state<EntraState>();
  expect(applications.filter(({ displayName }) => displayName === NAME)).toHaveLength(1);
});

journey(
  'A set-up that failed offers Undo beside Retry, and what others changed since is left alone',
  async ({ world, ada }) => {
    const card = await plansSso(ada);
    for (const permission of ['sso:provider:add', 'sso:provider:edit']) {
      await world.genesys.fault('permission-removed', { permission });
    }
    await ada.presses(card, 'Run');
    const failed = await ada.watches(card, 'did not finish');
    expect(failed.buttons()).toEqual(['Retry', 'Undo …']);

    await ada.presses(failed, 'Undo …');
    const plan = await ada.sees('Undo the set-up?');
    await ada.presses(plan, 'Undo');
    await ada.watches(plan, 'Set-up undone');

    const again = await ada.presses(failed, 'Retry').catch(String);
    expect(JSON.stringify(again)).toMatch(/moved on|no longer/i);
  },
);

journey('Two clicks on Undo are one undo', async ({ ada }) => {
  const done = await setsUpSso(ada);
  await ada.presses(done, 'Undo …');
  const plan = await ada.sees('Undo the set-up?');

  const clicks = await Promise.all([ada.presses(plan, 'Undo'), ada.presses(plan, 'Undo')]);
  await ada.watches(plan, 'Set-up undone');

  expect(clicks.filter(({ value }) => JSON.stringify(value ?? '').includes('already started'))).toHaveLength(1);
});

async function undoes(ada: Persona, done: SeenCard): Promise<SeenCard> {
  await ada.presses(done, 'Undo …');
  const plan = await ada.sees('Undo the set-up?');
  await ada.presses(plan, 'Undo');
  return ada.watches(plan, 'Set-up undone');
}

journey(
  'Claims that stood in a claims policy of the application stand there again after an undo',
  async ({ world, ada }) => {
    const consoles = new Consoles(world);
    const app = await consoles.addsFromGallery();
    const schema = [
      { Source: 'user', ID: 'department', SamlClaimType: 'Department' },
      { Source: 'user', ID: 'userprincipalname', SamlClaimType: NAME_ID },
      { Source: 'user', ID: 'mail', SamlClaimType: 'Email' },
      { Value: 'old', SamlClaimType: 'OrganizationName' },
    ];
    const policyId = await consoles.assignsClaimsPolicy('HR claims', schema, app);
    const path = `/v1.0/policies/claimsMappingPolicies/${policyId}`;
    const definition = async (): Promise<unknown> => {
      const { definition: texts } = (await consoles.graph('GET', path)) as { definition: string[] };
      return texts.map((text) => JSON.parse(text) as unknown); // the order of keys means nothing
    };
    const before = await definition();

    const done = await setsUpSso(ada);
    expect(await definition()).not.toEqual(before);
    await undoes(ada, done);

    expect(await definition()).toEqual(before);
  },
);

journey('A claims policy that Latchkey assigned itself is gone after an undo', async ({ world, ada }) => {
  const consoles = new Consoles(world);
  await consoles.addsFromGallery();
  await world.entra.fault('no-claims-policy-api');

  const done = await setsUpSso(ada);
  await undoes(ada, done);

  const { value } = (await consoles.graph('GET', '/v1.0/policies/claimsMappingPolicies')) as { value: unknown[] };
  expect(value).toEqual([]);
});

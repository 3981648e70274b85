import { Consoles } from '../support/consoles.js';
import { assigns, plansSso, provisions, setsUpSso } from '../support/deeds.js';
import { journey } from '../support/journey.js';
import type { Persona } from '../support/persona.js';
import type { SeenCard } from '../support/seen-card.js';
import { signInByHand } from '../support/sign-in-by-hand.js';
import type { World } from '../support/world.js';

interface EntraState {
  readonly applications: { id: string; appId: string; identifierUris: string[]; web: object }[];
  readonly servicePrincipals: { id: string; appId: string; loginUrl: string | null }[];
  readonly policies: { id: string; claims: { name?: string }[] }[];
}
interface GenesysState {
  readonly identityProviders: {
    id: string;
    name?: string;
    issuerURI?: string;
    relyingPartyIdentifier?: string;
    certificates?: string[];
    certificate?: string;
    forceAuthn?: boolean;
  }[];
}

const OTHER_ISSUER = 'https://sts.windows.net/9d0f6c11-0000-4000-8000-00000000beef/';

async function adfsOf(world: World): Promise<GenesysState['identityProviders'][number] | undefined> {
  const { identityProviders } = await world.genesys.state<GenesysState>();
  return identityProviders.find(({ id }) => id === 'adfs');
}

async function now(world: World): Promise<Date> {
  const { now: text } = (await (await fetch(`${world.entra.url}/_sandbox/clock`)).json()) as { now: string };
  return new Date(text);
}

/** Answers both questions and returns the card that follows, whatever it is. */
async function answersBothQuestions(admin: Persona, expected: string): Promise<SeenCard> {
  await admin.saysAndSees('set up sso', 'Which Genesys Cloud region?');
  await admin.saysAndSees('Frankfurt', 'Which organisation?');
  return admin.saysAndSees('contoso-gc', expected);
}

async function signsBSimonIn(ada: Persona, done: SeenCard): Promise<void> {
  await assigns(ada, 'b.simon');
  await provisions(ada, 'b.simon');
  expect(await signInByHand(done.link('Test from Microsoft (IdP-initiated)'))).toContain('You are signed in');
}

journey(
  'Of two instances Ada chooses one; it works afterwards, and the other one is as it was',
  async ({ world, ada }) => {
    const consoles = new Consoles(world);
    const [older, newer] = [await consoles.addsFromGallery(), await consoles.addsFromGallery()];
    const before = await world.entra.state<EntraState>();

    const choice = await answersBothQuestions(ada, 'There are 2 instances of Genesys Cloud for Azure');

    expect(choice.text).toContain(older.appId);
    expect(choice.text).toContain(newer.appId);
    expect(choice.text).toContain('Owners\nLatchkey');
    await ada.presses(choice, `Use number 2 (${newer.appId.slice(0, 8)}…)`);
    const plan = await ada.watches(choice, 'Plan for SSO');
    expect(plan.text).toContain(`leaves the other instance as it is: Genesys Cloud for Azure (${older.appId})`);
    await ada.presses(plan, 'Run');
    const done = await ada.watches(plan, 'SSO is set up');
    expect(done.text).toContain(newer.appId);
    await signsBSimonIn(ada, done);
    const after = await world.entra.state<EntraState>();
    const olderOf = (state: EntraState): unknown[] => [
      state.applications.find(({ id }) => id === older.applicationId),
      state.servicePrincipals.find(({ id }) => id === older.servicePrincipalId),
    ];
    expect(olderOf(after)).toEqual(olderOf(before));
    expect(after.applications).toHaveLength(before.applications.length);

    const status = await ada.saysAndSees('status', 'Both sides agree');
    expect(status.text).toContain('This is the one that Genesys points to');
    expect(status.text).toContain(newer.appId);
  },
);

journey(
  'An instance without the Identifier cannot be run while the other one holds it, and can once it is free',
  async ({ world, ada }) => {
    await setsUpSso(ada);
    const consoles = new Consoles(world);
    const empty = await consoles.addsFromGallery();
    const choice = await answersBothQuestions(ada, 'There are 2 instances');
    await ada.presses(choice, /^Use number 2/);

    const stuck = await ada.watches(choice, 'It cannot be run yet');
    expect(stuck.text).toContain('holds the Identifier https://login.mypurecloud.de/saml');
    expect(stuck.buttons()).toEqual(['Look again', 'Choose another instance', 'Cancel']);
    const holder = (await world.entra.state<EntraState>()).applications.find(
      ({ identifierUris }) => identifierUris.length > 0,
    );
    await consoles.graph('PATCH', `/v1.0/applications/${holder?.id ?? ''}`, { identifierUris: [] });

    await ada.presses(stuck, 'Look again');
    const plan = await ada.watches(stuck, 'Nothing is changed before you press Run');
    expect(plan.text).toContain('People who sign in through that one must be assigned to this one instead');
    await ada.presses(plan, 'Run');
    expect((await ada.watches(plan, 'SSO is set up')).text).toContain(empty.appId);
  },
);

journey('An instance of somebody else is shown with its owners and the one act that helps', async ({ world, ada }) => {
  const consoles = new Consoles(world);
  await consoles.addsFromGallery();
  await world.entra.fault('not-owned');
  await consoles.addsFromGallery();

  const choice = await answersBothQuestions(ada, 'There are 2 instances');

  expect(choice.text).toContain('Owners\nnobody');
  expect(choice.text).toContain('Add the service principal of Latchkey as an owner of both');
  expect(choice.buttons().filter((label) => label.startsWith('Use number'))).toHaveLength(1);
});

journey(
  'Another identity provider in Genesys is replaced only after a second confirmation that names it',
  async ({ world, ada }) => {
    const consoles = new Consoles(world);
    await consoles.connectsOtherProvider({ issuer: OTHER_ISSUER, more: { forceAuthn: true } }, await now(world));
    const theirs = await adfsOf(world);
    const plan = await plansSso(ada);
    expect(plan.text).toContain(`belongs to ${OTHER_ISSUER}, not to this tenant`);
    expect(plan.text).toContain('locked out');
    expect(plan.text).toContain('Its certificate leaves with it');

    await ada.presses(plan, 'Run', { tileMode: 'opens-genesys' });

    const confirmation = await ada.watches(plan, 'Replace the other identity provider?');
    expect(await adfsOf(world)).toEqual(theirs);
    expect(confirmation.inputs()).toMatchObject({ tileMode: 'opens-genesys' });
    await ada.presses(confirmation, `Replace ${OTHER_ISSUER.slice(8, -1)}`);
    await ada.watches(confirmation, 'SSO is set up');
    const ours = await adfsOf(world);
    expect(ours).toMatchObject({ name: 'Microsoft Entra ID', forceAuthn: true });
    expect(ours?.issuerURI).toBe('https://sts.windows.net/6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21/');
    expect(JSON.stringify(ours)).not.toContain(theirs?.certificates?.[0] ?? theirs?.certificate ?? 'no certificate');
  },
);

journey('A confirmation for one issuer does not cover another that came since', async ({ world, ada }) => {
  const consoles = new Consoles(world);
  await consoles.connectsOtherProvider({ issuer: OTHER_ISSUER }, await now(world));
  const plan = await plansSso(ada);
  await ada.presses(plan, 'Run');
  const confirmation = await ada.watches(plan, 'Replace the other identity provider?');
  await consoles.connectsOtherProvider({ issuer: 'https://adfs.third.example/' }, await now(world));

  await ada.presses(confirmation, /^Replace /);

  const renewed = await ada.watches(confirmation, 'Something was changed in Entra or Genesys since');
  expect(renewed.text).toContain('belongs to https://adfs.third.example/');
  expect((await adfsOf(world))?.issuerURI).toBe('https://adfs.third.example/');
});

journey('What has drifted is put right, and nothing else is touched', async ({ world, ada }) => {
  await setsUpSso(ada);
  const consoles = new Consoles(world);
  const { applications, servicePrincipals } = await world.entra.state<EntraState>();
  const app = applications.find(({ identifierUris }) => identifierUris.length > 0);
  const principal = servicePrincipals.find(({ appId }) => appId === app?.appId);
  await consoles.graph('PATCH', `/v1.0/applications/${app?.id ?? ''}`, {
    identifierUris: [...(app?.identifierUris ?? []), `api://${app?.appId ?? ''}`],
    web: { redirectUris: ['https://login.mypurecloud.de/saml', 'https://theirs.contoso.example/acs'] },
  });
  const { id, selfUri, ...provider } = (await consoles.genesys('GET', '/api/v2/identityproviders/adfs')) as {
    id: string;
    selfUri: string;
  };
  expect([id, typeof selfUri]).toEqual(['adfs', 'string']);
  await consoles.genesys('PUT', '/api/v2/identityproviders/adfs', {
    ...provider,
    forceAuthn: true,
    name: 'Our sign-in',
  });
  const right = { entra: await world.entra.state(), genesys: await world.genesys.state() };

  await consoles.graph('PATCH', `/v1.0/servicePrincipals/${principal?.id ?? ''}`, { accountEnabled: false });
  await consoles.graph('PATCH', `/v1.0/applications/${app?.id ?? ''}`, {
    identifierUris: [`api://${app?.appId ?? ''}`],
  });
  await consoles.genesys('PUT', '/api/v2/identityproviders/adfs', {
    ...{ ...provider, forceAuthn: true, name: 'Our sign-in' },
    ssoTargetURI: 'https://old.example/saml2',
  });
  const plan = await plansSso(ada);
  expect(plan.text).toContain('A run changes 3 settings');
  await ada.presses(plan, 'Run');
  await ada.watches(plan, 'SSO is set up');

  const repaired = { entra: await world.entra.state(), genesys: await world.genesys.state() };
  expect(repaired.entra['applications']).toEqual(right.entra['applications']);
  expect(repaired.entra['servicePrincipals']).toEqual(right.entra['servicePrincipals']);
  expect(repaired.entra['policies']).toEqual(right.entra['policies']);
  expect(repaired.genesys['identityProviders']).toEqual(right.genesys['identityProviders']);
});

journey('Claims that were set in the portal are kept beside ours', async ({ world, ada }) => {
  const consoles = new Consoles(world);
  const app = await consoles.addsFromGallery();
  const attribute = { '@odata.type': '#microsoft.graph.sourcedAttribute', id: 'department', source: 'user' };
  const department = {
    ...{ '@odata.type': '#microsoft.graph.customClaim', name: 'Department', namespace: 'urn:hr' },
    ...{ tokenFormat: ['saml'], samlAttributeNameFormat: null },
    configurations: [{ condition: null, attribute }],
  };
  await consoles.graph('PUT', `/beta/servicePrincipals/${app.servicePrincipalId}/claimsPolicy`, {
    includeBasicClaimSet: true,
    claims: [department],
  });

  await setsUpSso(ada);

  const { policies } = await world.entra.state<EntraState>();
  const names = policies.find(({ id }) => id === app.servicePrincipalId)?.claims.flatMap(({ name }) => name ?? []);
  expect(names).toEqual(['Department', 'Email', 'OrganizationName']);
});

journey(
  'A claims policy of the application is named, and corrected within; what it sent before stays',
  async ({ world, ada }) => {
    const consoles = new Consoles(world);
    const app = await consoles.addsFromGallery();
    const department = { Source: 'user', ID: 'department', SamlClaimType: 'Department' };
    const policyId = await consoles.assignsClaimsPolicy('HR claims', [department], app);

    const plan = await plansSso(ada);
    expect(plan.text).toContain('The claims come from the claims policy “HR claims”');
    expect(plan.text).toContain('within that policy');
    await ada.presses(plan, 'Run');
    const done = await ada.watches(plan, 'SSO is set up');

    const { definition } = (await consoles.graph('GET', `/v1.0/policies/claimsMappingPolicies/${policyId}`)) as {
      definition: string[];
    };
    const { ClaimsMappingPolicy } = JSON.parse(definition[0] ?? '{}') as {
      ClaimsMappingPolicy: { ClaimsSchema: object[] };
    };
    expect(ClaimsMappingPolicy.ClaimsSchema).toContainEqual(department);
    await signsBSimonIn(ada, done);
  },
);

journey('A claims policy that other applications use is not changed: the plan says so', async ({ world, ada }) => {
  const consoles = new Consoles(world);
  const [app, other] = [await consoles.addsFromGallery(), await consoles.addsFromGallery()];
  const schema = [{ Value: 'old', SamlClaimType: 'OrganizationName' }];
  await consoles.assignsClaimsPolicy('Everybody’s claims', schema, app, other);

  const choice = await answersBothQuestions(ada, 'There are 2 instances');
  await ada.presses(choice, /^Use number 1/);

  const stuck = await ada.watches(choice, 'It cannot be run yet');
  expect(stuck.text).toContain('It is assigned to other applications too');
  expect(stuck.text).toContain('Everybody’s claims');
  expect(stuck.buttons()).not.toContain('Run');
});

journey(
  'In a cloud without the portal’s claims API Latchkey assigns a policy of its own, and sign-in works',
  async ({ world, ada }) => {
    await world.entra.fault('no-claims-policy-api');

    const done = await setsUpSso(ada);

    await signsBSimonIn(ada, done);
    const consoles = new Consoles(world);
    const { value } = (await consoles.graph('GET', '/v1.0/policies/claimsMappingPolicies')) as {
      value: { displayName: string }[];
    };
    expect(value.map(({ displayName }) => displayName)).toEqual([expect.stringMatching(/^Latchkey claims for /)]);
    const again = await answersBothQuestions(ada, 'nothing to change');
    expect(again.text).toContain('The claims come from the claims policy “Latchkey claims for ');
  },
);

journey('What lies around a set-up is said on the plan', async ({ world, ada }) => {
  await world.entra.fault('identifier-policy', { excludeSaml: 'false' });
  await world.entra.fault('no-licence');
  await world.genesys.fault('sso-only');

  const plan = await plansSso(ada);

  expect(plan.text).toContain('app management policy of this tenant refuses new identifiers');
  expect(plan.text).toContain('no Entra ID P1 licence');
  expect(plan.text).toContain('Genesys is in SSO-only mode');
});

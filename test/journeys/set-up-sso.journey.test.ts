import { journey } from '../support/journey.js';
import { plansSso, setsUpSso } from '../support/deeds.js';

interface EntraState {
  readonly applications: { appId: string; identifierUris: string[]; web: { redirectUris: string[] } }[];
  readonly servicePrincipals: {
    appId: string;
    preferredSingleSignOnMode: string | null;
    loginUrl: string | null;
    preferredTokenSigningKeyThumbprint: string | null;
  }[];
}
interface GenesysState {
  readonly identityProviders: {
    id: string;
    issuerURI?: string;
    relyingPartyIdentifier?: string;
    certificate?: string;
  }[];
}

journey('Ada sets up SSO from two answers, and both sides say what the tutorial says', async ({ world, ada }) => {
  const done = await setsUpSso(ada);

  const entra = await world.entra.state<EntraState>();
  const genesys = await world.genesys.state<GenesysState>();
  const app = entra.applications.find(({ identifierUris }) =>
    identifierUris.includes('https://login.mypurecloud.de/saml'),
  );
  const principal = entra.servicePrincipals.find(({ appId }) => appId === app?.appId);
  const provider = genesys.identityProviders.find(({ id }) => id === 'adfs');
  expect(app?.web.redirectUris).toEqual(['https://login.mypurecloud.de/saml']);
  expect(principal).toMatchObject({ preferredSingleSignOnMode: 'saml', loginUrl: null });
  expect(provider).toMatchObject({
    issuerURI: 'https://sts.windows.net/6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21/',
    relyingPartyIdentifier: app?.appId,
  });
  expect(done.text).toContain(app?.appId);
  expect(done.buttons()).toEqual(
    expect.arrayContaining([
      'Test from Genesys (SP-initiated)',
      'Test from Microsoft (IdP-initiated)',
      'Create test user',
    ]),
  );
});

journey('A second set-up changes nothing and says so', async ({ world, ada }) => {
  await setsUpSso(ada);
  const before = { entra: await world.entra.state(), genesys: await world.genesys.state() };

  await ada.saysAndSees('set up sso', 'Which Genesys Cloud region?');
  await ada.saysAndSees('mypurecloud.de', 'Which organisation?');
  const again = await ada.saysAndSees('contoso-gc', 'nothing to change');

  expect(again.buttons()).not.toContain('Run');
  const { entra, genesys } = { entra: await world.entra.state(), genesys: await world.genesys.state() };
  expect({
    apps: entra['applications'],
    sps: entra['servicePrincipals'],
    providers: genesys['identityProviders'],
  }).toEqual({
    apps: before.entra['applications'],
    sps: before.entra['servicePrincipals'],
    providers: before.genesys['identityProviders'],
  });
});

journey('Nothing is changed before Run is pressed', async ({ world, ada }) => {
  const before = await world.entra.state();

  await plansSso(ada);

  expect(await world.entra.state()).toEqual(before);
  const writes = [...(await world.entra.requests()), ...(await world.genesys.requests())].filter(
    ({ method, path }) => method !== 'GET' && !path.includes('oauth'),
  );
  expect(writes).toEqual([]);
});

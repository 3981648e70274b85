import fc from 'fast-check';
import { GLOBAL_CLOUD } from '../entra/microsoft-clouds.js';
import { regionByKey } from './genesys-region.js';
import { createReachable, testLinks } from './test-links.js';

const place = {
  region: regionByKey('eu_central_1'),
  cloud: GLOBAL_CLOUD,
  shortName: 'contoso-gc',
  appId: '17cad0e7-cd2b-4e51-a75d-ba810f3e4902',
  tenantId: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
};
const ENTRA = 'http://127.0.0.1:4010';
const GENESYS = 'http://127.0.0.1:4020';

describe('the links with which a person tries the sign-in', () => {
  test('are the canonical ones against the real systems', () => {
    expect(testLinks(place, createReachable({}))).toEqual({
      sp: 'https://login.mypurecloud.de/#/authenticate-adv/org/contoso-gc?provider=adfs',
      idp: 'https://launcher.myapps.microsoft.com/api/signin/17cad0e7-cd2b-4e51-a75d-ba810f3e4902?tenantId=6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
      myApps: 'https://myapps.microsoft.com/?tenantId=6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
    });
  });

  test('keep query and fragment where another base stands in', () => {
    expect(testLinks(place, createReachable({ entraLoginUrl: ENTRA, genesysGatewayUrl: `${GENESYS}/` }))).toEqual({
      sp: `${GENESYS}/login.mypurecloud.de/#/authenticate-adv/org/contoso-gc?provider=adfs`,
      idp: `${ENTRA}/launcher.myapps.microsoft.com/api/signin/17cad0e7-cd2b-4e51-a75d-ba810f3e4902?tenantId=6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21`,
      myApps: `${ENTRA}/myapps.microsoft.com/?tenantId=6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21`,
    });
  });

  test('a short name cannot leave its place in the link', () => {
    const { sp } = testLinks({ ...place, shortName: 'x?provider=evil#/../' }, createReachable({}));

    expect(sp).toBe('https://login.mypurecloud.de/#/authenticate-adv/org/x%3Fprovider%3Devil%23%2F..%2F?provider=adfs');
  });
});

describe('reachable', () => {
  const reachable = createReachable({ entraLoginUrl: ENTRA, genesysGatewayUrl: GENESYS });

  test.each([
    'https://login.mypurecloud.de.evil.example/saml',
    'https://evil.example/login.mypurecloud.de',
    'https://user@login.mypurecloud.de/saml',
    'https://login.mypurecloud.de:8443/saml',
    'http://login.mypurecloud.de/saml',
    'https://graph.microsoft.com/v1.0/users',
    'https://sts.windows.net/6f3b9c52/',
    'javascript:alert(1)',
    'not a url',
  ])('leaves %s as it is', (url) => {
    expect(reachable(url)).toBe(url);
  });

  test('translates only the system that has a base', () => {
    const onlyEntra = createReachable({ entraLoginUrl: ENTRA });

    expect(onlyEntra('https://login.mypurecloud.de/saml')).toBe('https://login.mypurecloud.de/saml');
    expect(onlyEntra('https://login.microsoftonline.com/t/saml2')).toBe(`${ENTRA}/login.microsoftonline.com/t/saml2`);
  });

  test('a base that is the real system translates nothing', () => {
    const real = createReachable({ entraLoginUrl: 'https://login.microsoftonline.com' });

    expect(real('https://login.microsoftonline.com/t/saml2')).toBe('https://login.microsoftonline.com/t/saml2');
  });

  test('never makes an address on a third host', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const result = reachable(url);

        expect(result === url || result.startsWith(`${ENTRA}/`) || result.startsWith(`${GENESYS}/`)).toBe(true);
      }),
    );
  });
});

import { regionByKey } from '../sso/genesys-region.js';
import { samlSettings } from '../sso/saml-settings.js';
import { createReachable, testLinks } from '../sso/test-links.js';
import {
  federationMetadataUrl,
  graphScope,
  graphUrl,
  loginHosts,
  MICROSOFT_CLOUD_NAMES,
  MICROSOFT_CLOUDS,
  SIGN_IN_HOSTS,
  tenantSamlUrls,
} from './microsoft-clouds.js';

const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
const APP = '17cad0e7-cd2b-4e51-a75d-ba810f3e4902';
const place = { region: regionByKey('us_east_2'), shortName: 'agency', appId: APP, tenantId: TENANT };

/** As Microsoft documents the clouds; the addresses are spelled out here so that a slip in the table shows. */
describe.each([
  {
    name: 'global',
    graph: 'https://graph.microsoft.com',
    issuer: `https://sts.windows.net/${TENANT}/`,
    target: `https://login.microsoftonline.com/${TENANT}/saml2`,
    metadata: `https://login.microsoftonline.com/${TENANT}/federationmetadata/2007-06/federationmetadata.xml?appid=${APP}`,
    launcher: `https://launcher.myapps.microsoft.com/api/signin/${APP}?tenantId=${TENANT}`,
    myApps: `https://myapps.microsoft.com/?tenantId=${TENANT}`,
  },
  {
    name: 'usgov',
    graph: 'https://graph.microsoft.us',
    issuer: `https://sts.windows.net/${TENANT}/`,
    target: `https://login.microsoftonline.us/${TENANT}/saml2`,
    metadata: `https://login.microsoftonline.us/${TENANT}/federationmetadata/2007-06/federationmetadata.xml?appid=${APP}`,
    launcher: `https://launcher.myapps.microsoft.us/api/signin/${APP}?tenantId=${TENANT}`,
    myApps: `https://myapps.microsoft.us/?tenantId=${TENANT}`,
  },
  {
    name: 'dod',
    graph: 'https://dod-graph.microsoft.us',
    issuer: `https://sts.windows.net/${TENANT}/`,
    target: `https://login.microsoftonline.us/${TENANT}/saml2`,
    metadata: `https://login.microsoftonline.us/${TENANT}/federationmetadata/2007-06/federationmetadata.xml?appid=${APP}`,
    launcher: `https://launcher.myapps.microsoft.us/api/signin/${APP}?tenantId=${TENANT}`,
    myApps: `https://myapps.microsoft.us/?tenantId=${TENANT}`,
  },
  {
    name: 'china',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    issuer: `https://sts.chinacloudapi.cn/${TENANT}/`,
    target: `https://login.partner.microsoftonline.cn/${TENANT}/saml2`,
    metadata: `https://login.partner.microsoftonline.cn/${TENANT}/federationmetadata/2007-06/federationmetadata.xml?appid=${APP}`,
    launcher: `https://launcher.myapps.windowsazure.cn/api/signin/${APP}?tenantId=${TENANT}`,
    myApps: `https://myapps.windowsazure.cn/?tenantId=${TENANT}`,
  },
] as const)('the cloud $name', ({ name, graph, issuer, target, metadata, launcher, myApps }) => {
  const cloud = MICROSOFT_CLOUDS[name];

  test('has Graph, a scope for it, the SAML addresses and the metadata at its own hosts', () => {
    expect(cloud.name).toBe(name);
    expect([graphUrl(cloud), graphScope(cloud)]).toEqual([graph, `${graph}/.default`]);
    expect(tenantSamlUrls(cloud, TENANT)).toEqual({ issuerUri: issuer, targetUri: target });
    expect(federationMetadataUrl(cloud, TENANT, APP)).toBe(metadata);
  });

  test('is what a set-up writes and what the links lead to', () => {
    const settings = samlSettings({
      ...{ region: place.region, cloud, tenantId: TENANT },
      ...{ organizationName: 'agency', tileMode: 'signs-straight-in' },
    });

    expect(settings).toMatchObject({ issuerUri: issuer, targetUri: target });
    expect(testLinks({ ...place, cloud }, createReachable({}))).toMatchObject({ idp: launcher, myApps });
  });

  test('is replaced as a whole by what stands in for the sign-in', () => {
    const reachable = createReachable({ entraLoginUrl: 'http://127.0.0.1:4010' });

    for (const url of [target, metadata, launcher, myApps]) {
      expect(reachable(url)).toBe(url.replace('https://', 'http://127.0.0.1:4010/'));
    }
    // The issuer is a name, not an address.
    expect(reachable(issuer)).toBe(issuer);
  });
});

test('the sign-in hosts are those of the clouds, each under a domain of its cloud', () => {
  expect(SIGN_IN_HOSTS.size).toBe(3 + 3 + 4);
  for (const name of MICROSOFT_CLOUD_NAMES) {
    const { issuerHost, myAppsHost, domains } = MICROSOFT_CLOUDS[name];
    for (const host of [issuerHost, myAppsHost]) {
      expect(domains.some((domain) => host.endsWith(`.${domain}`))).toBe(true);
    }
    for (const host of loginHosts(MICROSOFT_CLOUDS[name])) expect(SIGN_IN_HOSTS).toContain(host);
  }
});

import { createSelfSignedCertificate } from '../../sandbox/saml/certificate.js';
import { parseFederationMetadata } from '../../src/services/entra/federation-metadata.js';

const year = 365 * 86_400_000;
const made = (commonName: string) =>
  createSelfSignedCertificate({
    commonName,
    notBefore: new Date(Date.now() - year),
    notAfter: new Date(Date.now() + year),
  });
const [active, next, tenantWide] = [made('active'), made('next'), made('tenant')];

const key = (use: string, der: Buffer): string =>
  `<KeyDescriptor${use}><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
    ${der.toString('base64')}
  </X509Certificate></X509Data></KeyInfo></KeyDescriptor>`;

const metadata = `<?xml version="1.0" encoding="utf-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" ID="_1" entityID="https://sts.windows.net/t/">
  <RoleDescriptor xmlns:fed="x" protocolSupportEnumeration="x">${key(' use="signing"', tenantWide.der)}</RoleDescriptor>
  <IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    ${key(' use="signing"', active.der)}${key('', next.der)}${key(' use="encryption"', tenantWide.der)}
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://post.example/saml2"/>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://login.example/saml2"/>
  </IDPSSODescriptor>
</EntityDescriptor>`;

test('entity id, redirect URL and the keys that sign SAML are read, a byte order mark or not', () => {
  const expected = {
    entityId: 'https://sts.windows.net/t/',
    signOnUrl: 'https://login.example/saml2',
    thumbprints: [active.thumbprint, next.thumbprint],
  };

  expect(parseFederationMetadata(metadata)).toEqual(expected);
  expect(parseFederationMetadata(`\uFEFF${metadata}`)).toEqual(expected);
});

test.each([
  ['nothing', ''],
  ['a page', '<html><body>Sign in</body></html>'],
  ['half a document', metadata.slice(0, 400)],
  ['a document with a DOCTYPE', metadata.replace('?>', '?><!DOCTYPE x [<!ENTITY e "e">]>')],
  ['another namespace', metadata.replace('urn:oasis:names:tc:SAML:2.0:metadata', 'urn:other')],
  ['no identity provider', metadata.replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
  ['no sign-on URL', metadata.replaceAll('SingleSignOnService', 'Other')],
])('%s is no metadata', (_, xml) => {
  expect(parseFederationMetadata(xml)).toBeUndefined();
});

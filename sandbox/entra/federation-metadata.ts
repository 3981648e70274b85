import { randomUUID } from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { AadstsError } from './aadsts.js';
import type { ClaimsPolicy } from './claim-objects.js';
import type { Directory } from './directory.js';
import { errorPage } from './pages.js';
import { escapeXml } from './saml-response.js';
import type { SigningCertificates } from './signing-certificates.js';
import { isTenant } from './token-endpoint.js';

/** What Entra calls itself in an app's messages. */
export function issuerOf(appId: string, policy: ClaimsPolicy | undefined): string {
  return `https://sts.windows.net/${TENANT_ID}/${policy?.includeApplicationIdInIssuer ? appId : ''}`;
}

/** The anonymous metadata document; with `?appid=` it shows the certificates of that app. */
export function federationMetadataRoutes(
  server: SandboxServer,
  { directory, certificates }: { directory: Directory; certificates: SigningCertificates },
): void {
  const answer = (request: SandboxRequest): Reply => {
    try {
      return {
        status: 200,
        headers: { 'Content-Type': 'application/xml; charset=utf-8' },
        body: metadata(request, directory, certificates),
      };
    } catch (error) {
      if (error instanceof AadstsError) {
        return errorPage({ error, correlationId: randomUUID(), at: directory.clock.now(), status: 400 });
      }
      throw error;
    }
  };
  for (const host of ['', '/login.microsoftonline.com']) {
    server.route('GET', `${host}/:tenant/federationmetadata/2007-06/federationmetadata.xml`, answer);
  }
}

function metadata(request: SandboxRequest, directory: Directory, certificates: SigningCertificates): string {
  const tenant = request.params['tenant'] ?? '';
  if (!isTenant(tenant)) throw new AadstsError(90002, { tenant });
  const appId = request.query.get('appid');
  const principal = appId === null ? undefined : directory.findServicePrincipalByAppId(appId);
  if (appId !== null && !principal) throw new AadstsError(700016, { value: appId, tenant: TENANT_ID });
  const issuer = issuerOf(principal?.appId ?? '', principal && directory.claimsOf(principal.id));
  const keys = certificates
    .forMetadata(principal)
    .map(({ der }) => keyDescriptor(der))
    .join('');
  const login = `https://login.microsoftonline.com/${TENANT_ID}/saml2`;
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    `<EntityDescriptor ID="_${randomUUID()}" entityID="${escapeXml(issuer)}" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">` +
    '<RoleDescriptor xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706">' +
    `${keys}</RoleDescriptor>` +
    `<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys}` +
    `<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${login}"/>` +
    `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${login}"/>` +
    `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${login}"/>` +
    '</IDPSSODescriptor></EntityDescriptor>'
  );
}

function keyDescriptor(der: Buffer): string {
  return (
    '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>' +
    `<X509Certificate>${der.toString('base64')}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`
  );
}

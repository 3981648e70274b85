import { BOT, GENESYS, TENANT_ID } from '../../sandbox/credentials.js';
import { createSelfSignedCertificate } from '../../sandbox/saml/certificate.js';
import type { SandboxControl } from './sandbox-control.js';
import type { World } from './world.js';

/** The two object ids and the application id of an enterprise application. */
export interface MadeApp {
  readonly appId: string;
  readonly applicationId: string;
  readonly servicePrincipalId: string;
}

const GALLERY_NAME = 'Genesys Cloud for Azure';

/** What somebody does by hand in the admin consoles of both systems, over their public APIs. */
export class Consoles {
  readonly #entra: SandboxControl;
  readonly #genesys: SandboxControl;

  constructor(world: Pick<World, 'entra' | 'genesys'>) {
    this.#entra = world.entra;
    this.#genesys = world.genesys;
  }

  /** Adds the gallery application, as the gallery's button *Create* does. */
  async addsFromGallery(): Promise<MadeApp> {
    const filter = encodeURIComponent(`displayName eq '${GALLERY_NAME}'`);
    const templates = (await this.graph('GET', `/v1.0/applicationTemplates?$filter=${filter}`)) as {
      value: { id: string }[];
    };
    const path = `/v1.0/applicationTemplates/${templates.value[0]?.id ?? ''}/instantiate`;
    const { application, servicePrincipal } = (await this.graph('POST', path, { displayName: GALLERY_NAME })) as {
      application: { id: string; appId: string };
      servicePrincipal: { id: string };
    };
    return { appId: application.appId, applicationId: application.id, servicePrincipalId: servicePrincipal.id };
  }

  /** Makes a claims policy and assigns it to these applications. */
  async assignsClaimsPolicy(name: string, schema: object[], ...apps: MadeApp[]): Promise<string> {
    const policy = { ClaimsMappingPolicy: { Version: 1, IncludeBasicClaimSet: 'true', ClaimsSchema: schema } };
    const body = { displayName: name, definition: [JSON.stringify(policy)] };
    const { id } = (await this.graph('POST', '/v1.0/policies/claimsMappingPolicies', body)) as { id: string };
    for (const { servicePrincipalId } of apps) {
      await this.graph('POST', `/v1.0/servicePrincipals/${servicePrincipalId}/claimsMappingPolicies/$ref`, {
        '@odata.id': `https://graph.microsoft.com/v1.0/policies/claimsMappingPolicies/${id}`,
      });
    }
    return id;
  }

  /** Puts another identity provider into the ADFS slot of Genesys. */
  async connectsOtherProvider(settings: { issuer: string; more?: object }, now: Date): Promise<void> {
    const notAfter = new Date(now.getTime() + 400 * 86_400_000);
    const notBefore = new Date(now.getTime() - 86_400_000);
    const { der } = createSelfSignedCertificate({ commonName: 'Fabrikam', notBefore, notAfter });
    await this.genesys('PUT', '/api/v2/identityproviders/adfs', {
      name: 'Fabrikam ADFS',
      issuerURI: settings.issuer,
      ssoTargetURI: 'https://adfs.fabrikam.example/adfs/ls',
      relyingPartyIdentifier: 'genesys-cloud',
      certificates: [der.toString('base64')],
      ...settings.more,
    });
  }

  /** Takes every app role from a person. @returns what puts them back. */
  async takesAppRoles(personId: string): Promise<() => Promise<void>> {
    const path = `/v1.0/users/${personId}/appRoleAssignments`;
    const { value } = (await this.graph('GET', path)) as {
      value: { id: string; principalId: string; resourceId: string; appRoleId: string }[];
    };
    for (const { id } of value) await this.graph('DELETE', `${path}/${id}`);
    return async () => {
      for (const { principalId, resourceId, appRoleId } of value)
        await this.graph('POST', path, { principalId, resourceId, appRoleId });
    };
  }

  async graph(method: string, path: string, body?: object): Promise<unknown> {
    const form = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: BOT.clientId, client_secret: BOT.clientSecret },
      scope: 'https://graph.microsoft.com/.default',
    });
    const token = await accessToken(`${this.#entra.url}/${TENANT_ID}/oauth2/v2.0/token`, {
      method: 'POST',
      body: form,
    });
    return call(`${this.#entra.url}${path}`, { method, token, body });
  }

  async genesys(method: string, path: string, body?: object): Promise<unknown> {
    const basic = Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64');
    const token = await accessToken(`${this.#genesys.url}/oauth/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return call(`${this.#genesys.url}${path}`, { method, token, body });
  }
}

async function accessToken(url: string, init: RequestInit): Promise<string> {
  const answer = (await (await fetch(url, init)).json()) as { access_token?: string };
  if (!answer.access_token) throw new Error(`No token from ${url}: ${JSON.stringify(answer)}`);
  return answer.access_token;
}

async function call(
  url: string,
  { method, token, body }: { method: string; token: string; body: object | undefined },
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

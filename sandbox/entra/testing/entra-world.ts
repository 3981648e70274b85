import {
  AuthenticationHandler,
  Client,
  RetryHandler,
  RetryHandlerOptions,
  TelemetryHandler,
  type Context,
  type Middleware,
} from '@microsoft/microsoft-graph-client';
import type { SandboxAddresses } from '../../addresses.js';
import { BOT, TENANT_ID } from '../../credentials.js';
import { SandboxClock } from '../../kit/clock.js';
import type { SandboxServer } from '../../kit/server.js';
import { SandboxStore } from '../../kit/store.js';
import { createEntraSandbox } from '../entra-sandbox.js';

export const REGION_URL = 'https://login.mypurecloud.de/saml';

/** An Entra sandbox that listens, and a client of the vendor's own SDK that talks to it. */
export class EntraWorld {
  readonly base: string;
  readonly graph: Client;
  readonly #server: SandboxServer;
  readonly #store: SandboxStore;
  readonly #shift: { ms: number };
  #token: string | undefined;

  private constructor(
    base: string,
    { server, store, shift }: { server: SandboxServer; store: SandboxStore; shift: { ms: number } },
  ) {
    this.base = base;
    this.#server = server;
    this.#store = store;
    this.#shift = shift;
    this.graph = this.#client();
  }

  static async start(): Promise<EntraWorld> {
    const store = new SandboxStore(':memory:');
    const addresses: SandboxAddresses = { entra: '', genesys: 'http://127.0.0.1:4020', teams: '' };
    const shift = { ms: 0 };
    const clock = new SandboxClock(store, () => new Date(Date.now() + shift.ms));
    const server = createEntraSandbox({ store, clock, addresses });
    const base = `http://127.0.0.1:${await server.listen(0)}`;
    addresses.entra = base;
    return new EntraWorld(base, { server, store, shift });
  }

  async stop(): Promise<void> {
    await this.#server.close();
    this.#store.close();
  }

  /** Lets wall time pass without waiting for it. */
  passWallTime(seconds: number): void {
    this.#shift.ms += seconds * 1000;
  }

  fault(fault: string, options: Record<string, string> = {}): Promise<Response> {
    return this.control('faults', { fault, ...options });
  }

  /** Forgets everything, the client's token too. */
  async reset(): Promise<void> {
    await this.control('reset', {});
    this.#token = undefined;
  }

  /** What an administrator would do in the portal: ends every directory role of somebody. */
  takeRolesFrom(principalId: string): void {
    const roles = this.#store.collection<{ id: string; principalId: string }>('roleAssignments');
    for (const role of roles.filter((entry) => entry.principalId === principalId)) roles.delete(role.id);
  }

  get routes(): readonly string[] {
    return this.#server.routes;
  }

  async control(name: string, body: unknown): Promise<Response> {
    const response = await fetch(`${this.base}/_sandbox/${name}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
    return response;
  }

  async state(): Promise<EntraState> {
    return (await (await fetch(`${this.base}/_sandbox/state`)).json()) as EntraState;
  }

  /** The token endpoint, with the bot's own form unless told otherwise. */
  requestToken(change: Record<string, string | undefined> = {}, tenant: string = TENANT_ID): Promise<Response> {
    const form = {
      client_id: BOT.clientId,
      client_secret: BOT.clientSecret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      ...change,
    };
    const fields = Object.entries(form).filter((field): field is [string, string] => field[1] !== undefined);
    return fetch(`${this.base}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(fields) });
  }

  async token(): Promise<string> {
    if (this.#token === undefined) {
      const answer = (await (await this.requestToken()).json()) as { access_token: string };
      this.#token = answer.access_token;
    }
    return this.#token;
  }

  forgetToken(): void {
    this.#token = undefined;
  }

  /** Graph without the SDK, for what the SDK would never send. */
  async raw(
    method: string,
    path: string,
    init: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return fetch(this.base + path, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json', ...init.headers },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
  }

  /** A Genesys app from the gallery, as the vendor hands it out: nothing set. */
  async instantiate(): Promise<GalleryApp> {
    const found = (await this.graph
      .api('/applicationTemplates')
      .filter("displayName eq 'Genesys Cloud for Azure'")
      .get()) as { value: { id: string }[] };
    const made = (await this.graph
      .api(`/applicationTemplates/${found.value[0]?.id}/instantiate`)
      .post({ displayName: 'Genesys Cloud for Azure' })) as { application: AppObject; servicePrincipal: AppObject };
    return { application: made.application, principal: made.servicePrincipal };
  }

  /** A Genesys app that people can sign in to: SAML, identifier, reply URL, active certificate. */
  async readyApp(): Promise<GalleryApp & { certificate: TokenSigningCertificate }> {
    const app = await this.instantiate();
    await this.graph.api(`/servicePrincipals/${app.principal.id}`).patch({ preferredSingleSignOnMode: 'saml' });
    await this.graph
      .api(`/applications/${app.application.id}`)
      .patch({ identifierUris: [REGION_URL], web: { redirectUris: [REGION_URL] } });
    const certificate = await this.addCertificate(app);
    await this.activate(app, certificate.thumbprint);
    return { ...app, certificate };
  }

  async addCertificate(app: GalleryApp, body: object = { displayName: 'CN=Test' }): Promise<TokenSigningCertificate> {
    const path = `/servicePrincipals/${app.principal.id}/addTokenSigningCertificate`;
    return (await this.graph.api(path).post(body)) as TokenSigningCertificate;
  }

  activate(app: GalleryApp, thumbprint: string | null): Promise<unknown> {
    return this.graph
      .api(`/servicePrincipals/${app.principal.id}`)
      .patch({ preferredTokenSigningKeyThumbprint: thumbprint });
  }

  assign(app: GalleryApp, principalId: string, appRoleId = userRoleOf(app)): Promise<{ id: string }> {
    return this.graph
      .api(`/users/${principalId}/appRoleAssignments`)
      .post({ principalId, resourceId: app.principal.id, appRoleId }) as Promise<{ id: string }>;
  }

  /** The policy that the tutorial asks for. */
  putClaims(app: GalleryApp, policy: object = GENESYS_CLAIMS): Promise<unknown> {
    return this.graph.api(`/servicePrincipals/${app.principal.id}/claimsPolicy`).version('beta').put(policy);
  }

  #client(): Client {
    const chain: Middleware[] = [
      new AuthenticationHandler({ getAccessToken: () => this.token() }),
      new RetryHandler(new RetryHandlerOptions(0, 0)),
      new TelemetryHandler(),
      new LoopbackHandler(this.base),
    ];
    chain.forEach((handler, index) => {
      const next = chain[index + 1];
      if (next) handler.setNext?.(next);
    });
    return Client.initWithMiddleware({ middleware: chain });
  }
}

/** Sends what the SDK meant for graph.microsoft.com to the sandbox; nothing else about the request changes. */
class LoopbackHandler implements Middleware {
  constructor(readonly base: string) {}

  async execute(context: Context): Promise<void> {
    const url = new URL(typeof context.request === 'string' ? context.request : context.request.url);
    context.response = await fetch(this.base + url.pathname + url.search, context.options as RequestInit);
  }
}

export interface AppObject {
  readonly id: string;
  readonly appId: string;
  readonly appRoles: readonly { readonly id: string; readonly displayName: string }[];
  readonly [property: string]: unknown;
}

export interface GalleryApp {
  readonly application: AppObject;
  readonly principal: AppObject;
}

export interface TokenSigningCertificate {
  readonly key: string;
  readonly keyId: string;
  readonly thumbprint: string;
  readonly customKeyIdentifier: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly usage: string;
}

export interface EntraState {
  readonly users: { readonly id: string; readonly [property: string]: unknown }[];
  readonly servicePrincipals: AppObject[];
  readonly applications: AppObject[];
  readonly appRoleAssignments: { readonly id: string }[];
  readonly policies: { readonly id: string }[];
  readonly deletedItems: { readonly id: string; readonly kind: string }[];
  readonly signIns: { readonly status: { readonly errorCode: number }; readonly [property: string]: unknown }[];
}

export function userRoleOf(app: GalleryApp): string {
  const role = app.principal.appRoles.find((candidate) => candidate.displayName === 'User');
  if (!role) throw new Error('The app has no role User.');
  return role.id;
}

function userClaim(name: string, id: string): object {
  return {
    '@odata.type': '#microsoft.graph.customClaim',
    name,
    namespace: null,
    tokenFormat: ['saml'],
    samlAttributeNameFormat: null,
    configurations: [
      {
        condition: null,
        attribute: {
          '@odata.type': '#microsoft.graph.sourcedAttribute',
          id,
          source: 'user',
          isExtensionAttribute: false,
        },
        transformations: [],
      },
    ],
  };
}

export function constantClaim(name: string, value: string): object {
  return {
    '@odata.type': '#microsoft.graph.customClaim',
    name,
    namespace: null,
    tokenFormat: ['saml'],
    samlAttributeNameFormat: null,
    configurations: [
      {
        condition: null,
        attribute: { '@odata.type': '#microsoft.graph.valueBasedAttribute', value },
        transformations: [],
      },
    ],
  };
}

export const GENESYS_CLAIMS = {
  includeBasicClaimSet: true,
  claims: [userClaim('Email', 'userprincipalname'), constantClaim('OrganizationName', 'contoso-gc')],
};

import { randomUUID } from 'node:crypto';
import { reach, type SandboxAddresses } from '../addresses.js';
import { BOT, TENANT_ID } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { AadstsError } from './aadsts.js';
import { parseAuthorization } from './authorization.js';
import type { ServicePrincipal } from './directory-objects.js';
import { appsPage, errorPage } from './pages.js';
import { decodeSamlRequest, parseAuthnRequest } from './saml-request.js';
import { findByIssuer } from './sign-in-checks.js';
import { SignInFlow, type FlowParts } from './sign-in-flow.js';
import { isTenant } from './token-endpoint.js';

const LOGIN = '/login.microsoftonline.com/:tenant';

/** The sign-in endpoints: SAML requests, the forms, My Apps and its deep links. */
export function signInRoutes(server: SandboxServer, parts: FlowParts): void {
  const flow = new SignInFlow(parts);
  const guarded = (work: (request: SandboxRequest, correlationId: string) => Reply) => (request: SandboxRequest) =>
    guard(request, parts, work);
  const inTenant = (work: (request: SandboxRequest, correlationId: string) => Reply) =>
    guarded((request, correlationId) => {
      requireTenant(request.params['tenant'] ?? '');
      return work(request, correlationId);
    });
  server.route(
    'GET',
    `${LOGIN}/saml2`,
    inTenant((request, id) => startFromRequest(request, request.query, id, flow, parts)),
  );
  server.route(
    'POST',
    `${LOGIN}/saml2`,
    inTenant((request, id) => startFromRequest(request, request.form(), id, flow, parts)),
  );
  server.route(
    'POST',
    `${LOGIN}/login`,
    inTenant((request) => flow.submit(request)),
  );
  server.route(
    'POST',
    `${LOGIN}/changepassword`,
    inTenant((request) => flow.submitNewPassword(request)),
  );
  server.route(
    'GET',
    `${LOGIN}/switch`,
    inTenant((request) => flow.switchAccount(request)),
  );
  for (const host of ['', '/login.microsoftonline.com']) {
    server.route(
      'GET',
      `${host}/:tenant/oauth2/v2.0/authorize`,
      inTenant((request, id) => authorize(request, id, flow, parts)),
    );
  }
  const launch = guarded((request, id) => launchApp(request, id, flow, parts));
  server.route('GET', '/launcher.myapps.microsoft.com/api/signin/:appId', launch);
  server.route('GET', '/myapps.microsoft.com/signin/:appId', launch);
  server.route('GET', '/myapps.microsoft.com/signin/:name/:appId', launch);
  const home = guarded((request, id) => showApps(request, id, flow, parts));
  server.route('GET', '/myapps.microsoft.com', home);
  server.route('GET', '/myapps.microsoft.com/', home);
}

/** Turns a refusal into the error page. */
function guard(
  request: SandboxRequest,
  { directory }: FlowParts,
  work: (request: SandboxRequest, correlationId: string) => Reply,
): Reply {
  const correlationId = randomUUID();
  try {
    return work(request, correlationId);
  } catch (error) {
    if (error instanceof AadstsError) return errorPage({ error, correlationId, at: directory.clock.now() });
    throw error;
  }
}

function requireTenant(tenant: string): void {
  if (!isTenant(tenant)) throw new AadstsError(90002, { tenant });
}

function startFromRequest(
  request: SandboxRequest,
  parameters: URLSearchParams,
  correlationId: string,
  flow: SignInFlow,
  parts: FlowParts,
): Reply {
  const encoded = parameters.get('SAMLRequest');
  if (!encoded) throw new AadstsError(750054);
  const binding = request.method === 'POST' ? 'post' : 'redirect';
  const authnRequest = parseAuthnRequest(decodeSamlRequest(encoded, binding), parameters.has('Signature'));
  const principal = findByIssuer(authnRequest.issuer, parts.directory);
  const relayState = parameters.get('RelayState') ?? undefined;
  const context = parts.sessions.start({ appId: principal.appId, request: authnRequest, relayState, correlationId });
  return flow.proceed(context, request);
}

/** An application asks who somebody is, by OpenID Connect. */
function authorize(request: SandboxRequest, correlationId: string, flow: SignInFlow, parts: FlowParts): Reply {
  const registered = parts.directory.findApplicationByAppId(BOT.clientId)?.web.redirectUris ?? [];
  const authorization = parseAuthorization(request.query, registered);
  const wish = { appId: BOT.clientId, request: undefined, relayState: undefined };
  return flow.proceed(parts.sessions.start({ ...wish, authorization, correlationId }), request);
}

/** With a Sign-on URL the app itself begins; without one Entra sends a response that nobody asked for. */
function launchApp(request: SandboxRequest, correlationId: string, flow: SignInFlow, parts: FlowParts): Reply {
  const tenant = request.query.get('tenantId');
  if (!tenant) throw new AadstsError(90019);
  requireTenant(tenant);
  const appId = request.params['appId'] ?? '';
  const principal = parts.directory.findServicePrincipalByAppId(appId);
  if (!principal) throw new AadstsError(700016, { value: appId, tenant: TENANT_ID });
  if (!principal.accountEnabled) {
    throw new AadstsError(7000112, { app: principal.displayName, appId: principal.appId });
  }
  if (principal.loginUrl) return { status: 302, headers: { Location: reach(parts.addresses, principal.loginUrl) } };
  const relayState = request.query.get('RelayState') ?? undefined;
  const context = parts.sessions.start({ appId: principal.appId, request: undefined, relayState, correlationId });
  return flow.proceed(context, request);
}

function showApps(request: SandboxRequest, correlationId: string, flow: SignInFlow, parts: FlowParts): Reply {
  const { sessions } = parts;
  const context = sessions.start({ appId: undefined, request: undefined, relayState: undefined, correlationId });
  const signedIn = sessions.current(request);
  if (!signedIn) return flow.proceed(context, request);
  return appsPage({
    userName: signedIn.user.userPrincipalName,
    apps: appsOf(signedIn.user.id, parts),
    switchLink: flow.switchLink(context),
    headers: {},
  });
}

function appsOf(userId: string, { directory, addresses }: FlowParts): Parameters<typeof appsPage>[0]['apps'] {
  return directory.servicePrincipals
    .filter((principal) => isVisible(principal) && directory.isAssigned(userId, principal.id))
    .map((principal) => ({
      name: principal.displayName,
      description: principal.description,
      href: launchLink(principal.appId, addresses),
    }));
}

function isVisible(principal: ServicePrincipal): boolean {
  return principal.accountEnabled && !principal.tags.includes('HideApp');
}

function launchLink(appId: string, addresses: SandboxAddresses): string {
  return reach(addresses, `https://launcher.myapps.microsoft.com/api/signin/${appId}?tenantId=${TENANT_ID}`);
}

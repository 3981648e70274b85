import type { SandboxAddresses } from '../addresses.js';
import { reach } from '../addresses.js';
import { GENESYS } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { buildAuthnRequest, postField, redirectUrl, wantsPostBinding } from './authn-request.js';
import { ORGANIZATION, assertionConsumerService, findRole } from './directory.js';
import { foldAscii, hashSecret, keepNewest, type GenesysData, type StoredProvider } from './genesys-data.js';
import {
  cannotStartPage,
  notSignedInPage,
  organizationLoginPage,
  organizationPage,
  postRequestPage,
  signedInPage,
} from './login-pages.js';
import { isSsoOnly } from './provider-routes.js';
import { sessionCookieName } from './sign-in-routes.js';

const REQUESTS_KEPT = 1_000;
const LOOPBACK = /^(127\.0\.0\.1|localhost|[a-z0-9-]+\.localhost|\[::1\])$/i;

/** The login host of a region: the page that people open, and the start of a sign-in. */
export function addLoginRoutes(server: SandboxServer, data: GenesysData, addresses: SandboxAddresses): void {
  server.route('GET', '/login.:region', (request) => ({ status: 302, headers: { Location: loginHome(request) } }));
  server.route('GET', '/login.:region/', (request) => {
    const organization = request.query.get('org');
    if (!organization) return organizationPage();
    if (!isOurOrganization(request, organization)) return unknownOrganization(request, organization);
    return organizationLoginPage(data.shownProviders(), isSsoOnly(data, server.faults));
  });
  server.route('GET', '/login.:region/saml/start', (request) => startSignIn(request, data, addresses));
  server.route('GET', '/login.:region/signed-in', (request) => signedIn(request, data));
}

function startSignIn(request: SandboxRequest, data: GenesysData, addresses: SandboxAddresses): Reply {
  const organization = request.query.get('org') ?? '';
  const providerId = request.query.get('provider') ?? '';
  const home = loginHome(request);
  if (!isOurOrganization(request, organization)) return unknownOrganization(request, organization);
  const provider = data.findShownProvider(providerId);
  if (!provider) {
    const text = `${ORGANIZATION.name} has no single sign-on provider "${providerId}". An administrator must set it up first.`;
    return cannotStartPage('Provider not set up', text, home, 404);
  }
  if (provider.disabled) {
    const text = `The single sign-on provider "${provider.name}" of ${ORGANIZATION.name} is disabled.`;
    return cannotStartPage('Provider disabled', text, home, 403);
  }
  return sendToProvider(provider, data, addresses, home);
}

/** A link preview may start this as well: it leaves a request that nobody answers, and nothing else. */
function sendToProvider(provider: StoredProvider, data: GenesysData, addresses: SandboxAddresses, home: string): Reply {
  const now = data.clock.now();
  const authnRequest = buildAuthnRequest(provider, assertionConsumerService(GENESYS.region), now);
  const isPost = wantsPostBinding(provider);
  const target = reach(addresses, isPost ? provider.ssoTargetURI : redirectUrl(provider, authnRequest));
  if (!LOOPBACK.test(new URL(target).hostname)) {
    const text = `The target URI ${provider.ssoTargetURI} is not a host that the sandbox emulates, so it sends nobody there.`;
    return cannotStartPage('Identity provider outside the sandbox', text, home);
  }
  data.pendingRequests.put(authnRequest.id, { id: authnRequest.id, issuedAt: now.getTime() });
  keepNewest(data.pendingRequests, REQUESTS_KEPT);
  if (isPost) return postRequestPage(target, postField(authnRequest));
  return { status: 302, headers: { Location: target, 'Referrer-Policy': 'no-referrer' } };
}

function signedIn(request: SandboxRequest, data: GenesysData): Reply {
  const session = data.sessions.get(request.query.get('session') ?? '');
  const cookie = session && request.cookie(sessionCookieName(session.id));
  const user = session && data.users.get(session.userId);
  if (!session || !user || !cookie || hashSecret(cookie) !== session.cookieHash) return notSignedInPage();
  if (user.state !== 'active') return notSignedInPage();
  const roles = data.grantsOf(user.id).flatMap((grant) => findRole(grant.roleId)?.name ?? []);
  return signedInPage({ user, session, roles: [...new Set(roles)] });
}

function isOurOrganization(request: SandboxRequest, named: string): boolean {
  const isHere = request.params['region'] === GENESYS.region;
  return isHere && (foldAscii(named) === GENESYS.shortName || named === GENESYS.organizationId);
}

function unknownOrganization(request: SandboxRequest, named: string): Reply {
  const text = `There is no organisation with the short name or id "${named}" in the region ${request.params['region'] ?? ''}.`;
  return cannotStartPage('Organisation not found', text, loginHome(request), 404);
}

function loginHome(request: SandboxRequest): string {
  return `/login.${encodeURIComponent(request.params['region'] ?? '')}/`;
}

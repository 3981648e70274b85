import { randomBytes, randomUUID } from 'node:crypto';
import { GENESYS } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { recordSamlSignIn } from './audit-trail.js';
import { assertionConsumerService } from './directory.js';
import { hashSecret, keepNewest, type GenesysData, type SignInSession } from './genesys-data.js';
import { refusedPage } from './login-pages.js';
import {
  judgeSamlResponse,
  type AcceptedAssertion,
  type GateVerdict,
  type GateWorld,
  type TrustedProvider,
} from './saml-gate.js';
import type { SamlRefusalCode } from './saml-refusal.js';
import { FOREIGN_CERTIFICATE } from './signing-certificates.js';
import { REFUSAL_WORDS } from './sign-in-words.js';

const MOST_BODY_BYTES = 400_000;
/** How long a started sign-in may take, in business time. */
const REQUEST_LIFETIME_MS = 10 * 60_000;
const SESSIONS_KEPT = 1_000;
const SESSION_LIFETIME_S = 8 * 3600;

/** The assertion consumer service: every response is judged, recorded, and answered with a redirect or an error page. */
export function addSignInRoutes(server: SandboxServer, data: GenesysData): void {
  server.route('POST', '/login.:region/saml', async (request) => {
    const correlationId = randomUUID();
    const headers = { 'inin-correlation-id': correlationId };
    const isHere = request.params['region'] === GENESYS.region;
    // Another region knows neither the organisation nor its audit.
    if (!isHere) return withHeaders(refusedPage({ code: 'org', correlationId, email: undefined }), headers);
    const verdict = await judge(request, gateWorld(server, data));
    return withHeaders(finish(verdict, correlationId, data), headers);
  });
}

/** One cookie per session, so that two people in two tabs do not sign each other out. */
export function sessionCookieName(sessionId: string): string {
  return `gc-session-${sessionId}`;
}

async function judge(request: SandboxRequest, world: GateWorld): Promise<GateVerdict> {
  if (request.rawBody.length > MOST_BODY_BYTES) return { accepted: false, code: 'too_big' };
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  const [response, ...others] = isForm ? request.form().getAll('SAMLResponse') : [];
  return judgeSamlResponse(others.length > 0 ? undefined : response, world);
}

function finish(verdict: GateVerdict, correlationId: string, data: GenesysData): Reply {
  if (!verdict.accepted) return refuse(verdict.code, verdict.email, correlationId, data);
  recordSamlSignIn(data, { email: verdict.email, correlationId });
  const cookie = randomBytes(32).toString('base64url');
  const session: SignInSession = {
    id: randomUUID(),
    userId: verdict.userId,
    flow: verdict.flow,
    signedInAt: data.clock.now().toISOString(),
    cookieHash: hashSecret(cookie),
    correlationId,
  };
  data.sessions.put(session.id, session);
  keepNewest(data.sessions, SESSIONS_KEPT);
  noteTokenIssued(data, session);
  return signedInRedirect(session, cookie);
}

function refuse(code: SamlRefusalCode, email: string | undefined, correlationId: string, data: GenesysData): Reply {
  recordSamlSignIn(data, { email, correlationId, refusal: { code, sentence: REFUSAL_WORDS[code].wrong } });
  return refusedPage({ code, correlationId, email });
}

/** Any sign-in moves `lastTokenIssued`; it is no change of the profile, so the version stays. */
function noteTokenIssued(data: GenesysData, session: SignInSession): void {
  const user = data.users.get(session.userId);
  if (user) data.users.put(user.id, { ...user, lastTokenIssued: session.signedInAt });
}

/** The browser lands on a page that can be reloaded without posting again, on the same origin. RelayState is ignored. */
function signedInRedirect(session: SignInSession, cookie: string): Reply {
  const path = `/login.${GENESYS.region}/signed-in`;
  const name = sessionCookieName(session.id);
  return {
    status: 303,
    headers: {
      Location: `${path}?session=${session.id}`,
      'Set-Cookie': `${name}=${cookie}; Path=${path}; Max-Age=${SESSION_LIFETIME_S}; HttpOnly; SameSite=Lax`,
    },
  };
}

function gateWorld(server: SandboxServer, data: GenesysData): GateWorld {
  return {
    acs: assertionConsumerService(GENESYS.region),
    provider: trustedProvider(server, data),
    organizationShortName: GENESYS.shortName,
    now: () => data.clock.now(),
    isPendingRequest: (id) => isPending(data, id),
    wasSeen: (assertionId) => data.seenAssertions.get(assertionId) !== undefined,
    findUser: (email) => data.findUserByEmail(email),
    accept: (accepted) => remember(data, accepted),
  };
}

function trustedProvider(server: SandboxServer, data: GenesysData): TrustedProvider | undefined {
  const provider = data.findShownProvider('adfs');
  if (!provider || provider.disabled) return undefined;
  if (server.faults.active('certificate-expired')) return { ...provider, certificates: [] };
  if (server.faults.active('certificate-foreign')) return { ...provider, certificates: [FOREIGN_CERTIFICATE] };
  return provider;
}

function isPending(data: GenesysData, id: string): boolean {
  const request = data.pendingRequests.get(id);
  return request !== undefined && data.clock.now().getTime() < request.issuedAt + REQUEST_LIFETIME_MS;
}

function remember(data: GenesysData, { assertionId, rememberUntil, inResponseTo }: AcceptedAssertion): void {
  const now = data.clock.now().getTime();
  for (const old of data.seenAssertions.filter((seen) => seen.until < now)) data.seenAssertions.delete(old.id);
  data.seenAssertions.put(assertionId, { id: assertionId, until: rememberUntil.getTime() });
  if (inResponseTo !== undefined) data.pendingRequests.delete(inResponseTo);
}

function withHeaders(reply: Reply, headers: Record<string, string>): Reply {
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

import { TENANT_ID } from '../credentials.js';
import { AadstsError, type AadstsFacts } from './aadsts.js';
import type { Directory } from './directory.js';
import type { Application, ServicePrincipal, User } from './directory-objects.js';
import type { AuthnRequest } from './saml-request.js';
import type { SigningCertificates } from './signing-certificates.js';

/** An app that a person can be sent to. */
export interface Target {
  readonly principal: ServicePrincipal;
  readonly application: Application;
  /** Where the response goes. */
  readonly replyUrl: string;
}

const PASSWORD_CONTEXTS = [
  'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
];

/** The service principal whom the request's Issuer names, exactly. Throws AADSTS700016. */
export function findByIssuer(issuer: string, directory: Directory): ServicePrincipal {
  const principal = directory.servicePrincipals.find((candidate) =>
    directory.servicePrincipalNames(candidate).includes(issuer),
  );
  if (!principal) throw new AadstsError(700016, { value: issuer, tenant: TENANT_ID });
  return principal;
}

export function factsOf(principal: ServicePrincipal): AadstsFacts {
  return { app: principal.displayName, appId: principal.appId, tenant: TENANT_ID };
}

/** Everything about app and request that must be right before anybody is asked who they are. Throws the AADSTS error. */
export function checkBeforeSignIn(
  principal: ServicePrincipal,
  request: AuthnRequest | undefined,
  { directory, certificates }: { directory: Directory; certificates: SigningCertificates },
): Target {
  const facts = factsOf(principal);
  if (!principal.accountEnabled) throw new AadstsError(7000112, facts);
  if (principal.preferredSingleSignOnMode !== 'saml') throw new AadstsError(650056, facts);
  const application = directory.getApplicationOf(principal);
  const replyUrl = chooseReplyUrl(application, request, facts);
  if (request && !request.isSigned && application.requestSignatureVerification?.isSignedRequestRequired) {
    throw new AadstsError(76021, facts);
  }
  certificates.forSigning(principal);
  return { principal, application, replyUrl };
}

/** Whether this person, who proved the password, may use the app now. Throws the AADSTS error. */
export function checkAfterSignIn(
  user: User,
  target: Target,
  request: AuthnRequest | undefined,
  directory: Directory,
): void {
  const facts = { ...factsOf(target.principal), user: user.userPrincipalName };
  if (!user.accountEnabled) throw new AadstsError(50057, facts);
  if (target.principal.appRoleAssignmentRequired && !directory.isAssigned(user.id, target.principal.id)) {
    throw new AadstsError(50105, facts);
  }
  const wanted = request?.requestedContexts ?? [];
  if (wanted.length > 0 && !wanted.some((context) => PASSWORD_CONTEXTS.includes(context))) {
    throw new AadstsError(75011, { ...facts, value: wanted.join(', ') });
  }
}

function chooseReplyUrl(application: Application, request: AuthnRequest | undefined, facts: AadstsFacts): string {
  const { redirectUris } = application.web;
  const wanted = request?.assertionConsumerServiceUrl;
  if (redirectUris.length === 0) throw new AadstsError(900971, facts);
  if (wanted === undefined) return defaultReplyUrl(application);
  if (!redirectUris.includes(wanted)) throw new AadstsError(50011, { ...facts, value: wanted });
  return wanted;
}

/** The reply URL with the lowest index, else the default one, else the first. */
function defaultReplyUrl({ web, defaultRedirectUri }: Application): string {
  const settings = web.redirectUriSettings as readonly { uri: string; index: number | null }[];
  const [lowest] = settings
    .filter(({ uri, index }) => index !== null && web.redirectUris.includes(uri))
    .sort((left, right) => (left.index ?? 0) - (right.index ?? 0));
  const preferred = defaultRedirectUri !== null && web.redirectUris.includes(defaultRedirectUri);
  return lowest?.uri ?? (preferred ? defaultRedirectUri : undefined) ?? web.redirectUris[0] ?? '';
}

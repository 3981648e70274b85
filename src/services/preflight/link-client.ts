import type { Registration } from '../entra/entra-registration.js';
import type { ProblemFacts } from '../platform/problem.js';
import { fine, notLooked, wrong, type Finding, type Look } from './finding.js';
import type { CredentialOwner } from './own-credentials.js';

/** The app registration that people sign in to when they link their Slack account, or approve what needs a sign-in. */
export interface LinkClient {
  readonly clientId: string;
  /** What people sign in for, in words that follow "People" and "nobody can". */
  readonly deeds: string;
  /** Where the sign-in leads back to; absent: `PUBLIC_URL` is not known. */
  readonly redirectUri?: string | undefined;
  /** Where it is another one than what calls Graph: its own credential, and a sign-in with it, which reads nothing. */
  readonly own?: { readonly credential: CredentialOwner; readonly signIn: () => Promise<unknown> } | undefined;
}

/** Whether Entra lets the sign-in come back to us. It asks for `openid` and `profile`, which need no permission of ours. */
export function judgeLinkClient(
  { clientId, deeds, redirectUri }: LinkClient,
  registration: Look<Registration | undefined>,
  unseen: (name: string, problem: ProblemFacts) => Finding,
): Finding[] {
  const name = 'link-redirect';
  if (redirectUri === undefined) return [];
  if (!registration.ok) return [unseen(name, registration.problem)];
  if (!registration.value) {
    return [
      {
        name,
        state: 'could-not-look',
        what: `Whether people can ${deeds} cannot be told: this tenant has no app registration ${clientId}.`,
        remedy: `Where the registration lives in another tenant, see there that ${redirectUri} is among its redirect URIs (Web).`,
      },
    ];
  }
  const { name: title, redirectUris, objectId } = registration.value;
  const remoteIds = { objectId, clientId };
  if (isAmong(redirectUri, redirectUris)) {
    return [fine(name, `People who ${deeds} sign in to ${title}, and come back to ${redirectUri}.`, remoteIds)];
  }
  return [
    {
      name,
      state: 'missing',
      what: `${title} does not let a sign-in lead to ${redirectUri}, so that nobody can ${deeds}.`,
      remedy: `Entra admin center, App registrations, ${title}, Authentication, Web: add ${redirectUri} to the redirect URIs.`,
      remoteIds,
    },
  ];
}

/** Of an address of this machine the port does not count. Source: "Redirect URI (reply URL) restrictions and limitations". */
function isAmong(redirectUri: string, redirectUris: readonly string[]): boolean {
  const url = new URL(redirectUri);
  if (url.hostname === 'localhost') url.port = '';
  return redirectUris.includes(redirectUri) || redirectUris.includes(url.href);
}

/** Whether Entra takes the credential, as it has to when somebody comes back. */
export function judgeLinkSignIn(
  { setting }: CredentialOwner,
  { deeds }: Pick<LinkClient, 'deeds'>,
  look: Look<unknown>,
): Finding {
  const name = 'link-sign-in';
  if (look.ok) return fine(name, `Entra takes ${setting}, with which people are signed in.`);
  const { problem } = look;
  const isNoVerdict = problem.answer === undefined || ['timeout', 'unavailable', 'throttled'].includes(problem.answer);
  if (isNoVerdict) return notLooked(name, problem);
  return wrong(name, {
    ...problem,
    what: `Entra does not take ${setting}, so that nobody can ${deeds}.`,
    remedy: `Set LINK_CLIENT_ID and ${setting} to an app registration of this tenant and what it has under Certificates & secrets (of a secret the value, not the ID).`,
  });
}

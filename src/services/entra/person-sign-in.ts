import { randomUUID } from 'node:crypto';
import type { ClientAuth, Configuration, CustomFetch } from 'openid-client';
import type { Clock } from '../platform/clock.js';
import { fetchWithin, isLoopbackUrl, isPassing } from '../platform/http.js';
import { TokenEndpointBusy } from './bot-credential.js';
import { clientAssertion } from './client-assertion.js';
import { readClientCertificate, type CertificateFile } from './client-certificate.js';
import { loginHosts, MICROSOFT_CLOUDS, type MicrosoftCloud } from './microsoft-clouds.js';
import { cannotSignIn, foreignTenant, type SignInPurpose } from './person-sign-in-problems.js';

/** What a sign-in under way must remember; whoever has it all could take the sign-in over. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** That the person is to prove anew who they are, whoever is signed in in that browser. */
export interface FreshSignIn {
  /** User principal name of whom is asked; they can sign in as somebody else. */
  readonly loginHint?: string | undefined;
  /** An authentication context of Conditional Access, such as `c1`, that the sign-in has to meet. */
  readonly authenticationContext?: string | undefined;
}

/** Somebody of our tenant who has signed in, of whom no more is known. */
export interface SignedIn {
  /** `oid`: the Entra object id, lower case. */
  readonly personId: string;
  /** `auth_time`: when they last proved who they are, in wall time. Absent: Entra does not say. */
  readonly at?: Date | undefined;
  /** `acrs`: the authentication contexts that the sign-in has met. */
  readonly contexts: readonly string[];
}

/** Lets a person prove to us, at Microsoft, who they are: OpenID Connect, code flow with PKCE, state and nonce. */
export interface PersonSignIn {
  /** The origins that a browser may be sent to on the way, for the page's policy. */
  readonly origins: readonly string[];
  /** @param wish.fresh absent: whoever is signed in in the browser need not type a password. */
  begin(
    redirectUri: string,
    wish: { purpose: SignInPurpose; fresh?: FreshSignIn | undefined },
  ): Promise<{ url: string; secrets: SignInSecrets }>;
  /**
   * Exchanges the code and checks signature, `iss`, `aud`, `nonce`, times and `tid`. Whether a sign-in is fresh, and has met
   * a context, the caller judges by what is returned. Throws a `Problem`.
   * @param answer the query that the browser came back with.
   * @param purpose in whose words it is said that nothing came of it.
   */
  finish(back: {
    answer: URLSearchParams;
    redirectUri: string;
    secrets: SignInSecrets;
    purpose: SignInPurpose;
  }): Promise<SignedIn>;
}

/** The app registration that people sign in to. */
export interface SignInClient {
  readonly clientId: string;
  readonly proof:
    | { readonly kind: 'secret'; readonly secret: { reveal(): string } }
    | ({ readonly kind: 'certificate' } & CertificateFile);
}

export interface PersonSignInParts {
  readonly tenantId: string;
  readonly cloud: MicrosoftCloud;
  /** Of a stand-in on this machine; absent: the cloud's own. No trailing slash. */
  readonly loginUrl?: string | undefined;
  readonly client: SignInClient;
  readonly clock: Pick<Clock, 'wall'>;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Seconds by which our clock and Entra's may differ. */
const CLOCK_TOLERANCE_S = 30;
const OBJECT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What the sign-in of that answer was begun for, as the answer itself says: all come back to one address. */
export function purposeOf(answer: URLSearchParams): SignInPurpose {
  return answer.get('state')?.startsWith('approve.') ? 'approve' : 'link';
}

export function createPersonSignIn(parts: PersonSignInParts): PersonSignIn {
  const { cloud, loginUrl } = parts;
  const base = loginUrl ?? `https://${cloud.loginHost}`;
  if (base.startsWith('http:') && !isLoopbackUrl(base)) {
    throw new RangeError('People may sign in by http on this machine only.');
  }
  const origins = loginUrl === undefined ? loginHosts(cloud).map((host) => `https://${host}`) : [new URL(base).origin];
  return {
    origins,

    async begin(redirectUri, { purpose, fresh }) {
      const oidc = await import('openid-client');
      const secrets = {
        state: `${purpose}.${oidc.randomState()}`,
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(await configure(base, parts), {
        redirect_uri: redirectUri,
        // Only who it is: no Graph permission of the person's own, and no refresh token.
        scope: 'openid profile',
        response_mode: 'query',
        ...(fresh ? freshParameters(fresh) : { prompt: 'select_account' }),
        ...{ state: secrets.state, nonce: secrets.nonce },
        ...{ code_challenge: await oidc.calculatePKCECodeChallenge(secrets.verifier), code_challenge_method: 'S256' },
      });
      return { url: url.href, secrets };
    },

    async finish({ answer, redirectUri, secrets, purpose }) {
      const oidc = await import('openid-client');
      const config = await configure(base, parts);
      const came = new URL(redirectUri);
      came.search = answer.toString();
      const tokens = await oidc
        .authorizationCodeGrant(config, came, {
          expectedState: secrets.state,
          expectedNonce: secrets.nonce,
          pkceCodeVerifier: secrets.verifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw cannotSignIn(error, purpose);
        });
      const claims = tokens.claims();
      const [tid, oid, authTime, acrs] = [claims?.['tid'], claims?.['oid'], claims?.auth_time, claims?.['acrs']];
      if (typeof tid !== 'string' || tid.toLowerCase() !== parts.tenantId.toLowerCase()) throw foreignTenant(purpose);
      const personId = typeof oid === 'string' ? oid.toLowerCase() : '';
      if (!OBJECT_ID.test(personId)) throw foreignTenant(purpose);
      return {
        personId,
        ...(isNumericDate(authTime) ? { at: new Date(authTime * 1_000) } : {}),
        contexts: Array.isArray(acrs) ? acrs.filter((one) => typeof one === 'string') : [],
      };
    },
  };
}

/** Whole seconds since 1970 that a `Date` can hold; whatever else a claim holds says no time. */
function isNumericDate(claim: unknown): claim is number {
  return Number.isSafeInteger(claim) && Number.isFinite(new Date(Number(claim) * 1_000).getTime());
}

/**
 * OpenID Connect Core 1.0, 3.1.2.1: `prompt=login` asks for the password again, `max_age` makes the token say `auth_time`.
 * An authentication context is asked for as the "Conditional Access authentication context" guide says.
 */
function freshParameters({ loginHint, authenticationContext }: FreshSignIn): Record<string, string> {
  const acrs = { essential: true, value: authenticationContext };
  return {
    ...{ prompt: 'login', max_age: '0' },
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(authenticationContext === undefined ? {} : { claims: JSON.stringify({ id_token: { acrs } }) }),
  };
}

/**
 * The endpoints of the tenant as Microsoft documents them. The issuer is a name, and that of the cloud also where the
 * endpoints are a stand-in's; so nothing is discovered.
 */
async function configure(base: string, { tenantId, cloud, client, clock, timeoutMs }: PersonSignInParts) {
  const oidc = await import('openid-client');
  const endpoint = (path: string): string => `${base}/${encodeURIComponent(tenantId)}/${path}`;
  const server = {
    issuer: `https://${MICROSOFT_CLOUDS[cloud.name].loginHost}/${tenantId}/v2.0`,
    authorization_endpoint: endpoint('oauth2/v2.0/authorize'),
    token_endpoint: endpoint('oauth2/v2.0/token'),
    jwks_uri: endpoint('discovery/v2.0/keys'),
    id_token_signing_alg_values_supported: ['RS256'],
  };
  const metadata = { id_token_signed_response_alg: 'RS256', [oidc.clockTolerance]: CLOCK_TOLERANCE_S };
  const proof = await authentication(client, { tokenUrl: server.token_endpoint, now: clock.wall() });
  const config: Configuration = new oidc.Configuration(server, client.clientId, metadata, proof);
  config[oidc.customFetch] = fetchOf(timeoutMs ?? TIMEOUT_MS);
  // The library would trust the connection alone; the signature is checked as well.
  oidc.enableNonRepudiationChecks(config);
  if (base.startsWith('http:')) oidc.allowInsecureRequests(config);
  return config;
}

/** Read anew for each sign-in, so that a certificate that was renewed counts without a restart. */
async function authentication(
  { clientId, proof }: SignInClient,
  { tokenUrl, now }: { tokenUrl: string; now: Date },
): Promise<ClientAuth> {
  const oidc = await import('openid-client');
  if (proof.kind === 'secret') return oidc.ClientSecretPost(proof.secret.reveal());
  const certificate = await readClientCertificate(proof, now);
  return (_server, _client, body) => {
    body.set('client_id', clientId);
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const statement = { appId: clientId, audience: tokenUrl, id: randomUUID(), now };
    body.set('client_assertion', clientAssertion(certificate, statement));
  };
}

/** Our own way to the network: time-outs, figures of operation, and no redirect is followed. */
function fetchOf(timeoutMs: number): CustomFetch {
  return async (url, { method, headers, body }) => {
    const request = { method, headers, ...(body === undefined ? {} : { body }) };
    const answer = await fetchWithin(url, { ...request, timeoutMs, system: 'entra' });
    if (isPassing(answer.status)) throw new TokenEndpointBusy(undefined);
    return new Response(answer.text, { status: answer.status, headers: answer.headers });
  };
}
